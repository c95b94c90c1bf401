"""What the update log must know of its agreement, as the agreement has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import ENDING, InForce, end_of, start_of
from domain.updates.expectation import TermSpan
from domain.updates.footing import Footing


def footing_of(agreement: AccountabilityAgreement, zone: ZoneInfo, on: date | None = None) -> Footing:
    """The agreement's state, parties, its terms from when until when (ends to come included), and its use on a day."""
    spans = tuple(span for stood in agreement.in_force_spans(zone) for span in _spans(agreement, stood, zone))
    use = agreement.head_on(on).use if on is not None else agreement.use
    return Footing(agreement.state, use, agreement.people, spans)


def _spans(agreement: AccountabilityAgreement, stood: InForce, zone: ZoneInfo) -> Iterator[TermSpan]:
    agreed_at = _agreed_at(agreement, stood, zone)
    # A norm is owed by all and lists nobody; whose part ends earlier has a span of their own.
    owing = stood.debtors or (agreement.people if stood.term.kind == "norm" else ())
    by_end: dict[datetime | None, list[UUID]] = {}
    for person in owing:
        by_end.setdefault(_end(agreement, stood, person, zone), []).append(person)
    for until_at, people in (by_end or {_end(agreement, stood, None, zone): []}).items():
        if until_at is not None and until_at <= stood.from_at:
            continue
        yield TermSpan(
            term_id=stood.term.id,
            kind=stood.term.kind,
            owed_by=tuple(people),
            from_at=stood.from_at,
            until_at=until_at,
            cadence=stood.term.cadence,
            grace=stood.term.grace,
            within=stood.term.within,
            agreed_at=agreed_at,
        )


def _end(agreement: AccountabilityAgreement, stood: InForce, person: UUID | None, zone: ZoneInfo) -> datetime | None:
    """When the term stops, also where that is known ahead: by notice given, or by the agreement's own last day."""
    ends = [stood.until_at]
    if agreement.state == ENDING and agreement.notice is not None:
        ends.append(end_of(agreement.notice.ends_on, zone))
    if person in agreement.leaving:
        ends.append(end_of(agreement.leaving[person].ends_on, zone))
    last_on = next((v.head.ends_on for v in agreement.versions if v.number == stood.version), None)
    if last_on is not None:
        ends.append(end_of(last_on, zone))
    return min((end for end in ends if end is not None), default=None)


def _agreed_at(agreement: AccountabilityAgreement, stood: InForce, zone: ZoneInfo) -> datetime | None:
    made = (v.made_at for v in agreement.versions if start_of(v.takes_effect_on, zone) == stood.from_at)
    return max(made, default=None)
