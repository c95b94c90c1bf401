"""What changes in who may see a thing; stored in the same append as the events that change it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from services.ports import Sight


def sight_changes(thing_id: UUID, before: Mapping[UUID, str], after: Mapping[UUID, str]) -> list[Sight]:
    """The rows to take away and to write, so that what was `before` becomes what is `after`."""
    gone = [Sight(thing_id, person, None) for person in before if person not in after]
    new = [Sight(thing_id, person, sight) for person, sight in after.items() if before.get(person) != sight]
    return gone + new
