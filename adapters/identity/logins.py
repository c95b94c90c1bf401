"""Keeps which login elsewhere is whose; implements `services.people.sign_in_elsewhere.Logins`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update

from adapters.database import Database, Statement
from adapters.identity.entering import find_behind
from adapters.identity.tables import invitations, logins, password_resets, people

_FIND = select(logins.c.person_id, logins.c.organisation_id).where(
    logins.c.issuer == bindparam("issuer"), logins.c.subject == bindparam("subject")
)
_KEEP = (
    "INSERT INTO identity_logins (issuer, subject, person_id, organisation_id, created_at) "
    "VALUES (:issuer, :subject, :person, :organisation, :at) ON CONFLICT (issuer, subject) DO NOTHING"
)
_SIGNED_UP = (
    update(people)
    .where(people.c.person_id == bindparam("id"), people.c.password_hash.is_(None))
    .values(password_hash="")
)


class LoginStore:
    """The logins elsewhere of one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, issuer: str, subject: str) -> UUID | None:
        """Whose login it is."""
        values = {"issuer": issuer, "subject": subject}
        row = await find_behind(self._database, "logins", f"{issuer} {subject}", _FIND, values)
        return None if row is None else UUID(row.person_id)

    async def connect(self, issuer: str, subject: str, person_id: UUID, organisation_id: UUID, at: datetime) -> None:
        """Keeps whose it is."""
        who = {"id": str(person_id)}
        values = {
            "issuer": issuer,
            "subject": subject,
            "person": str(person_id),
            "organisation": str(organisation_id),
            "at": at.isoformat(),
        }
        dropped = [
            Statement(delete(table).where(table.c.person_id == bindparam("id")), who)
            for table in (invitations, password_resets)
        ]
        await self._database.write([Statement(_KEEP, values), Statement(_SIGNED_UP, who), *dropped])
