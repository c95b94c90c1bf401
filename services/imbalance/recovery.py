"""What the declarer promised for afterwards becomes offers of theirs once the period is over."""

from __future__ import annotations

from uuid import UUID, uuid5


def offer_id(period_id: UUID, number: int) -> UUID:
    """The id of the commitment that the recovery of this number becomes: the same however often it is offered."""
    return uuid5(period_id, f"recovery {number}")
