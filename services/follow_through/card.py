"""A commitment in short, as a list needs it and as it is counted: made from the aggregate, kept by the read model."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.base import Aggregate
from domain.commitments.classes import OPEN, OPEN_OVERDUE, Outcome
from domain.commitments.commitment import Commitment
from domain.commitments.content import Who
from domain.commitments.imported import ImportedCommitment
from domain.commitments.outcome import outcome_of
from domain.commitments.outcome_elsewhere import end_of_day, is_commitment, outcome_elsewhere
from domain.commitments.state import CANCELLED, CREDITORS, DEBTORS, NEWCOMER, REPORTED, TALKING
from services.queries import Waiting

OWED_BY, OWED_TO = "owed_by", "owed_to"
PROMISE, ACCEPT, CHANGE, CONFIRM = "promise", "accept", "change", "confirm"

LATER = datetime(9000, 1, 1, tzinfo=UTC)
"""After every due date: what is not overdue then is settled, or stands still."""


@dataclass(frozen=True)
class SideMember:
    """Somebody on a side; `stands` is False for who handed it on. `name` is theirs where only a record names them."""

    who: Who
    side: str
    stands: bool = True
    name: str | None = None


@dataclass(frozen=True)
class CommitmentCard:
    """What a list shows of a commitment and what is counted of it, whoever is looking and whenever.

    `outcome` is `open` for as long as nothing settled it: whether that is overdue, `passes_at` says, when
    it is asked. `answered_in` and `confirmed_in` are the seconds that its creditors took, each time.
    """

    id: UUID
    organisation_id: UUID
    state: str
    text: str
    text_by: UUID
    level: str
    use: str
    revision: int
    due_on: date | None
    due_at: datetime | None
    agreement_id: UUID | None
    sides: tuple[SideMember, ...]
    waiting_on: tuple[Waiting, ...]
    outcome: Outcome
    external_id: str | None = None
    answered_in: tuple[int, ...] = ()
    confirmed_in: tuple[int, ...] = ()
    unanswered: int = 0
    changes_asked: int = 0
    cancelled: bool = False
    attested: tuple[tuple[str, str], ...] = ()
    serves: UUID | None = None

    @property
    def imported(self) -> bool:
        """Whether it was made elsewhere."""
        return self.external_id is not None


def commitment_card(aggregate: Aggregate, zone: ZoneInfo, text_by: UUID) -> CommitmentCard | None:
    """The card of a commitment, made here or imported; None for anything else.

    `text_by` is whose key sealed its text: of a promise the commitment's own, before that its author's.
    """
    if isinstance(aggregate, Commitment):
        return _own(aggregate, zone, text_by)
    if isinstance(aggregate, ImportedCommitment):
        return _imported(aggregate)
    return None


def left_at(aggregate: Aggregate | None, people: Collection[UUID]) -> datetime | None:
    """When the last of these people and teams handed it on; None if none did."""
    if not isinstance(aggregate, Commitment):
        return None
    return max((when for who, (when, _) in aggregate.left.items() if who.id in people), default=None)


def _own(commitment: Commitment, zone: ZoneInfo, text_by: UUID) -> CommitmentCard:
    content = commitment.content
    due = content.due
    outcome = outcome_of(commitment, LATER, zone)
    return CommitmentCard(
        id=commitment.id,
        organisation_id=commitment.organisation_id,
        state=commitment.state,
        text=content.outcome,
        text_by=text_by,
        level=content.level,
        use=content.use,
        revision=commitment.revision,
        due_on=due.on if due is not None else None,
        due_at=due.at if due is not None else None,
        agreement_id=content.agreement_id,
        sides=tuple(_sides(commitment)),
        waiting_on=tuple(dict.fromkeys(waiting_in(commitment))),
        outcome=unsettled(outcome),
        answered_in=tuple(_answered_in(commitment)),
        confirmed_in=tuple(
            _seconds(r.at, r.answered_at) for r in commitment.reports if r.answer in ("confirmed", "returned")
        ),
        unanswered=sum(1 for r in commitment.reports if r.answer == "unanswered"),
        changes_asked=sum(1 for c in commitment.changes.values() if c.side == CREDITORS),
        cancelled=commitment.state == CANCELLED and commitment.end_cause != "nobody_left",
        attested=tuple((a.side, a.kept) for a in commitment.attestations.values()),
        serves=content.serves,
    )


def _imported(commitment: ImportedCommitment) -> CommitmentCard | None:
    """One of which nothing is told but beside it (an approval, an update) is no commitment yet."""
    happened = commitment.happened
    if not is_commitment(happened):
        return None
    content = commitment.content
    due_on = content.due.on if content.due is not None else None
    return CommitmentCard(
        id=commitment.id,
        organisation_id=commitment.organisation_id,
        state=commitment.state,
        text=commitment.title,
        text_by=commitment.id,
        level=content.level or "task",
        use=commitment.use,
        revision=commitment.version,
        due_on=due_on,
        due_at=end_of_day(due_on) if due_on is not None else None,
        agreement_id=commitment.agreement_id,
        sides=tuple(
            SideMember(named.who, side, name=named.name)
            for side, members in ((OWED_BY, content.debtors), (OWED_TO, content.creditors))
            for named in dict.fromkeys(members)
        ),
        waiting_on=(),
        outcome=unsettled(outcome_elsewhere(happened, LATER.date())),
        external_id=commitment.external_id,
        cancelled=commitment.state == CANCELLED,
    )


def unsettled(outcome: Outcome) -> Outcome:
    """The outcome with nothing in it that depends on what time it is."""
    if outcome.outcome_class != OPEN_OVERDUE:
        return outcome
    return replace(outcome, outcome_class=OPEN)


def _sides(commitment: Commitment) -> Iterator[SideMember]:
    content = commitment.content
    yield from (SideMember(who, OWED_BY) for who in content.owed_by)
    yield from (SideMember(who, OWED_TO) for who in content.owed_to)
    for who, (_, how) in commitment.left.items():
        yield SideMember(who, OWED_BY if how == "delegate" else OWED_TO, stands=False)


def waiting_in(commitment: Commitment) -> Iterator[Waiting]:
    """Who must move, and what for; a team stands for each of its members."""
    content = commitment.content
    if commitment.state in TALKING:
        if commitment.asked_side == CREDITORS:
            yield from (Waiting(who.id, ACCEPT) for who in content.owed_to)
        yield from (Waiting(who.id, PROMISE) for who in commitment.waiting_debtors())
    if commitment.state == REPORTED:
        yield from (Waiting(who.id, CONFIRM) for who in content.owed_to)
    change = commitment.change
    if change is not None:
        other = CREDITORS if change.side == DEBTORS else DEBTORS
        if other not in change.agreed:
            yield from (Waiting(who.id, CHANGE) for who in (content.owed_to if other == CREDITORS else content.owed_by))
        if change.person_id is not None and NEWCOMER not in change.agreed:
            yield Waiting(change.person_id, CHANGE)


def _answered_in(commitment: Commitment) -> Iterator[int]:
    """How long the creditors took to answer what was put to them: the last offer or counter, and each change."""
    if commitment.asked_side == CREDITORS and commitment.state not in (*TALKING, "expired", "withdrawn"):
        yield _seconds(commitment.turn_at, commitment.promised_at or commitment.ended_at)
    for change in commitment.changes.values():
        if change.side == DEBTORS and change.state in ("made", "refused", "countered"):
            yield _seconds(change.at, change.closed_at)


def _seconds(since: datetime, until: datetime | None) -> int:
    return 0 if until is None else int((until - since).total_seconds())
