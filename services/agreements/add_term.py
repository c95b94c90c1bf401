"""Adding a term to the proposal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.agreements.terms import Term
from domain.updates.expectation import USUAL_GRACE
from services.desk import Desk
from services.people.policy import policy_of
from services.ports import Receipt


@dataclass(frozen=True)
class AddTerm:
    """The new term's kind and the fields it carries, and what was heard."""

    agreement_id: UUID
    kind: str
    content: Mapping[str, Any] = field(default_factory=dict)
    heard: str | None = None


async def add_term(desk: Desk, command: AddTerm) -> Receipt:
    """A term comes into the proposal under an id that it keeps for life; every consent is void.

    Where the organisation's grace is not the usual one, it is written into an update that says none: what the
    parties agree on is then in the text, and stays so whatever the organisation decides later.
    """
    agreement = await desk.agreement(command.agreement_id, deed="add_term")
    content = dict(command.content)
    if command.kind == "update" and content.get("grace") is None:
        policy = await policy_of(desk.ledger, desk.actor.organisation.id)
        content["grace"] = policy.grace if policy.grace != USUAL_GRACE else None
    term = Term(id=desk.new_id(), kind=command.kind, **content)
    agreement.add_term(desk.act(), term, heard=command.heard)
    return await desk.record(
        agreement, status=201, location=f"/agreements/{agreement.id}", ids={"term_id": str(term.id)}
    )
