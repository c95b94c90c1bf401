"""A small installation with people in it, made as fast as it can be, and copied for each test that changes bytes."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.bootstrap import Concord, open_concord
from adapters.database import connect
from adapters.eventlog.ledger import open_eventlog
from adapters.proofs.audit import audit, what_was_signed
from adapters.proofs.findings import Report
from adapters.proofs.signer import Signer
from adapters.settings import Settings
from services.desk import Desk
from services.people.found_organisation import FoundOrganisation, found_organisation
from services.people.make_team import MakeTeam, make_team
from services.people.note_bulk_read import note_bulk_read
from services.people.tokens import IssueToken, issue_token
from services.ports import Actor, Command

FOUNDING = FoundOrganisation("Northwind", "Sol", "sol@northwind.example", "Europe/Oslo")


def settings_of(url: str, data_dir: Path) -> Settings:
    """The settings of an installation."""
    return Settings(_env_file=None, data_dir=data_dir, database_url=url)


@asynccontextmanager
async def opened(url: str, data_dir: Path) -> AsyncIterator[Concord]:
    """Concord on a store, idle."""
    concord = await open_concord(settings_of(url, data_dir))
    try:
        yield concord
    finally:
        await concord.close()


async def founded(concord: Concord) -> Actor:
    """The steward of a new organisation."""
    found = await found_organisation(concord.ledger, concord.identities, concord.clock, concord.new_id, FOUNDING)
    return await steward_of(concord, found.person_id)


async def steward_of(concord: Concord, person_id: str) -> Actor:
    """The one who founded it, as an actor."""
    (organisation,) = await concord.identities.organisations()
    (standing,) = await concord.ledger.standings(organisation.id)
    assert str(standing.person_id) == person_id or not person_id
    return Actor(standing.person_id, organisation, frozenset({"all"}))


async def write(concord: Concord, actor: Actor, times: int) -> None:
    """So many commands, each acknowledged."""
    for n in range(times):
        await note_bulk_read(concord.ledger, concord.clock, actor, "export" if n % 2 else "backup")


async def issue(concord: Concord, actor: Actor) -> int:
    """A token, of which the log and the identities both are told; its position, acknowledged."""
    command = Command(secrets.token_hex(32), "", actor.person_id, actor.organisation.id)
    desk = Desk(concord.ledger, concord.clock, concord.new_id, actor, command)
    return (await issue_token(desk, concord.identities, IssueToken("a test", ("all",)))).position


async def team(concord: Concord, actor: Actor) -> None:
    """A team of one, which everybody of the organisation may know of: rows of who may see what."""
    command = Command(secrets.token_hex(32), "", actor.person_id, actor.organisation.id)
    desk = Desk(concord.ledger, concord.clock, concord.new_id, actor, command)
    await make_team(desk, MakeTeam("A team", (actor.person_id,)))


async def verified(concord: Concord) -> Report:
    """What `concord verify` finds."""
    return await audit(concord.ledger, concord.database, what_was_signed(concord.checkpoints.signer))


async def examined(folder: Path) -> Report:
    """What `concord verify` finds in a SQLite store, of which only the log is opened."""
    database = connect(f"sqlite:///{folder}/concord.sqlite")
    try:
        ledger = await open_eventlog(database, folder)
        signer = Signer(folder / "signing", f"concord.{ledger.log.log_id}/log")
        report = await audit(ledger, database, what_was_signed(signer))
        await ledger.close()
        return report
    finally:
        await database.close()
