"""What is kept of reads, for those whom it concerns: of a thing, of everything at once, and of a way in that was reset.

| kind | thing | for whom |
|---|---|---|
| agreement, imbalance_period | that was read by somebody who is no party of it | who is, or was, inside it |
| organisation | everything that many wrote, by who runs the installation | everybody who was here then |
| person | whose way in was set anew by who runs the installation | they, and who shares anything with them |
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.base import Fact
from domain.people.events import ReadInBulk, SignInReset
from domain.reads.access_log import AGREEMENT, IMBALANCE
from domain.reads.events import ContentRead
from services.queries import Viewer

ORGANISATION, PERSON = "organisation", "person"
KINDS = (AGREEMENT, IMBALANCE, ORGANISATION, PERSON)
OPERATOR, RESET = "operator", "sign_in_reset"
EXPORT, FOLLOW_THROUGH, BACKUP = "export", "follow_through", "backup"

TOPICS = (ContentRead.TOPIC, ReadInBulk.TOPIC, SignInReset.TOPIC)


@dataclass(frozen=True)
class KeptRead:
    """One read: when, of which thing, by whom (None: who runs the installation), as what, and which part of it."""

    position: int
    at: datetime
    kind: str
    thing_id: UUID
    by: UUID | None
    seen_as: str
    what: str


def kept_read(position: int, fact: Fact) -> KeptRead | None:
    """The read that a fact tells of, if it tells of one."""
    if isinstance(fact, ContentRead):
        return KeptRead(position, fact.timestamp, fact.kind, fact.thing_id, fact.actor_id, fact.seen_as, fact.what)
    if isinstance(fact, ReadInBulk):
        # Whoever runs the installation: a steward in whose name it was done need know nothing of it.
        return KeptRead(position, fact.timestamp, ORGANISATION, fact.originator_id, None, OPERATOR, fact.what)
    if isinstance(fact, SignInReset) and fact.by == OPERATOR:
        return KeptRead(position, fact.timestamp, PERSON, fact.originator_id, None, OPERATOR, RESET)
    return None


class KeptReads(Protocol):
    """What is kept of reads, newest first."""

    async def about(
        self, viewer: Viewer, kinds: Collection[str], *, joined: int, before: int | None = None, limit: int = 50
    ) -> Sequence[KeptRead]:
        """What concerns the viewer, of these kinds; of bulk reads those after the position at which they `joined`."""
        ...

    async def of(
        self, viewer: Viewer, things: Collection[UUID], *, after: int, before: int | None = None, limit: int = 50
    ) -> Sequence[KeptRead]:
        """Those of these things, in the viewer's organisation, between two positions; access is asked before."""
        ...
