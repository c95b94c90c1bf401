"""What falls due: the next thing that the clock does to each agreement, and to its updates.

Two rows an agreement at most, worked out by services/due.py from the agreement, its update log and
the absences of who owes something; nothing in them depends on what time it is now. No words: ids,
dates and names of facts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from adapters.database import Database, Statement
from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import EventLogError, StoredRecord
from adapters.projection.folder import Folder, by_stream
from adapters.projection.projection import key_type
from adapters.readmodels.live import LiveTables
from domain.agreements.agreement import AccountabilityAgreement
from domain.updates.update_log import UpdateLog, update_log_id
from services.due import NextAct, next_act, next_missed
from services.ports import Organisation
from services.queries import Deadline
from services.updates.excuses import excuses_of
from services.updates.footing import footing_of

NAME, VERSION = "deadlines", 1
_AGREEMENT, _UPDATES, _ABSENCE = "concord.agreement.", "concord.updates.", "concord.person.absence_"

_MOVES_UPDATES = frozenset(
    f"{_AGREEMENT}{fact}"
    for fact in (
        "version_made", "paused", "resumed", "notice_given", "notice_rescinded", "part_left", "leader_changed",
        "leader_change_taken_back", "ended", "expired",
    )
)  # fmt: skip
"""What changes when updates are expected; everything else leaves that row of an agreement as it is."""

OrganisationOf = Callable[[UUID], Awaitable[Organisation | None]]
"""Finds an organisation, for its time zone."""


# The tables -----------------------------------------------------------------------------------------


def _create(suffix: str, dialect: str) -> list[str]:
    key = key_type(dialect)
    return [
        f"""CREATE TABLE deadlines{suffix} (
            agreement_id {key} NOT NULL, of_updates INTEGER NOT NULL, due_at {key} NOT NULL, kind TEXT NOT NULL,
            detail TEXT NOT NULL, organisation_id TEXT NOT NULL, PRIMARY KEY (agreement_id, of_updates))""",
        f"CREATE INDEX deadlines_due{suffix} ON deadlines{suffix} (due_at, agreement_id, of_updates)",
        f"""CREATE TABLE deadline_people{suffix} (
            person_id {key} NOT NULL, agreement_id {key} NOT NULL, PRIMARY KEY (person_id, agreement_id))""",
        f"CREATE INDEX deadline_people_agreement{suffix} ON deadline_people{suffix} (agreement_id)",
    ]


def _drop(suffix: str) -> list[str]:
    return [f"DROP TABLE IF EXISTS deadlines{suffix}", f"DROP TABLE IF EXISTS deadline_people{suffix}"]


# The projection -------------------------------------------------------------------------------------


class DeadlineProjection:
    """Works out anew what is next for each agreement that a batch touches, itself, by its updates or an absence."""

    name = NAME
    version = VERSION
    by_stream = True

    def __init__(
        self, ledger: EventLedger, database: Database, folder: Folder, organisation_of: OrganisationOf
    ) -> None:
        self._ledger = ledger
        self._database = database
        self._folder = folder
        self._organisation_of = organisation_of

    def reads(self, topic: str) -> bool:
        """Agreements made here, their updates, and absences; imported histories are beyond the clock."""
        return topic.startswith((_AGREEMENT, _UPDATES, _ABSENCE))

    def create(self, suffix: str, dialect: str) -> list[Statement]:
        """Two tables: what falls due, and who owes updates under which agreement."""
        return [Statement(sql) for sql in _create(suffix, dialect)]

    def drop(self, suffix: str) -> list[Statement]:
        """Both tables with their indexes."""
        return [Statement(sql) for sql in _drop(suffix)]

    async def apply(self, records: Sequence[StoredRecord], suffix: str) -> list[Statement]:
        """The rows of every agreement that these records concern, as they are after them."""
        rows = _Rows()
        here: dict[UUID, AccountabilityAgreement] = {}
        again: set[UUID] = set()
        away: set[UUID] = set()
        for stream_id, stream in by_stream(records).items():
            topic = stream[0].topic
            if topic.startswith(_ABSENCE):
                away.add(stream_id)
            elif not self._folder.matters(stream):
                continue
            elif topic.startswith(_UPDATES):
                log = (await self._folder.folded(stream)).aggregate
                assert isinstance(log, UpdateLog)
                again.add(log.agreement_id)
            else:
                agreement = (await self._folder.folded(stream)).aggregate
                assert isinstance(agreement, AccountabilityAgreement)
                here[stream_id] = agreement
                await self._of_agreement(agreement, rows)
                if any(r.topic in _MOVES_UPDATES for r in stream):
                    again.add(stream_id)
        for agreement_id in sorted(again | await self._owed_by(away, suffix), key=str):
            try:
                await self._of_updates(agreement_id, here.get(agreement_id), rows)
            except EventLogError:
                # It follows from another stream as well, and that cannot be read: it is parked by itself.
                continue
        return rows.statements(suffix)

    async def _of_agreement(self, agreement: AccountabilityAgreement, rows: _Rows) -> None:
        organisation = await self._organisation(agreement.organisation_id)
        rows.add(agreement.id, 0, next_act(agreement, organisation.zone), organisation)

    async def _of_updates(self, agreement_id: UUID, agreement: AccountabilityAgreement | None, rows: _Rows) -> None:
        if agreement is None:
            folded = await self._folder.current(agreement_id)
            if folded is None or not isinstance(folded.aggregate, AccountabilityAgreement):
                return
            agreement = folded.aggregate
        organisation = await self._organisation(agreement.organisation_id)
        footing = footing_of(agreement, organisation.zone)
        owing = {p for span in footing.spans if span.kind == "update" and span.cadence for p in span.owed_by}
        following: NextAct | None = None
        if owing:
            excuses = await excuses_of(self._ledger, agreement, footing, organisation.zone)
            log = await self._folder.current(update_log_id(agreement_id))
            kept = log.aggregate if log is not None else None
            following = next_missed(footing, excuses, kept if isinstance(kept, UpdateLog) else None, organisation.zone)
        rows.add(agreement_id, 1, following, organisation)
        rows.owing(agreement_id, owing)

    async def _owed_by(self, people: set[UUID], suffix: str) -> set[UUID]:
        found: set[UUID] = set()
        for person in people:
            rows = await self._database.fetch_all(
                f"SELECT agreement_id FROM deadline_people{suffix} WHERE person_id = :person", {"person": str(person)}
            )
            found.update(UUID(row.agreement_id) for row in rows)
        return found

    async def _organisation(self, organisation_id: UUID) -> Organisation:
        organisation = await self._organisation_of(organisation_id)
        if organisation is None:
            raise LookupError("an agreement of an organisation that is not known here")
        return organisation


class _Rows:
    """The rows of one batch; what is added later for the same agreement replaces the earlier."""

    def __init__(self) -> None:
        self._deadlines: dict[tuple[str, int], dict[str, Any] | None] = {}
        self._people: dict[str, set[UUID]] = {}

    def add(self, agreement_id: UUID, of_updates: int, following: NextAct | None, organisation: Organisation) -> None:
        self._deadlines[str(agreement_id), of_updates] = (
            None
            if following is None
            else {
                "agreement_id": str(agreement_id),
                "of_updates": of_updates,
                "due_at": _text(following.due_at),
                "kind": following.kind,
                "detail": following.detail,
                "organisation_id": str(organisation.id),
            }
        )

    def owing(self, agreement_id: UUID, people: set[UUID]) -> None:
        self._people[str(agreement_id)] = people

    def statements(self, suffix: str) -> list[Statement]:
        return [
            Statement(
                f"DELETE FROM deadlines{suffix} WHERE agreement_id = :id AND of_updates = :of_updates",
                [{"id": agreement, "of_updates": of_updates} for agreement, of_updates in self._deadlines],
            ),
            Statement(
                f"INSERT INTO deadlines{suffix} (agreement_id, of_updates, due_at, kind, detail, organisation_id) "
                "VALUES (:agreement_id, :of_updates, :due_at, :kind, :detail, :organisation_id)",
                [row for row in self._deadlines.values() if row is not None],
            ),
            Statement(
                f"DELETE FROM deadline_people{suffix} WHERE agreement_id = :id", [{"id": i} for i in self._people]
            ),
            Statement(
                f"INSERT INTO deadline_people{suffix} (person_id, agreement_id) VALUES (:person, :agreement)",
                [
                    {"person": str(person), "agreement": agreement}
                    for agreement, people in self._people.items()
                    for person in sorted(people, key=str)
                ],
            ),
        ]


# The view -------------------------------------------------------------------------------------------


class DeadlineView:
    """Answers what falls due (services.queries.Deadlines)."""

    def __init__(self, database: Database) -> None:
        self._live = LiveTables(database, NAME, VERSION)

    async def list_due(self, now: datetime, *, after: Deadline | None = None, limit: int = 100) -> Sequence[Deadline]:
        """The deadlines that have passed by `now`, the longest overdue first."""
        params: dict[str, Any] = {"now": _text(now), "limit": limit}
        beyond = ""
        if after is not None:
            beyond = "AND (due_at, agreement_id, of_updates) > (:due_at, :agreement_id, :of_updates) "
            params |= {
                "due_at": _text(after.due_at),
                "agreement_id": str(after.agreement_id),
                "of_updates": int(after.of_updates),
            }
        rows = await self._live.fetch_all(
            lambda suffix: (
                f"SELECT due_at, kind, agreement_id, detail, organisation_id, of_updates FROM deadlines{suffix} "
                f"WHERE due_at <= :now {beyond}ORDER BY due_at, agreement_id, of_updates LIMIT :limit",
                params,
            )
        )
        return [
            Deadline(
                datetime.fromisoformat(r.due_at),
                r.kind,
                UUID(r.agreement_id),
                r.detail,
                UUID(r.organisation_id),
                bool(r.of_updates),
            )
            for r in rows
        ]

    async def find_next_due_at(self) -> datetime | None:
        """When the next deadline falls due, if there is any; it may have passed."""
        row = await self._live.fetch_one(lambda suffix: (f"SELECT min(due_at) AS due_at FROM deadlines{suffix}", {}))
        return datetime.fromisoformat(row.due_at) if row is not None and row.due_at else None


def _text(instant: datetime) -> str:
    """An instant so that text sorts as time does."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")
