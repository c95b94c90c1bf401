"""Importing a history: every line becomes one fact with a receipt of its own, or is accounted for.

A line is in or not, never half: its fact, its receipt and who may read are stored in one append,
after the people whom it makes known. So an import may be killed anywhere and run again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from domain.agreements.imported import (
    ImportedAgreement,
    ImportedDataset,
    Said,
    imported_agreement_id,
    imported_dataset_id,
    imported_person_id,
)
from domain.base import Act
from domain.commitments.imported import ImportedCommitment, Saying, imported_commitment_id
from domain.people.person import Person
from domain.refusals import Invalid
from services.access import may
from services.imports.agreement_lines import agreement_said
from services.imports.commitment_lines import commitment_said
from services.imports.dataset_lines import HEADER, NO_DATASET, dataset_name, dataset_said
from services.imports.format import COMMITMENT, DATASET, Broken, Line, read_line
from services.imports.lines import MOST_BYTES, lines_of
from services.imports.people_named import people_named
from services.imports.ports import ImportedPeople, ImportLedger
from services.imports.report import ImportReport
from services.ports import Actor, Answer, Clock, Command, Conflict, KeyReused, Sight, Standing, Unavailable

READERS = ("importer", "organisation")
IMPORTED = "imported"
"""The standing of somebody who cannot sign in."""
BATCH_LINES, BATCH_BYTES = 500, 4 * 1024 * 1024
MOST_KEPT_FACTS = 20_000
"""How many facts the aggregates at hand may hold in all before the least recently used are let go."""
MOST_AT_ONCE = 64
MOST_TRIES = 10

OTHER_CONTENT = "A line with this id is in already, and says something else."
MADE_HERE = "There is something under this name that was made here; an import never adds to that."
CAN_SIGN_IN = "It names somebody who can sign in here; an import never speaks for them."
IS_ERASED = "It names somebody who was erased here, and stays so."
NOT_OPEN = "Somebody else imported what this line speaks of and has not opened it to you."
TOO_LONG = f"It is longer than {MOST_BYTES // 1024} KiB."
BUSY = "Somebody else is importing the same history; import the file again."


@dataclass(frozen=True)
class ImportHistory:
    """Take in a history; `readers` is `importer` or `organisation`, a dry run stores nothing."""

    readers: str = "importer"
    dry_run: bool = False


@dataclass(frozen=True)
class ImportDesk:
    """What the import works at. `operator` says that who imports runs this installation from its command line."""

    ledger: ImportLedger
    people: ImportedPeople
    clock: Clock
    actor: Actor
    operator: bool = False


Imported = ImportedAgreement | ImportedCommitment | ImportedDataset
"""What an import adds to."""
Progress = Callable[[int, ImportReport], None]
"""Is told after every batch how many bytes are done, and the report so far."""


async def import_history(
    desk: ImportDesk, command: ImportHistory, chunks: AsyncIterable[bytes], progress: Progress | None = None
) -> ImportReport:
    """Takes in a stream of JSON lines and answers what became of each.

    What was taken in stays in when the stream breaks off or the store goes away: the same file may
    be sent again. Raises NotYourAct, Invalid or Unavailable.
    """
    if not desk.operator:
        may(desk.actor, await desk.ledger.standing(desk.actor.person_id), "import_history", None)
    if command.readers not in READERS:
        raise Invalid(f"Readers are {' or '.join(READERS)}.", field="readers")
    run = _Run(desk, command)
    batch: list[tuple[int, bytes | None]] = []
    size = 0
    async for line, done in lines_of(chunks):
        run.report.lines += 1
        batch.append((run.report.lines, line))
        size += len(line or b"")
        if len(batch) >= BATCH_LINES or size >= BATCH_BYTES:
            await run.take_in(batch)
            batch, size = [], 0
            if progress is not None:
                progress(done, run.report)
    await run.take_in(batch)
    return run.report


@dataclass(frozen=True)
class _Item:
    """A line on its way in: to which stream, under which command, and whom it makes known."""

    number: int
    line: Line
    stream: UUID
    command_id: str
    said: Said | Saying | None
    dataset: str
    people: dict[UUID, str]


@dataclass
class _Stream:
    """One aggregate at hand: None while nothing is known of it; `sight` is still to be stored with it."""

    held: Imported | None = None
    sight: Sight | None = None
    closed: str | None = None

    @property
    def facts(self) -> int:
        return self.held.version if self.held is not None else 0


@dataclass
class _Run:
    """One import while it runs."""

    desk: ImportDesk
    command: ImportHistory
    report: ImportReport = field(init=False)
    id: str = field(default_factory=lambda: str(uuid4()))
    dataset: str = NO_DATASET
    streams: OrderedDict[UUID, _Stream] = field(default_factory=OrderedDict)
    opened: set[UUID] = field(default_factory=set)
    people: dict[UUID, str | None] = field(default_factory=dict)
    keyed: set[UUID] = field(default_factory=set)
    done: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.report = ImportReport(dry_run=self.command.dry_run)
        self._organisation = self.desk.actor.organisation
        wide = self.command.readers == "organisation"
        self._reader = self._organisation.id if wide else self.desk.actor.person_id

    async def take_in(self, batch: Iterable[tuple[int, bytes | None]]) -> None:
        """Takes in some lines; those of one stream in their order, streams side by side."""
        items = [item for number, raw in batch if (item := self._read(number, raw)) is not None]
        known = await self.desk.ledger.receipts([item.command_id for item in items])
        for command_id, receipt in known.items():
            self.done.setdefault(command_id, receipt.request_hash)
        await self._meet({person: name for item in items for person, name in item.people.items()})
        if not self.command.dry_run:
            await self._make_keys([item for item in items if item.command_id not in self.done])
        by_stream: dict[UUID, list[_Item]] = {}
        for item in items:
            by_stream.setdefault(item.stream, []).append(item)
        at_once = asyncio.Semaphore(MOST_AT_ONCE)
        ends = await asyncio.gather(
            *(self._take_in_stream(stream, of_stream, at_once) for stream, of_stream in by_stream.items()),
            return_exceptions=True,
        )
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        self._let_go()

    # One line -------------------------------------------------------------------------------------

    def _read(self, number: int, raw: bytes | None) -> _Item | None:
        """What is to be taken in; None when the line is refused, which is then counted."""
        try:
            if raw is None:
                raise Broken(TOO_LONG)
            line = read_line(raw)
        except Broken as broken:
            self.report.refuse(number, str(broken))
            return None
        organisation_id = self._organisation.id
        key = line.id
        said: Said | Saying | None = None
        if line.belongs_to == DATASET:
            if line.record == HEADER:
                # A longer version of a file has the same header with another content: both are kept.
                self.dataset = dataset_name(line)
                key = f"{line.id}\0{line.content_hash}"
            stream = imported_dataset_id(organisation_id, self.dataset)
        elif line.belongs_to == COMMITMENT:
            said = commitment_said(line)
            stream = imported_commitment_id(organisation_id, line.commitment or "")
        else:
            said = agreement_said(line, organisation_id)
            stream = imported_agreement_id(organisation_id, line.agreement or "")
        return _Item(
            number=number,
            line=line,
            stream=stream,
            command_id=hashlib.sha256(f"import\0{organisation_id}\0{key}".encode()).hexdigest(),
            said=said,
            dataset=self.dataset,
            people=people_named(line, said, organisation_id),
        )

    async def _take_in_stream(self, stream_id: UUID, items: list[_Item], at_once: asyncio.Semaphore) -> None:
        async with at_once:
            for item in items:
                await self._take_in_item(item)
            await self._store_sight(stream_id)

    async def _take_in_item(self, item: _Item) -> None:
        for _ in range(MOST_TRIES):
            stream = await self._stream(item.stream)
            if stream.closed is not None:
                self.report.refuse(item.number, stream.closed)
                return
            if item.command_id in self.done:
                self._count_known(item)
                return
            reasons = [reason for person in item.people if (reason := self.people.get(person)) is not None]
            if reasons:
                self.report.refuse(item.number, reasons[0])
                return
            held, applied = self._hear(stream, item)
            try:
                stored = await self._store(item, stream, held)
            except Conflict:
                # Somebody else wrote to it: look again, also whether the line is in by now.
                self._forget(item.stream)
                for command_id, receipt in (await self.desk.ledger.receipts([item.command_id])).items():
                    self.done[command_id] = receipt.request_hash
                continue
            except KeyReused:
                self._forget(item.stream)
                self.report.refuse(item.number, OTHER_CONTENT)
                return
            self.done[item.command_id] = item.line.content_hash
            if stored:
                stream.held, stream.sight = held, None
                self._count(applied)
            else:
                self._forget(item.stream)
                self.report.repeated += 1
            return
        raise Unavailable(BUSY)

    def _count(self, applied: bool) -> None:
        if applied:
            self.report.applied += 1
        else:
            self.report.annotated += 1

    def _count_known(self, item: _Item) -> None:
        if self.done[item.command_id] == item.line.content_hash:
            self.report.repeated += 1
        else:
            self.report.refuse(item.number, OTHER_CONTENT)

    def _hear(self, stream: _Stream, item: _Item) -> tuple[Imported, bool]:
        line, organisation = item.line, self._organisation
        act = Act(
            by=imported_person_id(organisation.id, line.actor) if line.actor is not None else None,
            at=self.desk.clock.now(),
            organisation_id=organisation.id,
            command_id=item.command_id,
            zone=organisation.zone,
            effective_at=line.happened_at,
        )
        if isinstance(item.said, Saying):
            commitment = stream.held if isinstance(stream.held, ImportedCommitment) else None
            return ImportedCommitment.hear(commitment, act, item.stream, item.said)
        if item.said is not None:
            agreement = stream.held if isinstance(stream.held, ImportedAgreement) else None
            return ImportedAgreement.hear(agreement, act, item.stream, item.said)
        dataset = stream.held if isinstance(stream.held, ImportedDataset) else None
        fact, content = dataset_said(line, item.dataset)
        return ImportedDataset.hear(dataset, act, item.stream, fact, content), line.record == HEADER

    async def _store(self, item: _Item, stream: _Stream, held: Imported) -> bool:
        """Stores what is pending; False when another import brought the line in at the same moment."""
        if self.command.dry_run:
            held.collect_events()
            return True
        command = self._as(item.command_id, item.line.content_hash)
        sights = [stream.sight] if stream.sight is not None else []
        receipt = await self.desk.ledger.record(command, Answer(ids={"import": self.id}), held, sights=sights)
        return receipt.answer.ids.get("import") == self.id

    # Streams --------------------------------------------------------------------------------------

    async def _stream(self, stream_id: UUID) -> _Stream:
        """The aggregate at hand, loaded when it is not; the first time in this run, who may read it is looked at."""
        stream = self.streams.get(stream_id)
        if stream is not None:
            self.streams.move_to_end(stream_id)
            return stream
        stream = _Stream()
        kind: type[Any] = ImportedAgreement
        held = await self.desk.ledger.load(kind, stream_id)
        if isinstance(held, Imported):
            stream.held = held
        elif held is not None:
            stream.closed = MADE_HERE
        if stream.closed is None and stream_id not in self.opened:
            await self._open(stream_id, stream)
            self.opened.add(stream_id)
        self.streams[stream_id] = stream
        return stream

    async def _open(self, stream_id: UUID, stream: _Stream) -> None:
        ledger, actor = self.desk.ledger, self.desk.actor
        own = await ledger.sight(stream_id, actor.person_id)
        wide = await ledger.sight(stream_id, self._organisation.id)
        dataset = isinstance(stream.held, ImportedDataset)
        if stream.held is not None and own is None and wide is None and not self.desk.operator and not dataset:
            stream.closed = NOT_OPEN
        elif (own if self._reader == actor.person_id else wide) is None:
            stream.sight = Sight(stream_id, self._reader, "reader")

    async def _store_sight(self, stream_id: UUID) -> None:
        """Opens a stream of which every line was in already to who imported it again."""
        stream = self.streams.get(stream_id)
        if stream is None or stream.sight is None or stream.held is None or self.command.dry_run:
            return
        await self.desk.ledger.record(self._command_of_its_own(), Answer(), sights=[stream.sight])
        stream.sight = None

    def _let_go(self) -> None:
        """Keeps memory bounded. A dry run must keep all that it made: nothing of it can be loaded again."""
        if self.command.dry_run:
            return
        self.done.clear()
        kept = sum(stream.facts for stream in self.streams.values())
        while kept > MOST_KEPT_FACTS and len(self.streams) > 1:
            least_used = next(iter(self.streams))
            kept -= self.streams[least_used].facts
            self._forget(least_used)

    def _forget(self, stream_id: UUID) -> None:
        stream = self.streams.pop(stream_id, None)
        if stream is not None and stream.sight is not None:
            self.opened.discard(stream_id)

    # People and keys ------------------------------------------------------------------------------

    async def _meet(self, named: dict[UUID, str]) -> None:
        """Looks at whom this run has not met yet: of whom it may not speak, and who joins without sign-in."""
        new: dict[UUID, str] = {}
        for person, name in named.items():
            if person not in self.people:
                standing = await self.desk.ledger.standing(person)
                self.people[person] = _why_not(standing)
                if standing is None:
                    new[person] = name
        if not new or self.command.dry_run:
            return
        await self.desk.people.remember(self._organisation.id, new)
        try:
            await self._join(new)
        except Conflict:
            # Another import brought some of them in meanwhile.
            for person in new:
                del self.people[person]
            await self._meet(new)

    async def _join(self, new: Iterable[UUID]) -> None:
        command = self._command_of_its_own()
        organisation = self._organisation
        act = Act(command.actor_id, self.desk.clock.now(), organisation.id, command.id, organisation.zone)
        people = [Person.join(act, person, kind=IMPORTED) for person in new]
        standings = [Standing(person, organisation.id, IMPORTED, None, (), True) for person in new]
        await self.desk.ledger.record(command, Answer(), *people, standings=standings)

    async def _make_keys(self, items: list[_Item]) -> None:
        owners = {item.stream for item in items}
        owners |= {imported_person_id(self._organisation.id, i.line.actor) for i in items if i.line.actor is not None}
        if owners - self.keyed:
            await self.desk.ledger.new_keys(*(owners - self.keyed))
            self.keyed |= owners

    def _command_of_its_own(self) -> Command:
        fresh = hashlib.sha256(uuid4().bytes).hexdigest()
        return self._as(fresh, fresh)

    def _as(self, command_id: str, request_hash: str) -> Command:
        return Command(command_id, request_hash, self.desk.actor.person_id, self._organisation.id)


def _why_not(standing: Standing | None) -> str | None:
    """Why an import does not speak of somebody; None where it may."""
    if standing is not None and standing.erased:
        return IS_ERASED
    return CAN_SIGN_IN if standing is not None and standing.kind != IMPORTED else None


__all__ = ["READERS", "ImportDesk", "ImportHistory", "ImportReport", "import_history"]
