"""Keeps sessions; implements `services.people.sessions.Sessions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update

from adapters.database import Database, Statement
from adapters.identity.entering import find_behind
from adapters.identity.outbox import MailOutbox
from adapters.identity.rows import hash_of, standing_in
from adapters.identity.sign_ins import noting_session, noting_signed_out
from adapters.identity.tables import sessions
from adapters.stores import reach
from services.people.ports import Letter
from services.people.sessions import SEEN_EVERY, KnownSession
from services.ports import Standing

KEPT_AFTER = timedelta(days=1)
"""How long what is over is kept, so that ending it twice answers the same."""

# Every request of a browser asks this: one question to three indexes.
_CREDENTIAL = (
    "SELECT t.session_id, t.person_id, t.organisation_id, t.how, t.device, t.created_at, t.seen_at, t.expires_at, "
    "t.ended_at, s.kind, s.leader_id, s.roles, s.active, p.time_zone "
    "FROM identity_sessions AS t JOIN log_standings AS s "
    "ON s.person_id = t.person_id AND s.organisation_id = t.organisation_id "
    "LEFT JOIN identity_people AS p ON p.person_id = t.person_id WHERE t.secret_hash = :secret"
)
_OF = select(sessions).where(sessions.c.person_id == bindparam("id")).order_by(sessions.c.created_at)
_KEEP = (
    "INSERT INTO identity_sessions (session_id, secret_hash, person_id, organisation_id, how, device, created_at, "
    "seen_at, expires_at) VALUES (:session, :secret, :person, :organisation, :how, :device, :created, :seen, :expires) "
    "ON CONFLICT (session_id) DO NOTHING"
)
_SWEEP = delete(sessions).where(
    (sessions.c.expires_at < bindparam("before")) | (sessions.c.ended_at < bindparam("before"))
)
_SEEN = update(sessions).where(sessions.c.session_id == bindparam("id")).values(seen_at=bindparam("at"))
_ENDING = update(sessions).where(sessions.c.person_id == bindparam("person"), sessions.c.ended_at.is_(None))
_FIND = select(sessions.c.session_id).where(
    sessions.c.session_id == bindparam("id"), sessions.c.person_id == bindparam("person")
)


class SessionStore:
    """The sessions of one installation."""

    def __init__(self, database: Database, outbox: MailOutbox) -> None:
        self._database = database
        self._outbox = outbox

    async def keep(self, session: KnownSession, secret: str) -> None:
        """Keeps a session and notes that somebody signed in; lets go of those that have long been over."""
        swept = Statement(_SWEEP, {"before": (session.created_at - KEPT_AFTER).isoformat()})
        await self._database.write([swept, keeping(session, secret), *noting_session(session)])

    async def of(self, person_id: UUID) -> Sequence[KnownSession]:
        """A person's sessions, oldest first."""
        return [_session(row) for row in await self._database.fetch_all(_OF, {"id": str(person_id)})]

    async def credential(self, secret: str) -> tuple[KnownSession, Standing] | None:
        """The session with this secret and how its owner stands now."""
        key = hash_of(secret)
        row = await find_behind(self._database, "sessions", key, _CREDENTIAL, {"secret": key})
        return None if row is None else (replace(_session(row), time_zone=row.time_zone), standing_in(row))

    async def seen(self, session: KnownSession, now: datetime) -> None:
        """Notes that it was used, at most every few minutes."""
        if now - session.seen_at >= SEEN_EVERY:
            values = {"id": str(session.session_id), "at": now.astimezone(UTC).isoformat()}
            await self._database.write([Statement(_SEEN, values)])

    async def end(self, person_id: UUID, session_id: UUID, at: datetime) -> bool:
        """Ends one session; ended already it stays so. A browser may have been in one of another organisation."""
        whose = {"person": str(person_id), "id": str(session_id)}
        with reach.behind("session", str(session_id)):
            if await self._database.fetch_one(_FIND, whose) is None:
                return False
            one = _ENDING.where(sessions.c.session_id == bindparam("id")).values(ended_at=bindparam("at"))
            await self._database.write([Statement(one, {**whose, "at": at.isoformat()})])
        return True

    async def end_all(self, person_id: UUID, at: datetime) -> None:
        """Ends every session of that person."""
        await self._database.write([ending_all(person_id, at)])

    async def end_all_for_another(
        self, person_id: UUID, organisation_id: UUID, at: datetime, letter: Letter | None
    ) -> None:
        """Ends every session of that person, with the note and the letter that tell them that a steward did it."""
        noted = noting_signed_out(person_id, organisation_id, "steward", at)
        await self._outbox.write([ending_all(person_id, at), noted], letter)


def keeping(session: KnownSession, secret: str) -> Statement:
    """Keeps a session within somebody else's transaction."""
    values = {
        "session": str(session.session_id),
        "secret": hash_of(secret),
        "person": str(session.person_id),
        "organisation": str(session.organisation_id),
        "how": session.how,
        "device": session.device,
        "created": session.created_at.isoformat(),
        "seen": session.seen_at.isoformat(),
        "expires": session.expires_at.isoformat(),
    }
    return Statement(_KEEP, values)


def ending_all(person_id: UUID, at: datetime) -> Statement:
    """Ends every session of a person within somebody else's transaction."""
    return Statement(_ENDING.values(ended_at=bindparam("at")), {"person": str(person_id), "at": at.isoformat()})


def _session(row: Any) -> KnownSession:
    return KnownSession(
        UUID(row.session_id),
        UUID(row.person_id),
        UUID(row.organisation_id),
        row.how,
        row.device,
        datetime.fromisoformat(row.created_at),
        datetime.fromisoformat(row.seen_at),
        datetime.fromisoformat(row.expires_at),
        datetime.fromisoformat(row.ended_at) if row.ended_at else None,
    )
