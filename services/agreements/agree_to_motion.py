"""Agreeing to a motion."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.refusals import WrongState
from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class AgreeToMotion:
    """The motion agreed to."""

    agreement_id: UUID
    motion_id: UUID


async def agree_to_motion(desk: Desk, command: AgreeToMotion) -> Receipt:
    """Another party agrees; when all have, what was moved happens at once."""
    agreement = await desk.agreement(command.agreement_id, deed="agree_to_motion")
    agreement.agree_to_motion(desk.act(), command.motion_id)
    invited = agreement.motions[command.motion_id].person_id
    if invited is not None:
        standing = await desk.ledger.standing(invited)
        if standing is None or not standing.active:
            raise WrongState("Whom this motion would let in has left the organisation; refuse it instead.")
    return await desk.record(agreement)
