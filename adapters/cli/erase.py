"""`concord erase`: what who runs the installation has to do about an erasure, where nobody else can."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.frame import DataDir, opened, ready, run_to_its_end, say

if TYPE_CHECKING:
    from adapters.bootstrap import Concord
    from adapters.settings import Settings
    from domain.people.person import Person
    from services.ports import Organisation


def erase(
    person: Annotated[str, typer.Argument(help="Their address, or their id.")] = "",
    objects: Annotated[
        bool, typer.Option("--object", help="Pass on that they object: somebody who cannot sign in any more.")
    ] = False,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Overwrite what lies in free space; on PostgreSQL as the tables' owner.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Agrees to an erasure that was asked for, where no steward is left who could; prints when it comes, as JSON."""
    if sweep == bool(person):
        raise typer.BadParameter("name the person, or say --sweep")
    settings = ready(data_dir=data_dir)
    if sweep:
        print(json.dumps({"swept": run_to_its_end(_sweep(settings))}))
        return
    print(json.dumps(run_to_its_end(_erase(settings, person, objects=objects))))
    if objects:
        say("It does not come. It can be asked for again.")
    else:
        say("They are told, and may object until then. The server does it when the day has come.")


async def _erase(settings: Settings, named: str, *, objects: bool) -> dict[str, str | None]:
    from services.people.approve_erasure import approve_erasure_as_operator
    from services.people.object_to_erasure import pass_on_objection

    async with opened(settings) as concord:
        person, organisation = await _find(concord, named)
        if objects:
            await pass_on_objection(concord.ledger, concord.clock, organisation, person.id)
            return {"person_id": str(person.id), "erases_at": None}
        person = await approve_erasure_as_operator(concord.ledger, concord.clock, organisation, person.id)
        await _tell(concord, person, organisation)
        assert person.erasure is not None
        assert person.erasure.erases_at is not None
        return {"person_id": str(person.id), "erases_at": person.erasure.erases_at.isoformat()}


async def _sweep(settings: Settings) -> bool:
    from adapters.erasure.sweep import sweep

    async with opened(settings) as concord:
        return await sweep(concord.database, concord.ledger.keyring.database)


async def _find(concord: Concord, named: str) -> tuple[Person, Organisation]:
    from uuid import UUID

    from domain.people.person import Person
    from domain.refusals import Invalid

    identity = await concord.identities.with_email(named)
    try:
        person_id = identity.person_id if identity is not None else UUID(named)
    except ValueError:
        raise Invalid("Nobody signs in with this address.", field="person") from None
    person = await concord.ledger.load(Person, person_id)
    organisation = await concord.organisation(person.organisation_id) if isinstance(person, Person) else None
    if not isinstance(person, Person) or organisation is None:
        raise Invalid("There is nobody with this id.", field="person")
    return person, organisation


async def _tell(concord: Concord, person: Person, organisation: Organisation) -> None:
    from adapters.erasure.letter import notice

    identity = await concord.identities.identity(person.id)
    if identity is None or person.erasure is None:
        return
    letter = notice(concord.settings, identity, person.erasure, organisation.zone, concord.clock.now())
    if letter is not None:
        await concord.identities.outbox.put(letter)
