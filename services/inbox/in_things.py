"""What waits in a thing itself, whatever kind it is of."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from domain.commitments.away import Away
from domain.commitments.commitment import Commitment
from domain.imbalance.period import ImbalancePeriod
from services.inbox.in_agreements import waits_in_agreement
from services.inbox.in_commitments import waits_in_commitment
from services.inbox.in_imbalances import waits_in_period
from services.inbox.wait import Wait
from services.timed import Timed


def waits_in(thing: Timed, zone: ZoneInfo, away: Away) -> Iterator[Wait]:
    """Everything that waits in it, for whoever it is."""
    if isinstance(thing, Commitment):
        return waits_in_commitment(thing, zone, away)
    if isinstance(thing, ImbalancePeriod):
        return waits_in_period(thing, zone)
    return waits_in_agreement(thing, zone)
