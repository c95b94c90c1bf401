"""Asking for changes instead of consenting."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class AskForChanges:
    """What should be different before the caller consents."""

    agreement_id: UUID
    note: str


async def ask_for_changes(desk: Desk, command: AskForChanges) -> Receipt:
    """A party says what should change; nothing is voided by it."""
    agreement = await desk.agreement(command.agreement_id, deed="ask_for_changes")
    agreement.ask_for_changes(desk.act(), command.note)
    return await desk.record(agreement)
