"""The event log on PostgreSQL: whatever waits goes into one statement on one connection.

The statement is `log_append` (postgres.sql), which numbers, compares and inserts on the server, so a
client that freezes holds no lock between two messages. A lost answer is asked for again: the
commands' receipts turn what was stored into plain successes.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import psycopg

from adapters.database import PostgresDatabase
from adapters.eventlog import rows
from adapters.eventlog.log import Append, Outcome
from adapters.eventlog.questions import Questions
from adapters.stores.postgres import in_our_words, open_connection
from services.ports import Unavailable

MOST_TOGETHER = 256
ATTEMPTS = 3
ANSWER_SECONDS = 8.0
"""How long an append may take before its connection is given up and it is asked for again."""

_APPEND = (
    "SELECT outcome, at_position, first_answer FROM log_append(%b::text[], %b::text[], %b::text[], %b::int[], "
    "%b::jsonb[], %b::jsonb[], %b::text[], %b::int[], %b::text[], %b::bytea[], %b::bytea[], %b::bytea[])"
)


@dataclass
class _Waiting:
    append: Append
    done: asyncio.Future[Outcome]


class PostgresEventLog(Questions):
    """The log in a PostgreSQL database."""

    log_id: UUID

    def __init__(self, store: PostgresDatabase) -> None:
        super().__init__(store)
        self._store = store
        self._waiting: list[_Waiting] = []
        self._wake: asyncio.Event | None = None
        self._task: asyncio.Task[None] | None = None
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._closing = False

    async def prepare(self) -> None:
        """Creates the tables and functions where they are missing; one process at a time."""
        ready = None
        with contextlib.suppress(psycopg.errors.UndefinedTable):
            ready = await self._store.fetch_one(
                "SELECT log_id FROM log_head WHERE to_regproc('log_append') IS NOT NULL"
            )
        if ready is None:
            await self._create()
            ready = await self._store.fetch_one("SELECT log_id FROM log_head")
        self.log_id = UUID(ready[0])  # type: ignore[index]

    async def append(self, append: Append) -> Outcome:
        """Stores one command, grouped with whatever else waits."""
        if self._closing:
            raise Unavailable("The store is closed.")
        if self._task is None or self._task.done():
            self._wake = asyncio.Event()
            self._task = asyncio.create_task(self._send_for_ever(self._wake), name="log-append")
        waiting = _Waiting(append, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._wake is not None:
            self._wake.set()
        return await waiting.done

    async def close(self) -> None:
        """Sends what was accepted, then closes the connection."""
        self._closing = True
        if self._task is not None:
            if self._wake is not None:
                self._wake.set()
            await self._task
        await self._give_up_connection()

    async def _create(self) -> None:
        sql = Path(__file__).with_name("postgres.sql").read_text()
        with in_our_words():
            async with self._store.connection() as connection, connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock(7306010)")
                await connection.execute(sql.encode())

    async def _send_for_ever(self, wake: asyncio.Event) -> None:
        while self._waiting or not self._closing:
            if not self._waiting:
                wake.clear()
                await wake.wait()
                continue
            together, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            try:
                outcomes = await self._send(together)
            except Exception as error:
                for waiting in together:
                    if not waiting.done.done():
                        waiting.done.set_exception(error)
                continue
            for waiting, outcome in zip(together, outcomes, strict=True):
                if not waiting.done.done():
                    waiting.done.set_result(outcome)
            self._has_changed()

    async def _send(self, together: list[_Waiting]) -> list[Outcome]:
        values = _values([w.append for w in together])
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with in_our_words():
                    async with asyncio.timeout(ANSWER_SECONDS):
                        connection = await self._connected()
                        cursor = await connection.execute(_APPEND, values, prepare=True, binary=True)
                        return [Outcome(row[0], row[1], row[2]) for row in await cursor.fetchall()]
            except (Unavailable, TimeoutError) as error:
                # Whether it was stored is not known: asked again, the receipts tell.
                await self._give_up_connection()
                if attempt == ATTEMPTS:
                    raise Unavailable("The database cannot be reached right now.") from error
                await asyncio.sleep(0.1 * attempt)
        raise AssertionError("unreachable")

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = await open_connection(self._store.url)
        return self._connection

    async def _give_up_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                await connection.close()


def _values(appends: list[Append]) -> tuple[Any, ...]:
    records = [r for a in appends for r in a.records]
    return (
        [a.command_id for a in appends],
        [a.request_hash for a in appends],
        [a.answer for a in appends],
        [len(a.records) for a in appends],
        [_json([rows.sight_values(s) for s in a.sights]) for a in appends],
        [_json([rows.standing_values(s) for s in a.standings]) for a in appends],
        [str(r.stream_id) for r in records],
        [r.version for r in records],
        [r.topic for r in records],
        [r.header for r in records],
        [r.body for r in records],
        [r.leaf for r in records],
    )


def _json(values: list[dict[str, Any]]) -> str | None:
    return orjson.dumps(values).decode() if values else None
