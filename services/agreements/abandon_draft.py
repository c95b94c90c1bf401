"""Giving up a draft."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class AbandonDraft:
    """The draft to give up."""

    agreement_id: UUID


async def abandon_draft(desk: Desk, command: AbandonDraft) -> Receipt:
    """Any party may give up a draft that no version came of; it stays readable."""
    agreement = await desk.agreement(command.agreement_id, deed="abandon_draft")
    agreement.abandon(desk.act())
    return await desk.record(agreement)
