"""Appends on PostgreSQL, many to one statement: one connection, one task that sends whatever waits.

The statement is `log_append` (postgres.sql), which numbers, compares and inserts on the server, so a
client that freezes holds no lock between two messages. A lost answer is asked for again: the
commands' receipts turn what was stored into plain successes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import orjson
import psycopg
import structlog
from psycopg import errors

from adapters.eventlog import rows
from adapters.eventlog.log import Append, Outcome
from adapters.stores.deadlines import Deadline
from adapters.stores.postgres import PostgresDatabase, in_our_words, is_usable
from services.ports import Unavailable

_logger = structlog.get_logger(__name__)

MOST_TOGETHER = 256
ANSWER_SECONDS = 7.0
"""How long one statement may take before its connection is given up and it is asked for again."""
PATIENCE = 8.0
"""How long a group is asked for again after its connection was lost, before its callers are told."""

_APPEND = (
    "SELECT outcome, at_position, first_answer FROM log_append(%b::text[], %b::text[], %b::text[], %b::int[], "
    "%b::text[], %b::jsonb, %b::jsonb, %b::int[], %b::text[], %b::int[], %b::text[], "
    "%b::bytea[], %b::bytea[], %b::bytea[])"
)


@dataclass
class _Waiting:
    append: Append
    done: asyncio.Future[Outcome]


class Grouping:
    """Takes appends from any number of callers; `stored` is called whenever a group was answered."""

    def __init__(self, store: PostgresDatabase, stored: Callable[[], None]) -> None:
        self._store = store
        self._stored = stored
        self._waiting: list[_Waiting] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._doubtful = False
        self._closing = False

    async def append(self, append: Append) -> Outcome:
        """Stores one command, grouped with whatever else waits."""
        if self._closing:
            raise Unavailable("the store is closed")
        if self._task is None:
            self._task = asyncio.create_task(self._send_for_ever(), name="append to the log")
        waiting = _Waiting(append, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._wake.set()
        return await waiting.done

    async def close(self) -> None:
        """Sends what was accepted, then closes the connection."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            await self._task
        self._drop_connection()

    async def _send_for_ever(self) -> None:
        while True:
            while self._waiting:
                together, self._waiting = _disjoint(self._waiting)
                await self._settle(together)
            if self._closing:
                return
            self._wake.clear()
            await self._wake.wait()

    async def _settle(self, together: Sequence[_Waiting]) -> None:
        try:
            outcomes = await self._ask([w.append for w in together])
        except Exception as error:
            if len(together) > 1 and not isinstance(error, Unavailable):
                # Something in the group cannot be stored at all. Nothing was: each is tried alone.
                for waiting in together:
                    await self._settle([waiting])
                return
            for waiting in together:
                if not waiting.done.done():
                    waiting.done.set_exception(error)
            return
        for waiting, outcome in zip(together, outcomes, strict=True):
            if not waiting.done.done():
                waiting.done.set_result(outcome)
        self._stored()

    async def _ask(self, appends: Sequence[Append]) -> list[Outcome]:
        values = _values(appends)
        until, pause = monotonic() + PATIENCE, 0.05
        while True:
            try:
                return await self._ask_once(values)
            except Unavailable as error:
                # Whether it was stored is not known: asked again, the receipts tell.
                self._drop_connection()
                if monotonic() + pause > until or isinstance(error.__cause__, errors.LockNotAvailable):
                    raise
            await asyncio.sleep(pause)
            pause = min(1.0, pause * 2)

    async def _ask_once(self, values: tuple[Any, ...]) -> list[Outcome]:
        with in_our_words():
            async with Deadline(ANSWER_SECONDS):
                connection = await self._connected()
                self._doubtful = False
                cursor = await connection.execute(_APPEND, values, prepare=True, binary=True)
                outcomes = [Outcome(*row) for row in await cursor.fetchall()]
        if self._doubtful:
            raise Unavailable("the store committed, but did not wait for its copies")
        return outcomes

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is not None and not is_usable(self._connection):
            self._drop_connection()
        if self._connection is None:
            self._connection = await self._store.open()
            self._connection.add_notice_handler(self._notice)
        return self._connection

    def _notice(self, notice: errors.Diagnostic) -> None:
        # Sent when somebody cancels the wait for a synchronous copy: stored here, perhaps nowhere else.
        if notice.sqlstate == "01000" and "synchronous replication" in (notice.message_primary or ""):
            self._doubtful = True

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                connection.pgconn.finish()


def _disjoint(waiting: list[_Waiting]) -> tuple[list[_Waiting], list[_Waiting]]:
    """The next group, and who waits on: in a group no command and no stream occurs twice."""
    together: list[_Waiting] = []
    later: list[_Waiting] = []
    taken: set[object] = set()
    for n, one in enumerate(waiting):
        if one.done.cancelled():
            continue
        touched = {one.append.command_id, *(r.stream_id for r in one.append.records)}
        if taken.isdisjoint(touched):
            together.append(one)
        else:
            later.append(one)
        # Also for those who wait on: whoever comes after them on the same stream must not overtake them.
        taken |= touched
        if len(together) == MOST_TOGETHER:
            later += waiting[n + 1 :]
            break
    return together, later


def _values(appends: Sequence[Append]) -> tuple[Any, ...]:
    records = [(n, r) for n, a in enumerate(appends, start=1) for r in a.records]
    sights = [{"n": n, **rows.sight_values(s)} for n, a in enumerate(appends, start=1) for s in a.sights]
    standings = [{"n": n, **rows.standing_values(s)} for n, a in enumerate(appends, start=1) for s in a.standings]
    return (
        [a.command_id for a in appends],
        [a.request_hash for a in appends],
        [a.answer for a in appends],
        [len(a.records) for a in appends],
        [str(a.organisation_id or "") for a in appends],
        orjson.dumps(sights).decode() if sights else None,
        orjson.dumps(standings).decode() if standings else None,
        [n for n, _ in records],
        [str(r.stream_id) for _, r in records],
        [r.version for _, r in records],
        [r.topic for _, r in records],
        [r.header for _, r in records],
        [r.body for _, r in records],
        [r.leaf for _, r in records],
    )
