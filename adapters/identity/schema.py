"""The identity tables' place in a store: made where missing, migrated where older, refused where newer."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy.schema import CreateIndex, CreateTable

from adapters.database import Database, SqliteDatabase, Statement
from adapters.identity.tables import metadata
from adapters.settings import Misconfigured
from adapters.stores.row_security import DOORKEEPER, EVERY_NAME, SETTING, SHIELD

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every migration there is, in order; the last one is what `tables.py` says."""
VERSION_TABLE = "identity_version"
LOCK = 7306012
"""The advisory lock under which one process at a time changes the tables."""

_MADE = f"CREATE TABLE IF NOT EXISTS {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
_STAMPED = f"INSERT INTO {VERSION_TABLE} (version_num) SELECT :head WHERE NOT EXISTS (SELECT 1 FROM {VERSION_TABLE})"


async def prepare(database: Database) -> None:
    """Leaves the tables as this program needs them; safe to call in many processes at once.

    Alembic is loaded only where there is something to migrate: it takes longer to load than Concord to start.
    """
    revision = await find_revision(database)
    changed = revision != REVISIONS[-1]
    if revision is None:
        lock = [Statement(f"SELECT pg_advisory_xact_lock({LOCK})")] if database.dialect == "postgresql" else []
        made = [
            Statement(one)
            for table in metadata.sorted_tables
            for one in (
                CreateTable(table, if_not_exists=True),
                *(CreateIndex(index, if_not_exists=True) for index in table.indexes),
            )
        ]
        await database.write([*lock, *made, Statement(_MADE), Statement(_STAMPED, {"head": REVISIONS[-1]})])
    elif revision not in REVISIONS:
        raise Misconfigured("This store was last used by a newer Concord; start that one, or a newer one still.")
    elif revision != REVISIONS[-1]:
        await asyncio.to_thread(migrate, database)
    if database.dialect == "postgresql" and (changed or not await _is_shielded(database)):
        one_at_a_time = f"SELECT pg_advisory_xact_lock({LOCK})"
        await database.write([Statement(sql) for sql in (one_at_a_time, SHIELD, DOORKEEPER, EVERY_NAME)])


async def _is_shielded(database: Database) -> bool:
    there = await database.fetch_one("SELECT to_regproc('identity_organisation_of') IS NOT NULL AS found")
    return there is not None and bool(there.found)


async def find_revision(database: Database) -> str | None:
    """The migration that the store is at; None where there are no tables yet."""
    there = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name = :name"
        if database.dialect == "sqlite"
        else "SELECT name FROM (SELECT CAST(to_regclass(:name) AS text) AS name) AS found WHERE name IS NOT NULL"
    )
    if await database.fetch_one(there, {"name": VERSION_TABLE}) is None:
        return None
    row = await database.fetch_one(f"SELECT version_num FROM {VERSION_TABLE}")
    return None if row is None else str(row.version_num)


def migrate(database: Database, to: str = "head") -> None:
    """Brings the tables to a migration, all in one transaction; must not be called in the event loop."""
    from alembic.command import upgrade  # noqa: PLC0415 - see prepare
    from alembic.config import Config  # noqa: PLC0415
    from sqlalchemy import Connection, create_engine, event  # noqa: PLC0415

    from adapters.stores.postgres import PostgresDatabase  # noqa: PLC0415

    if isinstance(database, SqliteDatabase):
        engine = create_engine(f"sqlite:///{database.path}")

        @event.listens_for(engine, "connect")
        def _own_transactions(connection: object, _: object) -> None:
            connection.isolation_level = None  # type: ignore[attr-defined]  # the driver's own way commits before DDL

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif isinstance(database, PostgresDatabase):
        engine = create_engine(database.url)
    else:
        raise TypeError(f"there are no identity tables for {type(database).__name__}")
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
                connection.exec_driver_sql(f"SELECT set_config('{SETTING}', '*', true)")
            config.attributes["connection"] = connection
            upgrade(config, to)
    finally:
        engine.dispose()
