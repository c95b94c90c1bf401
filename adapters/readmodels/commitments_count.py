"""What follow-through counts, added up by the database: one query a grouping, whatever the number of commitments."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from adapters.database import Database
from adapters.readmodels.commitments import NAME, VERSION
from adapters.readmodels.commitments_sql import COUNTED_CLASS, LEVEL, OTHER_SIDE, Conditions, narrow_count
from adapters.readmodels.live import LiveTables, Question
from services.queries import Cell, Counted, CreditorsSide, Viewer

_KEYS = {
    "level": LEVEL,
    "use": "c.used_for",
    "month": "substr(c.first_due, 1, 7)",
    "year": "substr(c.first_due, 1, 4)",
    "counterpart": "o.who_id",
}


class CommitmentCountView:
    """Answers counts for a viewer (services.queries.CommitmentCount)."""

    def __init__(self, database: Database) -> None:
        self._live = LiveTables(database, NAME, VERSION)
        self._joined = "string_agg({}, ',')" if database.dialect == "postgresql" else "group_concat({}, ',')"

    async def count(self, viewer: Viewer, now: datetime, counted: Counted, group_by: Sequence[str]) -> Sequence[Cell]:
        """How many of each class under each key; by counterpart, a commitment counts once for each of them."""
        rows = await self._live.fetch_all(_count(viewer, now, counted, group_by, self._joined))
        keys = [f"key_{n}" for n in range(len(group_by))]
        return [
            Cell(tuple(getattr(row, key) for key in keys), row.class_now, row.number, _creditors(row)) for row in rows
        ]


def _creditors(row: Any) -> CreditorsSide:
    return CreditorsSide(
        answered_in=tuple(seconds for of_one in _lists(row.answered_in) for seconds in of_one),
        confirmed_in=tuple(seconds for of_one in _lists(row.confirmed_in) for seconds in of_one),
        unanswered=row.unanswered,
        changes_asked=row.changes_asked,
        cancelled=row.cancelled,
        attested=tuple((side, kept) for of_one in _lists(row.attested) for side, kept in of_one),
    )


def _lists(joined: str | None) -> Any:
    """The JSON lists of all rows, which the database put one behind the other."""
    return json.loads(f"[{joined or ''}]")


def _count(viewer: Viewer, now: datetime, counted: Counted, group_by: Sequence[str], joined: str) -> Question:
    conditions = Conditions(viewer, now)
    narrow_count(conditions, counted)
    inside = f"CASE WHEN {conditions.inside} THEN 'inside' ELSE 'outside' END"
    expressions = _KEYS | {"agreement": conditions.agreement, "imbalance": inside}
    keys = ", ".join(f"{expressions[name]} AS key_{n}" for n, name in enumerate(group_by))
    names = ", ".join(["class_now", *(f"key_{n}" for n in range(len(group_by)))])
    # Where there is no counterpart at all, the commitment still counts.
    others = (
        "LEFT JOIN commitment_sides{suffix} o ON o.commitment_id = c.id "
        f"AND o.side = '{OTHER_SIDE[counted.direction]}' AND o.stands = 1 AND s.stands = 1 "
        if "counterpart" in group_by
        else ""
    )
    # How the creditors act towards whoever took it over is not told of who handed it on.
    lists = ", ".join(
        joined.format(f"CASE WHEN s.stands = 1 THEN c.{name} END") + f" AS {name}"
        for name in ("answered_in", "confirmed_in", "attested")
    )
    sums = ", ".join(f"sum(c.{name} * s.stands) AS {name}" for name in ("unanswered", "changes_asked", "cancelled"))
    sql = (
        f"SELECT {keys}{', ' if keys else ''}{COUNTED_CLASS} AS class_now, count(*) AS number, {lists}, {sums} "
        "FROM commitment_sides{suffix} s JOIN commitments{suffix} c ON c.id = s.commitment_id "
        f"{others}WHERE {conditions.where} GROUP BY {names}"
    )
    return lambda suffix: (sql.replace("{suffix}", suffix), conditions.params)
