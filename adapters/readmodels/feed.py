"""What happened, in order: its table, its view (always for a viewer), and its projection.

No words: ids, instants and names of kinds. Who may see a thing is asked of the log's own sights in the same
query; what of it is for them is asked of the thing itself (services/audit/feed.py).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from adapters.database import Database, Statement
from adapters.eventlog.envelope import header_of
from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import StoredRecord
from adapters.projection.projection import key_type
from adapters.readmodels.live import LiveTables
from domain.reads.access_log import AGREEMENT as READ_AGREEMENT
from domain.reads.events import ContentRead
from domain.updates.events import UpdateLogOpened
from services.audit.happened import (
    AGREEMENT,
    OF_ITS_OWN,
    ORGANISATION,
    PERIOD,
    PERSON,
    TEAM,
    Happened,
    Stretch,
    is_told,
)
from services.queries import Viewer

NAME, VERSION = "feed", 1
STRETCH = 5_000
"""How many events of an organisation are looked through at once."""
_MOST_KNOWN = 10_000
"""Of how many streams it is remembered what they are about."""
_INSIDE = "'party', 'former_party', 'contributor', 'reader', 'declarer', 'drafter', 'named', 'invited', 'left'"
"""As what somebody takes part in a thing; others look at it where they are let, and that is recorded."""
_COLUMNS = "position, organisation_id, kind, thing_id, what, at, by_id"


# The projection -------------------------------------------------------------------------------------


class FeedProjection:
    """A row for each event, in the order of the log."""

    name = NAME
    version = VERSION
    by_stream = False

    def __init__(self, ledger: EventLedger) -> None:
        self._ledger = ledger
        self._about: OrderedDict[UUID, tuple[str, UUID]] = OrderedDict()

    def reads(self, topic: str) -> bool:
        """Everything that happens to a thing that has an address."""
        return is_told(topic)

    def create(self, suffix: str, dialect: str) -> list[Statement]:
        """One table, read by organisation."""
        key = key_type(dialect)
        return [
            Statement(
                f"""CREATE TABLE feed{suffix} (
                position BIGINT NOT NULL, organisation_id {key} NOT NULL, kind TEXT NOT NULL, thing_id {key} NOT NULL,
                what TEXT NOT NULL, at TEXT NOT NULL, by_id TEXT, PRIMARY KEY (organisation_id, position))"""
            ),
        ]

    def drop(self, suffix: str) -> list[Statement]:
        """The table."""
        return [Statement(f"DROP TABLE IF EXISTS feed{suffix}")]

    async def apply(self, records: Sequence[StoredRecord], suffix: str) -> list[Statement]:
        """The rows of these records."""
        rows: list[dict[str, Any]] = []
        for record in records:
            header = header_of(record)
            kind, thing_id = await self._thing(record)
            rows.append(
                {
                    "position": record.position,
                    "organisation_id": header["organisation"],
                    "kind": kind,
                    "thing_id": str(thing_id),
                    "what": record.topic.removeprefix("concord."),
                    "at": header["recorded_at"],
                    "by_id": header["actor"],
                }
            )
        return [
            Statement(
                f"INSERT INTO feed{suffix} ({_COLUMNS}) "
                "VALUES (:position, :organisation_id, :kind, :thing_id, :what, :at, :by_id) "
                "ON CONFLICT (organisation_id, position) DO NOTHING",
                rows,
            )
        ]

    async def _thing(self, record: StoredRecord) -> tuple[str, UUID]:
        own = OF_ITS_OWN.get(record.topic.split(".")[1])
        if own is not None:
            return own, record.stream_id
        known = self._about.get(record.stream_id)
        if known is None:
            known = await self._first_says(record.stream_id)
            self._about[record.stream_id] = known
            if len(self._about) > _MOST_KNOWN:
                self._about.popitem(last=False)
        return known

    async def _first_says(self, stream_id: UUID) -> tuple[str, UUID]:
        (fact,) = await self._ledger.restore(await self._ledger.log.read_stream(stream_id, limit=1))
        if isinstance(fact, UpdateLogOpened):
            return AGREEMENT, fact.agreement_id
        if isinstance(fact, ContentRead):
            return AGREEMENT if fact.kind == READ_AGREEMENT else PERIOD, fact.thing_id
        raise TypeError(f"the feed does not know what {fact.TOPIC} is about")


# The view -------------------------------------------------------------------------------------------


class FeedView:
    """Answers what happened (services.audit.happened.Feed)."""

    def __init__(self, database: Database) -> None:
        self._live = LiveTables(database, NAME, VERSION)

    async def after(self, viewer: Viewer, position: int, limit: int) -> Stretch:
        """The next after a position that may be for this viewer, on a stretch of the organisation's events."""
        seers = [viewer.person_id, viewer.organisation_id, *sorted(viewer.teams, key=str)]
        seeing = {f"seer{n}": str(id) for n, id in enumerate(seers)}
        stretch = await self._live.fetch_one(
            lambda suffix: (
                f"SELECT MAX(position) AS until, COUNT(*) AS many FROM (SELECT position FROM feed{suffix} "
                "WHERE organisation_id = :organisation AND position > :after ORDER BY position LIMIT :stretch) s",
                {"organisation": str(viewer.organisation_id), "after": position, "stretch": STRETCH},
            )
        )
        if stretch is None or not stretch.many:
            return Stretch([], position, more=False)
        rows = await self._live.fetch_all(
            lambda suffix: (
                f"SELECT {_COLUMNS} FROM feed{suffix} f "
                "WHERE organisation_id = :seer1 AND position > :after AND position <= :until "
                f"AND (thing_id = :seer0 OR kind IN ('{ORGANISATION}', '{TEAM}') "
                f"OR (kind = '{PERSON}' AND (:steward = 1 OR what = 'person.sign_in_reset')) "
                "OR EXISTS (SELECT 1 FROM log_sights s WHERE s.thing_id = f.thing_id "
                f"AND s.person_id IN ({', '.join(f':{name}' for name in seeing)}) AND s.sight IN ({_INSIDE}))) "
                "ORDER BY position LIMIT :limit",
                {
                    **seeing,
                    "steward": int(viewer.steward),
                    "after": position,
                    "until": stretch.until,
                    "limit": limit + 1,
                },
            )
        )
        found = [_happened(row) for row in rows[:limit]]
        if len(rows) > limit:
            return Stretch(found, found[-1].position, more=True)
        return Stretch(found, stretch.until, more=stretch.many == STRETCH)


def _happened(row: Any) -> Happened:
    by = UUID(row.by_id) if row.by_id else None
    return Happened(row.position, datetime.fromisoformat(row.at), row.what, row.kind, UUID(row.thing_id), by)
