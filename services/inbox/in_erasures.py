"""What waits on the way to an erasure: for the person until it comes, and for stewards who can agree to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from domain.people.person import Person
from domain.refusals import Refusal
from services.access import covers
from services.inbox.answers import KINDS
from services.inbox.wait import Place, instant_shown
from services.people.erasures import Erasures
from services.ports import Actor, Ledger

PERSON = "person"
COMES, ASKED = "erasure_comes", "erasure_asked"
_SCOPE = "people:write"
Names = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, str]]]


async def erasures_that_wait(
    ledger: Ledger, erasures: Erasures, names: Names, actor: Actor
) -> list[tuple[Place, dict[str, Any]]]:
    """One's own first, then those that a second word is asked for; before everything else that waits."""
    if not covers(actor, _SCOPE):
        return []
    people: list[UUID] = [actor.person_id]
    standing = await ledger.standing(actor.person_id)
    if standing is not None and "steward" in standing.roles:
        people += [one.person_id for one in await erasures.list_to_approve(actor.organisation.id)]
    found: list[tuple[Place, dict[str, Any]]] = []
    for person_id in dict.fromkeys(people):
        person = await ledger.load(Person, person_id)
        if isinstance(person, Person):
            found += list(_waits(person, actor))
    known = await names([UUID(place.thing_id) for place, _ in found])
    for place, item in found:
        item["resource"]["title"] = known.get(UUID(place.thing_id), "")
    return sorted(found, key=lambda one: one[0])


def _waits(person: Person, actor: Actor) -> Iterator[tuple[Place, dict[str, Any]]]:
    erasure = person.erasure
    if erasure is None:
        return
    if person.id == actor.person_id and erasure.approved_at is not None:
        what, since, by, due, order = COMES, erasure.approved_at, erasure.approved_by, erasure.erases_at, "0"
    elif _may_approve(person, actor.person_id):
        what, since, by, due, order = ASKED, erasure.asked_at, erasure.asked_by, None, "1"
    else:
        return
    kind = KINDS[what]
    item = {
        "id": str(uuid5(person.id, f"{what} {erasure.id}")),
        "what": what,
        "happened": kind.sentence,
        "happened_at": instant_shown(since),
        "by_person_id": str(by) if by is not None else None,
        "due_at": instant_shown(due) if due is not None else None,
        "overdue": False,
        "resource": {"kind": PERSON, "id": str(person.id), "path": f"/people/{person.id}", "title": ""},
        "about": {"erasure_id": str(erasure.id)},
        "allowed_actions": list(kind.requests),
    }
    # A list begins with what has the earliest day; these come before all days.
    yield Place(order, str(person.id), PERSON, what, str(erasure.id)), item


def _may_approve(person: Person, by: UUID) -> bool:
    try:
        person.may_approve(by)
    except Refusal:
        return False
    return True
