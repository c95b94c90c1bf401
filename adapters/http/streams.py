"""Answers that go on: how many there are at once, and that all of them end when the server does."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from uuid import UUID

from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from adapters.http.problems import Problem

EVENT_STREAM = "text/event-stream"
MOST_OF_ONE = 8
"""How many one session or token may have open in this process."""
MOST = 500
"""How many may be open in this process altogether."""
PATIENCE = 10.0
"""How long a reader may take nothing before it is given up (seconds)."""
AGAIN_IN = 30
"""After how many seconds one may ask again."""


class Streams:
    """The open streams of one process."""

    def __init__(self) -> None:
        self._open: Counter[UUID | None] = Counter()
        self.ending = asyncio.Event()
        """Set once the server is about to end."""

    def open(self, credential_id: UUID | None, events: AsyncIterator[bytes]) -> EventStream:
        """One more answer that goes on; 429 when this credential, or everybody together, has as many as there may be.

        Its place is free again when it has been sent, however that ends.
        """
        if self._open[credential_id] >= MOST_OF_ONE or self._open.total() >= MOST:
            raise Problem(
                429,
                "too-many-streams",
                f"{MOST_OF_ONE} streams are open with this session or token, or too many altogether; close one first.",
                headers={"Retry-After": str(AGAIN_IN)},
            )
        self._open[credential_id] += 1
        return EventStream(self, credential_id, events)

    def closed(self, credential_id: UUID | None) -> None:
        """One is open no more."""
        self._open[credential_id] -= 1
        if not self._open[credential_id]:
            del self._open[credential_id]


class EventStream(StreamingResponse):
    """Server-sent events."""

    media_type = EVENT_STREAM

    def __init__(self, streams: Streams, credential_id: UUID | None, events: AsyncIterator[bytes]) -> None:
        # What stands between server and reader is to pass on each event at once.
        super().__init__(events, headers={"X-Accel-Buffering": "no"})
        self._streams = streams
        self._credential_id = credential_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends for as long as there is something, and somebody who takes it."""

        async def sending(message: Message) -> None:
            async with asyncio.timeout(PATIENCE):
                await send(message)

        try:
            with contextlib.suppress(TimeoutError):
                await super().__call__(scope, receive, sending)
        finally:
            self._streams.closed(self._credential_id)
