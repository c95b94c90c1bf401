"""Tells other processes that the log grew, and hears it from them: a hint only, never relied upon.

A notification inside the append's transaction would hold a lock that all of the server's commits
share, so it is sent afterwards: the first at once, then no more than some in a second, because each
costs a flush of its own. Whoever follows the log looks
now and then in any case; a hint that is lost costs that long and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import psycopg

from adapters.stores.deadlines import Deadline
from adapters.stores.postgres import PostgresDatabase, in_our_words
from services.ports import Unavailable

CHANNEL = "concord_log"
TELL_AT_MOST_EVERY = 0.025
STILL_THERE_EVERY = 10.0
"""How long to hear nothing before asking whether the server is still there (seconds)."""


class Hints:
    """Both sides of it for one process; `heard` is called when some process appended something."""

    def __init__(self, store: PostgresDatabase, heard: Callable[[], None]) -> None:
        self._store = store
        self._heard = heard
        self._telling: asyncio.Task[None] | None = None
        self._more = False
        self._listening: asyncio.Task[None] | None = None

    def tell(self) -> None:
        """Lets the other processes know, soon."""
        self._more = True
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell(), name="tell that the log grew")

    def listen(self) -> None:
        """Begins to hear the others; does nothing when it has begun."""
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(), name="hear that the log grew")

    async def close(self) -> None:
        """Stops telling and hearing."""
        for task in (self._telling, self._listening):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _tell(self) -> None:
        while self._more:
            self._more = False
            with contextlib.suppress(Unavailable), in_our_words():
                async with Deadline(2), self._store.connection() as connection:
                    await connection.execute(f"NOTIFY {CHANNEL}")
            await asyncio.sleep(TELL_AT_MOST_EVERY)

    async def _listen(self) -> None:
        pause = 0.2
        while True:
            with contextlib.suppress(Unavailable):
                connection = await self._store.open()
                try:
                    await self._hear(connection)
                finally:
                    connection.pgconn.finish()
                pause = 0.2
            await asyncio.sleep(pause)
            pause = min(5.0, pause * 2)

    async def _hear(self, connection: psycopg.AsyncConnection[object]) -> None:
        with in_our_words():
            await connection.execute(f"LISTEN {CHANNEL}")
            while True:
                async for _ in connection.notifies(timeout=STILL_THERE_EVERY, stop_after=1):
                    self._heard()
                    break
                else:
                    async with Deadline(3):
                        await connection.execute("SELECT 1")
