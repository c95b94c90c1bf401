"""A small installation with people in it, one of whom is on the way to being erased."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from adapters.bootstrap import Concord, open_concord
from adapters.settings import Settings
from domain.people.person import Person
from services.desk import Desk
from services.people.add_person import AddPerson, add_person
from services.people.approve_erasure import ApproveErasure, approve_erasure
from services.people.ask_for_erasure import AskForErasure, ask_for_erasure
from services.people.found_organisation import FoundOrganisation, found_organisation
from services.ports import Actor, Command, Organisation

BEGINNING = datetime(2027, 1, 1, 9, 0, tzinfo=UTC)
A_WEEK_LATER = BEGINNING + timedelta(days=7, seconds=1)


@dataclass
class At:
    """A clock that stands still."""

    instant: datetime = BEGINNING

    def now(self) -> datetime:
        return self.instant


@dataclass(frozen=True)
class House:
    """Where the installation is."""

    url: str
    data_dir: Path
    ledger: Path | None = None

    @asynccontextmanager
    async def opened(self, at: datetime = BEGINNING, *, following: bool = False) -> AsyncIterator[Concord]:
        """Concord on it; `following` the log, so that what falls due is found."""
        settings = Settings(_env_file=None, data_dir=self.data_dir, database_url=self.url, erasure_ledger=self.ledger)
        concord = await open_concord(settings, clock=At(at))
        try:
            if following:
                await concord.projector.start()
                assert await concord.projector.caught_up(await concord.ledger.head(), 10)
            yield concord
        finally:
            await concord.close()


async def founded(concord: Concord) -> Actor:
    """An organisation with its first steward."""
    command = FoundOrganisation("Northwind", "Sol", "sol@northwind.example", "Europe/Oslo")
    made = await found_organisation(concord.ledger, concord.identities, concord.clock, concord.new_id, command)
    return await actor(concord, UUID(made.person_id))


async def actor(concord: Concord, person_id: UUID) -> Actor:
    """Somebody, as their credential says who they are."""
    (organisation,) = await concord.identities.organisations()
    return Actor(person_id, organisation, frozenset({"all"}))


async def added(concord: Concord, steward: Actor, name: str) -> UUID:
    """One more person."""
    email = f"{name}@northwind.example".casefold()
    receipt = await add_person(desk(concord, steward), concord.identities, AddPerson(name, email))
    return UUID(receipt.answer.ids["person_id"])


async def announced(concord: Concord, steward: Actor, person_id: UUID) -> None:
    """They asked for it, and a steward agreed."""
    await ask_for_erasure(desk(concord, await actor(concord, person_id)), AskForErasure(person_id, "I have left."))
    await approve_erasure(desk(concord, steward), ApproveErasure(person_id))


def desk(concord: Concord, who: Actor) -> Desk:
    """Where somebody gives one command."""
    command = Command(hashlib.sha256(uuid4().bytes).hexdigest(), "", who.person_id, who.organisation.id)
    return Desk(concord.ledger, concord.clock, concord.new_id, who, command)


async def is_gone(concord: Concord, person_id: UUID) -> bool:
    """Whether nothing is left of somebody: no standing, no name, no key, and the ledger says so."""
    standing = await concord.ledger.standing(person_id)
    keyring = concord.ledger.keyring
    await keyring.make([person_id])
    await keyring.ensure([person_id])
    return (
        standing is not None
        and standing.erased
        and not standing.active
        and await concord.identities.identity(person_id) is None
        and keyring.opening(person_id) is None
        and await keyring.find_there([person_id]) == []
        and person_id in concord.eraser.written.owners()
    )


async def person_of(concord: Concord, person_id: UUID) -> Person:
    """Somebody's place as the log has it."""
    person = await concord.ledger.load(Person, person_id)
    assert isinstance(person, Person)
    return person


async def organisation_of(concord: Concord) -> Organisation:
    """The one there is."""
    (organisation,) = await concord.identities.organisations()
    return organisation
