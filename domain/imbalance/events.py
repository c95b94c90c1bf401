"""What can happen to an imbalance period: every fact, with whose key seals its words.

The declaration carries the whole text as the declarer's own words, whoever drafted it. Who is named,
when, and which things are set aside hold no words: what runs again by itself must not depend on a key.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from domain.base import Fact, FirstFact
from domain.imbalance.content import Recovery, Thing

_TEXT = dict.fromkeys(
    ("stakes", "milestone", "asked_for", "texts", "gives_up", "support", "safe_to_fail", "recovery"), "actor"
)


class ImbalanceDrafted(FirstFact):
    """Somebody wrote down a period that `declarer_id` may declare."""

    TOPIC = "concord.imbalance.drafted"
    SEALED: ClassVar[dict[str, str]] = _TEXT

    declarer_id: UUID
    focus: str
    stakes: str
    people: tuple[UUID, ...]
    starts_on: date
    ends_on: date
    set_aside: tuple[Thing, ...]
    milestone: str | None
    asked_for: dict[str, str]
    texts: dict[str, str]
    gives_up: str | None
    support: str | None
    safe_to_fail: str | None
    recovery: tuple[Recovery, ...]


class DraftEdited(Fact):
    """The draft reads like this now."""

    TOPIC = "concord.imbalance.edited"
    SEALED: ClassVar[dict[str, str]] = _TEXT

    focus: str
    stakes: str
    people: tuple[UUID, ...]
    starts_on: date
    ends_on: date
    set_aside: tuple[Thing, ...]
    milestone: str | None
    asked_for: dict[str, str]
    texts: dict[str, str]
    gives_up: str | None
    support: str | None
    safe_to_fail: str | None
    recovery: tuple[Recovery, ...]


class DraftDropped(Fact):
    """The draft was given up."""

    TOPIC = "concord.imbalance.dropped"


class SelfCheckAnswered(Fact):
    """The declarer answered the three questions, for themself or (`shared`) for all named to see."""

    TOPIC = "concord.imbalance.self_check_answered"
    SEALED: ClassVar[dict[str, str]] = {"answers": "actor"}

    answers: dict[str, str]
    shared: bool


class PeriodDeclared(Fact):
    """The declarer declared it, in these words. `lifted` are the limits that a written reason was needed for."""

    TOPIC = "concord.imbalance.declared"
    SEALED: ClassVar[dict[str, str]] = _TEXT | {"override_reason": "actor"}

    focus: str
    stakes: str
    people: tuple[UUID, ...]
    starts_on: date
    ends_on: date
    set_aside: tuple[Thing, ...]
    milestone: str | None
    asked_for: dict[str, str]
    texts: dict[str, str]
    gives_up: str | None
    support: str | None
    safe_to_fail: str | None
    recovery: tuple[Recovery, ...]
    override_reason: str | None
    lifted: tuple[str, ...]


class PeriodAcknowledged(Fact):
    """Somebody has read it, which is not agreeing, and objects to these things; `of_extension`: to going on."""

    TOPIC = "concord.imbalance.acknowledged"

    objects_to: tuple[UUID, ...]
    of_extension: bool


class PeriodObjected(Fact):
    """Somebody objects to the period, or (`of_extension`) to its going on."""

    TOPIC = "concord.imbalance.objected"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    reason: str
    of_extension: bool


class QuestionAsked(Fact):
    """Somebody named asked the declarer something."""

    TOPIC = "concord.imbalance.question_asked"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    ask_id: UUID
    text: str


class QuestionAnswered(Fact):
    """The declarer answered."""

    TOPIC = "concord.imbalance.question_answered"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    ask_id: UUID
    text: str


class PeriodWithdrawn(Fact):
    """The declarer took it back before it started."""

    TOPIC = "concord.imbalance.withdrawn"


class PeopleWarned(Fact):
    """These people had not answered when the start was a day away."""

    TOPIC = "concord.imbalance.people_warned"

    people: tuple[UUID, ...]


class PeriodStarted(Fact):
    """It is active: what is set aside is suspended."""

    TOPIC = "concord.imbalance.started"


class PersonInvited(Fact):
    """The declarer asked somebody to come in; `lifted` and the reason as at a declaration."""

    TOPIC = "concord.imbalance.person_invited"
    SEALED: ClassVar[dict[str, str]] = {"override_reason": "actor"}

    person_id: UUID
    override_reason: str | None


class PersonJoined(Fact):
    """Somebody who was asked came in."""

    TOPIC = "concord.imbalance.person_joined"

    person_id: UUID
    lifted: tuple[str, ...]


class PersonLeft(Fact):
    """Somebody named went out by themself."""

    TOPIC = "concord.imbalance.person_left"

    person_id: UUID


class PeriodExtended(Fact):
    """It goes on until another day, for these stakes; everybody is asked afresh."""

    TOPIC = "concord.imbalance.extended"
    SEALED: ClassVar[dict[str, str]] = {"stakes": "actor", "override_reason": "actor"}

    ends_on: date
    stakes: str
    override_reason: str | None
    lifted: tuple[str, ...]


class ExtensionBegan(Fact):
    """The first end has passed; who objected to going on (`left`) is out."""

    TOPIC = "concord.imbalance.extension_began"

    left: tuple[UUID, ...]


class EndAsked(Fact):
    """Somebody named asked for an early end."""

    TOPIC = "concord.imbalance.end_asked"


class EndRefused(Fact):
    """The declarer refused that in writing; who still wants it asks again."""

    TOPIC = "concord.imbalance.end_refused"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    reason: str


class PeriodEnded(Fact):
    """It is over; `cause` is `date`, `declarer`, `milestone`, `majority` or `nobody_left`."""

    TOPIC = "concord.imbalance.ended"

    cause: str


class ClosingReviewGiven(Fact):
    """What somebody says afterwards: was it kept to, was it made good, what did it cost."""

    TOPIC = "concord.imbalance.closing_review_given"
    SEALED: ClassVar[dict[str, str]] = {"cost": "actor"}

    kept: bool
    restored: bool
    cost: str


class PeriodClosed(Fact):
    """Nothing more is said of it; `cause` is `declarer` or `date`."""

    TOPIC = "concord.imbalance.closed"

    cause: str


class PeriodHandedOver(Fact):
    """The declarer is gone: their leader acts."""

    TOPIC = "concord.imbalance.handed_over"

    person_id: UUID
