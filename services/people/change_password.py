"""Changing one's own password, by who knows the old one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.people.attempts import Attempts, for_an_account
from services.people.passwords import must_be_hard_to_guess
from services.people.ports import Identities, Letters
from services.people.sessions import Sessions
from services.people.sign_in import Browser, NotThem
from services.ports import Clock, Organisation


@dataclass(frozen=True)
class ChangePassword:
    """The old password and the new one, and the session that is to stay."""

    person_id: UUID
    organisation: Organisation
    current: str
    password: str
    browser: Browser
    session_id: UUID | None


async def change_password(
    identities: Identities,
    sessions: Sessions,
    attempts: Attempts,
    letters: Letters,
    clock: Clock,
    command: ChangePassword,
) -> None:
    """Sets the new password and ends every other session; NotThem for who does not know the old one."""
    whose = await identities.identity(command.person_id)
    await must_be_hard_to_guess(identities.common_passwords, command.password, whose, command.organisation)
    limit = for_an_account(command.person_id, command.browser.address)
    tries = await attempts.begin([limit], clock.now())
    if not await identities.has_password(command.person_id, command.current):
        raise NotThem
    await attempts.forgive(tries, clear=[limit])
    letter = letters.password_changed(whose, clock.now())
    await identities.set_password(command.person_id, command.password, letter)
    for session in await sessions.of(command.person_id):
        if session.session_id != command.session_id and session.ended_at is None:
            await sessions.end(command.person_id, session.session_id, clock.now())
