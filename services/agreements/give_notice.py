"""Giving notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class GiveNotice:
    """The last day, and why."""

    agreement_id: UUID
    ends_on: date
    reason: str | None = None


async def give_notice(desk: Desk, command: GiveNotice) -> Receipt:
    """A party alone gives notice; with three or more parties it ends only their own part."""
    agreement = await desk.agreement(command.agreement_id, deed="give_notice")
    agreement.give_notice(desk.act(), command.ends_on, command.reason)
    return await desk.record(agreement)
