"""Sessions: somebody who is signed in with a browser. They are no history, so the log knows nothing of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.people.ports import Letter
from services.ports import Standing

TWO_FACTORS = frozenset({"passkey", "oidc_two_factors"})
"""The ways in that take two: a device and who it knows as its owner, or what a provider says was two."""
HOLDS = timedelta(days=30)
"""How long a session lasts at most."""
IDLE = timedelta(days=7)
"""How long it lasts while nobody uses it."""
SEEN_EVERY = timedelta(minutes=10)
"""How finely it is known when a session was last used."""


@dataclass(frozen=True)
class KnownSession:
    """A session as it is kept: its secret only as a hash.

    `how` is what opened it: `password`, `invitation`, `reset`, `first_run`, `oidc`, `oidc_two_factors` or
    `passkey`; `device` is a browser and a system in a few words, so that its owner knows it again.
    `time_zone` is its owner's, told by the secret that opens it.
    """

    session_id: UUID
    person_id: UUID
    organisation_id: UUID
    how: str
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    time_zone: str | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.ended_at is None and now < self.expires_at and now < self.seen_at + IDLE


class Sessions(Protocol):
    """Where sessions are kept."""

    async def keep(self, session: KnownSession, secret: str) -> None:
        """Keeps a session; the same one again changes nothing."""
        ...

    async def of(self, person_id: UUID) -> Sequence[KnownSession]:
        """A person's sessions, oldest first, ended ones too."""
        ...

    async def credential(self, secret: str) -> tuple[KnownSession, Standing] | None:
        """The session with this secret, whether or not it still holds, and how its owner stands now."""
        ...

    async def seen(self, session: KnownSession, now: datetime) -> None:
        """Notes that it was used, no finer than `SEEN_EVERY`."""
        ...

    async def end(self, person_id: UUID, session_id: UUID, at: datetime) -> bool:
        """Ends a session of that person; False when there is none with this id."""
        ...

    async def end_all(self, person_id: UUID, at: datetime) -> None:
        """Ends every session of that person."""
        ...

    async def end_all_for_another(
        self, person_id: UUID, organisation_id: UUID, at: datetime, letter: Letter | None
    ) -> None:
        """Ends every session of that person, and tells them that a steward did it."""
        ...
