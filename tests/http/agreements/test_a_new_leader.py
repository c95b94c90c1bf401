from __future__ import annotations

from typing import Any

from tests.http.agreements import stories
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair


async def test_the_report_carries_chosen_terms_over_into_a_draft_of_their_own(pair: Pair, cy: Someone) -> None:
    agreement = await stories.in_force(pair)
    terms = {t["kind"]: t for t in agreement["terms"]}
    body = {"term_ids": [terms["update"]["id"], terms["support"]["id"]], "with_person_id": cy.id}
    draft = await pair.ben.makes(f"/agreements/{agreement['id']}/carry-over", body)

    assert draft["id"] != agreement["id"]
    assert (draft["state"], draft["opened_by"], draft["carried_from"]) == ("drafting", pair.ben.id, agreement["id"])
    assert {p["person_id"]: p["role"] for p in draft["parties"]} == {pair.ben.id: "report", cy.id: "leader"}
    carried = {t["kind"]: t for t in draft["proposal"]["terms"]}
    assert carried["update"]["owed_by"] == [pair.ben.id]
    assert carried["support"]["owed_by"] == [cy.id]
    assert carried["update"]["cadence"] == terms["update"]["cadence"]

    # Nothing passes silently: the new leader sees the words only once Ben shares them, and not the old agreement.
    assert (await cy.sees(f"/agreements/{draft['id']}"))["proposal"] is None
    assert (await cy.sends("GET", f"/agreements/{agreement['id']}")).status_code == 404
    assert (await pair.ada.sends("GET", f"/agreements/{draft['id']}")).status_code == 404


async def test_what_was_agreed_for_coaching_is_not_carried_over(pair: Pair, cy: Someone) -> None:
    agreement = await stories.in_force(pair, use="coaching")
    assert "POST carry-over" not in (await pair.ben.sees(f"/agreements/{agreement['id']}"))["allowed_actions"]
    body = {"term_ids": [agreement["terms"][0]["id"]], "with_person_id": cy.id}
    answer = await pair.ben.sends("POST", f"/agreements/{agreement['id']}/carry-over", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")


async def test_only_terms_one_consented_to_are_carried_over(pair: Pair, cy: Someone) -> None:
    agreement = await stories.amending(pair)
    here = f"/agreements/{agreement['id']}"
    added = await pair.ada.makes(f"{here}/terms", pair.given())
    for term_id, person_id, field in (
        (added["term"]["id"], cy.id, "term_ids"),
        (agreement["terms"][0]["id"], pair.ben.id, "with_person_id"),
    ):
        body = {"term_ids": [term_id], "with_person_id": person_id}
        answer = await pair.ben.sends("POST", f"{here}/carry-over", body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_a_grant_shows_the_versions_and_the_reports_own_words(pair: Pair, cy: Someone) -> None:
    agreement = await stories.in_force(pair)
    here = f"/agreements/{agreement['id']}"
    term = agreement["terms"][0]["id"]
    await pair.ada.makes(f"{here}/terms/{term}/comments", {"text": "Ada said this"})
    await pair.ben.makes(f"{here}/terms/{term}/comments", {"text": "Ben said that"})
    assert (await cy.sends("GET", here)).status_code == 404
    await pair.ben.does(f"{here}/grants/{cy.id}")

    seen = await cy.sees(here)
    assert (seen["version"], len(seen["terms"]), seen["allowed_actions"]) == (1, 2, [])
    assert "Ada said this" not in str(seen)
    assert [c["text"] for c in seen["comments"]] == ["Ben said that"]
    assert (await cy.sends("GET", f"{here}/versions/1")).status_code == 200

    await pair.ben.does(f"{here}/grants/{cy.id}", method="DELETE")
    assert (await cy.sends("GET", here)).status_code == 404


async def test_a_coaching_agreement_is_granted_to_nobody(pair: Pair, cy: Someone) -> None:
    agreement = await stories.in_force(pair, use="coaching")
    answer = await pair.ben.sends("POST", f"/agreements/{agreement['id']}/grants/{cy.id}")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")


async def test_nothing_passes_silently_when_the_leader_changes(
    pair: Pair, cy: Someone, steward: Someone, clock: Any
) -> None:
    agreement = await stories.in_force(pair)
    here = f"/agreements/{agreement['id']}"

    async def led_by(leader_id: str) -> None:
        seen = (await steward.sends("GET", f"/people/{pair.ben.id}")).headers["ETag"]
        answer = await steward.sends("PUT", f"/people/{pair.ben.id}/leader", {"leader_id": leader_id}, If_Match=seen)
        assert answer.status_code == 200, answer.text

    await led_by(cy.id)
    ending = await pair.ada.sees(here)
    assert (ending["state"], ending["notice"]["cause"]) == ("ending", "party_changed")
    await led_by(pair.ada.id)
    assert (await pair.ada.sees(here))["state"] == "in_force"
    await led_by(cy.id)
    clock.move(days=15)
    assert (await pair.ben.sees(here))["state"] == "ended"
    assert (await cy.sends("GET", here)).status_code == 404
    # The two of before keep reading it; what Ben chooses goes on with Cy.
    assert (await pair.ada.sees(here))["terms"]
    body = {"term_ids": [agreement["terms"][0]["id"]], "with_person_id": cy.id}
    await pair.ben.makes(f"{here}/carry-over", body)
