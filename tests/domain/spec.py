"""The grammar of an aggregate's tests: given facts, when a command, then these facts or this refusal.

    given(UpdateLog, log_id, fact(UpdateLogOpened, act(ANNA), ...))   # recorded history, not commands
    .when(lambda log: log.acknowledge(act(BORIS), ...))
    .then((UpdateAcknowledged, {"update_id": first}))                # or .then_refused(NotYourAct, "only")

A fact is compared by its class and by the fields that the test names; what was not expected but
recorded fails the test, and so does anything recorded beside a refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Self, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from domain.base import Act, Aggregate, Fact, FirstFact
from domain.refusals import Refusal

A = TypeVar("A", bound=Aggregate)

ORGANISATION = UUID("01900000-0000-7000-8000-00000000000f")
OSLO = ZoneInfo("Europe/Oslo")
T0 = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
"""A Monday, nine o'clock in Oslo: where every test's time begins."""


def person(number: int) -> UUID:
    """The id of the person with this number: the same in every test."""
    return UUID(int=0x01900000_0000_7000_8000_000000000000 + number)


ANNA, BORIS, CARLA, STRANGER = person(1), person(2), person(3), person(9)


def act(by: UUID | None = None, at: datetime = T0, **later: float) -> Act:
    """An act of this person at this time; `days=3` or `hours=2` say how much later than `at`."""
    return Act(by=by, at=at + timedelta(**later), organisation_id=ORGANISATION, command_id="0" * 64, zone=OSLO)


@dataclass(frozen=True)
class Recalled:
    """One fact of a history: its class, content and who did it when."""

    fact: type[Fact]
    act: Act
    content: dict[str, Any]


def fact(kind: type[Fact], by: Act, /, **content: Any) -> Recalled:
    """A recorded fact for a history."""
    return Recalled(kind, by, content)


def history(aggregate: type[A], id: UUID, recalled: Iterable[Recalled]) -> A:
    """The aggregate that these facts make, as if loaded from the log: nothing is pending."""
    made: A | None = None
    for step in recalled:
        if made is None:
            if not issubclass(step.fact, FirstFact):
                raise TypeError("a history begins with a first fact")
            made = aggregate.begin(step.fact, step.act, id, **step.content)
        else:
            made.record(step.fact, step.act, **step.content)
    if made is None:
        raise TypeError("a history has at least one fact")
    made.collect_events()
    return made


class Given(Generic[A]):
    """A history, ready for a command."""

    def __init__(self, aggregate: A) -> None:
        self.aggregate = aggregate
        self._refusal: Refusal | None = None
        self._recorded: list[Fact] = []

    def when(self, command: Callable[[A], Any]) -> Self:
        """Gives the command; what it records or why it refuses is kept for `then`."""
        version = self.aggregate.version
        try:
            command(self.aggregate)
        except Refusal as refusal:
            self._refusal = refusal
        self._recorded = [f for f in self.aggregate.collect_events() if isinstance(f, Fact)]
        if self._refusal is not None:
            assert self._recorded == [], "a refused command recorded something"
            assert self.aggregate.version == version, "a refused command changed the version"
        return self

    def then(self, *expected: type[Fact] | tuple[type[Fact], dict[str, Any]]) -> Self:
        """Exactly these facts were recorded, in this order, each with at least these fields."""
        if self._refusal is not None:
            pytest.fail(f"refused with {type(self._refusal).__name__}: {self._refusal.sentence}")
        wanted = [e if isinstance(e, tuple) else (e, {}) for e in expected]
        assert [f.TOPIC for f in self._recorded] == [kind.TOPIC for kind, _ in wanted]
        for recorded, (_, content) in zip(self._recorded, wanted, strict=True):
            assert {name: getattr(recorded, name) for name in content} == content
        return self

    def then_nothing(self) -> Self:
        """The command was accepted and recorded nothing."""
        return self.then()

    def then_refused(self, kind: type[Refusal], saying: str = "", *, field: str | None = None) -> Self:
        """The command was refused with exactly this class, its sentence holding these words; nothing was recorded."""
        assert self._refusal is not None, f"not refused, but recorded {[f.TOPIC for f in self._recorded]}"
        assert type(self._refusal) is kind, f"{type(self._refusal).__name__}: {self._refusal.sentence}"
        assert saying.casefold() in self._refusal.sentence.casefold()
        if field is not None:
            assert field in getattr(self._refusal, "errors", {})
        return self

    @property
    def recorded(self) -> list[Fact]:
        """What the last command recorded."""
        return list(self._recorded)


def given(aggregate: type[A], id: UUID, *recalled: Recalled) -> Given[A]:
    """A history of this aggregate, from recorded facts and not from commands."""
    return Given(history(aggregate, id, recalled))


def given_nothing(made: Callable[[], A]) -> Given[A]:
    """For the command that begins an aggregate: what it records is there to compare."""
    begun = Given.__new__(Given)
    begun._refusal, begun._recorded = None, []
    try:
        begun.aggregate = made()
    except Refusal as refusal:
        begun._refusal = refusal
    else:
        begun._recorded = [f for f in begun.aggregate.collect_events() if isinstance(f, Fact)]
    return begun


def as_of(moment: Act, effective_at: datetime) -> Act:
    """The same act, having taken effect at another time than it is recorded."""
    return replace(moment, effective_at=effective_at)
