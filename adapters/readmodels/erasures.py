"""Who is on the way to being erased: one row a person, with the next step and its day. No words, no names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from adapters.database import Database, Statement
from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import StoredRecord
from adapters.projection.projection import key_type
from adapters.readmodels.instants import instant_key
from adapters.readmodels.live import LiveTables
from domain.people.person import Person
from services.people.erasures import APPROVE, COMPLETE, ERASE, OpenErasure

NAME, VERSION = "erasures", 1
_TOPICS = ("concord.person.erasure_", "concord.person.erased")


class ErasureProjection:
    """Makes the row of each person anew whose erasure took a step."""

    name = NAME
    version = VERSION
    by_stream = True

    def __init__(self, ledger: EventLedger) -> None:
        self._ledger = ledger

    def reads(self, topic: str) -> bool:
        """Every step of an erasure."""
        return topic.startswith(_TOPICS)

    def create(self, suffix: str, dialect: str) -> list[Statement]:
        """A row for each person of whom a step is still to come."""
        key = key_type(dialect)
        return [
            Statement(
                f"""CREATE TABLE erasures{suffix} (
                person_id {key} PRIMARY KEY, organisation_id {key} NOT NULL, step {key} NOT NULL,
                due_at {key} NOT NULL)"""
            ),
            Statement(f"CREATE INDEX erasures_due{suffix} ON erasures{suffix} (step, due_at, person_id)"),
        ]

    def drop(self, suffix: str) -> list[Statement]:
        """The table with its index."""
        return [Statement(f"DROP TABLE IF EXISTS erasures{suffix}")]

    async def apply(self, records: Sequence[StoredRecord], suffix: str) -> list[Statement]:
        """The rows of these people, as it stands with each after them."""
        rows: list[dict[str, Any]] = []
        people = {record.stream_id for record in records}
        for person_id in sorted(people):
            person = await self._ledger.load(Person, person_id)
            if isinstance(person, Person):
                rows += _rows(person)
        return [
            Statement(f"DELETE FROM erasures{suffix} WHERE person_id = :id", [{"id": str(id)} for id in people]),
            Statement(
                f"INSERT INTO erasures{suffix} (person_id, organisation_id, step, due_at) "
                "VALUES (:person_id, :organisation_id, :step, :due_at)",
                rows,
            ),
        ]


def _rows(person: Person) -> list[dict[str, Any]]:
    if person.erased_at is not None:
        step, due_at = COMPLETE, person.erased_at
        if person.erasure_completed_at is not None:
            return []
    elif person.erasure is None:
        return []
    elif person.erasure.erases_at is None:
        step, due_at = APPROVE, person.erasure.asked_at
    else:
        step, due_at = ERASE, person.erasure.erases_at
    return [
        {
            "person_id": str(person.id),
            "organisation_id": str(person.organisation_id),
            "step": step,
            "due_at": instant_key(due_at),
        }
    ]


class ErasureView:
    """Answers which erasures wait for what (services.people.erasures.Erasures)."""

    def __init__(self, database: Database) -> None:
        self._live = LiveTables(database, NAME, VERSION)

    async def list_due(self, now: datetime) -> Sequence[OpenErasure]:
        """Those whose week is over, and those that are recorded but not done."""
        rows = await self._live.fetch_all(
            lambda suffix: (
                f"SELECT person_id, organisation_id, step, due_at FROM erasures{suffix} "
                "WHERE step IN (:erase, :complete) AND due_at <= :now ORDER BY due_at, person_id",
                {"erase": ERASE, "complete": COMPLETE, "now": instant_key(now)},
            )
        )
        return [_open(row) for row in rows]

    async def list_to_approve(self, organisation_id: UUID) -> Sequence[OpenErasure]:
        """Those in an organisation that wait for a second word, the oldest first."""
        rows = await self._live.fetch_all(
            lambda suffix: (
                f"SELECT person_id, organisation_id, step, due_at FROM erasures{suffix} "
                "WHERE step = :approve AND organisation_id = :organisation ORDER BY due_at, person_id",
                {"approve": APPROVE, "organisation": str(organisation_id)},
            )
        )
        return [_open(row) for row in rows]


def _open(row: Any) -> OpenErasure:
    return OpenErasure(UUID(row.person_id), UUID(row.organisation_id), row.step, datetime.fromisoformat(row.due_at))
