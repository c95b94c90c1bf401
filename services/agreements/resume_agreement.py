"""Ending a pause early."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class ResumeAgreement:
    """The paused agreement."""

    agreement_id: UUID


async def resume_agreement(desk: Desk, command: ResumeAgreement) -> Receipt:
    """Any party may end the pause before its date."""
    agreement = await desk.agreement(command.agreement_id, deed="resume_agreement")
    agreement.resume(desk.act())
    return await desk.record(agreement)
