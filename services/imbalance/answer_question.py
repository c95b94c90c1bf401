"""Answering a question about an imbalance period."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.imbalance.period_at import period_at, record_period
from services.ports import Receipt


@dataclass(frozen=True)
class AnswerQuestion:
    """Which question, and the answer."""

    period_id: UUID
    ask_id: UUID
    text: str


async def answer_question(desk: Desk, command: AnswerQuestion) -> Receipt:
    """The declarer answers."""
    at = await period_at(desk, command.period_id, deed="answer_question")
    at.period.answer(desk.act(), command.ask_id, command.text)
    return await record_period(desk, at)
