"""Agreements for read model tests: made by the aggregate's own acts, recorded with their sights."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from adapters.database import Database
from adapters.eventlog.ledger import EventLedger
from adapters.projection.projection import Pace, Projection
from adapters.projector import Projector
from adapters.readmodels.agreements import AgreementProjection, AgreementView
from adapters.readmodels.deadlines import DeadlineProjection, DeadlineView
from adapters.readmodels.folding import inbox_folder, read_model_folder
from adapters.readmodels.inbox import InboxProjection
from adapters.readmodels.sealing import RowSeal
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.terms import Head, Party, Term
from domain.base import Act, Aggregate
from domain.cadence import Cadence
from domain.commitments.commitment import Commitment
from domain.commitments.content import Content, Who
from domain.commitments.content import Due as CommitmentDue
from services.ports import Answer, Command, Organisation, Receipt, Sight
from services.queries import Viewer
from services.timed import Timed

OSLO = ZoneInfo("Europe/Oslo")
MONDAYS = Cadence("FREQ=WEEKLY;BYDAY=MO", "Europe/Oslo", "2026-01-05T10:00")


@dataclass
class HandClock:
    """A clock that is moved by hand."""

    at: datetime = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class House:
    """One organisation on one store, its clock, its read models, and who does what in it."""

    database: Database
    ledger: EventLedger
    clock: HandClock = field(default_factory=HandClock)
    organisation: Organisation = field(default_factory=lambda: Organisation(uuid4(), "Kitchen", OSLO))

    def __post_init__(self) -> None:
        self.seal = RowSeal(self.ledger.keyring)
        self.list = AgreementView(self.database, self.ledger, self.seal)
        self.deadlines = DeadlineView(self.database)
        self._seen: dict[UUID, dict[UUID, str]] = {}

    def projections(self) -> tuple[Projection, ...]:
        folder = read_model_folder(self.ledger)
        return (
            AgreementProjection(folder, self.seal),
            DeadlineProjection(self.ledger, self.database, folder, self.organisation_of),
            InboxProjection(self.ledger, self.database, inbox_folder(self.ledger), self.organisation_of),
        )

    def projector(self, pace: Pace | None = None) -> Projector:
        return Projector(self.ledger.log, self.database, self.projections(), pace)

    async def organisation_of(self, organisation_id: UUID) -> Organisation | None:
        return self.organisation if organisation_id == self.organisation.id else None

    def act(self, by: UUID | None) -> Act:
        return Act(by, self.clock.now(), self.organisation.id, uuid4().hex * 2, OSLO)

    def viewer(self, person: UUID, *, steward: bool = False) -> Viewer:
        return Viewer(person, self.organisation.id, self.clock.now().astimezone(OSLO).date(), steward)

    async def people(self, count: int) -> list[UUID]:
        people = [uuid4() for _ in range(count)]
        await self.ledger.new_keys(*people)
        return people

    async def record(self, *aggregates: Aggregate) -> Receipt:
        command = Command(uuid4().hex * 2, "", None, self.organisation.id)
        sights = [s for a in aggregates if isinstance(a, Timed) for s in self._sights(a)]
        return await self.ledger.record(command, Answer(), *aggregates, sights=sights)

    def _sights(self, thing: Timed) -> Iterable[Sight]:
        before, after = self._seen.get(thing.id, {}), thing.sights()
        self._seen[thing.id] = after
        yield from (Sight(thing.id, p, None) for p in before if p not in after)
        yield from (Sight(thing.id, p, s) for p, s in after.items())

    async def open(self, people: list[UUID], *, title: str = "Mondays", **head: object) -> AccountabilityAgreement:
        roles = ["leader", "report", "peer", "peer"]
        parties = tuple(Party(p, roles[n]) for n, p in enumerate(people))
        agreement_id = uuid4()
        await self.ledger.new_keys(agreement_id)
        text = Head(title, "To know where we stand.", "coaching", parties, **head)  # type: ignore[arg-type]
        return AccountabilityAgreement.open(self.act(people[0]), agreement_id, text)

    async def agreed(
        self, people: list[UUID], *, cadence: Cadence | None = None, title: str = "Mondays", **head: object
    ) -> AccountabilityAgreement:
        """An agreement in force: everybody owes something, and with a cadence the second owes updates."""
        agreement = await self.open(people, title=title, **head)
        agreement.share(self.act(people[0]))
        for person in people:
            term = Term(uuid4(), "expectation", owed_by=(person,), text="I say so when a date slips.")
            if cadence is not None and person == people[1]:
                term = Term(uuid4(), "update", owed_by=(person,), topic="Progress", channel="chat", cadence=cadence)
            agreement.add_term(self.act(person), term)
        self.consent(agreement, *people)
        await self.record(agreement)
        return agreement

    async def promised(self, debtor: UUID, creditor: UUID, due_on: date) -> Commitment:
        """A commitment that one has promised to the other."""
        commitment_id = uuid4()
        await self.ledger.new_keys(commitment_id)
        sides = (Who("person", debtor),), (Who("person", creditor),)
        content = Content(*sides, "The menu is printed", due=CommitmentDue.end_of_day(due_on, OSLO))
        commitment = Commitment.request(self.act(creditor), commitment_id, content)
        commitment.promise(self.act(debtor), 1)
        await self.record(commitment)
        return commitment

    def consent(self, agreement: AccountabilityAgreement, *people: UUID) -> None:
        for person in people:
            proposal = agreement.proposal
            assert proposal is not None
            agreement.give_consent(self.act(person), proposal.revision, proposal.content_hash)

    async def load(self, agreement_id: UUID) -> AccountabilityAgreement:
        found = await self.ledger.load(AccountabilityAgreement, agreement_id)
        assert found is not None
        return found

    async def change(
        self, agreement_id: UUID, change: Callable[[AccountabilityAgreement], None]
    ) -> AccountabilityAgreement:
        agreement = await self.load(agreement_id)
        self._seen.setdefault(agreement_id, agreement.sights())
        change(agreement)
        await self.record(agreement)
        return agreement


def on(year: int, month: int, day: int) -> date:
    return date(year, month, day)
