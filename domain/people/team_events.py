"""What can happen to a team."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from domain.base import Fact, FirstFact


class TeamMade(FirstFact):
    """A team was made, with its first members."""

    TOPIC = "concord.team.made"
    SEALED: ClassVar[dict[str, str]] = {"name": "stream"}

    name: str
    members: tuple[UUID, ...]


class MemberAdded(Fact):
    """Somebody belongs to the team from now on."""

    TOPIC = "concord.team.member_added"

    person_id: UUID


class MemberRemoved(Fact):
    """Somebody does not belong to the team any more."""

    TOPIC = "concord.team.member_removed"

    person_id: UUID
