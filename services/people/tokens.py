"""Issuing and revoking one's own API tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.desk import Desk
from services.people.add_person import one_line
from services.people.members import person_here
from services.people.ports import Identities, KnownToken, same_for_command
from services.ports import Receipt


@dataclass(frozen=True)
class IssueToken:
    """What the token is called, what it may do, and until when."""

    name: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None


async def issue_token(desk: Desk, identities: Identities, command: IssueToken) -> Receipt:
    """Makes a token of the caller's own; its secret is derived from the command and kept only as a hash."""
    await desk.allow("issue_token")
    person, _ = await person_here(desk, desk.actor.person_id)
    act, name = desk.act(), one_line(command.name, "name")
    token_id = same_for_command(act, "token")
    person.issue_token(act, token_id, command.scopes, command.expires_at)
    token = KnownToken(
        token_id, person.id, person.organisation_id, name, command.scopes, act.at, command.expires_at, None
    )
    await identities.keep_token(token, identities.secret_for(act.command_id, "token"))
    return await desk.record(person, status=201, location=f"/tokens/{token_id}", ids={"token_id": str(token_id)})


async def revoke_token(desk: Desk, identities: Identities, token_id: UUID) -> Receipt:
    """Takes one's own token back; it opens nothing any more from the moment of the answer on."""
    await desk.allow("revoke_token")
    person, _ = await person_here(desk, desk.actor.person_id)
    person.revoke_token(desk.act(), token_id)
    await identities.drop_token(token_id)
    return await desk.record(person)
