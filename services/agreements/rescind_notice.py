"""Taking one's notice back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class RescindNotice:
    """The agreement that notice was given on."""

    agreement_id: UUID


async def rescind_notice(desk: Desk, command: RescindNotice) -> Receipt:
    """The giver takes the notice back before the last day is over."""
    agreement = await desk.agreement(command.agreement_id, deed="rescind_notice")
    agreement.rescind_notice(desk.act())
    return await desk.record(agreement)
