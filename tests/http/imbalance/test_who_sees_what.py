"""What each is shown of a period, and what only two see."""

from __future__ import annotations

from datetime import datetime, timedelta

from adapters.bootstrap import Concord
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair, in_force
from tests.http.conftest import member
from tests.http.imbalance.weeks import PERIODS, refused, weeks

FOR_ALL = {"focus", "stakes", "milestone", "gives_up", "support", "starts_on", "ends_on", "objected", "set_aside_more"}
INSIDE_ONLY = {"safe_to_fail", "recovery", "questions", "self_check", "closing_reviews", "override_reason"}


async def test_who_sees_what(pair: Pair, concord: Concord, steward: Someone, cy: Someone) -> None:
    await steward.sends("PUT", f"/people/{pair.ada.id}/leader", {"leader_id": cy.id}, If_Match="*")
    di = await member(concord, steward, "Di", leader_id=pair.ada.id)
    stranger = await member(concord, steward, "Ed")
    agreement = await in_force(pair)
    update = next(t["id"] for t in agreement["terms"] if t["kind"] == "update")
    both = [{"person_id": pair.ben.id, "asked_for": "Ten hours"}, {"person_id": di.id, "asked_for": "Patience"}]
    body = weeks(pair, people=both, set_aside=[{"term_id": update}, {"text": "The reading circle"}])
    period = await pair.ada.makes(PERIODS, body)
    path = f"{PERIODS}/{period['id']}"
    term = period["set_aside"][0]
    assert (term["owed_by"], set(term["owed_to"])) == ([pair.ben.id], {pair.ada.id, pair.ben.id})

    for who in (pair.ben, di, cy, steward, stranger):
        assert (await who.sends("GET", path)).status_code == 404, "a draft is its author's"
    assert (await pair.ada.sends("POST", f"{path}/declare")).status_code == 200
    await pair.ben.does(f"{path}/object", {"reason": "Too much"})
    await pair.ben.does(f"{path}/ask", {"text": "Why me?"})

    seen = {name: await who.sees(path) for name, who in
            {"ada": pair.ada, "ben": pair.ben, "di": di, "line": cy, "steward": steward}.items()}  # fmt: skip
    assert all(shown.keys() >= FOR_ALL and shown["objected"] == 1 for shown in seen.values())
    for name in ("line", "steward"):
        assert not seen[name].keys() & INSIDE_ONLY
        assert (seen[name]["set_aside"], seen[name]["set_aside_more"]) == ([], 2)
        assert seen[name]["allowed_actions"] == []
        assert all("asked_for" not in p and "answer" not in p for p in seen[name]["people"])
    assert [t["kind"] for t in seen["di"]["set_aside"]] == ["text"]
    assert seen["di"]["set_aside_more"] == 1
    assert [t["kind"] for t in seen["ben"]["set_aside"]] == ["term", "text"]
    asked = {name: [p.get("asked_for") for p in shown["people"]] for name, shown in seen.items()}
    assert asked["ada"] == ["Ten hours", "Patience"]
    assert (asked["ben"], asked["di"]) == (["Ten hours", None], [None, "Patience"])
    assert seen["ada"]["people"][0]["answer"]["reason"] == "Too much"
    assert "Too much" not in str(seen["di"])
    assert [len(seen[name]["questions"]) for name in ("ada", "ben", "di")] == [1, 1, 0]

    assert (await stranger.sends("GET", path)).content == (await stranger.sends("GET", f"{PERIODS}/{update}")).content
    for who in (cy, steward):
        assert (await refused(who, f"{path}/end"))[:2] == (403, "not-your-act")
    assert (await refused(stranger, f"{path}/end"))[:2] == (404, "not-found")
    before = f"{path}?as_of={_a_moment_before(period_declared=seen['ada']['declared_at'])}"
    assert (await pair.ada.sees(before))["state"] == "draft"
    for who in (pair.ben, di, cy, steward):
        assert (await who.sends("GET", before)).status_code == 404, "what was written before the declaration"
    hidden = await refused(di, f"{path}/acknowledge", {"objects_to": [term["id"]]})
    assert hidden[:2] == (422, "invalid"), "what one may not see is not there"

    for who in (pair.ada, pair.ben, di, cy, steward):
        assert [
            i["id"] for i in (await who.sees(PERIODS, Concord_Min_Position=str(pair.ben.seen_position)))["items"]
        ] == [period["id"]]
    assert (await stranger.sees(PERIODS))["items"] == []


def _a_moment_before(period_declared: str) -> str:
    return (datetime.fromisoformat(period_declared) - timedelta(microseconds=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def test_only_who_leads_all_of_them_declares(pair: Pair, concord: Concord, steward: Someone, cy: Someone) -> None:
    await steward.sends("PUT", f"/people/{pair.ada.id}/leader", {"leader_id": cy.id}, If_Match="*")
    refusal = await refused(pair.ben, PERIODS, weeks(pair, people=[{"person_id": pair.ada.id}]))
    assert refusal[:2] == (403, "not-your-act")
    assert "Ben does not lead Ada" in refusal[2]
    above = await cy.makes(PERIODS, weeks(pair))
    assert (await cy.does(f"{PERIODS}/{above['id']}/declare"))["state"] == "declared", "a leader above declares too"
    alone = await pair.ben.makes(PERIODS, weeks(pair, 40, 45, focus="self", people=[{"person_id": pair.ben.id}]))
    assert (await pair.ben.does(f"{PERIODS}/{alone['id']}/declare"))["state"] == "declared"


async def test_when_the_declarer_is_gone_their_leader_acts(
    pair: Pair, concord: Concord, steward: Someone, cy: Someone
) -> None:
    await steward.sends("PUT", f"/people/{pair.ada.id}/leader", {"leader_id": cy.id}, If_Match="*")
    period = await pair.ada.makes(PERIODS, weeks(pair))
    path = f"{PERIODS}/{period['id']}"
    await pair.ada.does(f"{path}/declare")
    assert (await refused(cy, f"{path}/withdraw"))[:2] == (403, "not-your-act")
    assert (await steward.sends("POST", f"/people/{pair.ada.id}/deactivate")).status_code == 200
    assert "POST withdraw" in (await cy.sees(path))["allowed_actions"]
    withdrawn = await cy.does(f"{path}/withdraw")
    assert (withdrawn["state"], withdrawn["declarer_id"], withdrawn["declared_by"]) == ("withdrawn", cy.id, pair.ada.id)
