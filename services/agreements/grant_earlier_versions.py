"""Letting a new leader read the earlier versions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.people.members import must_be_member
from services.ports import Receipt


@dataclass(frozen=True)
class GrantEarlierVersions:
    """Who may read the versions and the report's own words of an ended agreement."""

    agreement_id: UUID
    person_id: UUID


async def grant_earlier_versions(desk: Desk, command: GrantEarlierVersions) -> Receipt:
    """The report lets somebody read the versions and the report's own words, and nothing of the former leader's."""
    agreement = await desk.agreement(command.agreement_id, deed="grant_earlier_versions")
    await must_be_member(desk, command.person_id, field="person_id")
    agreement.grant_earlier_versions(desk.act(), command.person_id)
    return await desk.record(agreement)
