"""The kinds of things that the clock acts on, and how each is asked what is next and told that time passes."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from domain.agreements.agreement import AccountabilityAgreement, Due
from domain.base import Act, Aggregate
from domain.commitments.away import NOBODY, Away
from domain.commitments.commitment import Commitment
from domain.commitments.state import ENDS
from domain.imbalance.period import ImbalancePeriod
from services.away import people_among

AGREEMENT, COMMITMENT, IMBALANCE = "agreement", "commitment", "imbalance_period"

Timed = AccountabilityAgreement | Commitment | ImbalancePeriod


def kind_of(aggregate: Aggregate | None) -> str | None:
    """Which kind it is; None for what the clock leaves alone, as it does histories from elsewhere."""
    if isinstance(aggregate, AccountabilityAgreement):
        return AGREEMENT
    if isinstance(aggregate, Commitment):
        return COMMITMENT
    if isinstance(aggregate, ImbalancePeriod):
        return IMBALANCE
    return None


def waited_for(thing: Timed) -> set[UUID]:
    """The people whose absence lets timers of this thing stand still."""
    if isinstance(thing, Commitment) and thing.state not in ENDS:
        return people_among(thing.content.owed_by, thing.content.owed_to)
    return set()


def next_due(thing: Timed, zone: ZoneInfo, away: Away = NOBODY) -> Due | None:
    """The next thing that the clock will do to it, or None."""
    return thing.next_due(zone, away) if isinstance(thing, Commitment) else thing.next_due(zone)


def pass_time(thing: Timed, act: Act, away: Away = NOBODY) -> None:
    """Records all that came due up to then, each at its own time."""
    if isinstance(thing, Commitment):
        thing.let_time_pass(act, away)
    else:
        thing.let_time_pass(act)
