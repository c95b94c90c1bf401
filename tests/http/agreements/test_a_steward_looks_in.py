from __future__ import annotations

from typing import Any

from tests.http.agreements import stories
from tests.http.agreements.people import Someone, a_key
from tests.http.agreements.stories import Pair


async def test_a_steward_reads_the_text_for_an_hour_and_all_parties_see_that(
    pair: Pair, steward: Someone, clock: Any
) -> None:
    agreement = await stories.in_force(pair)
    here = f"/agreements/{agreement['id']}"
    await pair.ada.makes(f"{here}/terms/{agreement['terms'][0]['id']}/comments", {"text": "Between us"})
    await pair.ben.does(f"{here}/prompts/hopes_and_worries/answer", {"text": "I worry", "show_now": True})
    assert (await steward.sees(here))["allowed_actions"] == ["POST break-glass"]

    key = a_key()
    opened = await steward.sends("POST", f"{here}/break-glass", {"reason": "A complaint"}, Idempotency_Key=key)
    assert opened.status_code == 200, opened.text
    assert len(opened.json()["terms"]) == 2
    seen = await steward.sees(here)
    assert (seen["version"], seen["allowed_actions"]) == (1, [])
    assert "Between us" not in str(seen)
    assert "I worry" not in str(seen)
    for path in ("/history", "/versions", "/updates"):
        assert (await steward.sends("GET", here + path)).status_code == 404

    for someone in (pair.ada, pair.ben):
        (look,) = (await someone.sees(here))["break_glass"]
        assert (look["by"], look["reason"]) == (steward.id, "A complaint")
        assert "as a steward" in str(await someone.sees(f"{here}/history"))
        someone.seen_position = int(opened.headers["Concord-Position"])
        (announced,) = [i for i in (await someone.sees("/me/inbox"))["items"] if i["what"] == "glass_broken"]
        assert (announced["by_person_id"], announced["resource"]["path"]) == (steward.id, here)
        assert (announced["allowed_actions"], announced["due_at"]) == ([], None)
    assert all(i["what"] != "glass_broken" for i in (await steward.sees("/me/inbox"))["items"])

    clock.move(minutes=61)
    assert (await steward.sees(here))["withheld"] is True
    again = await steward.sends("POST", f"{here}/break-glass", {"reason": "A complaint"}, Idempotency_Key=key)
    assert "terms" not in again.json()
    clock.move(days=14)
    assert all(i["what"] != "glass_broken" for i in (await pair.ben.sees("/me/inbox"))["items"])


async def test_with_a_reason_a_steward_reads_no_text_that_was_for_coaching_or_for_the_author_alone(
    pair: Pair, steward: Someone, clock: Any
) -> None:
    before = (await stories.drafted(pair, use="coaching"))["id"]
    here, alone = f"/agreements/{before}", pair.ada.instant()
    clock.move(minutes=5)
    await pair.ada.does(f"{here}/share")
    await pair.ben.makes(f"{here}/terms", pair.support())
    for someone in (pair.ada, pair.ben):
        await stories.consents(someone, before)
    coached = pair.ada.instant()
    clock.move(days=1)
    await pair.ada.makes(f"{here}/amendments", {"reason": "It counts from now on"})
    await pair.ben.does(f"{here}/proposal", {"use": "reviewable"}, method="PATCH")
    for someone in (pair.ada, pair.ben):
        await stories.consents(someone, before)
    await steward.does(f"{here}/break-glass", {"reason": "A complaint"})

    assert (await steward.sees(here))["version"] == 2
    for question in (f"as_of={alone}", f"as_of={coached}", f"known_at={alone}", f"known_at={coached}", "version=1"):
        seen = await steward.sees(f"{here}?{question}")
        assert (seen["withheld"], "head" in seen, "title" in seen) == (True, False, False), question

    # And an amendment that is being written is between the parties.
    await pair.ada.makes(f"{here}/amendments", {"reason": "Another idea"})
    await pair.ada.makes(f"{here}/terms", pair.given())
    seen = await steward.sees(here)
    assert seen["proposal"] is None
    assert "The budget is fixed" not in str(seen)
    assert "Another idea" not in str(seen)


async def test_what_is_for_coaching_or_not_shared_is_opened_to_nobody(pair: Pair, steward: Someone) -> None:
    for agreement in (await stories.in_force(pair, use="coaching"), await stories.drafted(pair)):
        here = f"/agreements/{agreement['id']}"
        assert (await steward.sees(here))["allowed_actions"] == []
        answer = await steward.sends("POST", f"{here}/break-glass", {"reason": "I want to know"})
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")


async def test_only_a_steward_of_the_organisation_may_and_only_with_a_reason(
    pair: Pair, cy: Someone, steward: Someone, foreigner: Someone
) -> None:
    agreement = await stories.in_force(pair)
    here = f"/agreements/{agreement['id']}/break-glass"
    for someone, status in ((cy, 403), (pair.ada, 403), (foreigner, 404)):
        assert (await someone.sends("POST", here, {"reason": "Curious"})).status_code == status
    for body in ({}, {"reason": "  "}, {"reason": "x" * 2_001}):
        assert (await steward.sends("POST", here, body)).status_code == 422
