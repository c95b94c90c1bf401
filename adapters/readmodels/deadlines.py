"""What falls due: the next thing that the clock does to each agreement, its updates, and each commitment.

One row for each part of a thing at most, worked out by services/due.py from the thing, an agreement's
update log, and the absences of whom timers wait for; nothing in them depends on what time it is now.
No words: ids, dates and names of facts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from adapters.database import Database, Statement
from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import EventLogError, StoredRecord
from adapters.projection.folder import Folder, by_stream
from adapters.projection.projection import key_type
from adapters.readmodels.live import LiveTables
from domain.agreements.agreement import AccountabilityAgreement
from domain.commitments.away import Away
from domain.updates.update_log import UpdateLog, update_log_id
from services.away import away_of
from services.due import UPDATES, NextAct, next_act, next_missed
from services.ports import Organisation
from services.queries import Deadline
from services.timed import Timed, kind_of, waited_for
from services.updates.excuses import excuses_of
from services.updates.footing import footing_of

NAME, VERSION = "deadlines", 2
_AGREEMENT, _UPDATES, _ABSENCE = "concord.agreement.", "concord.updates.", "concord.person.absence_"
_THINGS = (_AGREEMENT, "concord.commitment.")

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
            thing_id {key} NOT NULL, part {key} NOT NULL, due_at {key} NOT NULL, kind TEXT NOT NULL,
            detail TEXT NOT NULL, organisation_id TEXT NOT NULL, PRIMARY KEY (thing_id, part))""",
        f"CREATE INDEX deadlines_due{suffix} ON deadlines{suffix} (due_at, thing_id, part)",
        f"""CREATE TABLE deadline_people{suffix} (
            person_id {key} NOT NULL, thing_id {key} NOT NULL, part {key} NOT NULL,
            PRIMARY KEY (person_id, thing_id, part))""",
        f"CREATE INDEX deadline_people_thing{suffix} ON deadline_people{suffix} (thing_id, part)",
    ]


def _drop(suffix: str) -> list[str]:
    return [f"DROP TABLE IF EXISTS deadlines{suffix}", f"DROP TABLE IF EXISTS deadline_people{suffix}"]


# The projection -------------------------------------------------------------------------------------


class DeadlineProjection:
    """Works out anew what is next for each thing that a batch touches: itself, its updates, or an absence."""

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
        """What the clock acts on, updates, and absences; imported histories are beyond the clock."""
        return topic.startswith((*_THINGS, _UPDATES, _ABSENCE))

    def create(self, suffix: str, dialect: str) -> list[Statement]:
        """Two tables: what falls due, and whose absences move it."""
        return [Statement(sql) for sql in _create(suffix, dialect)]

    def drop(self, suffix: str) -> list[Statement]:
        """Both tables with their indexes."""
        return [Statement(sql) for sql in _drop(suffix)]

    async def apply(self, records: Sequence[StoredRecord], suffix: str) -> list[Statement]:
        """The rows of everything that these records concern, as they are after them."""
        rows = _Rows()
        again: set[tuple[UUID, str]] = set()
        for stream_id, stream in by_stream(records).items():
            topic = stream[0].topic
            if topic.startswith(_ABSENCE):
                again |= await self._waiting_for(stream_id, suffix)
            elif not self._folder.matters(stream):
                continue
            elif topic.startswith(_UPDATES):
                log = (await self._folder.folded(stream)).aggregate
                assert isinstance(log, UpdateLog)
                again.add((log.agreement_id, UPDATES))
            else:
                thing = (await self._folder.folded(stream)).aggregate
                assert isinstance(thing, Timed)
                await self._of_thing(thing, rows)
                if any(r.topic in _MOVES_UPDATES for r in stream):
                    again.add((stream_id, UPDATES))
        for thing_id, part in sorted(again, key=str):
            try:
                await self._again(thing_id, part, rows)
            except EventLogError:
                # It follows from another stream as well, and that cannot be read: it is parked by itself.
                continue
        return rows.statements(suffix)

    async def _again(self, thing_id: UUID, part: str, rows: _Rows) -> None:
        folded = await self._folder.current(thing_id)
        if folded is None or not isinstance(folded.aggregate, Timed):
            return
        if part != UPDATES:
            await self._of_thing(folded.aggregate, rows)
        elif isinstance(folded.aggregate, AccountabilityAgreement):
            await self._of_updates(folded.aggregate, rows)

    async def _of_thing(self, thing: Timed, rows: _Rows) -> None:
        part = kind_of(thing) or ""
        organisation = await self._organisation(thing.organisation_id)
        people = waited_for(thing)
        away = await rows.away(self._ledger, people)
        rows.add(thing.id, part, next_act(thing, organisation.zone, away), organisation)
        rows.waiting(thing.id, part, people)

    async def _of_updates(self, agreement: AccountabilityAgreement, rows: _Rows) -> None:
        organisation = await self._organisation(agreement.organisation_id)
        footing = footing_of(agreement, organisation.zone)
        owing = {p for span in footing.spans if span.kind == "update" and span.cadence for p in span.owed_by}
        following: NextAct | None = None
        if owing:
            excuses = await excuses_of(self._ledger, agreement, footing, organisation.zone)
            log = await self._folder.current(update_log_id(agreement.id))
            kept = log.aggregate if log is not None else None
            following = next_missed(footing, excuses, kept if isinstance(kept, UpdateLog) else None, organisation.zone)
        rows.add(agreement.id, UPDATES, following, organisation)
        rows.waiting(agreement.id, UPDATES, owing)

    async def _waiting_for(self, person_id: UUID, suffix: str) -> set[tuple[UUID, str]]:
        rows = await self._database.fetch_all(
            f"SELECT thing_id, part FROM deadline_people{suffix} WHERE person_id = :person", {"person": str(person_id)}
        )
        return {(UUID(row.thing_id), row.part) for row in rows}

    async def _organisation(self, organisation_id: UUID) -> Organisation:
        organisation = await self._organisation_of(organisation_id)
        if organisation is None:
            raise LookupError("something of an organisation that is not known here")
        return organisation


class _Rows:
    """The rows of one batch; what is added later for the same part of a thing replaces the earlier."""

    def __init__(self) -> None:
        self._deadlines: dict[tuple[str, str], dict[str, Any] | None] = {}
        self._people: dict[tuple[str, str], set[UUID]] = {}
        self._absences: dict[UUID, Sequence[tuple[date, date]]] = {}

    async def away(self, ledger: EventLedger, people: set[UUID]) -> Away:
        """The absences of these people, each read once for the whole batch."""
        unknown = people - self._absences.keys()
        if unknown:
            self._absences |= dict.fromkeys(unknown, ()) | dict(await away_of(ledger, unknown))
        return {person: self._absences[person] for person in people}

    def add(self, thing_id: UUID, part: str, following: NextAct | None, organisation: Organisation) -> None:
        self._deadlines[str(thing_id), part] = (
            None
            if following is None
            else {
                "thing_id": str(thing_id),
                "part": part,
                "due_at": _text(following.due_at),
                "kind": following.kind,
                "detail": following.detail,
                "organisation_id": str(organisation.id),
            }
        )

    def waiting(self, thing_id: UUID, part: str, people: set[UUID]) -> None:
        self._people[str(thing_id), part] = people

    def statements(self, suffix: str) -> list[Statement]:
        return [
            Statement(
                f"DELETE FROM deadlines{suffix} WHERE thing_id = :id AND part = :part",
                [{"id": thing, "part": part} for thing, part in self._deadlines],
            ),
            Statement(
                f"INSERT INTO deadlines{suffix} (thing_id, part, due_at, kind, detail, organisation_id) "
                "VALUES (:thing_id, :part, :due_at, :kind, :detail, :organisation_id)",
                [row for row in self._deadlines.values() if row is not None],
            ),
            Statement(
                f"DELETE FROM deadline_people{suffix} WHERE thing_id = :id AND part = :part",
                [{"id": thing, "part": part} for thing, part in self._people],
            ),
            Statement(
                f"INSERT INTO deadline_people{suffix} (person_id, thing_id, part) VALUES (:person, :thing, :part)",
                [
                    {"person": str(person), "thing": thing, "part": part}
                    for (thing, part), people in self._people.items()
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
            beyond = "AND (due_at, thing_id, part) > (:due_at, :thing_id, :part) "
            params |= {"due_at": _text(after.due_at), "thing_id": str(after.thing_id), "part": after.part}
        rows = await self._live.fetch_all(
            lambda suffix: (
                f"SELECT due_at, kind, thing_id, detail, organisation_id, part FROM deadlines{suffix} "
                f"WHERE due_at <= :now {beyond}ORDER BY due_at, thing_id, part LIMIT :limit",
                params,
            )
        )
        return [
            Deadline(
                datetime.fromisoformat(r.due_at), r.kind, UUID(r.thing_id), r.detail, UUID(r.organisation_id), r.part
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
