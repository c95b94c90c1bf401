"""Saying something about a term."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class CommentOnTerm:
    """The term, and what is said about it."""

    agreement_id: UUID
    term_id: UUID
    text: str


async def comment_on_term(desk: Desk, command: CommentOnTerm) -> Receipt:
    """A party or contributor comments on a term; no consent is voided by it."""
    agreement = await desk.agreement(command.agreement_id, deed="comment_on_term", term_id=command.term_id)
    comment_id = desk.new_id()
    agreement.comment(desk.act(), comment_id, command.term_id, command.text)
    return await desk.record(
        agreement, status=201, location=f"/agreements/{agreement.id}", ids={"comment_id": str(comment_id)}
    )
