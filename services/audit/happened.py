"""What happened, as the feed keeps it: to which thing, when and by whom; no words.

| kind | what happened to it is recorded |
|---|---|
| agreement | on its own stream, in its update log, and (that somebody else read it) in its access log |
| commitment, imbalance_period | on its own stream, and in its access log |
| person, team, organisation | on its own stream |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.queries import Viewer

AGREEMENT, COMMITMENT, PERIOD = "agreement", "commitment", "imbalance_period"
PERSON, TEAM, ORGANISATION = "person", "team", "organisation"

OF_ITS_OWN = {
    "agreement": AGREEMENT,
    "imported_agreement": AGREEMENT,
    "commitment": COMMITMENT,
    "imported_commitment": COMMITMENT,
    "imbalance": PERIOD,
    "person": PERSON,
    "team": TEAM,
    "organisation": ORGANISATION,
}
"""Whose stream it is, by the second word of the topic."""
OF_ANOTHER = frozenset({"updates", "access"})
"""Streams beside that of the thing which they are about."""


@dataclass(frozen=True)
class Happened:
    """One thing that happened. `what` is the fact's topic without the house's name."""

    position: int
    at: datetime
    what: str
    kind: str
    thing_id: UUID
    by: UUID | None


@dataclass(frozen=True)
class Stretch:
    """What was found on a stretch of the log: up to which position it was looked through, and whether there is more."""

    found: Sequence[Happened]
    until: int
    more: bool


class Feed(Protocol):
    """What happened in an organisation, in the order in which it was recorded."""

    async def after(self, viewer: Viewer, position: int, limit: int) -> Stretch:
        """The next after a position that may be for this viewer, by what they see right now; one stretch at a time."""
        ...


def is_told(topic: str) -> bool:
    """Whether the feed knows of facts with this topic at all."""
    subject = topic.removeprefix("concord.").partition(".")[0]
    return subject in OF_ITS_OWN or subject in OF_ANOTHER
