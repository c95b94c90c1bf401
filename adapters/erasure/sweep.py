"""Takes away what a database keeps of rows that were deleted: in its files, its log and its free space."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from adapters.database import Database, SqliteDatabase
from adapters.erasure.identities import about_people
from services.ports import Unavailable

if TYPE_CHECKING:
    from adapters.stores.postgres import PostgresDatabase

_logger = structlog.get_logger(__name__)

_TRIES = 5
_PAUSE = 0.2
_LOCK_TIMEOUT = "1s"
"""Nobody waits longer than this behind the rewriting of a table."""
_OWNED = (
    b"SELECT coalesce(bool_and(pg_has_role(current_user, relowner, 'USAGE')), true) FROM pg_class "
    b"WHERE relname = ANY(%s) AND relnamespace = current_schema()::regnamespace"
)


async def sweep(database: Database, key_store: Database) -> bool:
    """Whether nothing of what was deleted is left in the files; on PostgreSQL its WAL is the server's to recycle.

    SQLite overwrites what it deletes (secure_delete), so its WAL is emptied. PostgreSQL leaves dead rows behind:
    the small tables that name people are rewritten, and the keys' table is cleared of its dead rows. Only who owns
    the tables may do that; where the parts of Concord have roles of their own, it is for the owner to do.
    """
    for attempt in range(_TRIES):
        try:
            if isinstance(database, SqliteDatabase):
                for store in (database, key_store):
                    if isinstance(store, SqliteDatabase):
                        await store.settle()
            elif not await _sweep_postgres(database):
                _logger.warning("what was erased lies in free space until the owner runs `concord erase --sweep`")
                return False
        except Unavailable:
            await asyncio.sleep(_PAUSE * (attempt + 1))
        else:
            return True
    _logger.warning("what was erased may still lie in free space of the store: others were at it all the time")
    return False


async def _sweep_postgres(database: Database) -> bool:
    from adapters.stores.postgres import in_our_words  # noqa: PLC0415 - its driver is loaded only where used

    tables = [table.name for table in about_people()]
    connection = await _postgres(database).open(statement_timeout="0", lock_timeout=_LOCK_TIMEOUT)
    try:
        with in_our_words():
            cursor = await connection.execute(_OWNED, [tables])
            row = await cursor.fetchone()
            if row is None or not row[0]:
                return False
            for table in tables:
                await connection.execute(f"VACUUM (FULL) {table}".encode())
            await connection.execute(b"VACUUM concord_keys.sealing_keys")
    finally:
        await connection.close()
    return True


def _postgres(database: Database) -> PostgresDatabase:
    from adapters.stores.postgres import PostgresDatabase  # noqa: PLC0415 - its driver is loaded only where used

    if not isinstance(database, PostgresDatabase):
        raise TypeError(f"there is nothing to sweep in {type(database).__name__}")
    return database
