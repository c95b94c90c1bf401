"""Following the feed: server-sent events for as long as nothing of what decides about them has changed.

Whether the credential holds, how its owner stands and what they see is asked anew at least every second,
whatever happens; when any of it has ended the stream ends, and whoever may still look connects again.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import orjson

from adapters.http.deps import Asking
from adapters.http.problems import Problem
from adapters.http.security import still_acting
from domain.refusals import NotThere, NotYourAct
from services.audit.feed import FeedPage
from services.ports import Unavailable

LOOK_EVERY = 0.5
"""How long it is waited for news at most before everything is asked anew (seconds)."""
GATHER = 0.1
"""How long news gathers before it is told."""
SIGN_OF_LIFE = 15.0
"""How long nothing may be said, so that what stands between does not take the line for dead."""
CONNECT_AGAIN_IN = 2_000
"""What a browser waits before it connects again (milliseconds)."""
MOST_AT_ONCE = 100

Next = Callable[[int], Awaitable[FeedPage]]
Sights = frozenset[tuple[UUID, str | None]]


async def follow(asks: Asking, ending: asyncio.Event, next_after: Next, after: int) -> AsyncIterator[bytes]:
    """The events after a position, as they come, until the sender's rights end or the server is `ending`."""
    yield f"retry: {CONNECT_AGAIN_IN}\n\n".encode()
    ledger, projector = asks.concord.ledger, asks.concord.projector
    said_at, looked_until = time.monotonic(), -1
    seen: Sights = frozenset()
    while not ending.is_set():
        try:
            before, seen = seen, await _sights(asks)
            if not (before <= seen and await _holds(asks)):
                return
            head, page, all_there = await ledger.head(), None, False
            if head > looked_until:
                # While very much is recorded the feed is never quite there: what it has is told.
                all_there = await projector.caught_up(head, LOOK_EVERY, ["feed"])
                page = await next_after(after)
        except (NotThere, NotYourAct):
            return
        except Unavailable:
            # The store is away for a moment: nothing is told until it can be asked who may hear it.
            await asyncio.sleep(LOOK_EVERY)
            continue
        if page is not None:
            asked_at = time.monotonic()
            for item in page.items:
                yield _event(item)
                said_at, after = time.monotonic(), item["position"]
                if said_at - asked_at > LOOK_EVERY:
                    break  # A slow reader: who they are is asked again before they are told more.
            else:
                after = page.until
                looked_until = head if all_there and not page.more else looked_until
            if after < page.until or page.more:
                continue
        if time.monotonic() - said_at > SIGN_OF_LIFE:
            yield b": still here\n\n"
            said_at = time.monotonic()
        await _news(asks, ending)


async def _holds(asks: Asking) -> bool:
    try:
        acting = await still_acting(asks.request, asks.concord)
    except Problem:
        return False
    return acting == (asks.actor, asks.standing)


async def _sights(asks: Asking) -> Sights:
    """Everything that the sender sees now, as what, themself and by their teams."""
    ledger, me = asks.concord.ledger, asks.actor.person_id
    own = await ledger.sights_of(me)
    by_teams = [await ledger.sights_of(one.thing_id) for one in own if one.sight == "member"]
    return frozenset((one.thing_id, one.sight) for sights in (own, *by_teams) for one in sights)


async def _news(asks: Asking, ending: asyncio.Event) -> None:
    """Waits until the log has grown, a little longer for what comes with it, or until it is time to look anyway."""
    hint = asyncio.ensure_future(asks.concord.ledger.log.wait_for_change(LOOK_EVERY))
    end = asyncio.ensure_future(ending.wait())
    try:
        await asyncio.wait({hint, end}, return_when=asyncio.FIRST_COMPLETED)
        if not ending.is_set():
            await asyncio.sleep(GATHER)
    finally:
        for task in (hint, end):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def _event(item: dict[str, Any]) -> bytes:
    cursor: str = item["cursor"]
    return b"id: " + cursor.encode() + b"\ndata: " + orjson.dumps(item) + b"\n\n"
