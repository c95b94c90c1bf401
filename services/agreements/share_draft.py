"""Showing a draft to the other parties."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class ShareDraft:
    """The draft to show."""

    agreement_id: UUID


async def share_draft(desk: Desk, command: ShareDraft) -> Receipt:
    """The opener shows the draft; from here on the text is common, and what was edited before stays theirs."""
    agreement = await desk.agreement(command.agreement_id, deed="share_draft")
    agreement.share(desk.act())
    return await desk.record(agreement)
