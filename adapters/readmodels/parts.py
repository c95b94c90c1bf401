"""What two read models share that follow the parts of things: a thing itself, or the updates of an agreement.

The rows of a part follow from its thing, an agreement's update log, and the absences of the people
whom it waits for; they are made anew, all of them, whenever one of these changes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters.database import Database, Statement
from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import EventLogError, StoredRecord
from adapters.projection.folder import Folder, by_stream
from adapters.projection.projection import key_type
from domain.agreements.agreement import AccountabilityAgreement
from domain.commitments.away import Away
from domain.updates.expectation import Excuses
from domain.updates.footing import Footing
from domain.updates.update_log import UpdateLog, update_log_id
from services.away import away_of
from services.due import UPDATES
from services.ports import Organisation
from services.timed import Timed, kind_of, waited_for
from services.updates.excuses import excuses_of, imbalances_of
from services.updates.footing import footing_of

_AGREEMENT, _UPDATES, _ABSENCE = "concord.agreement.", "concord.updates.", "concord.person.absence_"
_THINGS = (_AGREEMENT, "concord.commitment.", "concord.imbalance.")

_MOVES_UPDATES = frozenset(
    f"{_AGREEMENT}{fact}"
    for fact in (
        "version_made", "paused", "resumed", "notice_given", "notice_rescinded", "part_left", "leader_changed",
        "leader_change_taken_back", "ended", "expired",
    )
)  # fmt: skip
"""What changes when updates are expected, and of whom; everything else leaves those rows as they are."""

OrganisationOf = Callable[[UUID], Awaitable[Organisation | None]]
"""Finds an organisation, for its time zone."""
Row = dict[str, Any]


@dataclass(frozen=True)
class UpdatesOf:
    """An agreement's updates with all that bears on them."""

    agreement: AccountabilityAgreement
    footing: Footing
    excuses: Excuses
    log: UpdateLog | None
    zone: ZoneInfo


class PartsProjection(ABC):
    """Makes the rows of each part anew that a batch touches: by the thing, its updates, or an absence.

    A subclass has a name, a version and the columns of its own, and says what the rows of a part are.
    """

    name: str
    version: int
    columns: tuple[str, ...]
    by_stream = True

    def __init__(
        self, ledger: EventLedger, database: Database, folder: Folder, organisation_of: OrganisationOf
    ) -> None:
        self._ledger = ledger
        self._database = database
        self._folder = folder
        self._organisation_of = organisation_of

    @abstractmethod
    def of_thing(self, thing: Timed, zone: ZoneInfo, away: Away) -> Iterable[Row]:
        """The rows of the thing itself."""

    @abstractmethod
    def of_updates(self, updates: UpdatesOf) -> Iterable[Row]:
        """The rows of an agreement's updates."""

    @abstractmethod
    def table(self, suffix: str, key: str) -> list[str]:
        """What makes the table of the rows: `thing_id`, `part`, `organisation_id` and the columns."""

    def reads(self, topic: str) -> bool:
        """What the clock acts on, updates, and absences; imported histories wait for nobody."""
        return topic.startswith((*_THINGS, _UPDATES, _ABSENCE))

    def create(self, suffix: str, dialect: str) -> list[Statement]:
        """Two tables: the rows, and whose absences change them."""
        key = key_type(dialect)
        people = f"{self.name}_people{suffix}"
        return [
            *(Statement(sql) for sql in self.table(suffix, key)),
            Statement(
                f"""CREATE TABLE {people} (
                person_id {key} NOT NULL, thing_id {key} NOT NULL, part {key} NOT NULL,
                organisation_id {key} NOT NULL,
                PRIMARY KEY (person_id, thing_id, part))"""
            ),
            Statement(f"CREATE INDEX {self.name}_people_thing{suffix} ON {people} (thing_id, part)"),
        ]

    def drop(self, suffix: str) -> list[Statement]:
        """Both tables with their indexes."""
        return [Statement(f"DROP TABLE IF EXISTS {table}{suffix}") for table in (self.name, f"{self.name}_people")]

    async def apply(self, records: Sequence[StoredRecord], suffix: str) -> list[Statement]:
        """The rows of every part that these records concern, as they are after them."""
        parts = _Parts()
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
                await self._thing(thing, parts)
                if any(r.topic in _MOVES_UPDATES for r in stream):
                    again.add((stream_id, UPDATES))
        for thing_id, part in sorted(again, key=str):
            try:
                await self._again(thing_id, part, parts)
            except EventLogError:
                # It follows from another stream as well, and that cannot be read: it is parked by itself.
                continue
        return self._statements(parts, suffix)

    async def _again(self, thing_id: UUID, part: str, parts: _Parts) -> None:
        folded = await self._folder.current(thing_id)
        if folded is None or not isinstance(folded.aggregate, Timed):
            return
        if part != UPDATES:
            await self._thing(folded.aggregate, parts)
        elif isinstance(folded.aggregate, AccountabilityAgreement):
            await self._updates(folded.aggregate, parts)

    async def _thing(self, thing: Timed, parts: _Parts) -> None:
        organisation = await self._organisation(thing.organisation_id)
        people = waited_for(thing)
        away = await parts.away(self._ledger, people)
        parts.put(thing.id, kind_of(thing) or "", organisation, self.of_thing(thing, organisation.zone, away), people)

    async def _updates(self, agreement: AccountabilityAgreement, parts: _Parts) -> None:
        organisation = await self._organisation(agreement.organisation_id)
        footing = footing_of(agreement, organisation.zone)
        owing = {p for span in footing.spans if span.kind == "update" and span.cadence for p in span.owed_by}
        excuses = Excuses()
        if owing:
            excuses = await excuses_of(self._ledger, agreement, footing, organisation.zone, None)
        log = await self._folder.current(update_log_id(agreement.id))
        kept = log.aggregate if log is not None and isinstance(log.aggregate, UpdateLog) else None
        excuses = replace(excuses, imbalances=tuple(imbalances_of(kept, organisation.zone)))
        rows = self.of_updates(UpdatesOf(agreement, footing, excuses, kept, organisation.zone))
        parts.put(agreement.id, UPDATES, organisation, rows, owing)

    async def _waiting_for(self, person_id: UUID, suffix: str) -> set[tuple[UUID, str]]:
        rows = await self._database.fetch_all(
            f"SELECT thing_id, part FROM {self.name}_people{suffix} WHERE person_id = :person",
            {"person": str(person_id)},
        )
        return {(UUID(row.thing_id), row.part) for row in rows}

    async def _organisation(self, organisation_id: UUID) -> Organisation:
        organisation = await self._organisation_of(organisation_id)
        if organisation is None:
            raise LookupError("something of an organisation that is not known here")
        return organisation

    def _statements(self, parts: _Parts, suffix: str) -> list[Statement]:
        columns = ("thing_id", "part", "organisation_id", *self.columns)
        keys = [{"id": thing, "part": part} for thing, part in parts.rows]
        return [
            Statement(f"DELETE FROM {self.name}{suffix} WHERE thing_id = :id AND part = :part", keys),
            Statement(
                f"INSERT INTO {self.name}{suffix} ({', '.join(columns)}) "
                f"VALUES ({', '.join(f':{column}' for column in columns)})",
                [row for rows in parts.rows.values() for row in rows],
            ),
            Statement(f"DELETE FROM {self.name}_people{suffix} WHERE thing_id = :id AND part = :part", keys),
            Statement(
                f"INSERT INTO {self.name}_people{suffix} (person_id, thing_id, part, organisation_id) "
                "VALUES (:person, :thing, :part, :organisation)",
                [
                    {"person": str(person), "thing": thing, "part": part, "organisation": organisation}
                    for (thing, part), (organisation, people) in parts.people.items()
                    for person in sorted(people, key=str)
                ],
            ),
        ]


class _Parts:
    """The rows of one batch; what is put later for the same part replaces the earlier."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], list[Row]] = {}
        self.people: dict[tuple[str, str], tuple[str, set[UUID]]] = {}
        self._absences: dict[UUID, Sequence[tuple[date, date]]] = {}

    async def away(self, ledger: EventLedger, people: set[UUID]) -> Away:
        """The absences of these people, each read once for the whole batch."""
        unknown = people - self._absences.keys()
        if unknown:
            self._absences |= dict.fromkeys(unknown, ()) | dict(await away_of(ledger, unknown))
        return {person: self._absences[person] for person in people}

    def put(
        self, thing_id: UUID, part: str, organisation: Organisation, rows: Iterable[Row], people: set[UUID]
    ) -> None:
        key = {"thing_id": str(thing_id), "part": part, "organisation_id": str(organisation.id)}
        self.rows[str(thing_id), part] = [{**key, **row} for row in rows]
        self.people[str(thing_id), part] = str(organisation.id), people
