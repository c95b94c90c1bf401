"""How a request comes within reach of an organisation: by a key that is found there, and in no other way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.database import Database, Row
from adapters.stores import reach


async def find_behind(database: Database, door: str, key: str, question: Any, values: Mapping[str, Any]) -> Row | None:
    """The row that a key opens; whoever was nobody's before is within its organisation from then on."""
    with reach.behind(door, key):
        row = await database.fetch_one(question, values)
    if row is not None:
        reach.enter(row.organisation_id)
    return row
