"""Founding an organisation with its first steward, from the command line."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from domain.base import Act
from domain.people.organisation import Organisation as House
from domain.people.person import Person
from domain.refusals import Invalid
from services.people.add_person import address, one_line, remember_newcomer
from services.people.passwords import must_be_hard_to_guess
from services.people.ports import Identities, Identity, KnownToken, same_for_command
from services.ports import Answer, Clock, Command, Ids, Ledger, Organisation, Standing


@dataclass(frozen=True)
class FoundOrganisation:
    """Its name and zone, and who its first steward is."""

    organisation: str
    name: str
    email: str
    time_zone: str = "UTC"
    password: str | None = None


@dataclass(frozen=True)
class Founded:
    """The new organisation, its first steward, and a token of theirs that is shown this once."""

    organisation_id: str
    person_id: str
    token: str


async def found_organisation(
    ledger: Ledger, identities: Identities, clock: Clock, new_id: Ids, command: FoundOrganisation
) -> Founded:
    """Makes the organisation, its first steward and a token with everything the steward may do."""
    name = one_line(command.organisation, "organisation")
    earlier = await identities.organisation_named(name)
    if earlier is not None:
        if await ledger.standings(earlier.id):
            raise Invalid(f"There is an organisation called {name} already.", field="organisation")
        # Left by a founding that was cut off before it was recorded: nobody was ever in it.
        await identities.forget_organisation(earlier.id)
    try:
        organisation = Organisation(new_id(), name, ZoneInfo(command.time_zone))
    except (KeyError, ValueError, OSError) as error:
        raise Invalid(f"{command.time_zone!r} is not a time zone; try Europe/Oslo.", field="time_zone") from error
    person = Identity(
        new_id(),
        organisation.id,
        one_line(command.name, "name"),
        address(command.email),
        created_at=clock.now(),
    )
    if command.password is not None:
        await must_be_hard_to_guess(identities.common_passwords, command.password, person, organisation)
    act = Act(person.person_id, clock.now(), organisation.id, secrets.token_hex(32), organisation.zone)
    await identities.add_organisation(organisation)
    await remember_newcomer(ledger, identities, person, act.at)
    if command.password is not None:
        await identities.set_password(person.person_id, command.password)
    await ledger.new_keys(person.person_id)
    steward = Person.join(act, person.person_id, roles=("steward",))
    token_id, secret = same_for_command(act, "token"), identities.secret_for(act.command_id, "token")
    steward.issue_token(act, token_id, ("all",))
    await identities.keep_token(
        KnownToken(token_id, person.person_id, organisation.id, "concord init", ("all",), act.at, None, None), secret
    )
    await ledger.record(
        Command(act.command_id, "", person.person_id, organisation.id),
        Answer(201),
        House.found(act, organisation.id),
        steward,
        standings=[Standing(person.person_id, organisation.id, "member", None, ("steward",), True)],
    )
    return Founded(str(organisation.id), str(person.person_id), secret)
