"""Proposing a motion: something to decide together that is not text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.desk import Desk
from services.people.members import must_be_member
from services.ports import Receipt


@dataclass(frozen=True)
class ProposeMotion:
    """What is moved: `pause` (until a day), `end`, or `invite_contributor` (a person), and why."""

    agreement_id: UUID
    kind: str
    until: date | None = None
    person_id: UUID | None = None
    reason: str | None = None


async def propose_motion(desk: Desk, command: ProposeMotion) -> Receipt:
    """One party proposes, each other party agrees or refuses within 14 days."""
    agreement = await desk.agreement(command.agreement_id, deed="propose_motion")
    if command.person_id is not None:
        await must_be_member(desk, command.person_id, field="person_id")
    motion_id = desk.new_id()
    agreement.propose_motion(
        desk.act(), motion_id, command.kind, reason=command.reason, until=command.until, person_id=command.person_id
    )
    return await desk.record(
        agreement, status=201, location=f"/agreements/{agreement.id}", ids={"motion_id": str(motion_id)}
    )
