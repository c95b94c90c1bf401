"""A steward makes somebody sign in anew: every session of theirs ends, and they see who did it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.people.members import person_here
from services.people.ports import Identities, Letters
from services.people.sessions import Sessions
from services.ports import Receipt


@dataclass(frozen=True)
class SignOutPerson:
    """Whose sessions end."""

    person_id: UUID


async def sign_out_person(
    desk: Desk, identities: Identities, sessions: Sessions, letters: Letters, command: SignOutPerson
) -> Receipt:
    """Ends all sessions of that person; their password, passkeys and tokens stay. It opens nothing to the steward."""
    await desk.allow("sign_out_person")
    person, standing = await person_here(desk, command.person_id)
    act = desk.act()
    person.sign_out(act)
    letter = letters.signed_out(await identities.identity(person.id), act.at)
    # Before it is recorded: who is cut off in between finds the sessions ended, and sends it again.
    await sessions.end_all_for_another(person.id, standing.organisation_id, act.at, letter)
    return await desk.record(person, ids={"person_id": str(person.id)})
