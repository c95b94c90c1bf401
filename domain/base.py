"""What every aggregate of Concord is made of; the only module that imports eventsourcing's domain.

An aggregate decides (a command method checks the rules and triggers facts) and applies (one
applier a fact, which never refuses, because it runs again at every replay). A fact says, beside
its own content, who acted, when it was recorded, when it took effect, for which organisation and
under which command.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, ClassVar, Self, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from eventsourcing.domain import BaseAggregate, CanInitAggregate, CanMutateAggregate, DomainEvent
from eventsourcing.utils import register_topic

FACTS: dict[str, type[Fact]] = {}
"""Every concrete fact class by its TOPIC: the allow-list from which the log's registry is built."""


@dataclass(frozen=True)
class Act:
    """Who acts, when, for which organisation and under which command; made once per command.

    `by` is None where the clock or the organisation acts. `at` is when it is recorded (UTC);
    `effective_at` says when it happened, where that differs. `zone` is the organisation's. `teams`
    are those that the acting person belongs to now, and may act for.
    """

    by: UUID | None
    at: datetime
    organisation_id: UUID
    command_id: str
    zone: ZoneInfo
    effective_at: datetime | None = None
    teams: frozenset[UUID] = frozenset()

    @property
    def today(self) -> date:
        """The day it is in the organisation's zone at the effective instant."""
        return self.happened_at.astimezone(self.zone).date()

    @property
    def happened_at(self) -> datetime:
        """When the act takes effect: `effective_at`, else the moment it is recorded."""
        return self.effective_at or self.at

    @property
    def person(self) -> UUID:
        """The acting person; asking for it where the clock acts is a defect of the caller."""
        if self.by is None:
            raise TypeError("this act is done by a person, and none is named")
        return self.by


class Fact(CanMutateAggregate[UUID], DomainEvent):
    """Something that happened to one aggregate; immutable, and stored under its TOPIC for ever.

    Subclasses write out TOPIC, bump VERSION when their fields change (and add
    `upcast_v1_v2(state)`), and name in SEALED the fields that hold personal text, each with whose
    key seals it: "actor" (the acting person's; the stream's where nobody acts) or "stream"
    (joint: the aggregate's own). ERASED gives what a sealed field reads once its key is gone,
    where the plain answer by type ("[erased]" for text, else None or empty) would not do.
    """

    TOPIC: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1
    SEALED: ClassVar[dict[str, str]] = {}
    ERASED: ClassVar[dict[str, Any]] = {}
    applier: ClassVar[str] = ""

    effective_at: datetime
    actor_id: UUID | None
    organisation_id: UUID
    command_id: str

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # The metaclass would make anew for each class what is the same for all of them; there are more than a
        # hundred, and every start would wait for that. It leaves alone what is a dataclass already.
        dataclass(frozen=True, eq=False, repr=False)(cls)
        # Only those that name a TOPIC of their own are facts.
        if "TOPIC" in cls.__dict__ and cls.TOPIC:
            cls.applier = "_" + re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
            if cls.TOPIC in FACTS:
                raise TypeError(f"two facts claim the topic {cls.TOPIC}")
            FACTS[cls.TOPIC] = cls
            register_topic(cls.TOPIC, cls)

    def __eq__(self, other: object) -> bool:
        return other.__class__ is self.__class__ and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__.values()))

    def __repr__(self) -> str:
        told = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields(self))
        return f"{type(self).__qualname__}({told})"

    def apply(self, aggregate: Any) -> None:
        """Lets the aggregate fold this fact in: `ConsentGiven` goes to `_consent_given`."""
        getattr(aggregate, self.applier)(self)


class FirstFact(Fact, CanInitAggregate[UUID]):
    """The fact that an aggregate begins with."""

    originator_topic: str


class FactInAnyOrder(FirstFact):
    """A fact that its aggregate may begin with or meet later: of a past elsewhere one hears in any order."""

    def mutate(self, aggregate: Any) -> Any:
        """Begins the aggregate where there is none yet, else comes next in it."""
        if aggregate is None:
            return CanInitAggregate.mutate(self, None)
        return CanMutateAggregate.mutate(self, aggregate)


class Aggregate(BaseAggregate[UUID]):
    """Base of Concord's aggregates: identity and version are the library's, the rules are ours.

    A subclass writes its TOPIC without an annotation: the library turns an aggregate class with
    annotations into a dataclass, whose `__init__` would then replace the one that prepares the state.
    """

    def __init__(self) -> None:
        """Prepares the empty state; the first fact's applier fills it."""

    @classmethod
    def begin(cls, first: type[FirstFact], act: Act, id: UUID, **content: Any) -> Self:
        """Creates the aggregate with its first fact."""
        return cls._create(first, id=id, **_envelope(act), **content)

    def record(self, fact: type[Fact], act: Act, **content: Any) -> None:
        """Triggers a fact: applied at once, stored when the command is recorded."""
        self.trigger_event(fact, **_envelope(act), **content)


AnyAggregate = TypeVar("AnyAggregate", bound=Aggregate)


def fold(facts: Iterable[Fact], into: AnyAggregate | None = None) -> AnyAggregate | None:
    """Rebuilds an aggregate from its facts, in recorded order; None when there are none.

    The library's own replay spends most of its time in one protocol check per event; this is the
    projector function that goes without it. Identity and version are still checked by `mutate`.
    """
    aggregate: Any = into
    for fact in facts:
        aggregate = fact.mutate(aggregate)
    return cast("AnyAggregate | None", aggregate)


def fold_as_of(facts: Iterable[Fact], instant: datetime, known_at: datetime | None = None) -> Any:
    """Folds the facts whose effective time is not later than `instant`, in recorded order.

    With `known_at`, facts recorded later than that are left out too. Version numbers then have
    gaps, so each fact's own number is taken as it stands. None when nothing had happened yet.
    """
    aggregate: Any = None
    for fact in facts:
        if fact.effective_at > instant or (known_at is not None and fact.timestamp > known_at):
            continue
        if aggregate is None:
            if not isinstance(fact, FirstFact):
                continue
            aggregate = fact.mutate(None)
        else:
            fact.apply(aggregate)
            aggregate.version = fact.originator_version
            aggregate.modified_on = fact.timestamp
    return aggregate


def _envelope(act: Act) -> dict[str, Any]:
    return {
        "timestamp": act.at,
        "effective_at": act.happened_at,
        "actor_id": act.by,
        "organisation_id": act.organisation_id,
        "command_id": act.command_id,
    }
