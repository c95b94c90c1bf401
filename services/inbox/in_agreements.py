"""What waits for the parties of an agreement: consents, opening questions, motions, reviews; and who looks into it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.deciding import LAPSES_AFTER
from domain.agreements.reviewing import SHOWN_AFTER
from domain.agreements.state import ENDING, IN_FORCE, end_of, start_of
from services.agreements.card import CONSENT, MOTION, PROMPT, REVIEW, waiting_in
from services.inbox.wait import Ids, Wait

REVIEW_DUE = "review_due"
GLASS_BROKEN = "glass_broken"
TOLD_FOR = timedelta(days=14)
"""How long the parties are told in their inbox that a steward opened the agreement; it stays on record for good."""


def waits_in_agreement(agreement: AccountabilityAgreement, zone: ZoneInfo) -> Iterator[Wait]:
    """Consents, prompts, motions and reviews that wait, reviews whose day has come, and stewards who look in."""
    for waiting in dict.fromkeys(waiting_in(agreement)):
        yield from _of_kind(agreement, str(waiting.person_id), waiting.what)
    for glass in agreement.glass:
        until = glass.until_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        ids: Ids = (("until", until), ("person_id", str(glass.by)))
        for person in agreement.people:
            yield Wait(
                str(person), GLASS_BROKEN, glass.at, ids=ids, until_at=glass.at + TOLD_FOR, by_person=str(glass.by)
            )
    on = agreement.next_review_on
    if on is not None and agreement.running_review is None and agreement.state in (IN_FORCE, ENDING):
        since = start_of(on, zone)
        for person in agreement.people:
            yield Wait(str(person), REVIEW_DUE, since, end_of(on, zone), (("on", on.isoformat()),))


def _of_kind(agreement: AccountabilityAgreement, who: str, what: str) -> Iterator[Wait]:
    proposal, review = agreement.proposal, agreement.running_review
    if what == CONSENT and proposal is not None:
        last = proposal.changes[-1] if proposal.changes else None
        since, by = (last.at, last.by) if last is not None else (proposal.opened_at, proposal.opened_by)
        ids: Ids = (("proposal", str(proposal.number)), ("revision", str(proposal.revision)))
        yield Wait(who, CONSENT, since, ids=ids, by_person=_text(by))
    elif what == MOTION:
        for motion in agreement.motions.values():
            if motion.state == "open" and who != str(motion.by) and UUID(who) not in motion.agreed:
                ids = (("motion_id", str(motion.id)), ("kind", motion.kind))
                yield Wait(who, MOTION, motion.at, motion.at + LAPSES_AFTER, ids, by_person=str(motion.by))
    elif what == PROMPT:
        for prompt in agreement.prompts:
            if UUID(who) in agreement.asked_of(prompt) and UUID(who) not in agreement.prompt_answers.get(prompt, {}):
                yield Wait(
                    who, PROMPT, agreement.created_on, ids=(("key", prompt),), by_person=_text(agreement.opened_by)
                )
    elif what == REVIEW and review is not None:
        ids = (("review_id", str(review.id)),)
        yield Wait(who, REVIEW, review.at, review.at + SHOWN_AFTER, ids, by_person=_text(review.opened_by))


def _text(person: UUID | None) -> str | None:
    return None if person is None else str(person)
