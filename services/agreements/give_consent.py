"""Consenting to an exact text."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class GiveConsent:
    """The text consented to: its revision, and the content hash that was read."""

    agreement_id: UUID
    revision: int
    content_hash: str


async def give_consent(desk: Desk, command: GiveConsent) -> Receipt:
    """A party says yes to one exact text; the last yes makes the next version."""
    agreement = await desk.agreement(command.agreement_id, deed="give_consent")
    agreement.give_consent(desk.act(), command.revision, command.content_hash)
    return await desk.record(agreement)
