"""What waits for me: each item says what happened, what may be done and by when, and goes once it is dealt with."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.bootstrap import Concord
from tests.http.agreements import stories
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import MONDAYS, Pair
from tests.http.conftest import MovableClock, token_of

Item = dict[str, Any]


async def waiting(someone: Someone, other: Someone) -> dict[str, Item]:
    """What waits for them after what both did, by kind; of one kind there is one at most in these stories."""
    someone.seen_position = max(someone.seen_position, other.seen_position)
    items = (await someone.sees("/me/inbox"))["items"]
    by_kind = {item["what"]: item for item in items}
    assert len(by_kind) == len(items)
    return by_kind


async def test_a_draft_waits_for_answers_and_consents(pair: Pair, cy: Someone, foreigner: Someone) -> None:
    draft = await stories.consented_by_ada(pair)
    path = f"/agreements/{draft['id']}"
    items = (await pair.ben.sees("/me/inbox"))["items"]
    assert [item["what"] for item in items if item["what"] != "prompt"] == ["consent"]
    (consent,) = [item for item in items if item["what"] == "consent"]
    assert consent["resource"] == {"kind": "agreement", "id": draft["id"], "path": path, "title": "Ada and Ben"}
    assert consent["about"] == {"proposal": "0", "revision": str(draft["proposal"]["revision"])}
    assert consent["allowed_actions"] == ["POST consents", "POST changes-asked", "PATCH proposal"]
    assert (consent["due_at"], consent["overdue"]) == (None, False)
    prompts = {item["about"]["key"] for item in items if item["what"] == "prompt"}
    assert "how_to_update" in prompts
    await pair.ben.does(f"{path}/prompts/how_to_update/answer", {"text": "In writing"})
    items = (await pair.ben.sees("/me/inbox"))["items"]
    assert prompts - {i["about"].get("key") for i in items} == {"how_to_update"}
    await stories.consents(pair.ben, draft["id"])
    for someone in (cy, foreigner):
        assert await someone.sees("/me/inbox") == {"items": [], "next_cursor": None}
    assert await waiting(pair.ben, pair.ada) == {}


async def test_motions_and_reviews_wait_with_their_last_day(pair: Pair, clock: MovableClock) -> None:
    agreement = await stories.moved_to_pause(pair)
    motion = agreement["motions"][-1]
    found = (await waiting(pair.ben, pair.ada))["motion"]
    assert found["about"] == {"motion_id": motion["id"], "kind": "pause"}
    assert found["by_person_id"] == pair.ada.id
    assert found["due_at"][:10] == pair.ada.day(14)
    assert found["allowed_actions"] == ["POST motions/{mid}/agree", "POST motions/{mid}/refuse"]
    assert await waiting(pair.ada, pair.ben) == {}
    await pair.ben.does(f"/agreements/{agreement['id']}/motions/{motion['id']}/refuse")
    assert await waiting(pair.ben, pair.ada) == {}
    clock.move(days=30)
    due = (await waiting(pair.ada, pair.ben))["review_due"]
    assert (due["allowed_actions"], due["overdue"]) == (["POST reviews"], False)
    await pair.ada.makes(f"/agreements/{agreement['id']}/reviews")
    assert (await waiting(pair.ben, pair.ada))["review"]["allowed_actions"] == ["POST reviews/{rid}/answers"]
    assert "review_due" not in await waiting(pair.ben, pair.ada)


async def test_updates_wait_to_be_given_and_then_to_be_read(pair: Pair, clock: MovableClock) -> None:
    agreement = await stories.in_force(pair)
    path = f"/agreements/{agreement['id']}"
    (term,) = [t for t in agreement["terms"] if t["kind"] == "update"]
    assert await waiting(pair.ben, pair.ada) == {}  # Monday the 4th is three days ahead
    clock.move(days=2)
    due = (await waiting(pair.ben, pair.ada))["update_due"]
    assert due["about"] == {"term_id": term["id"], "occurrence_on": MONDAYS["first_due"][:10]}
    assert (due["due_at"], due["allowed_actions"]) == ("2027-01-04T09:00:00Z", ["POST updates"])
    await pair.ada.makes(f"{path}/updates/ask", {"term_id": term["id"], "text": "How is it going?"})
    assert list(await waiting(pair.ben, pair.ada)) == ["update_due", "update_asked"]
    body = {"term_id": term["id"], "occurrence_on": "2027-01-04", "text": "All is well."}
    update = await pair.ben.makes(f"{path}/updates", body)
    assert await waiting(pair.ben, pair.ada) == {}
    given = (await waiting(pair.ada, pair.ben))["update_given"]
    assert given["about"] == {"update_id": update["id"]}
    assert given["allowed_actions"] == ["POST updates/{uid}/acknowledge", "POST updates/{uid}/answer"]
    await pair.ada.does(f"{path}/updates/{update['id']}/acknowledge")
    assert await waiting(pair.ada, pair.ben) == {}
    await pair.ben.makes("/me/absences", {"from_on": "2027-01-11", "until_on": "2027-01-12"})
    clock.move(days=8)
    assert await waiting(pair.ben, pair.ada) == {}  # away on the 11th
    clock.move(days=7)
    assert (await waiting(pair.ben, pair.ada))["update_due"]["about"]["occurrence_on"] == "2027-01-18"


async def test_a_promise_that_falls_due_can_be_released_once_nobody_is_left_to_whom_it_is_owed(
    pair: Pair, cy: Someone, steward: Someone
) -> None:
    body = {
        "owed_by": [{"person_id": pair.ben.id}],
        "owed_to": [{"person_id": cy.id}],
        "outcome": "The menu is printed",
        "due_at": pair.ben.day(5),
    }
    asked = await cy.makes("/commitments", body)
    found = (await waiting(pair.ben, cy))["promise"]
    assert found["resource"]["path"] == f"/commitments/{asked['id']}"
    assert found["allowed_actions"] == ["POST promise", "POST counter", "POST decline"]
    await pair.ben.does(f"/commitments/{asked['id']}/promise", {"revision": int(found["about"]["revision"])})
    due = (await waiting(pair.ben, cy))["due"]
    assert "POST release" not in due["allowed_actions"]
    await steward.does(f"/people/{cy.id}/deactivate")
    assert "POST release" in (await waiting(pair.ben, steward))["due"]["allowed_actions"]
    await pair.ben.does(f"/commitments/{asked['id']}/release", {})
    assert await waiting(pair.ben, steward) == {}


async def test_who_is_let_go_and_a_narrow_token_are_told_nothing(pair: Pair, concord: Concord) -> None:
    agreement = await stories.moved_to_pause(pair)
    narrow = Someone(pair.ben.client, pair.ben.clock, pair.ben.id, await token_of(concord, pair.ben.id, "audit:read"))
    narrow.seen_position = pair.ben.seen_position = pair.ada.seen_position
    assert await narrow.sees("/me/inbox") == {"items": [], "next_cursor": None}
    assert list(await waiting(pair.ben, pair.ada)) == ["motion"]
    await concord.projector.stop()  # the list is behind from here on, and still tells nothing that is gone
    await pair.ben.does(f"/agreements/{agreement['id']}/motions/{agreement['motions'][-1]['id']}/agree")
    pair.ben.seen_position = 0
    assert (await pair.ben.sees("/me/inbox"))["items"] == []


@pytest.mark.parametrize("cursor", ["nonsense", "WzEsMiwzLDQsNV0"])
async def test_a_cursor_that_no_list_gave_is_refused(pair: Pair, cursor: str) -> None:
    assert (await pair.ben.sends("GET", f"/me/inbox?cursor={cursor}")).status_code == 422


async def test_pages_follow_each_other(pair: Pair) -> None:
    for _ in range(3):
        await stories.moved_to_pause(pair)
    pair.ben.seen_position = pair.ada.seen_position
    whole = (await pair.ben.sees("/me/inbox"))["items"]
    assert [item["what"] for item in whole] == ["motion"] * 3
    assert whole == sorted(whole, key=lambda item: item["due_at"])
    paged, path = [], "/me/inbox?limit=2"
    while True:
        page = await pair.ben.sees(path)
        paged += page["items"]
        if page["next_cursor"] is None:
            break
        path = f"/me/inbox?limit=2&cursor={page['next_cursor']}"
    assert paged == whole
