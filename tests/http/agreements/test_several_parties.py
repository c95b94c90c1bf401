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
