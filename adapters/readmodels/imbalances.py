"""The list of imbalance periods: its tables, its view (always for a viewer), and its projection.

No words: ids, states and dates. Who may see a row is asked of the log's own sights and standings in the
same query: they are written with the events and never lag, as these rows may.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from adapters.database import Database, Statement
from adapters.eventlog.log import StoredRecord
from adapters.projection.folder import Folder, by_stream
from adapters.projection.projection import key_type
from adapters.readmodels.live import LiveTables, Question
from domain.imbalance.period import ImbalancePeriod
from domain.imbalance.state import DRAFT, DROPPED
from domain.refusals import Invalid
from services.queries import ImbalanceFilter, ImbalanceItem, Page, Viewer, Waiting

NAME, VERSION = "imbalances", 2


def _create(suffix: str, dialect: str) -> list[str]:
    key = key_type(dialect)
    return [
        f"""CREATE TABLE imbalances{suffix} (
            id {key} PRIMARY KEY, organisation_id {key} NOT NULL, state TEXT NOT NULL, focus TEXT NOT NULL,
            declarer_id {key} NOT NULL, starts_on TEXT NOT NULL, ends_on TEXT NOT NULL, people TEXT NOT NULL,
            waiting_on TEXT NOT NULL)""",
        f"CREATE INDEX imbalances_organisation{suffix} ON imbalances{suffix} (organisation_id, id)",
        f"CREATE INDEX imbalances_declarer{suffix} ON imbalances{suffix} (declarer_id, id)",
        f"""CREATE TABLE imbalance_people{suffix} (
            period_id {key} NOT NULL, person_id {key} NOT NULL, organisation_id {key} NOT NULL,
            is_in INTEGER NOT NULL, waited_for INTEGER NOT NULL,
            PRIMARY KEY (period_id, person_id))""",
        f"CREATE INDEX imbalance_people_person{suffix} ON imbalance_people{suffix} (person_id, period_id)",
    ]


class ImbalanceProjection:
    """Makes each period's row anew from the period, once for each batch that touches it."""

    name = NAME
    version = VERSION
    by_stream = True

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def reads(self, topic: str) -> bool:
        """Everything that is said of a period."""
        return topic.startswith("concord.imbalance.")

    def create(self, suffix: str, dialect: str) -> list[Statement]:
        """Two tables: the rows, and who is in it or waited for."""
        return [Statement(sql) for sql in _create(suffix, dialect)]

    def drop(self, suffix: str) -> list[Statement]:
        """Both tables with their indexes."""
        return [Statement(f"DROP TABLE IF EXISTS {table}{suffix}") for table in ("imbalances", "imbalance_people")]

    async def apply(self, records: Sequence[StoredRecord], suffix: str) -> list[Statement]:
        """One row for each stream that these records belong to, as it is after them."""
        rows: list[dict[str, Any]] = []
        people: list[dict[str, Any]] = []
        for stream in by_stream(records).values():
            period = (await self._folder.folded(stream)).aggregate
            assert isinstance(period, ImbalancePeriod)
            waiting = period.waiting_on()
            rows.append(_row(period, waiting))
            people += [
                {
                    "period_id": str(period.id),
                    "organisation_id": str(period.organisation_id),
                    "person_id": str(person),
                    "is_in": int(person in period.people),
                    "waited_for": int(person in waiting),
                }
                for person in sorted({*period.people, *waiting}, key=str)
            ]
        return [
            Statement(
                f"INSERT INTO imbalances{suffix} (id, organisation_id, state, focus, declarer_id, starts_on, ends_on, "
                "people, waiting_on) VALUES (:id, :organisation_id, :state, :focus, :declarer_id, :starts_on, "
                ":ends_on, :people, :waiting_on) ON CONFLICT (id) DO UPDATE SET state = excluded.state, "
                "focus = excluded.focus, declarer_id = excluded.declarer_id, starts_on = excluded.starts_on, "
                "ends_on = excluded.ends_on, people = excluded.people, waiting_on = excluded.waiting_on",
                rows,
            ),
            Statement(f"DELETE FROM imbalance_people{suffix} WHERE period_id = :id", [{"id": r["id"]} for r in rows]),
            Statement(
                f"INSERT INTO imbalance_people{suffix} (period_id, organisation_id, person_id, is_in, waited_for) "
                "VALUES (:period_id, :organisation_id, :person_id, :is_in, :waited_for)",
                people,
            ),
        ]


def _row(period: ImbalancePeriod, waiting: dict[UUID, str]) -> dict[str, Any]:
    return {
        "id": str(period.id),
        "organisation_id": str(period.organisation_id),
        "state": period.state,
        "focus": period.content.focus,
        "declarer_id": str(period.acting_id),
        "starts_on": period.content.starts_on.isoformat(),
        "ends_on": period.content.ends_on.isoformat(),
        "people": json.dumps([str(person) for person in period.people]),
        "waiting_on": json.dumps([[str(person), what] for person, what in waiting.items()]),
    }


class ImbalanceView:
    """Answers the list for a viewer (services.queries.ImbalanceList)."""

    def __init__(self, database: Database) -> None:
        self._live = LiveTables(database, NAME, VERSION)

    async def list_periods(
        self, viewer: Viewer, filters: ImbalanceFilter | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[ImbalanceItem]:
        """The periods that this viewer may see, newest first; raises Invalid for a cursor that is none."""
        rows = await self._live.fetch_all(
            _question(viewer, filters or ImbalanceFilter(), _read_cursor(cursor), limit + 1)
        )
        items = tuple(_item(row) for row in rows[:limit])
        return Page(items, str(items[-1].id) if len(rows) > limit else None)


def _item(row: Any) -> ImbalanceItem:
    return ImbalanceItem(
        id=UUID(row.id),
        sight=row.sight,
        state=row.state,
        focus=row.focus,
        declarer_id=UUID(row.declarer_id),
        starts_on=date.fromisoformat(row.starts_on),
        ends_on=date.fromisoformat(row.ends_on),
        people=tuple(UUID(person) for person in json.loads(row.people)),
        # To who only sees that it is, nobody's answers are told.
        waiting_on=tuple(Waiting(UUID(p), what) for p, what in json.loads(row.waiting_on)) if row.sight else (),
    )


def _question(viewer: Viewer, filters: ImbalanceFilter, before: str, limit: int) -> Question:
    params = {"viewer": str(viewer.person_id), "organisation": str(viewer.organisation_id), "limit": limit}
    declared = f"i.state NOT IN ('{DRAFT}', '{DROPPED}')"
    of_line = "i.declarer_id IN (SELECT person_id FROM log_standings WHERE leader_id = :viewer)"
    seen = f"(s.sight IS NOT NULL OR ({declared}{'' if viewer.steward else ' AND ' + of_line}))"
    must = ["i.organisation_id = :organisation", seen]
    if before:
        must.append("i.id < :before")
        params["before"] = before
    if filters.state is not None:
        must.append("i.state = :state")
        params["state"] = filters.state
    people = "EXISTS (SELECT 1 FROM imbalance_people{suffix} p WHERE p.period_id = i.id AND "
    if filters.person is not None:
        must.append(people + "p.person_id = :person AND p.is_in = 1)")
        params["person"] = str(filters.person)
    if filters.waiting_on_me:
        must.append(people + "p.person_id = :viewer AND p.waited_for = 1)")
    sql = (
        "SELECT i.id, i.state, i.focus, i.declarer_id, i.starts_on, i.ends_on, i.people, i.waiting_on, s.sight "
        "FROM imbalances{suffix} i LEFT JOIN log_sights s ON s.thing_id = i.id AND s.person_id = :viewer "
        f"WHERE {' AND '.join(must)} ORDER BY i.id DESC LIMIT :limit"
    )
    return lambda suffix: (sql.replace("{suffix}", suffix), params)


def _read_cursor(cursor: str | None) -> str:
    if not cursor:
        return ""
    try:
        return str(UUID(cursor))
    except ValueError:
        raise Invalid("This cursor is not one that a list has given.", field="cursor") from None
