from __future__ import annotations

from typing import Any

from tests.http.agreements import stories
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair

Shown = dict[str, Any]


async def joined(pair: Pair, cy: Someone) -> Shown:
    """An agreement of two that Cy has joined by an amendment."""
    agreement = await stories.amending(pair)
    here = f"/agreements/{agreement['id']}"
    parties = [*agreement["parties"], {"person_id": cy.id, "role": "peer"}]
    await pair.ada.does(f"{here}/proposal", {"parties": parties}, method="PATCH")
    await cy.makes(f"{here}/terms", {"kind": "expectation", "owed_by": [cy.id], "text": "I review within a day"})
    for someone in (pair.ada, pair.ben, cy):
        agreement = await stories.consents(someone, agreement["id"])
    return agreement


async def test_somebody_joins_by_an_amendment_that_they_consent_to_as_well(pair: Pair, cy: Someone) -> None:
    agreement = await stories.in_force(pair)
    here = f"/agreements/{agreement['id']}"
    term = agreement["terms"][0]["id"]
    await pair.ada.makes(f"{here}/terms/{term}/comments", {"text": "Said between the two of us"})
    await pair.ben.does(f"{here}/prompts/how_to_update/answer", {"text": "In writing", "show_now": True})
    opened = await pair.ada.makes(f"{here}/amendments", {"reason": "Cy comes in"})
    parties = [*opened["parties"], {"person_id": cy.id, "role": "peer"}]
    assert (await cy.sends("GET", here)).status_code == 404
    await pair.ada.does(f"{here}/proposal", {"parties": parties}, method="PATCH")

    seen = await cy.sees(here)
    assert seen["proposal"]["waiting_on"] == [pair.ada.id, pair.ben.id, cy.id]
    assert "Said between the two of us" not in str(seen)
    assert "In writing" not in str(seen)
    for action in ("POST motions", "POST notice", "POST reviews"):
        assert action not in seen["allowed_actions"]

    # Whoever is asked to join and then is not, sees nothing any more.
    await pair.ben.does(f"{here}/amendments/open/decline", {"reason": "Not yet"})
    assert (await cy.sends("GET", here)).status_code == 404


async def test_who_is_asked_to_join_asks_about_the_past_in_vain(pair: Pair, cy: Someone, clock: Any) -> None:
    agreement = await stories.in_force(pair)
    here, term = f"/agreements/{agreement['id']}", agreement["terms"][0]["id"]
    secrets = ("Said between us", "In writing", "How it went", "The Mondays")
    await pair.ada.makes(f"{here}/terms/{term}/comments", {"text": secrets[0]})
    await pair.ben.does(f"{here}/prompts/how_to_update/answer", {"text": secrets[1], "show_now": True})
    support = next(t["id"] for t in agreement["terms"] if t["kind"] == "support")
    await pair.ben.makes(f"{here}/notes", {"term_id": support, "on": pair.ben.day(), "kept": True, "text": secrets[2]})
    review = (await pair.ada.makes(f"{here}/reviews"))["reviews"][0]["id"]
    for one in (pair.ada, pair.ben):
        await one.does(f"{here}/reviews/{review}/answers", stories.REVIEW_ANSWER)
    clock.move(days=1)
    then = pair.ada.instant()
    clock.move(days=1)
    await pair.ada.makes(f"{here}/amendments", {"reason": "Cy comes in"})
    parties = [*agreement["parties"], {"person_id": cy.id, "role": "peer"}]
    await pair.ada.does(f"{here}/proposal", {"parties": parties}, method="PATCH")

    whole = ("", "?version=1", f"?as_of={then}", f"?known_at={then}", "/history", "/versions", f"/terms/{term}/lineage")
    for question in whole:
        seen = str(await cy.sees(here + question))
        assert [words for words in secrets if words in seen] == []
    past = await cy.sees(f"{here}?as_of={then}")
    assert (past["version"], len(past["terms"]), past["proposal"], past["term_records"]) == (1, 2, None, {})
    span = f"?from={cy.day(-5)}&to={cy.day()}"
    for question in ("/updates", f"/expected-updates{span}", f"/adherence{span}"):
        assert (await cy.sends("GET", here + question)).status_code == 404


async def test_whom_a_motion_would_let_in_must_still_be_there(pair: Pair, cy: Someone, steward: Someone) -> None:
    agreement = await stories.in_force(pair)
    here = f"/agreements/{agreement['id']}"
    moved = await pair.ada.makes(f"{here}/motions", {"kind": "invite_contributor", "person_id": cy.id})
    motion = f"{here}/motions/{moved['motions'][0]['id']}"
    await steward.does(f"/people/{cy.id}/deactivate")
    refused = await pair.ben.sends("POST", f"{motion}/agree")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong-state")
    assert (await pair.ben.does(f"{motion}/refuse"))["contributors"] == []


async def test_who_saw_a_term_as_a_dropped_amendment_had_it_looks_again(pair: Pair) -> None:
    agreement = await stories.amending(pair)
    here, term = f"/agreements/{agreement['id']}", agreement["terms"][0]["id"]
    await pair.ada.does(f"{here}/terms/{term}", {"good_looks_like": "Five lines"}, method="PATCH")
    seen = await pair.ben.version_of(here)
    await pair.ada.does(f"{here}/amendments/open/retract")
    await pair.ada.makes(f"{here}/amendments", {"reason": "Once more"})
    stale = await pair.ben.sends("PATCH", f"{here}/terms/{term}", {"channel": "mail"}, If_Match=seen)
    assert stale.status_code == 412
    late = await pair.ben.makes(f"{here}/terms", pair.support(text="A new one"))
    later = await pair.ben.sends("PATCH", f"{here}/terms/{late['term']['id']}", {"text": "Newer"}, If_Match=seen)
    assert later.status_code == 412


async def test_with_three_notice_ends_only_the_givers_part(pair: Pair, cy: Someone, clock: Any) -> None:
    agreement = await joined(pair, cy)
    here = f"/agreements/{agreement['id']}"
    assert (agreement["version"], len(agreement["parties"])) == (2, 3)
    given = await cy.does(f"{here}/notice", {"ends_on": cy.day(20)})
    assert (given["state"], given["leaving"][0]["by"]) == ("in_force", cy.id)
    clock.move(days=22)

    after = await pair.ada.sees(here)
    assert after["state"] == "in_force"
    assert [p["person_id"] for p in after["parties"]] == [pair.ada.id, pair.ben.id]
    # Who left reads what was recorded up to that day, and nothing later.
    await pair.ada.makes(f"{here}/amendments", {"reason": "After Cy"})
    left = await cy.sees(here)
    assert "After Cy" not in str(left)
    assert left["allowed_actions"] == []
    assert (await cy.sends("POST", f"{here}/notice", {"ends_on": cy.day(40)})).status_code in (403, 404)


async def test_a_stranger_cannot_be_brought_in(pair: Pair, foreigner: Someone) -> None:
    agreement = await stories.amending(pair)
    here = f"/agreements/{agreement['id']}"
    parties = [*agreement["parties"], {"person_id": foreigner.id, "role": "peer"}]
    seen = await pair.ada.version_of(here)
    answer = await pair.ada.sends("PATCH", f"{here}/proposal", {"parties": parties}, If_Match=seen)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "parties")
    for kind in ("motions", "grants"):
        body = {"kind": "invite_contributor", "person_id": foreigner.id} if kind == "motions" else None
        path = f"{here}/motions" if kind == "motions" else f"{here}/grants/{foreigner.id}"
        answer = await pair.ben.sends("POST", path, body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "person_id")
