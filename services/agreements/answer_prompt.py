"""Answering an opening question."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class AnswerPrompt:
    """The question's key, the answer, and whether to show it at once."""

    agreement_id: UUID
    key: str
    text: str
    show_now: bool = False


async def answer_prompt(desk: Desk, command: AnswerPrompt) -> Receipt:
    """Answers an opening question, or revises one's answer while it is not shown yet."""
    agreement = await desk.agreement(command.agreement_id, deed="answer_prompt")
    agreement.answer_prompt(desk.act(), command.key, command.text, show_now=command.show_now)
    return await desk.record(agreement)
