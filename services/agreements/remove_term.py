"""Taking a term out of the proposal."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class RemoveTerm:
    """The term to take out, and why."""

    agreement_id: UUID
    term_id: UUID
    reason: str | None = None


async def remove_term(desk: Desk, command: RemoveTerm) -> Receipt:
    """The term leaves the proposal; every consent given so far is void."""
    agreement = await desk.agreement(command.agreement_id, deed="remove_term", term_id=command.term_id)
    agreement.remove_term(desk.act(), command.term_id, reason=command.reason)
    return await desk.record(agreement)
