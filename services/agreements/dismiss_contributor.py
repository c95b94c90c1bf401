"""Dismissing a contributor."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class DismissContributor:
    """The contributor to dismiss."""

    agreement_id: UUID
    person_id: UUID


async def dismiss_contributor(desk: Desk, command: DismissContributor) -> Receipt:
    """Any party alone may dismiss a contributor, who keeps reading what was recorded until then."""
    agreement = await desk.agreement(command.agreement_id, deed="dismiss_contributor")
    agreement.dismiss_contributor(desk.act(), command.person_id)
    return await desk.record(agreement)
