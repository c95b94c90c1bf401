"""How what was made here is worded in the format of a history: names, ids and instants."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.commitments.content import Who

_NOT_OF_A_HANDLE = re.compile(r"\W+")


@dataclass(frozen=True)
class Handles:
    """What people and teams are called in an export: their name, and the end of their id, so that no two are one."""

    names: Mapping[UUID, str]

    def of(self, person_id: UUID | None) -> str | None:
        """A person's handle; None where nobody acted."""
        return None if person_id is None else "@" + self._called(person_id, "member")

    def of_all(self, person_ids: Iterable[UUID]) -> list[str]:
        """The handles of several people."""
        return ["@" + self._called(person_id, "member") for person_id in person_ids]

    def side(self, side: Iterable[Who]) -> list[str]:
        """One side of a commitment: people as handles, teams without the `@`."""
        return [
            "@" + self._called(who.id, "member") if who.kind == "person" else self._called(who.id, "team")
            for who in side
        ]

    def _called(self, id: UUID, otherwise: str) -> str:
        name = _NOT_OF_A_HANDLE.sub("-", self.names.get(id, "").casefold()).strip("-")
        return f"{name or otherwise}.{id.hex[-6:]}"


def line(thing: UUID, what: object, record: str, at: datetime, **fields: Any) -> dict[str, Any]:
    """A line about a thing that was made here; the same thing has the same id in every export. None is left out."""
    name = hashlib.sha256(f"{thing}\0{record}\0{what}".encode()).hexdigest()[:16]
    held = {"id": f"concord-{name}", "type": record, "at": instant(at), **fields}
    return {name: value for name, value in held.items() if value is not None}


def instant(at: datetime) -> str:
    """An instant as the format writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
