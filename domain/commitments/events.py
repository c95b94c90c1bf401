"""What can happen to a commitment: every fact, with whose key seals its words.

What somebody proposes is sealed with their own key. What both sides have said yes to is joint: the
fact that makes it binding carries the whole text, sealed with the commitment's key.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from domain.base import Fact, FirstFact
from domain.cadence import Cadence
from domain.commitments.content import Due, Who

_TEXT = {"outcome": "actor", "conditions": "actor"}
_JOINT = {"outcome": "stream", "conditions": "stream"}


class CommitmentBegun(FirstFact):
    """What a request and an offer have in common: the whole text, in its author's words."""

    SEALED: ClassVar[dict[str, str]] = _TEXT

    owed_by: tuple[Who, ...]
    owed_to: tuple[Who, ...]
    outcome: str
    conditions: tuple[str, ...]
    level: str
    due: Due | None
    cadence: Cadence | None
    serves: UUID | None
    agreement_id: UUID | None
    use: str
    follows: UUID | None


class CommitmentRequested(CommitmentBegun):
    """A creditor asked for something."""

    TOPIC = "concord.commitment.requested"


class CommitmentOffered(CommitmentBegun):
    """A debtor offered something; `promised_for` are those of the debtors for whom they spoke."""

    TOPIC = "concord.commitment.offered"

    promised_for: tuple[Who, ...]


class CommitmentCountered(Fact):
    """The side asked answered with another text; the turn changes and every yes so far is void.

    `promised_for` are those of the debtors for whom it was said, where a debtor said it.
    """

    TOPIC = "concord.commitment.countered"
    SEALED: ClassVar[dict[str, str]] = _TEXT | {"heard": "actor"}

    outcome: str
    conditions: tuple[str, ...]
    level: str
    due: Due | None
    cadence: Cadence | None
    heard: str | None
    promised_for: tuple[Who, ...]


class PromiseGiven(Fact):
    """A debtor promised this revision, for themself or a team of theirs that is named."""

    TOPIC = "concord.commitment.promise_given"

    revision: int
    promised_for: tuple[Who, ...]


class AcceptanceGiven(Fact):
    """The creditors accepted this revision."""

    TOPIC = "concord.commitment.acceptance_given"

    revision: int


class CommitmentMade(Fact):
    """Every named debtor has promised and the creditors want it: it is binding, with this text."""

    TOPIC = "concord.commitment.made"
    SEALED: ClassVar[dict[str, str]] = _JOINT

    revision: int
    outcome: str
    conditions: tuple[str, ...]
    due: Due | None


class CommitmentDeclined(Fact):
    """The side asked said no; never counted."""

    TOPIC = "concord.commitment.declined"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    reason: str | None


class CommitmentWithdrawn(Fact):
    """Whoever asked or offered last took it back; never counted."""

    TOPIC = "concord.commitment.withdrawn"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    reason: str | None


class CommitmentExpired(Fact):
    """Nobody answered in time; `cause` is `due` or `unanswered`."""

    TOPIC = "concord.commitment.expired"

    cause: str


class ProgressNoted(Fact):
    """A debtor said how it goes."""

    TOPIC = "concord.commitment.progress_noted"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    note_id: UUID
    text: str


class RiskFlagged(Fact):
    """A debtor warned early."""

    TOPIC = "concord.commitment.risk_flagged"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    note_id: UUID
    text: str


class NoteCorrected(Fact):
    """The author put a note right; the old text stays in the history."""

    TOPIC = "concord.commitment.note_corrected"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    note_id: UUID
    text: str


class NoteWithdrawn(Fact):
    """The author took a note back; that something was said then stays."""

    TOPIC = "concord.commitment.note_withdrawn"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    note_id: UUID
    reason: str | None


class ChangeProposed(Fact):
    """Somebody proposed a change of what was promised; `counters` is the proposal that it answers.

    `kind` is `terms`, `refocus`, `suspend`, `delegate`, `assign` or `conclude`; what stays as it is is None.
    `side` is their side, `timing` whether the due date was still ahead (`before_due`, `after_due`, `no_due`),
    `leaving` whom the newcomer `person_id` stands in for.
    """

    TOPIC = "concord.commitment.change_proposed"
    SEALED: ClassVar[dict[str, str]] = _TEXT | {"return_condition": "actor", "reason": "actor"}

    change_id: UUID
    kind: str
    side: str
    timing: str
    outcome: str | None
    conditions: tuple[str, ...] | None
    level: str | None
    due: Due | None
    cadence: Cadence | None
    return_condition: str | None
    until: date | None
    person_id: UUID | None
    leaving: Who | None
    reason: str
    counters: UUID | None


class ChangeAgreed(Fact):
    """One of those whose yes a change needs gave it: `debtors`, `creditors` or the `newcomer`; another's is missing."""

    TOPIC = "concord.commitment.change_agreed"

    change_id: UUID
    yes_of: str


class ChangeMade(Fact):
    """All whose yes it needs agreed: this is the text now. `timing` is `before_due`, `after_due` or `no_due`."""

    TOPIC = "concord.commitment.change_made"
    SEALED: ClassVar[dict[str, str]] = _JOINT | {"return_condition": "stream"}

    change_id: UUID
    timing: str
    revision: int
    owed_by: tuple[Who, ...]
    owed_to: tuple[Who, ...]
    outcome: str
    conditions: tuple[str, ...]
    level: str
    due: Due | None
    cadence: Cadence | None
    return_condition: str | None


class ChangeRefused(Fact):
    """Somebody whose yes it needs said no; what was promised stays as it is."""

    TOPIC = "concord.commitment.change_refused"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    change_id: UUID
    reason: str | None


class ChangeRetracted(Fact):
    """Its author took the proposal back."""

    TOPIC = "concord.commitment.change_retracted"

    change_id: UUID


class CommitmentSuspended(Fact):
    """The clock stands still for a cause: `agreed` (until the end of a day) or `imbalance` (a period)."""

    TOPIC = "concord.commitment.suspended"

    cause: str
    cause_id: UUID
    until: date | None


class CommitmentResumed(Fact):
    """A cause is gone. `how` is `side`, `date` or `period`; where it runs again, `due` is when it is due now."""

    TOPIC = "concord.commitment.resumed"

    cause_id: UUID
    how: str
    due: Due | None


class CommitmentReleased(Fact):
    """The creditors let the debtors go; `cause` is `creditor`, or `nobody_left` where nobody is there to be owed."""

    TOPIC = "concord.commitment.released"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    reason: str | None
    cause: str


class CommitmentCancelled(Fact):
    """The need is gone; `cause` is `creditor`, or `nobody_left` where nobody is there who could keep it."""

    TOPIC = "concord.commitment.cancelled"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    reason: str | None
    cause: str


class CommitmentReneged(Fact):
    """A debtor took the promise back."""

    TOPIC = "concord.commitment.reneged"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    reason: str


class DoneReported(Fact):
    """A debtor says that it is done, with what shows it and what was learned."""

    TOPIC = "concord.commitment.done_reported"
    SEALED: ClassVar[dict[str, str]] = {"evidence": "actor", "learned": "actor"}

    evidence: tuple[str, ...]
    learned: str | None


class DoneRetracted(Fact):
    """The debtor took that back; it stopped nothing, but other causes may have moved the due date meanwhile."""

    TOPIC = "concord.commitment.done_retracted"

    due: Due | None


class DoneConfirmed(Fact):
    """A creditor says that it is kept, which conditions are met (by number, from 0), and thanks."""

    TOPIC = "concord.commitment.confirmed"
    SEALED: ClassVar[dict[str, str]] = {"thanks": "actor"}

    conditions_met: tuple[int, ...]
    thanks: str | None


class DoneUnanswered(Fact):
    """No creditor answered in time: it is kept, and the silence is theirs."""

    TOPIC = "concord.commitment.done_unanswered"


class DoneReturned(Fact):
    """A creditor says what is missing; it runs again, due `due` where the time it stood still moved that."""

    TOPIC = "concord.commitment.returned"
    SEALED: ClassVar[dict[str, str]] = {"missing": "actor"}

    missing: str
    due: Due | None


class CommitmentReopened(Fact):
    """A creditor found soon after that it is not kept after all."""

    TOPIC = "concord.commitment.reopened"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    reason: str


class ReopeningRefused(Fact):
    """The debtor stands by what was confirmed: it is kept, and contested."""

    TOPIC = "concord.commitment.reopening_refused"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    text: str


class PeriodAttested(Fact):
    """One side says how a period of an impact went: `kept`, `partly` or `not`; both are stored, never merged."""

    TOPIC = "concord.commitment.period_attested"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    period: date
    side: str
    kept: str
    text: str | None


class CommitmentConcluded(Fact):
    """Both agreed that a lasting impact is there: kept."""

    TOPIC = "concord.commitment.concluded"

    change_id: UUID


class CommitmentLapsed(Fact):
    """Long past due, and not a word from either."""

    TOPIC = "concord.commitment.lapsed"


class WordsErased(Fact):
    """Its retention time is over and somebody in it was erased: what was promised cannot be read any more."""

    TOPIC = "concord.commitment.words_erased"


class EndAnnotated(Fact):
    """Something was added to what is over."""

    TOPIC = "concord.commitment.annotated"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    note_id: UUID
    text: str


class EndContested(Fact):
    """Somebody sees the end differently; shown wherever the end is."""

    TOPIC = "concord.commitment.contested"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    note_id: UUID
    text: str
