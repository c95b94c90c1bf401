"""How expectations evolved, asked over HTTP."""

from __future__ import annotations

from typing import Any

from tests.http.agreements import stories
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair

Shown = dict[str, Any]


async def amended(pair: Pair) -> Shown:
    """Two versions: Ada's support was half an hour and became an hour."""
    agreement = await stories.amending(pair)
    here = f"/agreements/{agreement['id']}"
    support = next(t for t in agreement["terms"] if t["kind"] == "support")
    changed = {"text": "60 minutes each week that are not about status", "reason": "It was short"}
    await pair.ben.does(f"{here}/terms/{support['id']}", changed, method="PATCH")
    await stories.consents(pair.ada, agreement["id"])
    return await stories.consents(pair.ben, agreement["id"])


async def test_the_versions_are_listed_with_who_consented_to_which_hash(pair: Pair) -> None:
    agreement = await amended(pair)
    here = f"/agreements/{agreement['id']}"
    listed = await pair.ada.sees(f"{here}/versions")
    assert [v["version"] for v in listed["items"]] == [1, 2]
    assert all({c["person_id"] for c in v["consents"]} == {pair.ada.id, pair.ben.id} for v in listed["items"])
    first = await pair.ben.sees(f"{here}/versions/1")
    assert first["content_hash"] == listed["items"][0]["content_hash"]
    assert len(first["terms"]) == 2
    page = await pair.ada.sees(f"{here}/versions?limit=1")
    rest = await pair.ada.sees(f"{here}/versions?limit=1&cursor={page['next_cursor']}")
    assert ([v["version"] for v in rest["items"]], rest["next_cursor"]) == ([2], None)
    for number in ("0", "3", "first"):
        assert (await pair.ada.sends("GET", f"{here}/versions/{number}")).status_code == 404


async def test_the_diff_says_word_by_word_what_changed_between_versions_and_instants(pair: Pair) -> None:
    before = await stories.in_force(pair)
    then = pair.ada.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    here = f"/agreements/{before['id']}"
    await pair.ada.makes(f"{here}/amendments", {"reason": "More time"})
    support = next(t for t in before["terms"] if t["kind"] == "support")
    text = {"text": "60 minutes each week that are not about status"}
    await pair.ada.does(f"{here}/terms/{support['id']}", text, method="PATCH")
    open_one = await pair.ben.sees(f"{here}/diff?from=1")
    await stories.consents(pair.ada, before["id"])
    await stories.consents(pair.ben, before["id"])
    now = pair.ada.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    found = await pair.ada.sees(f"{here}/diff?from=1&to=2")
    (changed,) = found["changed"]
    assert (changed["term_id"], found["added"], found["removed"], found["unchanged"]) == (support["id"], [], [], 1)
    hunks = changed["fields"]["text"]["hunks"]
    assert [(h["old"], h["new"]) for h in hunks if h["op"] != "equal"] == [("30", "60")]
    assert "".join(h["new"] for h in hunks) == text["text"]
    assert open_one["changed"] == found["changed"]
    by_time = await pair.ada.sees(f"{here}/diff?from={then}&to={now}")
    assert by_time["changed"] == found["changed"]

    for query, status in (
        ("from=r9", 409),
        ("", 422),
        ("from=1&to=9", 404),
        ("from=then&to=2", 422),
        ("from=1&to=proposal", 409),
        ("from=2999-01-01T00:00:00Z&to=2", 422),
        ("from=2001-01-01T00:00:00Z&to=2", 404),
    ):
        assert (await pair.ada.sends("GET", f"{here}/diff?{query}")).status_code == status, query


async def test_what_changed_since_a_revision_is_told_and_that_a_consent_is_void(pair: Pair) -> None:
    draft = await stories.consented_by_ada(pair)
    here, (support,) = f"/agreements/{draft['id']}", [t for t in draft["proposal"]["terms"] if t["kind"] == "support"]
    seen = draft["proposal"]["revision"]
    text = {"text": "60 minutes each week that are not about status", "reason": "30 are too short"}
    await pair.ben.does(f"{here}/terms/{support['id']}", text, method="PATCH")

    proposal = (await pair.ada.sees(here))["proposal"]
    assert (proposal["consents"], [(c["person_id"], c["revision"]) for c in proposal["voided"]]) == (
        [],
        [(pair.ada.id, seen)],
    )
    last = proposal["changes"][-1]
    assert (last["revision"], last["by"], last["what"], last["reason"]) == (
        seen + 1,
        pair.ben.id,
        "term_revised",
        "30 are too short",
    )
    since = await pair.ada.sees(f"{here}/diff?from=r{seen}")
    (changed,) = since["changed"]
    assert [(h["old"], h["new"]) for h in changed["fields"]["text"]["hunks"] if h["op"] != "equal"] == [("30", "60")]
    assert (await pair.ben.sees(f"{here}/diff?from=r1"))["added"] == [await term_of(pair, here, support["id"])]

    await stories.consents(pair.ada, draft["id"])
    assert (await pair.ben.sees(here))["proposal"]["voided"] == []
    await stories.consents(pair.ben, draft["id"])
    await pair.ben.makes(f"{here}/amendments", {"reason": "More time"})
    await pair.ben.does(f"{here}/proposal", {"title": "Ben and Ada"}, method="PATCH")
    assert (await pair.ada.sees(f"{here}/diff?from=r1"))["head"]["title"]["to"] == "Ben and Ada"
    assert (await pair.ada.sees(f"{here}/diff?from=r2"))["head"] == {}


async def term_of(pair: Pair, here: str, term_id: str) -> Any:
    return next(t for t in (await pair.ada.sees(here))["proposal"]["terms"] if t["id"] == term_id)


async def test_the_lineage_of_a_term_reads_across_versions(pair: Pair) -> None:
    agreement = await amended(pair)
    here = f"/agreements/{agreement['id']}"
    support = next(t for t in agreement["terms"] if t["kind"] == "support")
    lineage = await pair.ada.sees(f"{here}/terms/{support['id']}/lineage")
    told = [(e["act"], e["by"], e["why"], e["version"]) for e in lineage["entries"]]
    assert told == [("added", pair.ben.id, None, 1), ("revised", pair.ben.id, "It was short", 2)]
    assert lineage["in_versions"] == [1, 2]
    unknown = await pair.ada.sends("GET", f"{here}/terms/{agreement['id']}/lineage")
    assert unknown.status_code == 404


async def test_the_history_tells_everything_in_order_and_page_by_page(pair: Pair) -> None:
    agreement = await amended(pair)
    here = f"/agreements/{agreement['id']}"
    whole = (await pair.ada.sees(f"{here}/history?limit=200"))["items"]
    assert [e["position"] for e in whole] == sorted(e["position"] for e in whole)
    assert whole[0]["what"] == "agreement.opened"
    assert "Ada" in whole[0]["sentence"]
    paged: list[Shown] = []
    cursor = ""
    while cursor is not None:
        page = await pair.ada.sees(f"{here}/history?limit=4{cursor and '&cursor=' + cursor}")
        paged += page["items"]
        cursor = page["next_cursor"]
    assert paged == whole
    assert (await pair.ada.sends("GET", f"{here}/history?cursor=nonsense")).status_code == 422


async def test_edits_before_the_share_are_nobody_elses(pair: Pair) -> None:
    draft = await stories.drafted(pair)
    here = f"/agreements/{draft['id']}"
    term = draft["proposal"]["terms"][0]["id"]
    await pair.ada.does(f"{here}/terms/{term}", {"topic": "A first thought"}, method="PATCH")
    await pair.ada.does(f"{here}/terms/{term}", {"topic": "A second thought"}, method="PATCH")
    for path in (f"{here}/terms/{term}/lineage", f"{here}/diff?from=1"):
        assert (await pair.ben.sends("GET", path)).status_code == 404
    await pair.ada.does(f"{here}/share")
    for path in (f"{here}/history", f"{here}/terms/{term}/lineage", here):
        assert "A first thought" not in str(await pair.ben.sees(path)), path
    assert "A first thought" in str(await pair.ada.sees(f"{here}/history"))


async def test_an_answer_that_is_not_shown_is_in_no_history(pair: Pair) -> None:
    draft = await stories.shared(pair)
    here = f"/agreements/{draft['id']}"
    await pair.ben.does(f"{here}/prompts/hopes_and_worries/answer", {"text": "I worry about the dates"})
    for path in (here, f"{here}/history", f"{here}/diff?from=proposal&to=proposal"):
        assert "I worry" not in str(await pair.ada.sees(path)), path
    assert "I worry" in str(await pair.ben.sees(f"{here}/history"))
    await pair.ada.does(f"{here}/prompts/hopes_and_worries/answer", {"text": "I hope for less noise"})
    assert "I worry" in str(await pair.ada.sees(here))


async def test_what_was_expected_of_me_on_that_day(pair: Pair, cy: Someone, clock: Any) -> None:
    agreement = await amended(pair)
    clock.move(days=3)
    mine = await pair.ben.sees(f"/people/{pair.ben.id}/expectations?on=2027-01-04")
    assert [o["term"]["kind"] for o in mine["owed_by_them"]] == ["update"]
    assert [o["term"]["kind"] for o in mine["owed_to_them"]] == ["support"]
    assert [d["occurrence_on"] for d in mine["updates_due"]] == ["2027-01-04"]
    assert [a["agreement_id"] for a in mine["agreements"]] == [agreement["id"]]
    assert (await pair.ada.sees(f"/people/{pair.ben.id}/expectations?on=2027-01-04"))["owed_by_them"]
    before = await pair.ben.sees(f"/people/{pair.ben.id}/expectations?on=2026-12-01")
    assert before["agreements"] == []
    assert (await cy.sends("GET", f"/people/{pair.ben.id}/expectations")).status_code == 404
    assert (await pair.ben.sends("GET", f"/people/{pair.ben.id}/expectations?on=2999-01-01")).status_code == 422
