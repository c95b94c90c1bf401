"""Taking one's own comment back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.refusals import NotThere
from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class WithdrawComment:
    """The comment, and why it is taken back."""

    agreement_id: UUID
    term_id: UUID
    comment_id: UUID
    reason: str | None = None


async def withdraw_comment(desk: Desk, command: WithdrawComment) -> Receipt:
    """The author takes a comment back; it stays in the history."""
    agreement = await desk.agreement(command.agreement_id, deed="withdraw_comment", term_id=command.term_id)
    comment = agreement.comments.get(command.comment_id)
    if comment is None or comment.term_id != command.term_id:
        raise NotThere
    agreement.withdraw_comment(desk.act(), command.comment_id, command.reason)
    return await desk.record(agreement)
