"""Takes the words of one owner out of the read models: their rows are then as a rebuild would make them."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID

from adapters.database import Database, Statement
from adapters.projection.projection import suffix_of
from adapters.projection.tracking import Tracking
from adapters.readmodels import agreements, commitments

Emptied = Callable[[str], str]


async def empty_rows(database: Database, owner: UUID) -> int:
    """Empties every text that the owner's key had sealed, in every set of tables; how many rows had any."""
    changed = 0
    for name, version, table, column, emptied in (
        (agreements.NAME, agreements.VERSION, "agreements", "wordings", _titles),
        (commitments.NAME, commitments.VERSION, "commitments", "wording", _wording),
    ):
        for suffix in await _suffixes(database, name, version):
            changed += await _empty(database, f"{table}{suffix}", column, owner, emptied)
    return changed


async def _empty(database: Database, table: str, column: str, owner: UUID, emptied: Emptied) -> int:
    rows = await database.fetch_all(
        f"SELECT id, {column} AS words FROM {table} WHERE {column} LIKE :owned", {"owned": f'["{owner}"%'}
    )
    change = f"UPDATE {table} SET {column} = :now WHERE id = :id AND {column} = :before"
    values = [{"id": r.id, "before": r.words, "now": now} for r in rows if (now := emptied(r.words)) != r.words]
    return sum(await database.write([Statement(change, values)])) if values else 0


async def _suffixes(database: Database, name: str, version: int) -> list[str]:
    """The live set of tables, and the one that is being built, where there is one."""
    tracking = Tracking(database, name, version)
    live, build = (await tracking.place()).generation, await tracking.build()
    generations = [live] if live else []
    return [suffix_of(version, g) for g in generations + ([build.generation] if build is not None else [])]


def _titles(words: str) -> str:
    owner, wordings = json.loads(words)
    return json.dumps([owner, [[number, from_on, use, None] for number, from_on, use, _ in wordings]])


def _wording(words: str) -> str:
    owner, _ = json.loads(words)
    return json.dumps([owner, None])
