"""Who read what is not theirs: its table, its view (always for a viewer), and its projection.

No words: ids, instants and names of kinds. Whom a read concerns is asked of the log's own sights in the
same query: they are written with the events and never lag, as these rows may.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from adapters.database import Database, Statement
from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import StoredRecord
from adapters.projection.projection import key_type
from adapters.readmodels.live import LiveTables
from domain.reads.access_log import AGREEMENT, IMBALANCE
from services.audit.kept_reads import ORGANISATION, PERSON, TOPICS, KeptRead, kept_read
from services.queries import Viewer

NAME, VERSION = "reads", 1
_PARTIES = "'party', 'former_party'"
_INSIDE = f"{_PARTIES}, 'declarer', 'drafter', 'named', 'invited', 'left'"
"""As what somebody sees a thing whom a read of it by others concerns."""
_COLUMNS = "r.position, r.at, r.kind, r.thing_id, r.by_id, r.seen_as, r.what"


# The projection -------------------------------------------------------------------------------------


class ReadsProjection:
    """A row for each read that is on record."""

    name = NAME
    version = VERSION
    by_stream = True

    def __init__(self, ledger: EventLedger) -> None:
        self._ledger = ledger

    def reads(self, topic: str) -> bool:
        """Reads of things and of everything at once, and resets of a way in."""
        return topic in TOPICS

    def create(self, suffix: str, dialect: str) -> list[Statement]:
        """One table."""
        key = key_type(dialect)
        return [
            Statement(
                f"""CREATE TABLE reads{suffix} (
                position BIGINT PRIMARY KEY, organisation_id {key} NOT NULL, kind TEXT NOT NULL,
                thing_id {key} NOT NULL, at TEXT NOT NULL, by_id TEXT, seen_as TEXT NOT NULL, what TEXT NOT NULL)"""
            ),
            Statement(f"CREATE INDEX reads_of{suffix} ON reads{suffix} (thing_id, position)"),
        ]

    def drop(self, suffix: str) -> list[Statement]:
        """The table with its index."""
        return [Statement(f"DROP TABLE IF EXISTS reads{suffix}")]

    async def apply(self, records: Sequence[StoredRecord], suffix: str) -> list[Statement]:
        """The rows of these records."""
        facts = await self._ledger.restore(records)
        rows: list[dict[str, Any]] = []
        for record, fact in zip(records, facts, strict=True):
            read = kept_read(record.position, fact)
            if read is not None:
                rows.append(
                    {
                        "position": read.position,
                        "organisation_id": str(fact.organisation_id),
                        "kind": read.kind,
                        "thing_id": str(read.thing_id),
                        "at": read.at.isoformat(),
                        "by_id": None if read.by is None else str(read.by),
                        "seen_as": read.seen_as,
                        "what": read.what,
                    }
                )
        return [
            Statement(
                f"INSERT INTO reads{suffix} (position, organisation_id, kind, thing_id, at, by_id, seen_as, what) "
                "VALUES (:position, :organisation_id, :kind, :thing_id, :at, :by_id, :seen_as, :what) "
                "ON CONFLICT (position) DO NOTHING",
                rows,
            )
        ]


# The view -------------------------------------------------------------------------------------------


class ReadsView:
    """Answers what is kept of reads (services.audit.kept_reads.KeptReads)."""

    def __init__(self, database: Database) -> None:
        self._live = LiveTables(database, NAME, VERSION)

    async def about(
        self, viewer: Viewer, kinds: Collection[str], *, joined: int, before: int | None = None, limit: int = 50
    ) -> Sequence[KeptRead]:
        """What concerns the viewer, newest first."""
        things = [kind for kind in (AGREEMENT, IMBALANCE) if kind in kinds]
        concerns = [
            f"(r.kind = '{kind}' AND EXISTS (SELECT 1 FROM log_sights s WHERE s.thing_id = r.thing_id "
            f"AND s.person_id = :viewer AND s.sight IN ({_INSIDE})))"
            for kind in things
        ]
        if ORGANISATION in kinds:
            concerns.append(f"(r.kind = '{ORGANISATION}' AND r.position > :joined)")
        if PERSON in kinds:
            concerns.append(
                f"(r.kind = '{PERSON}' AND (r.thing_id = :viewer OR EXISTS (SELECT 1 FROM log_sights a "
                "JOIN log_sights b ON b.thing_id = a.thing_id WHERE a.person_id = :viewer AND b.person_id = r.thing_id "
                f"AND a.sight IN ({_PARTIES}) AND b.sight IN ({_PARTIES}))))"
            )
        params = {"viewer": str(viewer.person_id), "joined": joined}
        return await self._fetch(viewer, f"({' OR '.join(concerns)})", params, before, limit)

    async def of(
        self, viewer: Viewer, things: Collection[UUID], *, after: int, before: int | None = None, limit: int = 50
    ) -> Sequence[KeptRead]:
        """Those of these things between two positions, newest first."""
        of = {f"thing{n}": str(thing) for n, thing in enumerate(sorted(things, key=str))}
        among = f"r.thing_id IN ({', '.join(f':{n}' for n in of)}) AND r.position > :after"
        return await self._fetch(viewer, among, {**of, "after": after}, before, limit)

    async def _fetch(
        self, viewer: Viewer, which: str, params: dict[str, Any], before: int | None, limit: int
    ) -> list[KeptRead]:
        beyond = "" if before is None else "AND r.position < :before "
        values = {**params, "organisation": str(viewer.organisation_id), "before": before, "limit": limit}
        if before is None:
            del values["before"]
        rows = await self._live.fetch_all(
            lambda suffix: (
                f"SELECT {_COLUMNS} FROM reads{suffix} r WHERE r.organisation_id = :organisation AND {which} {beyond}"
                "ORDER BY r.position DESC LIMIT :limit",
                values,
            )
        )
        return [
            KeptRead(
                row.position,
                datetime.fromisoformat(row.at),
                row.kind,
                UUID(row.thing_id),
                UUID(row.by_id) if row.by_id else None,
                row.seen_as,
                row.what,
            )
            for row in rows
        ]
