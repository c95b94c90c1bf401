"""A consistent copy of a store as one SQLite file, whichever store it is; and such a file put into a store.

SQLite's own online backup copies the file as of one instant while others write. From PostgreSQL the
tables are read in one snapshot and written into a file with the same tables, so no foreign tool is
needed and a backup of either store can be put into either. Read models are left out there: they follow
from the log.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.database import Database, SqliteDatabase, connect
from adapters.eventlog.keys import Keyring
from adapters.eventlog.sqlite import SqliteEventLog
from adapters.identity import schema
from adapters.proofs.tree import Tree
from adapters.stores.row_security import BIND_KEYS

if TYPE_CHECKING:
    from adapters.stores.postgres import PostgresDatabase

KEYS = "sealing_keys"
_AT_ONCE = 500
_EMPTY = ("log_events", "identity_organisations")


class NotEmpty(Exception):
    """There is something in the store already; a backup is never put over it."""


async def take(database: Database, keys: Path, store: Path, keys_copy: Path) -> None:
    """Copies the store to `store` and the sealing keys (of SQLite: the file `keys`) to `keys_copy`."""
    if isinstance(database, SqliteDatabase):
        # First the events, then the keys: every key is made before the first event that it seals.
        await asyncio.to_thread(_copy_file, database.path, store)
        await asyncio.to_thread(_copy_file, keys, keys_copy)
    else:
        await _take_from_postgres(_postgres(database), store, keys_copy)


async def put(store: Path, keys_copy: Path, database: Database) -> None:
    """Puts a copy into an empty PostgreSQL store, in one transaction; raises NotEmpty."""
    postgres = _postgres(database)
    from adapters.eventlog.postgres import PostgresEventLog  # noqa: PLC0415 - its driver is loaded only where used

    await PostgresEventLog(postgres).prepare()
    await schema.prepare(postgres)
    await Tree(postgres).prepare()
    await Keyring(postgres, keys_copy.parent).prepare()
    async with postgres.connection() as connection, connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = 0")
        await connection.execute("SELECT set_config('concord.organisation', '*', true)")
        for table in _EMPTY:
            cursor = await connection.execute(f"SELECT 1 FROM {table} LIMIT 1".encode())
            if await cursor.fetchone() is not None:
                raise NotEmpty("There is something in this database already; a backup is put into an empty one.")
        with closing(_opened(store)) as file:
            for table in [t for t in _tables(file) if await _columns(connection, t)]:
                await _fill(connection, file, table, table)
        await connection.execute("SELECT log_assign_sights()")
        cursor = await connection.execute(f"SELECT 1 FROM concord_keys.{KEYS} LIMIT 1".encode())
        if await cursor.fetchone() is None:
            # Keys that are there are newer than the backup: what was destroyed since stays destroyed.
            with closing(_opened(keys_copy)) as file:
                await _fill(connection, file, KEYS, f"concord_keys.{KEYS}")
            await connection.execute(BIND_KEYS)


def put_file(copy: Path, place: Path) -> None:
    """Puts a copied SQLite file in its place, whole and on the disk; raises NotEmpty."""
    if place.exists():
        raise NotEmpty(f"{place} is there already; a backup is never put over a store.")
    partial = place.with_name(f"{place.name}.partial")
    for left in (partial, *(place.with_name(f"{place.name}-{end}") for end in ("wal", "shm"))):
        left.unlink(missing_ok=True)
    _copy_file(copy, partial)
    partial.replace(place)


def count_keys(path: Path) -> int:
    """How many sealing keys a file holds."""
    with closing(_opened(path)) as file:
        known = file.execute("SELECT count(*) FROM sqlite_master WHERE name = ?", (KEYS,)).fetchone()[0]
        return int(file.execute(f"SELECT count(*) FROM {KEYS}").fetchone()[0]) if known else 0


def settle(path: Path) -> None:
    """Leaves nothing beside a SQLite file that was used: it is then one file."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode = DELETE")
    path.with_name(f"{path.name}-lock").unlink(missing_ok=True)


def _copy_file(source: Path, target: Path) -> None:
    target.touch(mode=0o600)
    with closing(_opened(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)
        other.execute("PRAGMA journal_mode = DELETE")


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30.0)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _postgres(database: Database) -> PostgresDatabase:
    from adapters.stores.postgres import PostgresDatabase  # noqa: PLC0415 - its driver is loaded only where used

    if not isinstance(database, PostgresDatabase):
        raise TypeError(f"there is no backup of {type(database).__name__}")
    return database


async def _take_from_postgres(database: PostgresDatabase, store: Path, keys_copy: Path) -> None:
    await _make_tables(store, keys_copy)
    whole = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0", "concord.organisation": "*"}
    connection = await database.open(**whole)
    try:
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for path, prefix in ((store, ""), (keys_copy, "concord_keys.")):
            with closing(sqlite3.connect(path)) as file:
                for table in _tables(file):
                    # Whose a row is follows from the events: a copy does not say it apart.
                    kept = _kept_columns(file, table)
                    columns = [name for name in await _columns(connection, prefix + table) if name in kept]
                    if columns:
                        await _copy_table(connection, file, prefix + table, table, columns)
                file.commit()
    finally:
        await connection.close()


async def _make_tables(store: Path, keys_copy: Path) -> None:
    """The tables of a log, of identities and of keys, as this program makes them, without a row."""
    for path, prepares in ((store, _prepares), (keys_copy, _prepares_keys)):
        path.touch(mode=0o600)
        database = connect(f"sqlite:///{path}")
        try:
            for prepare in prepares(database, path):
                await prepare
        finally:
            await database.close()
        settle(path)


def _prepares(database: Database, _: Path) -> Iterable[Any]:
    assert isinstance(database, SqliteDatabase)
    yield SqliteEventLog(database).prepare()
    yield schema.prepare(database)
    yield Tree(database).prepare()


def _prepares_keys(database: Database, path: Path) -> Iterable[Any]:
    yield Keyring(database, path.parent).prepare()


async def _copy_table(connection: Any, file: sqlite3.Connection, source: str, table: str, columns: list[str]) -> None:
    listed = ", ".join(columns)
    insert = f"INSERT INTO {table} ({listed}) VALUES ({', '.join('?' * len(columns))})"
    file.execute(f"DELETE FROM {table}")
    async with connection.cursor("backup", binary=True) as cursor:
        await cursor.execute(f"SELECT {listed} FROM {source}")
        while rows := await cursor.fetchmany(_AT_ONCE):
            file.executemany(insert, [[_for_sqlite(value) for value in row] for row in rows])


async def _fill(connection: Any, file: sqlite3.Connection, table: str, target: str) -> None:
    columns = await _columns(connection, target)
    known = _kept_columns(file, table)
    shared = [name for name in columns if name in known]
    makes = [_FOR_POSTGRES.get(columns[name], _as_it_is) for name in shared]
    if target in ("log_head", "identity_version"):  # made with the tables
        await connection.execute(f"DELETE FROM {target}")
    rows = file.execute(f"SELECT {', '.join(shared)} FROM {table}")
    # COPY does not go together with row-level security; only the owner may put it aside, and only in here.
    cursor = await connection.execute("SELECT relforcerowsecurity FROM pg_class WHERE oid = to_regclass(%s)", [target])
    forced = (await cursor.fetchone())[0]
    if forced:
        await connection.execute(f"ALTER TABLE {target} NO FORCE ROW LEVEL SECURITY")
    async with connection.cursor().copy(f"COPY {target} ({', '.join(shared)}) FROM STDIN") as copy:
        while some := rows.fetchmany(_AT_ONCE):
            for row in some:
                await copy.write_row([make(value) for make, value in zip(makes, row, strict=True)])
    if forced:
        await connection.execute(f"ALTER TABLE {target} FORCE ROW LEVEL SECURITY")


async def _columns(connection: Any, table: str) -> dict[str, str]:
    """The columns of a PostgreSQL table, with their types; none where there is no such table."""
    cursor = await connection.execute(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute "
        "WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [table],
    )
    return dict(await cursor.fetchall())


def _kept_columns(file: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in file.execute(f"PRAGMA table_info({table})")}


def _tables(file: sqlite3.Connection) -> Sequence[str]:
    rows = file.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return [row[0] for row in rows if row[0].startswith(("log_", "identity_")) or row[0] == KEYS]


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _as_it_is(value: Any) -> Any:
    return value


_FOR_POSTGRES: dict[str, Callable[[Any], Any]] = {"boolean": lambda value: None if value is None else bool(value)}
