"""What is held about somebody: who they are, how they sign in, what they see, and every act of theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.imported import ImportedAgreement
from domain.base import Aggregate, Fact
from domain.commitments.commitment import Commitment
from domain.commitments.imported import ImportedCommitment
from domain.imbalance.period import ImbalancePeriod
from domain.people.person import Person
from domain.people.team import Team
from domain.refusals import NotThere, NotYourAct
from services.agreements.reading import read as read_agreement
from services.agreements.view import show as show_agreement
from services.audit.history import list_history as history_of_agreement
from services.audit.kept_reads import KeptReads
from services.audit.reads import ReadsDesk, list_reads_about_me
from services.commitments.history import list_history as history_of_commitment
from services.commitments.reading import read as read_commitment
from services.commitments.view import show as show_commitment
from services.imbalance.reading import read_period
from services.imbalance.view import show as show_period
from services.ports import Actor, Clock, Ledger, Recorded
from services.queries import ERASED

Shown = dict[str, Any]
Names = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, str]]]
_IN_IT = frozenset(
    {"party", "former_party", "contributor", "grant", "declarer", "drafter", "named", "invited", "left", "member"}
)
"""As what somebody must stand to a thing for it to be about them; who only may read it, does not."""
_PAGE = 200
_ENVELOPE = frozenset(field.name for field in fields(Fact)) | {"originator_topic"}


class Acts(Protocol):
    """Everything in the log that one person did, or that happened to their place here, in order."""

    def __call__(self, person_id: UUID) -> AsyncIterator[Recorded]:
        """Fact by fact, however many there are."""
        ...


class Kept(Protocol):
    """What is kept of somebody outside the log."""

    def __call__(self, person_id: UUID) -> Awaitable[Mapping[str, Sequence[Shown]]]:
        """The rows by what they are of, without what is secret or a hash of it."""
        ...


@dataclass(frozen=True)
class Records:
    """Where all of it is looked for."""

    ledger: Ledger
    clock: Clock
    acts: Acts
    kept: Kept
    names: Names
    reads: KeptReads


async def my_data(records: Records, actor: Actor) -> Shown:
    """All of it, as one document: what others wrote is in it as far as this person sees it anyway."""
    things = await _things(records, actor)
    return {
        "made_at": records.clock.now(),
        "organisation": {"id": actor.organisation.id, "name": actor.organisation.name},
        "person_id": actor.person_id,
        "kept": await records.kept(actor.person_id),
        "place": await _place(records.ledger, actor),
        **things,
        "reads": await _reads(records, actor),
        "acts": [_act(one) async for one in records.acts(actor.person_id)],
    }


async def _place(ledger: Ledger, actor: Actor) -> Shown:
    person = await ledger.load(Person, actor.person_id)
    if not isinstance(person, Person):
        raise NotThere
    return {
        "kind": person.kind,
        "leader_id": person.leader_id,
        "roles": person.roles,
        "absences": [{"from_on": one.from_on, "until_on": one.until_on} for one in person.absences],
        "sign_in_resets": [{"at": when, "by": by} for when, by in person.sign_in_resets],
        "erasure": person.erasure,
    }


async def _things(records: Records, actor: Actor) -> dict[str, list[Shown]]:
    found: dict[str, list[Shown]] = {"agreements": [], "commitments": [], "imbalance_periods": [], "teams": []}
    mine = [sight for sight in await records.ledger.sights_of(actor.person_id) if sight.sight in _IN_IT]
    seen = {sight.thing_id for sight in mine}
    for team_id in sorted(await records.ledger.teams_of(actor.person_id)):
        seen |= {sight.thing_id for sight in await records.ledger.sights_of(team_id) if sight.sight in _IN_IT}
    for thing_id in sorted(seen):
        thing: Aggregate | None = await records.ledger.load(Aggregate, thing_id)
        try:
            place, shown = await _thing(records, actor, thing)
        except (NotThere, NotYourAct):
            continue  # theirs, and yet not for their eyes now: what they did in it is among their acts
        if place:
            found[place].append(shown)
    return found


async def _thing(records: Records, actor: Actor, thing: Aggregate | None) -> tuple[str, Shown]:
    ledger, clock, zone = records.ledger, records.clock, actor.organisation.zone
    if isinstance(thing, AccountabilityAgreement | ImportedAgreement):
        agreement = show_agreement(await read_agreement(ledger, clock, actor, thing.id), zone)
        return "agreements", agreement | {"history": await _history(history_of_agreement, records, actor, thing.id)}
    if isinstance(thing, Commitment | ImportedCommitment):
        commitment = show_commitment(await read_commitment(ledger, clock, actor, thing.id))
        return "commitments", commitment | {"history": await _history(history_of_commitment, records, actor, thing.id)}
    if isinstance(thing, ImbalancePeriod):
        return "imbalance_periods", show_period(await read_period(ledger, clock, actor, thing.id))
    if isinstance(thing, Team):
        return "teams", {"id": thing.id, "name": thing.name}
    return "", {}


async def _history(listing: Any, records: Records, actor: Actor, thing_id: UUID) -> list[Shown]:
    async def page(cursor: str | None) -> Shown:
        found: Shown = await listing(
            records.ledger, records.clock, actor, thing_id, records.names, cursor=cursor, limit=_PAGE
        )
        return found

    return await _all(page)


async def _reads(records: Records, actor: Actor) -> list[Shown]:
    desk = ReadsDesk(records.ledger, records.clock, records.reads, records.names, actor)
    return await _all(lambda cursor: list_reads_about_me(desk, cursor=cursor, limit=_PAGE))


async def _all(page: Callable[[str | None], Awaitable[Shown]]) -> list[Shown]:
    """Every item of a list that comes in pages."""
    items: list[Shown] = []
    cursor: str | None = None
    while True:
        found = await page(cursor)
        items += found["items"]
        cursor = found["next_cursor"]
        if cursor is None:
            return items


def _act(one: Recorded) -> Shown:
    fact = one.fact
    return {
        "position": one.position,
        "at": fact.timestamp,
        "effective_at": fact.effective_at,
        "what": fact.TOPIC,
        "by": fact.actor_id,
        "thing_id": fact.originator_id,
        "content": {name: value for name, value in vars(fact).items() if name not in _ENVELOPE and value != ERASED},
    }
