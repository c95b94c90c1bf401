"""What can happen in the update log of an agreement: every fact, with whose key seals its words.

A record keeps the agreement's `use` (coaching or reviewable) that held when it was made. What can be
worked out (on time, late, in what time answered) is in no fact.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from domain.base import Fact, FirstFact


class UpdateLogOpened(FirstFact):
    """Something is about to be recorded under this agreement for the first time."""

    TOPIC = "concord.updates.opened"

    agreement_id: UUID


class UpdateGiven(Fact):
    """A debtor gave an update: for the occurrence of that local day, or ad hoc."""

    TOPIC = "concord.updates.given"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    update_id: UUID
    term_id: UUID
    occurrence_on: date | None
    text: str
    confidence: int | None
    use: str


class UpdateMissed(Fact):
    """The grace of an occurrence was over and nothing had been given; recorded by the clock."""

    TOPIC = "concord.updates.missed"

    term_id: UUID
    debtor_id: UUID
    occurrence_on: date
    due_at: datetime


class UpdateAskedFor(Fact):
    """Somebody asked those who owe them for an update outside the cadence."""

    TOPIC = "concord.updates.asked_for"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    ask_id: UUID
    term_id: UUID
    asked_of: tuple[UUID, ...]
    text: str | None
    use: str


class UpdateAcknowledged(Fact):
    """Somebody said that they have read an update; reading is not answering."""

    TOPIC = "concord.updates.acknowledged"

    update_id: UUID


class UpdateAnswered(Fact):
    """Somebody answered an update."""

    TOPIC = "concord.updates.answered"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    answer_id: UUID
    update_id: UUID
    text: str
    use: str


class EscalationRaised(Fact):
    """A debtor told of something that a trigger names; told when the fact took effect."""

    TOPIC = "concord.updates.escalation_raised"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    escalation_id: UUID
    term_id: UUID
    incident_at: datetime
    noticed_at: datetime | None
    text: str
    use: str


class EscalationAnswered(Fact):
    """Somebody answered an escalation."""

    TOPIC = "concord.updates.escalation_answered"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    answer_id: UUID
    escalation_id: UUID
    text: str
    use: str


class NoteMade(Fact):
    """A party noted how a support, hands_off, expectation or norm went on a day."""

    TOPIC = "concord.updates.note_made"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    note_id: UUID
    term_id: UUID
    noted_on: date
    kept: bool
    text: str | None
    use: str


class NoteAnswered(Fact):
    """The other side answered a note."""

    TOPIC = "concord.updates.note_answered"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    answer_id: UUID
    note_id: UUID
    text: str
    use: str


class EntryCorrected(Fact):
    """An author put their own words right; the old ones stay in the history, times stay as they were."""

    TOPIC = "concord.updates.entry_corrected"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    entry_id: UUID
    text: str


class EntryWithdrawn(Fact):
    """An author took their own words back; they stay in the history, times stay as they were."""

    TOPIC = "concord.updates.entry_withdrawn"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    entry_id: UUID
    reason: str | None


class TermSetAside(Fact):
    """An imbalance period sets a term aside for these of its debtors, until the end of that day unless it ends sooner.

    Said again with another day, that is its last day now.
    """

    TOPIC = "concord.updates.term_set_aside"

    term_id: UUID
    period_id: UUID
    debtors: tuple[UUID, ...]
    until: date


class TermTakenUpAgain(Fact):
    """The period is over for these debtors: the term holds for them as before."""

    TOPIC = "concord.updates.term_taken_up_again"

    term_id: UUID
    period_id: UUID
    debtors: tuple[UUID, ...]
