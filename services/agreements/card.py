"""An agreement in short, as a list needs it: made from the folded aggregate, kept by the read model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.imported import ImportedAgreement
from domain.agreements.state import DRAFTING, ENDS
from domain.agreements.terms import Party
from domain.base import Aggregate
from services.queries import Waiting

CONSENT, MOTION, PROMPT, REVIEW = "consent", "motion", "prompt", "review"


@dataclass(frozen=True)
class Wording:
    """What is shown of one text: of a version from the day on which it takes effect; of a draft (0) at once."""

    version: int
    from_on: date | None
    title: str
    use: str


@dataclass(frozen=True)
class Card:
    """What a list shows of an agreement, whoever is looking.

    `wordings` are the text that holds and those that wait for their day, in order; which one that is
    depends on the day of the question, so the choice is the reader's.
    """

    id: UUID
    organisation_id: UUID
    state: str
    wordings: tuple[Wording, ...]
    parties: tuple[Party, ...]
    next_review_on: date | None
    waiting_on: tuple[Waiting, ...]
    external_id: str | None
    imported: bool

    def wording(self, on: date) -> Wording:
        """The wording to show on a day: the last that has begun, else the first."""
        begun = [w for w in self.wordings if w.from_on is None or w.from_on <= on]
        return begun[-1] if begun else self.wordings[0]


def card_of(aggregate: Aggregate) -> Card | None:
    """The card of an agreement, made here or imported; None for anything else."""
    if isinstance(aggregate, AccountabilityAgreement):
        return _own(aggregate)
    if isinstance(aggregate, ImportedAgreement):
        return _imported(aggregate)
    return None


def left_by(aggregate: Aggregate | None, person_id: UUID) -> datetime | None:
    """When that person stopped being a party; None if they did not."""
    return aggregate.left.get(person_id) if isinstance(aggregate, AccountabilityAgreement) else None


def _own(agreement: AccountabilityAgreement) -> Card:
    return Card(
        agreement.id,
        agreement.organisation_id,
        agreement.state,
        tuple(_wordings(agreement)),
        agreement.parties,
        agreement.next_review_on,
        tuple(dict.fromkeys(waiting_in(agreement))),
        None,
        False,
    )


def _wordings(agreement: AccountabilityAgreement) -> Iterator[Wording]:
    versions = agreement.versions
    # The last version that had begun when something was last recorded holds now or is followed by one
    # of those after it; whatever came before it never holds again.
    recorded_on = agreement.modified_on.date()
    first = max((n for n, v in enumerate(versions) if v.takes_effect_on < recorded_on), default=None)
    if first is None and not (versions and agreement.state in ENDS):
        yield Wording(0, None, agreement.head.title, agreement.head.use)
    for version in versions[first or 0 :]:
        head = version.head
        yield Wording(version.number, version.takes_effect_on, head.title, head.use)


def waiting_in(agreement: AccountabilityAgreement) -> Iterator[Waiting]:
    """Who must move, and what for."""
    if agreement.state in ENDS:
        return
    for person in agreement.waiting_on():
        yield Waiting(person, CONSENT)
    for motion in agreement.motions.values():
        if motion.state == "open":
            for person in agreement.people:
                if person != motion.by and person not in motion.agreed:
                    yield Waiting(person, MOTION)
    if agreement.state == DRAFTING:
        for prompt in agreement.prompts:
            answers = agreement.prompt_answers.get(prompt, {})
            for person in agreement.asked_of(prompt):
                if person not in answers:
                    yield Waiting(person, PROMPT)
    review = agreement.running_review
    if review is not None:
        for person in agreement.people:
            if person not in review.answers:
                yield Waiting(person, REVIEW)


def _imported(agreement: ImportedAgreement) -> Card:
    times = len({change.effective_at for change in agreement.changes})
    head = agreement.head
    return Card(
        agreement.id,
        agreement.organisation_id,
        agreement.state,
        (Wording(times, None, head.title, head.use),),
        tuple(Party(p.person_id, p.role) for p in agreement.parties),
        None,
        (),
        agreement.external_id,
        True,
    )
