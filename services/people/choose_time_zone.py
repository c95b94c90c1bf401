"""Choosing the zone that one is told times in."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.cadence import zone_named
from services.people.ports import Identities


@dataclass(frozen=True)
class ChooseTimeZone:
    """An IANA name; None for the organisation's."""

    person_id: UUID
    time_zone: str | None


async def choose_time_zone(identities: Identities, command: ChooseTimeZone) -> None:
    """Keeps it with who they are; Invalid where there is no such zone. Days stay those of the organisation."""
    if command.time_zone is not None:
        zone_named(command.time_zone)
    await identities.set_time_zone(command.person_id, command.time_zone)
