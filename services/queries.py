"""What can be asked of the read models: lists for a viewer, what is due, and how far projecting has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

T = TypeVar("T")

_UTC = ZoneInfo("UTC")

ERASED = "[erased]"
"""What a text reads once the key that sealed it is gone."""


@dataclass(frozen=True)
class Viewer:
    """Who is looking, for which organisation, on which day in its zone.

    A steward also sees that the organisation's other agreements exist, with their content withheld.
    """

    person_id: UUID
    organisation_id: UUID
    on: date
    steward: bool = False
    teams: frozenset[UUID] = frozenset()
    """The teams that they belong to, through which they see too."""
    zone: ZoneInfo = _UTC
    """The organisation's."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list in keyset order; `next_cursor` is None on the last."""

    items: tuple[T, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class AgreementParty:
    """A party as a list shows them."""

    person_id: UUID
    role: str


@dataclass(frozen=True)
class Waiting:
    """Somebody must move: `what` is consent (to the open text), motion, prompt or review."""

    person_id: UUID
    what: str


@dataclass(frozen=True)
class AgreementItem:
    """An agreement as a list shows it to one viewer.

    `sight` is what makes it visible to them: party, contributor, former_party (as it was when they
    left), grant or reader; None for a steward, and then title, use, version and waiting_on are withheld.
    `version` is the number of the text that holds on the viewer's day, None before the first does.
    """

    id: UUID
    sight: str | None
    state: str
    parties: tuple[AgreementParty, ...]
    next_review_on: date | None
    title: str | None
    use: str | None
    version: int | None
    waiting_on: tuple[Waiting, ...]
    external_id: str | None
    imported: bool

    @property
    def withheld(self) -> bool:
        """Whether the content is not for this viewer's eyes."""
        return self.sight is None


@dataclass(frozen=True)
class AgreementFilter:
    """Which agreements are asked for; what is None does not narrow."""

    state: str | None = None
    party: UUID | None = None
    waiting_on_me: bool = False
    external_id: str | None = None


class AgreementList(Protocol):
    """The list of agreements, for a viewer."""

    async def list_agreements(
        self, viewer: Viewer, filters: AgreementFilter | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[AgreementItem]:
        """The agreements that this viewer may see, newest first; raises Invalid for a cursor that is none."""
        ...


@dataclass(frozen=True)
class SideShown:
    """Somebody on a side of a commitment: a `person`, a `team`, or `named` in a record only, then by `name`."""

    kind: str
    id: UUID
    name: str | None = None


@dataclass(frozen=True)
class CommitmentItem:
    """A commitment as a list shows it to one viewer; `outcome_class` is as of the moment of the question.

    Where the list is what a follow-through counts, the class is the one that counts there.
    """

    id: UUID
    sight: str
    state: str
    outcome: str
    level: str
    use: str
    revision: int
    owed_by: tuple[SideShown, ...]
    owed_to: tuple[SideShown, ...]
    due_on: date | None
    due_at: datetime | None
    agreement_id: UUID | None
    waiting_on: tuple[Waiting, ...]
    outcome_class: str
    promised: bool
    first_due: date | None
    external_id: str | None


NONE = "none"
"""What a filter says for those that have no such thing: no counterpart, no agreement, no due date."""


@dataclass(frozen=True)
class Counted:
    """Which commitments a follow-through counts: those of a person or team, on one side, narrowed.

    `counterpart`, `agreement`, `month` (YYYY-MM) and `year` may be "none"; `imbalance` is inside or outside.
    Months, years and the days `from_on` and `to_on` are those of the first due date.
    """

    of: UUID
    direction: str
    proposed: bool = False
    from_on: date | None = None
    to_on: date | None = None
    level: str | None = None
    use: str | None = None
    counterpart: str | None = None
    agreement: str | None = None
    month: str | None = None
    year: str | None = None
    imbalance: str | None = None
    outcome_class: str | None = None


@dataclass(frozen=True)
class CommitmentFilter:
    """Which commitments are asked for; what is None does not narrow. `due_before` leaves out what has no due date.

    `agreement_id` may be "none". `serves` asks for what contributes to one that the viewer may see. `by_due` asks for
    what is due soonest first, and for what has no due date last; with `owed_by` or `owed_to` only, and without what the
    viewer handed on.
    """

    owed_by: UUID | None = None
    owed_to: UUID | None = None
    state: str | None = None
    due_before: datetime | None = None
    agreement_id: str | None = None
    waiting_on_me: bool = False
    external_id: str | None = None
    counted: Counted | None = None
    serves: UUID | None = None
    by_due: bool = False


class CommitmentList(Protocol):
    """The list of commitments, for a viewer."""

    async def list_commitments(
        self,
        viewer: Viewer,
        now: datetime,
        filters: CommitmentFilter | None = None,
        *,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[CommitmentItem]:
        """The commitments that this viewer may see, newest first unless asked for by due date.

        Raises Invalid for a cursor that is none.
        """
        ...


@dataclass(frozen=True)
class CreditorsSide:
    """How the creditors of some commitments acted: what each answer and confirmation took, in seconds, and how often.

    `unanswered` were kept because nobody said anything; `attested` are (side, kept, partly or not) of each
    period of an impact.
    """

    answered_in: tuple[int, ...] = ()
    confirmed_in: tuple[int, ...] = ()
    unanswered: int = 0
    changes_asked: int = 0
    cancelled: int = 0
    attested: tuple[tuple[str, str], ...] = ()

    @classmethod
    def together(cls, sides: Sequence[CreditorsSide]) -> CreditorsSide:
        """All of them."""
        return cls(
            tuple(seconds for side in sides for seconds in side.answered_in),
            tuple(seconds for side in sides for seconds in side.confirmed_in),
            sum(side.unanswered for side in sides),
            sum(side.changes_asked for side in sides),
            sum(side.cancelled for side in sides),
            tuple(period for side in sides for period in side.attested),
        )


@dataclass(frozen=True)
class Cell:
    """How many commitments of one class there are under a key: a value for each thing that it is grouped by."""

    key: tuple[str | None, ...]
    outcome_class: str
    number: int
    creditors: CreditorsSide = CreditorsSide()


class CommitmentCount(Protocol):
    """What follow-through counts, for a viewer: only what they may see."""

    async def count(self, viewer: Viewer, now: datetime, counted: Counted, group_by: Sequence[str]) -> Sequence[Cell]:
        """How many of each class under each key of level, use, counterpart, agreement, month, year, imbalance."""
        ...


@dataclass(frozen=True)
class ImbalanceItem:
    """An imbalance period as a list shows it; `people` are those who are in it.

    `sight` is what makes it the viewer's own; None for a steward, the declarer's leader, and who acts for one.
    """

    id: UUID
    sight: str | None
    state: str
    focus: str
    declarer_id: UUID
    starts_on: date
    ends_on: date
    people: tuple[UUID, ...]
    waiting_on: tuple[Waiting, ...]


@dataclass(frozen=True)
class ImbalanceFilter:
    """What a list of periods is narrowed to; `person` is somebody who is in it."""

    state: str | None = None
    person: UUID | None = None
    waiting_on_me: bool = False


class ImbalanceList(Protocol):
    """The list of imbalance periods."""

    async def list_periods(
        self, viewer: Viewer, filters: ImbalanceFilter | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[ImbalanceItem]:
        """The periods that this viewer may see, newest first; raises Invalid for a cursor that is none."""
        ...


@dataclass(frozen=True)
class Deadline:
    """Something that the clock has to do to one thing once `due_at` has passed.

    `part` says to what of it: its kind (services/timed.py), or an agreement's `updates`. `kind` is the
    fact that will be recorded (`ended`, `motion_lapsed`, ..., or `update_missed`); `detail` tells several
    of one kind apart, by ids and dates.
    """

    due_at: datetime
    kind: str
    thing_id: UUID
    detail: str
    organisation_id: UUID
    part: str


class Deadlines(Protocol):
    """What falls due, and when."""

    async def list_due(self, now: datetime, *, after: Deadline | None = None, limit: int = 100) -> Sequence[Deadline]:
        """The deadlines that have passed by `now`, the longest overdue first, from the one after `after` on."""
        ...

    async def find_next_due_at(self) -> datetime | None:
        """When the next deadline falls due, if there is any."""
        ...


@dataclass(frozen=True)
class Lag:
    """How far one projection is behind the log.

    `events` counts recorded events that it has not taken in yet; `seconds` is how long ago the
    oldest of these was recorded (0.0 when it has taken in everything).
    """

    projection: str
    position: int
    head: int
    events: int
    seconds: float


@dataclass(frozen=True)
class Parked:
    """An event that a projection left aside, because it failed five times or follows one that did."""

    projection: str
    position: int
    stream_id: UUID
    stream_version: int
    topic: str
    failure: str
    parked_at: datetime


class ProjectionProgress(Protocol):
    """How far the read models have followed the log."""

    async def caught_up(self, position: int, timeout: float, projections: Iterable[str] | None = None) -> bool:
        """Waits until the named projections (all, unless said) have taken in `position`; False when time is up."""
        ...

    async def lag(self) -> Sequence[Lag]:
        """How far each projection is behind."""
        ...

    async def parked(self) -> Sequence[Parked]:
        """Every event that is left aside, in order of position."""
        ...
