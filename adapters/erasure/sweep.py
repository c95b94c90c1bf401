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


async def sweep(database: Database, key_store: Database) -> bool:
    """Whether nothing of what was deleted is left in the files; on PostgreSQL its WAL is the server's to recycle.

    SQLite overwrites what it deletes (secure_delete), so its WAL is emptied. PostgreSQL leaves dead rows behind:
    the small tables that name people are rewritten, and the keys' table is cleared of its dead rows.
    """
    for attempt in range(_TRIES):
        try:
            if isinstance(database, SqliteDatabase):
                for store in (database, key_store):
                    if isinstance(store, SqliteDatabase):
                        await store.settle()
            else:
                await _sweep_postgres(database)
        except Unavailable:
            await asyncio.sleep(_PAUSE * (attempt + 1))
        else:
            return True
    _logger.warning("what was erased may still lie in free space of the store: others were at it all the time")
    return False


async def _sweep_postgres(database: Database) -> None:
    from adapters.stores.postgres import in_our_words, open_connection  # noqa: PLC0415 - loads its driver

    postgres: PostgresDatabase = _postgres(database)
    connection = await open_connection(postgres.url, statement_timeout="0", lock_timeout=_LOCK_TIMEOUT)
    try:
        with in_our_words():
            for table in about_people():
                await connection.execute(f"VACUUM (FULL) {table.name}".encode())
            await connection.execute(b"VACUUM concord_keys.sealing_keys")
    finally:
        await connection.close()


def _postgres(database: Database) -> PostgresDatabase:
    from adapters.stores.postgres import PostgresDatabase  # noqa: PLC0415 - its driver is loaded only where used

    if not isinstance(database, PostgresDatabase):
        raise TypeError(f"there is nothing to sweep in {type(database).__name__}")
    return database
