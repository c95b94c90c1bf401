"""What waits for those whom an imbalance period is for or by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.agreements.state import end_of, start_of
from domain.imbalance.period import CLOSES_AFTER, REFUSED_WITHIN, ImbalancePeriod
from services.inbox.wait import Ids, Wait

DECLARE, ACKNOWLEDGE, JOIN, ANSWER, END, REVIEW = "declare", "acknowledge", "join", "answer", "end", "closing_review"


def waits_in_period(period: ImbalancePeriod, zone: ZoneInfo) -> Iterator[Wait]:
    """A draft to declare, answers to it and to what was asked, an early end to decide, and the closing review."""
    for person, what in period.waiting_on().items():
        if what == ANSWER:
            for question in period.questions.values():
                if question.answer is None:
                    ids: Ids = (("ask_id", str(question.id)),)
                    by = None if question.by is None else str(question.by)
                    yield Wait(str(person), ANSWER, question.at, ids=ids, by_person=by)
        else:
            yield _one(period, str(person), what, zone)


def _one(period: ImbalancePeriod, who: str, what: str, zone: ZoneInfo) -> Wait:
    declared_at = period.declared_at or period.opened_at
    if what == DECLARE:
        by = None if period.drafted_by is None else str(period.drafted_by)
        return Wait(who, what, period.opened_at, start_of(period.content.starts_on, zone), by_person=by)
    if what == JOIN:
        return Wait(who, what, period.started_at or declared_at, end_of(period.content.ends_on, zone))
    if what == END and period.majority_at is not None:
        return Wait(who, what, period.majority_at, period.majority_at + REFUSED_WITHIN)
    if what == REVIEW and period.ended_at is not None:
        return Wait(who, what, period.ended_at, period.ended_at + CLOSES_AFTER)
    since, by_when, about = _asked(period, declared_at, zone)
    return Wait(who, what, since, by_when, (("to", about),), by_person=str(period.acting_id))


def _asked(period: ImbalancePeriod, declared_at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime, str]:
    """Since when, by when and to what an answer is asked: to the declaration or, once it is extended, to that."""
    extension = period.extension
    if extension is not None:
        return extension.at, end_of(extension.from_on, zone), "extension"
    return declared_at, start_of(period.content.starts_on, zone), "declaration"
