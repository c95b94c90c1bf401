"""Asking that somebody be erased: oneself, or, for a steward, anybody."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.people.erasure_rules import must_not_be_the_last_steward
from services.people.members import person_here
from services.people.ports import same_for_command
from services.ports import Receipt


@dataclass(frozen=True)
class AskForErasure:
    """Who is to be erased, and why."""

    person_id: UUID
    reason: str | None = None


async def ask_for_erasure(desk: Desk, command: AskForErasure) -> Receipt:
    """Nothing is erased yet: somebody else agrees first, and then the person is told for a week."""
    await desk.allow("ask_for_erasure")
    person, standing = await person_here(desk, command.person_id)
    act = desk.act()
    erasure_id = same_for_command(act, "erasure")
    steward = desk.standing is not None and "steward" in desk.standing.roles
    person.ask_for_erasure(act, erasure_id, command.reason, steward=steward)
    await must_not_be_the_last_steward(desk, standing)
    return await desk.record(person, ids={"person_id": str(person.id), "erasure_id": str(erasure_id)})
