"""`as_of`, `known_at` and `version` on the agreement itself."""

from __future__ import annotations

from tests.http.agreements import stories
from tests.http.agreements.stories import Pair


async def test_before_the_first_event_there_is_nothing_and_the_future_is_refused(pair: Pair) -> None:
    agreement = await stories.in_force(pair)
    here = f"/agreements/{agreement['id']}"
    assert (await pair.ada.sends("GET", f"{here}?as_of=2001-01-01T00:00:00Z")).status_code == 404
    for name in ("as_of", "known_at"):
        answer = await pair.ada.sends("GET", f"{here}?{name}=2999-01-01T00:00:00Z")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, name)
        answer = await pair.ada.sends("GET", f"{here}?{name}=yesterday")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_the_text_of_then_is_shown_and_nothing_can_be_done_to_it(pair: Pair) -> None:
    draft = await stories.shared(pair)
    here = f"/agreements/{draft['id']}"
    then = pair.ada.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    await pair.ada.makes(f"{here}/terms", pair.given())
    for name in ("as_of", "known_at"):
        seen = await pair.ben.sees(f"{here}?{name}={then}")
        assert len(seen["proposal"]["terms"]) == 2
        assert seen["allowed_actions"] == []
    assert len((await pair.ben.sees(here))["proposal"]["terms"]) == 3


async def test_there_is_no_version_before_the_first_nor_after_the_last(pair: Pair) -> None:
    agreement = await stories.in_force(pair)
    here = f"/agreements/{agreement['id']}"
    assert (await pair.ada.sees(f"{here}?version=1"))["version"] == 1
    for number in (0, 2, 10**30):
        answer = await pair.ada.sends("GET", f"{here}?version={number}")
        assert answer.status_code in (404, 422), answer.text
