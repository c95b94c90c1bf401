"""How much imbalance the organisation allows."""

from __future__ import annotations

from fractions import Fraction

from domain.imbalance.guards import Limits
from services.desk import Desk
from services.people.policy import policy_of


async def limits_of(desk: Desk) -> Limits:
    """The limits that hold where the acting person is."""
    policy = await policy_of(desk.ledger, desk.actor.organisation.id)
    return Limits(
        longest=policy.imbalance_longest_days,
        gap_share=Fraction(policy.imbalance_gap_percent, 100),
        budget_share=Fraction(policy.imbalance_share_percent, 100),
    )
