"""Reading the live set of a projection's tables, also across the moment in which a rebuild switches it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapters.database import Database
from adapters.projection.projection import suffix_of
from adapters.projection.tracking import Tracking
from services.ports import Unavailable

Question = Callable[[str], tuple[str, Mapping[str, Any]]]
"""Makes the statement and its parameters for a table suffix."""


class LiveTables:
    """The live tables of one projection.

    Which set is live is remembered. A switch drops the old set in the same transaction, so a reader
    that has not heard of it finds the tables gone, never stale; it looks again and asks once more.
    """

    def __init__(self, database: Database, name: str, version: int) -> None:
        self._database = database
        self._tracking = Tracking(database, name, version)
        self._generation = 0

    async def fetch_all(self, question: Question) -> list[Any]:
        """Every row of the answer; raises Unavailable while the first set of tables is still being built."""
        for _ in range(3):
            generation = self._generation or await self._look()
            try:
                return await self._database.fetch_all(*question(suffix_of(self._tracking.version, generation)))
            except Exception:
                if await self._look() == generation:
                    raise
        raise Unavailable("The list is being built anew; please try again in a moment.")

    async def fetch_one(self, question: Question) -> Any | None:
        """The first row of the answer, or None."""
        rows = await self.fetch_all(question)
        return rows[0] if rows else None

    async def _look(self) -> int:
        self._generation = (await self._tracking.place()).generation
        if self._generation == 0:
            raise Unavailable("The list is being built for the first time; please try again in a moment.")
        return self._generation
