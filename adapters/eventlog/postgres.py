"""The event log on PostgreSQL: tables, triggers and the one function that writes (postgres.sql)."""

from __future__ import annotations

import contextlib
from pathlib import Path
from uuid import UUID

import psycopg

from adapters.eventlog.grouping import Grouping
from adapters.eventlog.hints import Hints
from adapters.eventlog.log import Append, Outcome
from adapters.eventlog.questions import Questions
from adapters.stores.postgres import PostgresDatabase, in_our_words
from adapters.stores.row_security import SETTING, SHIELD

_ATTEMPTS = 12
_LOCK = 0x436F6E636F72644C  # "ConcordL": concurrent first starts create the tables one after another


class PostgresEventLog(Questions):
    """The log in a PostgreSQL database."""

    log_id: UUID

    def __init__(self, store: PostgresDatabase) -> None:
        super().__init__(store)
        self._store = store
        self._hints = Hints(store, self._has_changed)
        self._grouping = Grouping(store, self._stored)

    async def prepare(self) -> None:
        """Creates the tables and functions where they are missing; an application's role finds them there."""
        ready = None
        with contextlib.suppress(psycopg.errors.UndefinedTable):
            ready = await self._store.fetch_one(
                "SELECT log_id FROM log_head WHERE to_regproc('log_assign_sights') IS NOT NULL"
            )
        if ready is None:
            await self._create()
            ready = await self._store.fetch_one("SELECT log_id FROM log_head")
        assert ready is not None
        self.log_id = UUID(ready.log_id)

    async def append(self, append: Append) -> Outcome:
        """Stores one command, grouped with whatever else waits."""
        return await self._grouping.append(append)

    async def wait_for_change(self, timeout: float) -> None:
        """Returns when some process has appended something, or after `timeout` seconds."""
        self._hints.listen()
        await super().wait_for_change(timeout)

    async def close(self) -> None:
        """Sends what was accepted, then lets go of the connections."""
        await self._grouping.close()
        await self._hints.close()

    def _stored(self) -> None:
        self._has_changed()
        self._hints.tell()

    async def _create(self) -> None:
        sql = Path(__file__).with_name("postgres.sql").read_text()
        with in_our_words():
            for _ in range(_ATTEMPTS - 1):
                # Somebody who shields another table may wait for one of these: the server lets one of the two go on.
                with contextlib.suppress(psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable):
                    await self._create_once(sql)
                    return
            await self._create_once(sql)

    async def _create_once(self, sql: str) -> None:
        async with self._store.connection() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            await connection.execute(sql.encode())
            await connection.execute(SHIELD)
            await connection.execute(f"SELECT set_config('{SETTING}', '*', true), log_assign_sights()")
