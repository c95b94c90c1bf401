"""The first run: whoever reads the token that the server prints may make the first organisation, once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from domain.refusals import NotThere
from services.people.found_organisation import Founded, FoundOrganisation, found_organisation
from services.people.ports import Identities
from services.ports import Clock, Ids, Ledger, Organisation


@dataclass(frozen=True)
class FirstRun:
    """The printed token, and what is to be made."""

    token: str
    found: FoundOrganisation


def first_run_token(identities: Identities) -> str:
    """The same in every process of an installation, so that any of them may print it; it opens only a first run."""
    return identities.secret_for("first run", "first-run")


async def set_up(ledger: Ledger, identities: Identities, clock: Clock, new_id: Ids, command: FirstRun) -> Founded:
    """Makes the organisation and its first steward; NotThere once there is one, or with another token."""
    if not secrets.compare_digest(command.token.encode(), first_run_token(identities).encode()):
        raise NotThere
    if await is_set_up(ledger, await identities.organisations()):
        raise NotThere
    return await found_organisation(ledger, identities, clock, new_id, command.found)


async def is_set_up(ledger: Ledger, organisations: list[Organisation]) -> bool:
    """Whether there is an organisation already that anybody is in."""
    for organisation in organisations:
        if await ledger.standings(organisation.id):
            return True
    return False
