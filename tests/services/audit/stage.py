"""A log on which an agreement is made by hand, with the questions that an audit can ask of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from adapters.database import Database
from adapters.eventlog.ledger import EventLedger
from adapters.projector import Projector
from adapters.readmodels.folding import read_model_folder
from adapters.readmodels.holding import HoldingProjection, HoldingView
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import ReviewAnswer
from domain.agreements.terms import Head, Party, Term
from domain.base import Act
from domain.cadence import Cadence
from domain.people.person import Person
from services.audit.expectations import get_expectations
from services.audit.history import list_history
from services.audit.lineage import get_lineage
from services.audit.text_diff import get_diff
from services.audit.versions import get_version, list_versions
from services.desk import Desk
from services.ports import Actor, Command, Organisation, Standing
from tests.domain.spec import ORGANISATION, OSLO, T0, act, person

HOME = Organisation(ORGANISATION, "Home", OSLO)
ADA, BEN, CLEO, DORA, STRANGER = person(1), person(2), person(3), person(4), person(9)
"""A leader, their report, somebody else of the team, the report's next leader, and nobody of theirs."""
NAMES = {ADA: "Ada", BEN: "Ben", CLEO: "Cleo", DORA: "Dora"}

AGREEMENT = UUID("01900000-0000-7000-8000-0000000000a1")
OTHER = UUID("01900000-0000-7000-8000-0000000000a2")
PROGRESS = UUID("01900000-0000-7000-8000-0000000000b1")
SUPPORT = UUID("01900000-0000-7000-8000-0000000000b2")
EXTRA = UUID("01900000-0000-7000-8000-0000000000b3")

MONDAYS = Cadence("FREQ=WEEKLY;BYDAY=MO", "Europe/Oslo", "2026-01-12T10:00")
PROGRESS_TERM = Term(PROGRESS, "update", (BEN,), topic="Progress", channel="three lines in chat", cadence=MONDAYS)
SUPPORT_TERM = Term(SUPPORT, "support", (ADA,), text="30 minutes each week that are not about status")
EXTRA_TERM = Term(EXTRA, "expectation", (BEN,), text="I raise scope doubts before work starts")
PAIR = (Party(ADA, "leader"), Party(BEN, "report"))
TRIO = (*PAIR, Party(CLEO, "peer"))

Does = Callable[[AccountabilityAgreement, Act], Any]


def a_head(**other: Any) -> Head:
    return Head(**{"title": "How we work", "purpose_text": "To know", "use": "reviewable", "parties": PAIR} | other)


def an_answer(words: str, **other: Any) -> ReviewAnswer:
    return ReviewAnswer(
        **{"what_works": f"{words} works", "what_to_change": f"{words} less", "fits": {}, "outcome": "still_right"}
        | other
    )


@dataclass
class Hands:
    """A clock that is moved by hand."""

    at: datetime = T0

    def now(self) -> datetime:
        return self.at


async def names(ids: Sequence[UUID]) -> Mapping[UUID, str]:
    return {i: NAMES[i] for i in ids if i in NAMES}


@dataclass
class Stage:
    """One log, one clock, and the agreement that the people on it make."""

    ledger: EventLedger
    database: Database
    clock: Hands = field(default_factory=Hands)
    agreement_id: UUID = AGREEMENT

    async def prepare(self) -> None:
        """Lets everybody join."""
        people = (ADA, BEN, CLEO, DORA, STRANGER)
        await self.ledger.new_keys(ORGANISATION, AGREEMENT, OTHER, *people)
        await self.desk(ADA).record(
            *(Person.join(act(ADA), one) for one in people),
            standings=[Standing(one, ORGANISATION, "member", None, (), True) for one in people],
        )

    def actor(self, who: UUID) -> Actor:
        return Actor(who, HOME, frozenset({"all"}))

    def desk(self, who: UUID) -> Desk:
        command = Command(uuid4().hex * 2, "0" * 64, who, ORGANISATION)
        return Desk(self.ledger, self.clock, uuid4, self.actor(who), command)

    def at(self, day: date | str, hour: int = 10, minute: int = 0) -> None:
        """Moves the clock to that time of the day in Oslo."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        self.clock.at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=OSLO).astimezone(UTC)

    async def opens(self, head: Head | None = None, who: UUID = ADA) -> None:
        """Somebody opens the agreement."""
        await self.desk(who).record(AccountabilityAgreement.open(self._next(who), self.agreement_id, head or a_head()))

    async def does(self, who: UUID, *what: Does) -> None:
        """Somebody does something to the agreement, one command and one minute each."""
        for one in what:
            self.clock.at += timedelta(minutes=1)
            desk = self.desk(who)
            agreement = await self.ledger.load(AccountabilityAgreement, self.agreement_id)
            assert agreement is not None
            desk.watch(agreement)
            one(agreement, desk.act())
            await desk.record(agreement)

    async def shared(self, head: Head | None = None) -> None:
        """A shared draft with a term of each."""
        await self.opens(head)
        await self.does(ADA, adds(PROGRESS_TERM), lambda a, act: a.share(act))
        await self.does(BEN, adds(SUPPORT_TERM))

    async def agreed(self, head: Head | None = None) -> None:
        """Version 1."""
        await self.shared(head)
        await self.all_consent()

    async def all_consent(self) -> None:
        """Everybody whose consent is waited for gives it."""
        agreement = await self.load()
        for who in agreement.waiting_on():
            await self.does(who, consents)

    async def load(self) -> AccountabilityAgreement:
        """The agreement as it is."""
        agreement = await self.ledger.load(AccountabilityAgreement, self.agreement_id)
        assert isinstance(agreement, AccountabilityAgreement)
        return agreement

    # Questions ------------------------------------------------------------------------------------

    async def diff(self, from_: str, to: str, who: UUID = BEN) -> dict[str, Any]:
        return await get_diff(self.ledger, self.clock, self.actor(who), self.agreement_id, from_, to)

    async def versions(self, who: UUID = BEN, **when: Any) -> list[dict[str, Any]]:
        found = await list_versions(self.ledger, self.clock, self.actor(who), self.agreement_id, **when)
        items: list[dict[str, Any]] = found["items"]
        return items

    async def version(self, number: int, who: UUID = BEN, **when: Any) -> dict[str, Any]:
        return await get_version(self.ledger, self.clock, self.actor(who), self.agreement_id, number, **when)

    async def lineage(self, term_id: UUID, who: UUID = BEN) -> list[dict[str, Any]]:
        found = await get_lineage(self.ledger, self.clock, self.actor(who), self.agreement_id, term_id)
        entries: list[dict[str, Any]] = found["entries"]
        return entries

    async def history(self, who: UUID = BEN, limit: int = 200) -> list[dict[str, Any]]:
        """The whole history, page by page."""
        items: list[dict[str, Any]] = []
        cursor = None
        while True:
            page = await list_history(
                self.ledger, self.clock, self.actor(who), self.agreement_id, names, cursor=cursor, limit=limit
            )
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return items

    async def told(self, who: UUID = BEN) -> list[str]:
        """The names of what somebody is told of."""
        return [entry["what"].removeprefix("agreement.") for entry in await self.history(who)]

    async def expectations(self, who: UUID, about: UUID, on: str | None = None) -> dict[str, Any]:
        """What was expected; the read model is built anew for each question."""
        day = date.fromisoformat(on) if on else None
        holding = await holding_in(self.ledger, self.database)
        return await get_expectations(self.ledger, self.clock, holding, self.actor(who), about, on=day)

    def now(self) -> str:
        """The present instant, as a question names it."""
        return self.clock.at.isoformat()

    def _next(self, who: UUID) -> Act:
        self.clock.at += timedelta(minutes=1)
        return Act(who, self.clock.at, ORGANISATION, uuid4().hex * 2, OSLO)


async def holding_in(ledger: EventLedger, database: Database) -> HoldingView:
    """The read model of what held, built from the first event."""
    projection = HoldingProjection(read_model_folder(ledger))
    await Projector(ledger.log, database, [projection]).rebuild(projection.name)
    return HoldingView(database)


def adds(term: Term, **how: Any) -> Does:
    return lambda a, act: a.add_term(act, term, **how)


def revises(term_id: UUID, reason: str | None = None, **changes: Any) -> Does:
    return lambda a, act: a.revise_term(act, term_id, changes, reason=reason)


def opens_amendment(reason: str = "Mondays do not work", **how: Any) -> Does:
    return lambda a, act: a.open_amendment(act, reason, **how)


def consents(a: AccountabilityAgreement, act: Act) -> None:
    assert a.proposal is not None
    a.give_consent(act, a.proposal.revision, a.proposal.content_hash)
