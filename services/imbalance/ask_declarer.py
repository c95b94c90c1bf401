"""Asking the declarer of an imbalance period something."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.imbalance.period_at import period_at, record_period
from services.ports import Receipt


@dataclass(frozen=True)
class AskDeclarer:
    """The question."""

    period_id: UUID
    text: str


async def ask_declarer(desk: Desk, command: AskDeclarer) -> Receipt:
    """Somebody named asks; only they and the declarer see it."""
    at = await period_at(desk, command.period_id, deed="ask_declarer")
    ask_id = desk.new_id()
    at.period.ask(desk.act(), ask_id, command.text)
    return await record_period(desk, at, ids={"ask_id": str(ask_id)})
