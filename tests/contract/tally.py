"""What projector tests are made of: things that things happen to, and a projection that counts them.

The count is added to, never set: an event that is taken in twice, or not at all, shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from adapters.database import Database, Statement, connect
from adapters.eventlog.ledger import EventLedger, open_eventlog
from adapters.eventlog.log import StoredRecord
from adapters.eventlog.registry import Registry
from adapters.projection.projection import key_type
from domain.agreements import events as e
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.terms import Head, Party
from domain.base import Act
from services.ports import Answer, Command, Receipt

ORGANISATION = UUID("00000000-0000-7000-8000-0000000000ff")
OSLO = ZoneInfo("Europe/Oslo")


def act_of(person: UUID | None, at: datetime | None = None) -> Act:
    """Somebody acts, now unless said."""
    return Act(person, at or datetime.now(UTC), ORGANISATION, uuid4().hex * 2, OSLO)


@cache
def registry() -> Registry:
    """The registry of all facts; made once, because making it takes longer than many a test."""
    return Registry()


async def open_store(url: str, data_dir: Path) -> tuple[Database, EventLedger]:
    """The database and the log of a store."""
    database = connect(url)
    return database, await open_eventlog(database, data_dir, registry=registry())


async def close_store(database: Database, ledger: EventLedger) -> None:
    await ledger.close()
    await database.close()


async def new_agreement(ledger: EventLedger, *, title: str = "Cooking together") -> AccountabilityAgreement:
    """A draft between two people, opened but not recorded."""
    leader, report = uuid4(), uuid4()
    agreement_id = uuid4()
    await ledger.new_keys(leader, report, agreement_id)
    head = Head(title, "To eat well.", "coaching", (Party(leader, "leader"), Party(report, "report")))
    return AccountabilityAgreement.open(act_of(leader), agreement_id, head)


async def record(ledger: EventLedger, *aggregates: AccountabilityAgreement) -> Receipt:
    """Records what is pending as one command of its own."""
    command = Command(uuid4().hex * 2, "0" * 64, None, ORGANISATION)
    return await ledger.record(command, Answer(), *aggregates)


async def open_agreements(ledger: EventLedger, count: int, *, comments: int = 0) -> list[UUID]:
    """Records so many drafts, each shared and then commented on so often."""
    ids = []
    for _ in range(count):
        agreement = await new_agreement(ledger)
        agreement.share(act_of(agreement.opened_by))
        for n in range(comments):
            agreement.record(
                e.Commented, act_of(agreement.opened_by), comment_id=uuid4(), term_id=uuid4(), text=f"a comment {n}"
            )
        await record(ledger, agreement)
        ids.append(agreement.id)
    return ids


class Tally:
    """Counts every stream's events and chains their positions, in order, into one hash."""

    version = 1
    by_stream = False

    def __init__(self, name: str = "tally", topics: str = "concord.") -> None:
        self.name = name
        self._topics = topics
        self.poison: set[int] = set()
        """Positions at which applying fails."""

    def reads(self, topic: str) -> bool:
        return topic.startswith(self._topics)

    def create(self, suffix: str, dialect: str) -> list[Statement]:
        return [
            Statement(
                f"CREATE TABLE {self.name}{suffix} (stream_id {key_type(dialect)} PRIMARY KEY, "
                "events INTEGER NOT NULL, last_version INTEGER NOT NULL, trail TEXT NOT NULL)"
            )
        ]

    def drop(self, suffix: str) -> list[Statement]:
        return [Statement(f"DROP TABLE IF EXISTS {self.name}{suffix}")]

    async def apply(self, records: Sequence[StoredRecord], suffix: str) -> list[Statement]:
        for record in records:
            if record.position in self.poison:
                raise ValueError("this event cannot be taken in")
        return [
            Statement(
                f"INSERT INTO {self.name}{suffix} AS was (stream_id, events, last_version, trail) "
                "VALUES (:stream, 1, :version, :mark) ON CONFLICT (stream_id) DO UPDATE SET events = was.events + 1, "
                "last_version = excluded.last_version, trail = was.trail || excluded.trail",
                [
                    {"stream": str(r.stream_id), "version": r.version, "mark": f" {r.position}.{r.version}"}
                    for r in records
                ],
            )
        ]


async def tables_of(database: Database, name: str, table: str | None = None) -> list[tuple[object, ...]]:
    """All rows of the live set of a projection's table, in order."""
    live = await database.fetch_one("SELECT version, generation FROM projections WHERE name = :name", {"name": name})
    assert live is not None
    rows = await database.fetch_all(f"SELECT * FROM {table or name}_v{live[0]}_g{live[1]} ORDER BY 1, 2")
    return [tuple(row) for row in rows]


def digest(rows: Sequence[tuple[object, ...]]) -> str:
    """One hash over rows, for comparing byte for byte."""
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()
