"""Proposing a change of what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.cadence import Cadence
from domain.commitments.content import Due
from services.desk import Desk
from services.people.members import must_be_member
from services.ports import Receipt


@dataclass(frozen=True)
class ProposeChange:
    """Which kind of change, why, and what it says; what stays as it is is None."""

    commitment_id: UUID
    kind: str
    reason: str
    outcome: str | None = None
    conditions: tuple[str, ...] | None = None
    level: str | None = None
    due: Due | None = None
    cadence: Cadence | None = None
    return_condition: str | None = None
    until: date | None = None
    person_id: UUID | None = None


async def propose_change(desk: Desk, command: ProposeChange) -> Receipt:
    """Either side proposes a change, with its reason; it blocks nothing else and needs the other side's yes."""
    commitment = await desk.commitment(command.commitment_id, deed="propose_change")
    change_id = desk.new_id()
    commitment.propose_change(
        desk.act(),
        change_id,
        command.kind,
        reason=command.reason,
        outcome=command.outcome,
        conditions=command.conditions,
        level=command.level,
        due=command.due,
        cadence=command.cadence,
        return_condition=command.return_condition,
        until=command.until,
        person_id=command.person_id,
    )
    if command.person_id is not None:
        await must_be_member(desk, command.person_id, field="person_id")
    where, ids = f"/commitments/{commitment.id}", {"change_id": str(change_id)}
    return await desk.record(commitment, status=201, location=where, ids=ids)
