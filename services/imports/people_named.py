"""Whom a line makes known."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from domain.agreements.imported import Said, imported_person_id
from domain.agreements.imported_events import NamedParty
from domain.commitments.imported import Saying
from services.imports.format import Line

_SIDES = ("parties", "debtors", "creditors", "old", "new")


def people_named(line: Line, said: Said | Saying | None, organisation_id: UUID) -> dict[UUID, str]:
    """Who acted, and every handle (`@alice`) among those whom the line names."""
    names = [line.actor] if line.actor is not None else []
    if said is not None:
        names += [party.name for party in _parties(said) if party.name.startswith("@")]
    return {imported_person_id(organisation_id, name): name for name in names}


def _parties(said: Said | Saying) -> Iterator[NamedParty]:
    for side in _SIDES:
        held = said.content.get(side)
        if isinstance(held, tuple):
            yield from held
