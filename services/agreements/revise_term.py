"""Revising a term of the proposal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class ReviseTerm:
    """The changed fields only (None takes an optional one away), why, and what was heard.

    A given carries its reason as a part of its text: for a given, `reason` changes that as well.
    """

    agreement_id: UUID
    term_id: UUID
    changes: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    heard: str | None = None


async def revise_term(desk: Desk, command: ReviseTerm) -> Receipt:
    """The term says something else from now on; every consent given so far is void."""
    agreement = await desk.agreement(command.agreement_id, deed="revise_term", term_id=command.term_id)
    changes = dict(command.changes)
    if command.reason is not None and agreement.proposal is not None:
        term = agreement.proposal.terms.get(command.term_id)
        if term is not None and term.kind == "given":
            changes["reason"] = command.reason
    agreement.revise_term(desk.act(), command.term_id, changes, reason=command.reason, heard=command.heard)
    return await desk.record(agreement)
