"""What held from when until when, and for whom: agreements with their parties, promises with their sides."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.imported import ImportedAgreement
from domain.base import Aggregate
from domain.commitments.commitment import Commitment
from domain.commitments.imported import ImportedCommitment
from domain.commitments.state import PROMISED, REPORTED
from services.queries import Viewer

AGREEMENT, COMMITMENT = "agreement", "commitment"
HOLDING = frozenset({PROMISED, REPORTED})
"""The states of a commitment from elsewhere in which its promise holds."""


@dataclass(frozen=True)
class Held:
    """From when until when (None: still) a thing held, at the most, for somebody who stood in it."""

    kind: str
    who_id: UUID
    from_at: datetime
    until_at: datetime | None


class Found(NamedTuple):
    """A thing that may have held."""

    thing_id: UUID
    kind: str


class Holding(Protocol):
    """What held, for a viewer."""

    async def find_held(
        self, viewer: Viewer, who: Collection[UUID], begins: datetime, ends: datetime
    ) -> Sequence[Found]:
        """What these people and teams stood in at some time between the two, oldest first."""
        ...


def held_by(aggregate: Aggregate | None) -> Iterator[Held]:
    """Everybody who ever stood in it, and when; in a commitment nobody before it was promised."""
    if isinstance(aggregate, AccountabilityAgreement):
        heads = [aggregate.head, *(version.head for version in aggregate.versions)]
        if aggregate.proposal is not None:
            heads.append(aggregate.proposal.head)
        for person in {person for head in heads for person in head.people}:
            yield Held(AGREEMENT, person, aggregate.created_on, aggregate.left.get(person, aggregate.ended_at))
    elif isinstance(aggregate, ImportedAgreement) and aggregate.changes:
        since = min(change.effective_at for change in aggregate.changes)
        for person in {p.person_id for change in aggregate.changes for p in change.parties or ()}:
            yield Held(AGREEMENT, person, since, None)
    elif isinstance(aggregate, Commitment) and aggregate.promised_at is not None:
        for who in {*aggregate.content.owed_by, *aggregate.content.owed_to}:
            yield Held(COMMITMENT, who.id, aggregate.promised_at, aggregate.ended_at)
        for who, (left_at, _) in aggregate.left.items():
            yield Held(COMMITMENT, who.id, aggregate.promised_at, left_at)
    elif isinstance(aggregate, ImportedCommitment) and aggregate.promised_at is not None:
        over = None if aggregate.state in HOLDING else max(aggregate.moments)
        for who_id in aggregate.ever_on_a_side:
            yield Held(COMMITMENT, who_id, aggregate.promised_at, over)
