"""Something that waits for somebody: what it is, since when, by when, and from when on it is shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from services.queries import Viewer

Ids = tuple[tuple[str, str], ...]
"""What something is about, by name."""


@dataclass(frozen=True)
class Wait:
    """One thing that waits for a person, or for any member of a team (`who_id`, as text).

    `ids` name what it is about within its agreement or commitment; with `what` they tell it from every
    other. Nothing in it depends on what time it is now: it is shown from `from_at` (else `since`) until
    `until_at`. `by_person` did what it waits for, where somebody did.
    """

    who_id: str
    what: str
    since: datetime
    by: datetime | None = None
    ids: Ids = ()
    from_at: datetime | None = None
    until_at: datetime | None = None
    by_person: str | None = None

    @property
    def about(self) -> str:
        """The ids in one text, for comparing."""
        return " ".join(value for _, value in self.ids)

    @property
    def shown_from(self) -> datetime:
        """When it begins to be shown."""
        return self.from_at or self.since

    def is_shown_at(self, instant: datetime) -> bool:
        """Whether it waits at that instant."""
        return self.shown_from <= instant and (self.until_at is None or instant < self.until_at)


class Place(NamedTuple):
    """Where something stands in the order of a list: by when, then which it is."""

    by_at: str
    thing_id: str
    part: str
    what: str
    about: str


class Waiting(NamedTuple):
    """That something waits, as the read model knows it: in which part of which thing."""

    thing_id: UUID
    part: str
    place: Place


class WaitingList(Protocol):
    """What waits for whom, for a viewer."""

    async def list_waiting(
        self, viewer: Viewer, now: datetime, parts: Collection[str], *, after: Place | None = None, limit: int = 50
    ) -> Sequence[Waiting]:
        """What waits for the viewer or their teams at that instant: by when, the soonest first, then the rest."""
        ...


def instant_shown(at: datetime) -> str:
    """An instant as the inbox writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
