"""Putting one's own comment right."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.refusals import NotThere
from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class CorrectComment:
    """The comment, and what it should have said."""

    agreement_id: UUID
    term_id: UUID
    comment_id: UUID
    text: str


async def correct_comment(desk: Desk, command: CorrectComment) -> Receipt:
    """The author puts a comment right: the new text is shown, the old one stays in the history."""
    agreement = await desk.agreement(command.agreement_id, deed="correct_comment", term_id=command.term_id)
    comment = agreement.comments.get(command.comment_id)
    if comment is None or comment.term_id != command.term_id:
        raise NotThere
    agreement.correct_comment(desk.act(), command.comment_id, command.text)
    return await desk.record(agreement)
