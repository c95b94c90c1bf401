"""What an imbalance period is at one moment: who is in it, what each answered, and what is set aside right now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, NoReturn
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.base import Act, Aggregate
from domain.imbalance.content import CONTENT_FIELDS, FREE, TERM, Content, Thing
from domain.refusals import NotYourAct, WrongState

DRAFT, DECLARED, ACTIVE, ENDED, CLOSED = "draft", "declared", "active", "ended", "closed"
DROPPED, WITHDRAWN = "dropped", "withdrawn"
ENDS = frozenset({CLOSED, DROPPED, WITHDRAWN})

STATE_WORDS = {
    DRAFT: "a draft",
    DROPPED: "dropped",
    DECLARED: "declared and not yet started",
    WITHDRAWN: "withdrawn",
    ACTIVE: "active",
    ENDED: "over",
    CLOSED: "closed",
}


@dataclass
class Answered:
    """What somebody said to the declaration or to an extension; acknowledging is not agreeing."""

    acknowledged_at: datetime | None = None
    objected_at: datetime | None = None
    reason: str | None = None
    objects_to: tuple[UUID, ...] = ()

    @property
    def objects(self) -> bool:
        """Whether they object to it, or to some thing in it."""
        return self.objected_at is not None or bool(self.objects_to)

    @property
    def first_at(self) -> datetime:
        """When they answered first."""
        return min(at for at in (self.acknowledged_at, self.objected_at) if at is not None)

    def lets(self, thing: Thing) -> bool:
        """Whether they let a thing be set aside that is owed to them."""
        return self.acknowledged_at is not None and thing.id not in self.objects_to


@dataclass
class Question:
    """Something that a person asked the declarer."""

    id: UUID
    by: UUID | None
    at: datetime
    text: str
    answer: str | None = None
    answered_at: datetime | None = None


@dataclass
class Extension:
    """The one time that it was extended: from which end to which, why, and what each says to that."""

    from_on: date
    at: datetime
    stakes: str
    override_reason: str | None
    lifted: tuple[str, ...]
    answers: dict[UUID, Answered] = field(default_factory=dict)
    began_at: datetime | None = None


@dataclass(frozen=True)
class SelfCheck:
    """The declarer's answers to the three questions; for themself unless shared."""

    answers: dict[str, str]
    shared: bool
    at: datetime


@dataclass(frozen=True)
class ClosingReview:
    """What somebody said afterwards."""

    by: UUID | None
    at: datetime
    kept: bool
    restored: bool
    cost: str


@dataclass(frozen=True)
class Refused:
    """The declarer's no to an early end."""

    at: datetime
    reason: str


class Aside(NamedTuple):
    """A thing that is set aside right now, and for which of its debtors."""

    thing: Thing
    debtors: tuple[UUID, ...]


class PeriodState(Aggregate):
    """The folded state, and the questions that every act asks of it."""

    def __init__(self) -> None:
        """Prepares the empty state; the first fact's applier fills it."""
        self.organisation_id: UUID
        self.content: Content
        self.declarer_id: UUID
        self.acting_id: UUID
        self.drafted_by: UUID | None = None
        self.state = DRAFT
        self.opened_at: datetime
        self.self_check: SelfCheck | None = None
        self.declared_at: datetime | None = None
        self.override_reason: str | None = None
        self.lifted: tuple[str, ...] = ()
        self.answers: dict[UUID, Answered] = {}
        self.questions: dict[UUID, Question] = {}
        self.warned_at: datetime | None = None
        self.started_at: datetime | None = None
        self.invited: dict[UUID, str | None] = {}
        self.joined: dict[UUID, datetime] = {}
        self.left: dict[UUID, datetime] = {}
        self.extension: Extension | None = None
        self.end_asked: dict[UUID, datetime] = {}
        self.majority_at: datetime | None = None
        self.end_refused: list[Refused] = []
        self.ended_at: datetime | None = None
        self.end_cause: str | None = None
        self.reviews: dict[UUID, ClosingReview] = {}
        self.closed_at: datetime | None = None

    # What one may ask -----------------------------------------------------------------------------

    @property
    def people(self) -> tuple[UUID, ...]:
        """Who is in it now: named and not gone, and who joined."""
        return tuple(p for p in (*self.content.people, *self.joined) if p not in self.left)

    @property
    def asked_people(self) -> tuple[UUID, ...]:
        """Who is in it beside the declarer, and so is asked for an answer."""
        return tuple(p for p in self.people if p != self.declarer_id)

    @property
    def first_ends_on(self) -> date:
        """The last day as it was declared."""
        return self.extension.from_on if self.extension is not None else self.content.ends_on

    @property
    def objecting(self) -> frozenset[UUID]:
        """Who objected, to the declaration or to its extension."""
        answers = [*self.answers.items(), *(self.extension.answers.items() if self.extension is not None else ())]
        return frozenset(person for person, answered in answers if answered.objects)

    def unanswered(self) -> tuple[UUID, ...]:
        """Who has said nothing yet: to the declaration or, once it is extended, to that."""
        said = self.extension.answers if self.extension is not None else self.answers
        return tuple(p for p in self.asked_people if p not in said)

    def waiting_on(self) -> dict[UUID, str]:
        """Who is waited for, and for what: declare, answer, join or review."""
        if self.state == DRAFT:
            return {self.acting_id: "declare"}
        if self.state in (DECLARED, ACTIVE):
            waiting = dict.fromkeys(self.unanswered(), "acknowledge")
            waiting |= {p: "join" for p in self.invited if p not in self.joined}
            if any(q.answer is None for q in self.questions.values()):
                waiting[self.acting_id] = "answer"
            if self.majority_at is not None:
                waiting[self.acting_id] = "end"
            return waiting
        if self.state == ENDED:
            return {p: "closing_review" for p in self.everybody() if p not in self.reviews}
        return {}

    def everybody(self) -> tuple[UUID, ...]:
        """Everybody whom it was ever for, and who declared it."""
        return tuple(dict.fromkeys((self.acting_id, *self.content.people, *self.joined)))

    def sights(self) -> dict[UUID, str]:
        """Who sees it and as what: `declarer`, `drafter`, `named`, `invited` or `left`.

        A draft is for who wrote it and who may declare it.
        """
        if self.state in (DRAFT, DROPPED):
            seen = {self.drafted_by: "drafter"} if self.drafted_by is not None else {}
            return seen | {self.acting_id: "declarer"}
        seen = dict.fromkeys(self.invited, "invited")
        seen |= dict.fromkeys((*self.content.people, *self.joined), "named")
        seen |= dict.fromkeys(self.left, "left")
        return seen | {self.declarer_id: "declarer", self.acting_id: "declarer"}

    def in_effect(self) -> list[Aside]:
        """What is set aside right now, for whom.

        What people owe the declarer is, by declaring. What is owed to anybody else is only if that person
        acknowledged and did not object to it; once it was extended, to that as well.
        """
        return list(self._in_effect()) if self.state == ACTIVE else []

    def _in_effect(self) -> Iterator[Aside]:
        for thing in self.content.set_aside:
            if thing.kind == FREE:
                continue
            if thing.kind == TERM:
                debtors = tuple(d for d in thing.owed_by if self._is_in(d) and self._all_let(thing, d))
            else:
                together = all(self._is_in(d) for d in thing.owed_by) and self._all_let(thing, None)
                debtors = thing.owed_by if together else ()
            if debtors:
                yield Aside(thing, debtors)

    def _is_in(self, person: UUID) -> bool:
        return person == self.declarer_id or person in self.people

    def _all_let(self, thing: Thing, debtor: UUID | None) -> bool:
        return all(self._lets(c, thing) for c in thing.owed_to if c != debtor)

    def _lets(self, creditor: UUID, thing: Thing) -> bool:
        if creditor == self.declarer_id:
            return True
        rounds = [self.answers]
        if self.extension is not None and self.extension.began_at is not None:
            rounds.append(self.extension.answers)
        return creditor in self.people and all(creditor in said and said[creditor].lets(thing) for said in rounds)

    def is_over_for(self, person: UUID) -> bool:
        """Whether it is over for somebody: they left, or it ended or was withdrawn."""
        return person in self.left or self.state in (WITHDRAWN, ENDED, CLOSED)

    def days_of(self, person: UUID, zone: ZoneInfo) -> tuple[date, date] | None:
        """The days that count for somebody: those planned until it is over for them, then those it lasted."""
        if self.state in (DRAFT, DROPPED, WITHDRAWN):
            return None
        over_at = self.left.get(person, self.ended_at)
        joined_at = self.joined.get(person)
        if over_at is None:
            first_on = self.content.starts_on if joined_at is None else joined_at.astimezone(zone).date()
            return first_on, self.content.ends_on
        since = joined_at or self.started_at
        if since is None:
            return None
        # What ends at midnight lasted until the day before.
        last_on = (over_at - timedelta(microseconds=1)).astimezone(zone).date()
        first_on = since.astimezone(zone).date()
        return first_on, max(first_on, last_on)

    def active_days(self, zone: ZoneInfo) -> dict[UUID, tuple[date, date | None]]:
        """From when until when each was in it while it was active; None while they still are."""
        if self.started_at is None:
            return {}
        found: dict[UUID, tuple[date, date | None]] = {}
        for person in (*self.content.people, *self.joined):
            over = person in self.left or self.ended_at is not None
            days = self.days_of(person, zone)
            assert days is not None
            since = self.joined.get(person, self.started_at).astimezone(zone).date()
            found[person] = (since, days[1] if over else None)
        return found

    # Guards that many acts share ------------------------------------------------------------------

    def _must_be_declarer(self, act: Act) -> None:
        if act.by != self.acting_id:
            raise NotYourAct("Only who declares it does this.")

    def _must_be_in_it(self, act: Act) -> None:
        if act.by in self.left:
            raise NotYourAct("You are not in this period any more.")
        if act.by not in self.asked_people:
            raise NotYourAct("Only those whom it names do this.")

    def _must_be_in(self, *states: str) -> None:
        if self.state not in states:
            self._wrong_state(*states)

    def _wrong_state(self, *states: str) -> NoReturn:
        fitting = " or ".join(STATE_WORDS[s] for s in states)
        raise WrongState(f"This period is {STATE_WORDS[self.state]}; that can be done while it is {fitting}.")


def content_of(fact: Any) -> Content:
    """The text that a fact carries."""
    return Content(**{name: getattr(fact, name) for name in CONTENT_FIELDS})
