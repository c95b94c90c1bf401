"""What `allowed_actions` lists is what is really allowed: each listed request succeeds, each other is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.http.agreements import stories
from tests.http.agreements.every_request import ACTIONS, filled
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair

Shown = dict[str, Any]


ABOUT_A_TERM_IN_FORCE = ("POST updates", "POST updates/ask", "POST escalations", "POST notes")
"""They name a term; where no version in force holds one that fits, it is the term that is refused."""


async def with_words(pair: Pair) -> Shown:
    """In force, each of the two with a comment of their own."""
    agreement = await stories.in_force(pair)
    here = f"/agreements/{agreement['id']}/terms/{agreement['terms'][0]['id']}/comments"
    await pair.ada.makes(here, {"text": "One"})
    return await pair.ben.makes(here, {"text": "Two"})


STORIES: tuple[Callable[[Pair], Awaitable[Shown]], ...] = (
    stories.drafted,
    stories.shared,
    stories.consented_by_ada,
    stories.in_force,
    with_words,
    stories.amending,
    stories.moved_to_pause,
    stories.paused,
    stories.reviewing,
    stories.ending,
    stories.ended,
    stories.abandoned,
)


async def send(someone: Someone, action: str, agreement: Shown, pair: Pair, other: Someone) -> Any:
    seen = await someone.sends("GET", f"/agreements/{agreement['id']}")
    asked = filled(action, seen.json(), pair, other.id, by=someone.id)
    headers = {} if asked.method == "POST" else {"If_Match": seen.headers["ETag"]}
    return await someone.sends(asked.method, asked.path, asked.body, **headers)


@pytest.mark.parametrize("who", ["ada", "ben"])
@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.__name__)
async def test_what_is_listed_succeeds_and_what_is_not_is_refused(
    people: dict[str, Someone], pair: Pair, cy: Someone, told: Callable[[Pair], Awaitable[Shown]], who: str
) -> None:
    someone = people[who]
    agreement = await told(pair)
    listed = (await someone.sees(f"/agreements/{agreement['id']}"))["allowed_actions"]
    assert listed == sorted(set(listed))
    unknown = set(listed) - set(ACTIONS)
    assert not unknown, "every action that can be listed is tried here"

    for action in ACTIONS:
        if action in listed:
            continue
        answer = await send(someone, action, agreement, pair, cy)
        refused = (403, 404, 409, 422) if action in ABOUT_A_TERM_IN_FORCE else (403, 404, 409)
        assert answer.status_code in refused, f"{action} is not listed: {answer.status_code} {answer.text}"

    for action in listed:
        fresh = await told(pair)
        answer = await send(someone, action, fresh, pair, cy)
        assert answer.status_code in (200, 201), f"{action} is listed: {answer.status_code} {answer.text}"


async def test_a_contributor_reads_and_comments_and_nothing_else(pair: Pair, cy: Someone) -> None:
    agreement = await stories.in_force(pair)
    here = f"/agreements/{agreement['id']}"
    moved = await pair.ada.makes(f"{here}/motions", {"kind": "invite_contributor", "person_id": cy.id})
    assert (await cy.sends("GET", here)).status_code == 404
    await pair.ben.does(f"{here}/motions/{moved['motions'][-1]['id']}/agree")

    seen = await cy.sees(here)
    assert seen["allowed_actions"] == ["POST prompts/{key}/answer", "POST terms/{term_id}/comments"]
    assert seen["motions"] == []
    for action in ACTIONS:
        if action in seen["allowed_actions"]:
            continue
        answer = await send(cy, action, agreement, pair, cy)
        assert answer.status_code in (403, 404, 409), f"{action}: {answer.text}"
    await cy.makes(f"{here}/terms/{agreement['terms'][0]['id']}/comments", {"text": "From outside"})

    await pair.ben.does(f"{here}/contributors/{cy.id}", method="DELETE")
    assert (await cy.sends("GET", here)).status_code == 404
