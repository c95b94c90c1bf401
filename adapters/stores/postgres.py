"""One PostgreSQL database: a few connections that are opened when needed and dropped when in doubt."""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import psycopg
import structlog
from psycopg import AsyncConnection, errors
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus
from sqlalchemy.dialects.postgresql import psycopg as psycopg_dialect

from adapters.stores.deadlines import Deadline
from adapters.stores.reach import current
from adapters.stores.row_security import SETTING
from adapters.stores.statements import Params, Phrasebook, Row, Said, Statement, Unexpected, Violation
from services.ports import Unavailable

_logger = structlog.get_logger(__name__)

CONNECT_TIMEOUT = 3
"""How long to wait for a connection (seconds)."""
READ_DEADLINE = 10.0
"""How long a query may take before its connection is given up (seconds)."""
WRITE_DEADLINE = 60.0
"""The same for a transaction that writes."""
MOST_ATTEMPTS = 5
"""How often a transaction that surely was undone (a deadlock, a connection lost before COMMIT) is tried in all."""

_SESSION = {
    "statement_timeout": "60s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
    "timezone": "UTC",
}

_REACH = f"SELECT set_config('{SETTING}', %s, true)"
_REACH_BEHIND = f"SELECT set_config('{SETTING}', coalesce(identity_organisation_of(%s, %s), ''), true)"

# Trouble with the server or on the way to it, or with how busy it is: the same may work a moment later.
_AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    errors.AdminShutdown,
    errors.CrashShutdown,
    errors.CannotConnectNow,
    errors.ReadOnlySqlTransaction,
)


@contextmanager
def in_our_words() -> Iterator[None]:
    """Says of the driver's errors what they mean to us; a mistake in the SQL stays what it is."""
    try:
        yield
    except psycopg.IntegrityError as error:
        raise Violation(str(error.diag.constraint_name or error)) from error
    except _AWAY as error:
        what = getattr(error, "diag", None) and error.diag.message_primary  # details may hold people's words
        raise Unavailable(f"PostgreSQL: {type(error).__name__}: {what or str(error).splitlines()[0]}") from error


async def open_connection(url: str, **session: str) -> AsyncConnection[Any]:
    """A connection that notices within seconds when the other side is gone; raises Unavailable."""
    with in_our_words():
        async with Deadline(CONNECT_TIMEOUT + 1):
            connection = await AsyncConnection.connect(conninfo(url), autocommit=True, prepare_threshold=1)
            try:
                settings = {**_SESSION, **session}
                calls = ", ".join("set_config(%s, %s, false)" for _ in settings)
                await connection.execute(f"SELECT {calls}", [x for pair in settings.items() for x in pair])
            except BaseException:
                connection.pgconn.finish()
                raise
    return connection


def conninfo(url: str) -> str:
    """The URL with what makes a dead link be noticed; what the URL itself says goes first."""
    given = psycopg.conninfo.conninfo_to_dict(url)
    ours: dict[str, str | int] = {
        "connect_timeout": CONNECT_TIMEOUT,
        "application_name": "concord",
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
    }
    return make_conninfo(url, **{name: value for name, value in ours.items() if name not in given})


class PostgresDatabase:
    """The database as a Database.

    A connection that was idle is looked at before use (without asking the server), one that failed or
    was interrupted is dropped, and a query that loses its connection is asked once more on a new one.
    Nothing waits longer than its deadline, and there is no backoff: the next call tries at once.
    """

    dialect = "postgresql"

    def __init__(self, url: str, *, role: str = "", most_connections: int = 10) -> None:
        """With a `role` its connections take that one on, and have no rights but its own."""
        self.url = url
        self.role = role
        dialect = psycopg_dialect.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]
        self._phrases = Phrasebook(dialect, named="%(x)s")
        self._idle: list[AsyncConnection[Any]] = []
        self._room = asyncio.Semaphore(most_connections)
        self._process = os.getpid()
        self._closed = False

    async def open(self, **session: str) -> AsyncConnection[Any]:
        """A connection of its own for somebody, who closes it; raises Unavailable."""
        return await open_connection(self.url, **session, **({"role": self.role} if self.role else {}))

    async def fetch_all(self, sql: Any, params: Params | None = None) -> list[Row]:
        """All rows of a query that are within reach."""
        said = self._phrases.say(sql, params or {})
        with in_our_words():
            try:
                return await self._fetch(said)
            except _AWAY as error:
                if not _lost_connection(error):
                    raise
                # All idle connections are likely to be gone with it: the server was restarted.
                await self._drop_idle()
                return await self._fetch(said)

    async def fetch_one(self, sql: Any, params: Params | None = None) -> Row | None:
        """The first row of a query, or None."""
        rows = await self.fetch_all(sql, params)
        return rows[0] if rows else None

    async def write(self, statements: Sequence[Statement]) -> list[int]:
        """Executes all in one transaction and answers how many rows each touched, or undoes all.

        When it raises Unavailable, it is not known whether the transaction was committed.
        """
        said = [(self._phrases.say(s.sql, s.params), s.expect_rows) for s in statements]
        with in_our_words():
            async with Deadline(WRITE_DEADLINE):
                for _ in range(MOST_ATTEMPTS - 1):
                    transaction = _Transaction(said)
                    try:
                        async with self.connection() as connection:
                            return await transaction.execute(connection)
                    except (errors.DeadlockDetected, errors.SerializationFailure):
                        pass  # the server chose this one to be undone, so that another could go on
                    except _AWAY as error:
                        if transaction.may_be_committed or not _lost_connection(error):
                            raise
                        await self._drop_idle()
                async with self.connection() as connection:
                    return await _Transaction(said).execute(connection)

    async def renew(self) -> None:
        """Drops the idle connections; those in use end by their own deadlines."""
        await self._drop_idle()

    async def close(self) -> None:
        """Closes all connections."""
        self._closed = True
        await self._drop_idle()

    async def _fetch(self, said: Said) -> list[Row]:
        async with Deadline(READ_DEADLINE), self.connection() as connection:
            # Bytes in text form would be twice as long, and three times as slow to read.
            cursor = connection.cursor(binary=True)
            # Both travel together, and without a BEGIN they are one transaction up to the end of the pipeline.
            async with connection.pipeline():
                await _say_reach(connection)
                await cursor.execute(said.sql, said.params)
            fetched = await cursor.fetchall()
            return said.rows.make(cursor.description or (), fetched)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection[Any]]:
        """Lends a connection in autocommit mode; one that comes back in the middle of something is dropped."""
        if os.getpid() != self._process:
            raise RuntimeError("a store must be opened in the process that uses it, not before a fork")
        async with self._room:
            connection = self._take_idle() or await self.open()
            try:
                yield connection
            finally:
                if connection.pgconn.transaction_status == TransactionStatus.INERROR:
                    with suppress(psycopg.Error):
                        await connection.execute("ROLLBACK")
                if self._closed or connection.pgconn.transaction_status != TransactionStatus.IDLE:
                    connection.pgconn.finish()
                else:
                    self._idle.append(connection)

    def _take_idle(self) -> AsyncConnection[Any] | None:
        if self._closed:
            raise Unavailable("the store is closed")
        while self._idle:
            connection = self._idle.pop()
            if is_usable(connection):
                return connection
            connection.pgconn.finish()
        return None

    async def _drop_idle(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            with suppress(psycopg.Error):
                await connection.close()


def is_usable(connection: AsyncConnection[Any]) -> bool:
    """Whether an idle connection still looks alive: a server that has gone left its farewell on the socket."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    if not poll.poll(0):
        return True
    try:
        connection.pgconn.consume_input()  # a notice is welcome, the end of the stream is an error
    except psycopg.Error:
        return False
    return connection.pgconn.status == psycopg.pq.ConnStatus.OK and not poll.poll(0)


def _lost_connection(error: Exception) -> bool:
    return getattr(error, "sqlstate", None) is None or isinstance(error, errors.AdminShutdown | errors.CrashShutdown)


async def _say_reach(connection: AsyncConnection[Any]) -> None:
    reach = current()
    if reach.door:
        await connection.execute(_REACH_BEHIND, (reach.door, reach.key))
    else:
        await connection.execute(_REACH, (reach.organisation,))


class _Transaction:
    """Statements to execute in one transaction; knows from when on they might be committed."""

    def __init__(self, statements: Sequence[tuple[Said, int | None]]) -> None:
        self._statements = statements
        self.may_be_committed = False

    async def execute(self, connection: AsyncConnection[Any]) -> list[int]:
        """How many rows each touched; raises Unexpected after undoing all."""
        said, expected = self._statements[0] if self._statements else (None, None)
        if len(self._statements) == 1 and said is not None and expected is None and not isinstance(said.params, list):
            self.may_be_committed = True
            async with connection.pipeline():
                await _say_reach(connection)
                cursor = await connection.execute(said.sql, said.params)
            return [max(0, cursor.rowcount)]
        counts = await self._execute_uncommitted(connection)
        for (said, expected), count in zip(self._statements, counts, strict=True):
            if expected is not None and count != expected:
                await connection.execute("ROLLBACK")
                raise Unexpected(said.sql, expected, count)
        self.may_be_committed = True
        await connection.execute("COMMIT")
        return counts

    async def _execute_uncommitted(self, connection: AsyncConnection[Any]) -> list[int]:
        # Everything up to COMMIT travels together; COMMIT only when the counts are seen to be right.
        cursors = []
        async with connection.pipeline():
            await connection.execute("BEGIN")
            await _say_reach(connection)
            for said, _ in self._statements:
                cursor = connection.cursor()
                if not isinstance(said.params, list):
                    await cursor.execute(said.sql, said.params)
                elif said.params:
                    await cursor.executemany(said.sql, said.params)
                cursors.append(cursor)
        return [
            0 if said.params == [] else max(0, cursor.rowcount)
            for (said, _), cursor in zip(self._statements, cursors, strict=True)
        ]
