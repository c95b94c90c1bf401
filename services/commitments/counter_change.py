"""Answering a proposed change with another one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.cadence import Cadence
from domain.commitments.content import Due
from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class CounterChange:
    """What is proposed instead; what stays as it is is None."""

    commitment_id: UUID

    reason: str
    outcome: str | None = None
    conditions: tuple[str, ...] | None = None
    level: str | None = None
    due: Due | None = None
    cadence: Cadence | None = None
    return_condition: str | None = None
    until: date | None = None


async def counter_change(desk: Desk, command: CounterChange) -> Receipt:
    """The side asked proposes something else of the same kind; the first proposal is closed."""
    commitment = await desk.commitment(command.commitment_id, deed="counter_change")
    change_id = desk.new_id()
    commitment.counter_change(
        desk.act(),
        change_id,
        reason=command.reason,
        outcome=command.outcome,
        conditions=command.conditions,
        level=command.level,
        due=command.due,
        cadence=command.cadence,
        return_condition=command.return_condition,
        until=command.until,
    )

    return await desk.record(commitment, ids={"change_id": str(change_id)})
