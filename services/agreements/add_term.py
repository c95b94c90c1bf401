"""Adding a term to the proposal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.agreements.terms import Term
from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class AddTerm:
    """The new term's kind and the fields it carries, and what was heard."""

    agreement_id: UUID
    kind: str
    content: Mapping[str, Any] = field(default_factory=dict)
    heard: str | None = None


async def add_term(desk: Desk, command: AddTerm) -> Receipt:
    """A term comes into the proposal under an id that it keeps for life; every consent is void."""
    agreement = await desk.agreement(command.agreement_id, deed="add_term")
    term = Term(id=desk.new_id(), kind=command.kind, **command.content)
    agreement.add_term(desk.act(), term, heard=command.heard)
    return await desk.record(
        agreement, status=201, location=f"/agreements/{agreement.id}", ids={"term_id": str(term.id)}
    )
