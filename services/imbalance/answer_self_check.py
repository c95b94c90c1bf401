"""Answering the three questions before declaring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.imbalance.period_at import period_at, record_period
from services.ports import Receipt


@dataclass(frozen=True)
class AnswerSelfCheck:
    """The answers by question, and whether all named may see them."""

    period_id: UUID
    answers: Mapping[str, str]
    share: bool = False


async def answer_self_check(desk: Desk, command: AnswerSelfCheck) -> Receipt:
    """The declarer answers, for themself unless they share it."""
    at = await period_at(desk, command.period_id, deed="answer_self_check")
    at.period.answer_self_check(desk.act(), command.answers, share=command.share)
    return await record_period(desk, at)
