"""Changing the head of the proposal: title, purpose, use, parties, dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.desk import Desk
from services.people.members import must_be_member
from services.ports import Receipt


@dataclass(frozen=True)
class ChangeHead:
    """The changed fields only (None takes an optional one away), why, and what was heard."""

    agreement_id: UUID
    changes: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    heard: str | None = None


async def change_head(desk: Desk, command: ChangeHead) -> Receipt:
    """The head of the proposal changes; every consent given so far is void.

    Who is newly named must be an active member of the organisation and consents like all others.
    """
    agreement = await desk.agreement(command.agreement_id, deed="change_head")
    named = {*agreement.people, *agreement.consenting}
    for party in command.changes.get("parties") or ():
        if party.person_id not in named:
            await must_be_member(desk, party.person_id, field="parties")
    agreement.change_head(desk.act(), command.changes, reason=command.reason, heard=command.heard)
    return await desk.record(agreement)
