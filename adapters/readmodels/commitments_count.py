"""What follow-through counts, added up by the database: one query a grouping, whatever the number of commitments."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from adapters.database import Database
from adapters.readmodels.commitments import NAME, VERSION
from adapters.readmodels.commitments_sql import COUNTED_CLASS, INSIDE, OTHER_SIDE, Conditions, narrow_count
from adapters.readmodels.live import LiveTables, Question
from services.queries import Cell, Counted, CreditorsSide, Viewer

_KEYS = {
    "level": "c.level",
    "use": "c.used_for",
    "agreement": "c.agreement_id",
    "month": "substr(c.first_due, 1, 7)",
    "year": "substr(c.first_due, 1, 4)",
    "imbalance": f"CASE WHEN {INSIDE} THEN 'inside' ELSE 'outside' END",
    "counterpart": "o.who_id",
}


class CommitmentCountView:
    """Answers counts for a viewer (services.queries.CommitmentCount)."""

    def __init__(self, database: Database) -> None:
        self._live = LiveTables(database, NAME, VERSION)
        self._joined = "string_agg({}, ',')" if database.dialect == "postgresql" else "group_concat({}, ',')"

    async def count(self, viewer: Viewer, now: datetime, counted: Counted, group_by: Sequence[str]) -> Sequence[Cell]:
        """How many of each class under each key; by counterpart, a commitment counts once for each of them."""
        rows = await self._live.fetch_all(_count(viewer, now, counted, group_by))
        keys = [f"key_{n}" for n in range(len(group_by))]
        return [Cell(tuple(getattr(row, key) for key in keys), row.class_now, row.number) for row in rows]

    async def creditors_side(self, viewer: Viewer, now: datetime, counted: Counted) -> CreditorsSide:
        """How the creditors of those commitments acted."""
        row = await self._live.fetch_one(_creditors_side(viewer, now, counted, self._joined))
        assert row is not None
        attested = Counter((side, kept) for of_one in _lists(row.attested) for side, kept in of_one)
        return CreditorsSide(
            answered_in=tuple(seconds for of_one in _lists(row.answered_in) for seconds in of_one),
            confirmed_in=tuple(seconds for of_one in _lists(row.confirmed_in) for seconds in of_one),
            unanswered=row.unanswered or 0,
            changes_asked=row.changes_asked or 0,
            cancelled=row.cancelled or 0,
            attested=tuple((side, kept, number) for (side, kept), number in sorted(attested.items())),
        )


def _lists(joined: str | None) -> Any:
    """The JSON lists of all rows, which the database put one behind the other."""
    return json.loads(f"[{joined or ''}]")


def _count(viewer: Viewer, now: datetime, counted: Counted, group_by: Sequence[str]) -> Question:
    conditions = Conditions(viewer, now)
    narrow_count(conditions, counted)
    keys = ", ".join(f"{_KEYS[name]} AS key_{n}" for n, name in enumerate(group_by))
    names = ", ".join(["class_now", *(f"key_{n}" for n in range(len(group_by)))])
    # Where there is no counterpart at all, the commitment still counts.
    others = (
        "LEFT JOIN commitment_sides{suffix} o ON o.commitment_id = c.id "
        f"AND o.side = '{OTHER_SIDE[counted.direction]}' AND o.stands = 1 "
        if "counterpart" in group_by
        else ""
    )
    sql = (
        f"SELECT {keys}{', ' if keys else ''}{COUNTED_CLASS} AS class_now, count(*) AS number "
        "FROM commitment_sides{suffix} s JOIN commitments{suffix} c ON c.id = s.commitment_id "
        f"{others}WHERE {conditions.where} GROUP BY {names}"
    )
    return _asked(sql, conditions)


def _creditors_side(viewer: Viewer, now: datetime, counted: Counted, joined: str) -> Question:
    conditions = Conditions(viewer, now)
    narrow_count(conditions, counted)
    lists = ", ".join(
        joined.format(f"c.{name}") + f" AS {name}" for name in ("answered_in", "confirmed_in", "attested")
    )
    sums = ", ".join(f"sum(c.{name}) AS {name}" for name in ("unanswered", "changes_asked", "cancelled"))
    sql = (
        f"SELECT {lists}, {sums} FROM commitment_sides{{suffix}} s "
        f"JOIN commitments{{suffix}} c ON c.id = s.commitment_id WHERE {conditions.where}"
    )
    return _asked(sql, conditions)


def _asked(sql: str, conditions: Conditions) -> Question:
    params: dict[str, Any] = conditions.params
    return lambda suffix: (sql.replace("{suffix}", suffix), params)
