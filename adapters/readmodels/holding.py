"""Which agreements and promises held from when until when, and for whom: a question about a day reads no others.

No words: ids and instants, rather too wide than too narrow. Whether something really held on a day, and
what it said, is then asked of the thing itself. Who may see it is asked of the log's own sights in the
same query.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from adapters.database import Database, Statement
from adapters.eventlog.envelope import header_of
from adapters.eventlog.log import StoredRecord
from adapters.projection.folder import Folder, by_stream
from adapters.projection.projection import key_type
from adapters.readmodels.instants import NEVER, instant_key
from adapters.readmodels.live import LiveTables
from services.audit.holding import Found, Held, held_by
from services.queries import Viewer

NAME, VERSION = "holding", 2
_TOPICS = (
    "concord.agreement.",
    "concord.imported_agreement.",
    "concord.commitment.",
    "concord.imported_commitment.",
)


class HoldingProjection:
    """Makes the rows of each agreement and commitment anew, once for each batch that touches it."""

    name = NAME
    version = VERSION
    by_stream = True

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def reads(self, topic: str) -> bool:
        """Everything that is said of agreements and commitments, made here or elsewhere."""
        return topic.startswith(_TOPICS)

    def create(self, suffix: str, dialect: str) -> list[Statement]:
        """A row for each thing and each who stood in it."""
        key = key_type(dialect)
        return [
            Statement(
                f"""CREATE TABLE holding{suffix} (
                who_id {key} NOT NULL, until_at {key} NOT NULL, from_at {key} NOT NULL, thing_id {key} NOT NULL,
                organisation_id {key} NOT NULL, kind TEXT NOT NULL,
                PRIMARY KEY (who_id, until_at, thing_id))"""
            ),
            Statement(f"CREATE INDEX holding_of{suffix} ON holding{suffix} (thing_id)"),
        ]

    def drop(self, suffix: str) -> list[Statement]:
        """The table with its index."""
        return [Statement(f"DROP TABLE IF EXISTS holding{suffix}")]

    async def apply(self, records: Sequence[StoredRecord], suffix: str) -> list[Statement]:
        """The rows of each thing that these records belong to, as it is after them."""
        held: dict[str, list[Held]] = {}
        whose: dict[str, str] = {}
        for stream_id, stream in by_stream(records).items():
            if self._folder.matters(stream):
                whose[str(stream_id)] = header_of(stream[0])["organisation"]
                held[str(stream_id)] = list(held_by((await self._folder.folded(stream)).aggregate))
        return [
            Statement(f"DELETE FROM holding{suffix} WHERE thing_id = :id", [{"id": id} for id in held]),
            Statement(
                f"INSERT INTO holding{suffix} (who_id, until_at, from_at, thing_id, organisation_id, kind) "
                "VALUES (:who_id, :until_at, :from_at, :thing_id, :organisation_id, :kind)",
                [
                    {
                        "who_id": str(one.who_id),
                        "from_at": instant_key(one.from_at),
                        "until_at": NEVER if one.until_at is None else instant_key(one.until_at),
                        "thing_id": id,
                        "organisation_id": whose[id],
                        "kind": one.kind,
                    }
                    for id, all_held in held.items()
                    for one in all_held
                ],
            ),
        ]


class HoldingView:
    """Answers what may have held (services.audit.holding.Holding)."""

    def __init__(self, database: Database) -> None:
        self._live = LiveTables(database, NAME, VERSION)

    async def find_held(
        self, viewer: Viewer, who: Collection[UUID], begins: datetime, ends: datetime
    ) -> Sequence[Found]:
        """What these people and teams stood in at some time between the two, oldest first."""
        theirs = {f"who{n}": str(id) for n, id in enumerate(sorted(who, key=str))}
        seers = [viewer.person_id, viewer.organisation_id, *sorted(viewer.teams, key=str)]
        seeing = {f"seer{n}": str(id) for n, id in enumerate(seers)}
        rows = await self._live.fetch_all(
            lambda suffix: (
                f"SELECT DISTINCT thing_id, kind FROM holding{suffix} p "
                f"WHERE who_id IN ({', '.join(f':{n}' for n in theirs)}) AND until_at > :begins AND from_at <= :ends "
                "AND EXISTS (SELECT 1 FROM log_sights s WHERE s.thing_id = p.thing_id "
                f"AND s.person_id IN ({', '.join(f':{n}' for n in seeing)})) ORDER BY thing_id",
                {**theirs, **seeing, "begins": instant_key(begins), "ends": instant_key(ends)},
            )
        )
        return [Found(UUID(row.thing_id), row.kind) for row in rows]
