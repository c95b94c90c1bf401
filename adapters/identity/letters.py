"""What mails about signing in say, and where their links go; implements `services.people.ports.Letters`."""

from __future__ import annotations

import uuid
from datetime import datetime
from uuid import UUID

from adapters.settings import Settings
from services.people.ports import Identity, Letter

_NOT_YOU = (
    "If it was you, there is nothing to do. If it was not, set a new password at {base}, and tell a steward of your\n"
    "organisation or whoever runs this installation.\n"
)


class PlainLetters:
    """Letters in plain words; none where no mail is set up."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def are_sent(self) -> bool:
        """Whether this installation sends mail."""
        return bool(self._settings.smtp_url)

    def invitation(self, person: Identity, secret: str, at: datetime) -> Letter | None:
        """The link with which somebody comes in; of the same invitation it is the same letter."""
        return self._letter(
            person,
            at,
            "You are invited to Concord",
            "you are invited to Concord, where people write down what they expect of each other.\n"
            "Choose a password here; the link works once, for 72 hours:\n\n"
            f"{self._settings.public_url}/invitations/{secret}\n",
            uuid.uuid5(person.person_id, f"invited with {secret}"),
        )

    def link_to_new_password(self, person: Identity, secret: str, at: datetime) -> Letter | None:
        """The link that was asked for."""
        return self._letter(
            person,
            at,
            "Your new password for Concord",
            "somebody, probably you, asked for a new password for Concord.\n"
            "Choose it here; the link works once, for 72 hours, and signs you out everywhere else:\n\n"
            f"{self._settings.public_url}/password-resets/{secret}\n\n"
            "If it was not you, there is nothing to do: without this link nothing changes.\n",
        )

    def password_changed(self, person: Identity | None, at: datetime) -> Letter | None:
        """Your password is another one now."""
        return self._news(person, at, "your password for Concord was changed, and your other sessions have ended.")

    def password_reset(self, person: Identity | None, at: datetime) -> Letter | None:
        """A link was used to set a new password."""
        return self._news(
            person,
            at,
            "a new password for Concord was set with the link that was sent to you; every session has ended.",
        )

    def shut_out(self, person: Identity | None, at: datetime) -> Letter | None:
        """Whoever runs the installation has made a link, and everything that was before opens nothing any more."""
        return self._news(
            person,
            at,
            "whoever runs this installation has made a link with which a new password for you can be set. Your\n"
            "password, your passkeys and your sessions open nothing any more. Those you share an agreement with see\n"
            "that it was done.",
        )

    def passkey_made(self, person: Identity | None, at: datetime) -> Letter | None:
        """There is one more passkey that signs in."""
        return self._news(person, at, "a passkey was added, with which one can sign in to Concord as you.")

    def passkey_removed(self, person: Identity | None, at: datetime) -> Letter | None:
        """A passkey signs in no more."""
        return self._news(person, at, "a passkey of yours was taken away; it signs you in to Concord no more.")

    def signed_out(self, person: Identity | None, at: datetime) -> Letter | None:
        """A steward has ended every session."""
        return self._news(
            person,
            at,
            "a steward of your organisation has signed you out of Concord everywhere. You can sign in again.",
        )

    def _news(self, person: Identity | None, at: datetime, what: str) -> Letter | None:
        words = f"{what}\n\n{_NOT_YOU.format(base=self._settings.public_url)}"
        return self._letter(person, at, "Your sign-in to Concord", words)

    def _letter(
        self, person: Identity | None, at: datetime, subject: str, words: str, letter_id: UUID | None = None
    ) -> Letter | None:
        if not self.are_sent or person is None or person.email is None:
            return None
        return Letter(
            letter_id or uuid.uuid4(),
            person.person_id,
            person.organisation_id,
            person.email,
            subject,
            f"Hello {person.name},\n\n{words}",
            at,
        )
