"""Takes away who somebody was: every row of every identity table that is about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, select

from adapters.database import Database, Statement
from adapters.identity.tables import metadata
from services.ports import ERASED

_AT_ONCE = 500


def about_people() -> list[Table]:
    """The tables whose rows are each about one person: a table that is added is among them."""
    return [table for table in metadata.sorted_tables if "person_id" in table.c]


async def forget_people(database: Database, people: Sequence[UUID]) -> int:
    """Deletes all of them in one transaction for each table set; how many rows there were."""
    gone = 0
    for n in range(0, len(people), _AT_ONCE):
        ids = [str(person) for person in people[n : n + _AT_ONCE]]
        found = [table for table in about_people() if await _any(database, table, ids)]
        statements = [
            Statement(delete(table).where(table.c.person_id == bindparam("id")), [{"id": id} for id in ids])
            for table in found
        ]
        gone += sum(await database.write(statements)) if statements else 0
    return gone


async def _any(database: Database, table: Table, ids: list[str]) -> bool:
    values = {f"p{n}": id for n, id in enumerate(ids)}
    # Text, which is put together once for as many: at a start there may be thousands.
    asked = f"SELECT 1 FROM {table.name} WHERE person_id IN ({', '.join(f':{name}' for name in values)}) LIMIT 1"
    return await database.fetch_one(asked, values) is not None


async def forget_erased(database: Database) -> int:
    """Deletes every row about somebody whom the log knows as erased; how many there were."""
    erased = {"erased": ERASED}
    about = "person_id IN (SELECT person_id FROM log_standings WHERE kind = :erased)"
    gone = 0
    for table in about_people():
        if await database.fetch_one(f"SELECT 1 FROM {table.name} WHERE {about} LIMIT 1", erased) is not None:
            gone += sum(await database.write([Statement(f"DELETE FROM {table.name} WHERE {about}", erased)]))
    return gone


async def kept_of(database: Database, person_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """The same rows, for the person to read: without what is a secret, or made of one."""
    kept: dict[str, list[dict[str, Any]]] = {}
    for table in about_people():
        shown = [column for column in table.c if not _is_secret(column.name)]
        asked = select(*shown).where(table.c.person_id == bindparam("id"))
        rows = await database.fetch_all(asked, {"id": str(person_id)})
        kept[table.name.removeprefix("identity_")] = [
            {column.name: getattr(row, column.name) for column in shown} for row in rows
        ]
    return kept


def _is_secret(column: str) -> bool:
    return column.endswith("_hash") or column in ("sealed", "taken_by")
