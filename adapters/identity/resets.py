"""Keeps password resets; implements `services.people.password_resets.Resets`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update

from adapters.database import Database, Statement, Unexpected
from adapters.identity.entering import find_behind
from adapters.identity.outbox import MailOutbox
from adapters.identity.passwords import hashed
from adapters.identity.rows import hash_of
from adapters.identity.sessions import ending_all
from adapters.identity.sign_ins import noting_signed_out
from adapters.identity.tables import passkeys, password_resets, people
from services.people.password_resets import KnownReset
from services.people.ports import Letter

_FIND = select(password_resets).where(password_resets.c.secret_hash == bindparam("secret"))
_DROP = delete(password_resets).where(password_resets.c.person_id == bindparam("id"))
_USE = (
    update(password_resets)
    .where(password_resets.c.reset_id == bindparam("id"), password_resets.c.used_at.is_(None))
    .values(used_at=bindparam("at"))
)
_SET_PASSWORD = update(people).where(people.c.person_id == bindparam("id")).values(password_hash=bindparam("new_hash"))


class ResetStore:
    """The password resets of one installation; of each person the newest only."""

    def __init__(self, database: Database, outbox: MailOutbox) -> None:
        self._database = database
        self._outbox = outbox

    async def keep(self, reset: KnownReset, secret: str, letter: Letter | None) -> None:
        """Keeps a reset; the secret only as a hash, and sealed in the letter that brings it."""
        values = {
            "reset_id": str(reset.reset_id),
            "secret_hash": hash_of(secret),
            "person_id": str(reset.person_id),
            "organisation_id": str(reset.organisation_id),
            "expires_at": reset.expires_at.isoformat(),
            "used_at": None,
        }
        dropped = Statement(_DROP, {"id": values["person_id"]})
        kept = Statement(insert(password_resets), values)
        await self._outbox.write([dropped, kept], letter)

    async def keep_nothing(self, at: datetime, organisation_id: UUID | None) -> None:
        """Takes as long as `keep` where there is nobody to keep a reset for, and leaves nothing that anybody gets."""
        await self._database.write([Statement(_DROP, {"id": ""}), *self._outbox.putting_nothing(at, organisation_id)])

    async def find(self, secret: str) -> KnownReset | None:
        """The reset of this secret."""
        key = hash_of(secret)
        row = await find_behind(self._database, "password_resets", key, _FIND, {"secret": key})
        return row and KnownReset(
            UUID(row.reset_id),
            UUID(row.person_id),
            UUID(row.organisation_id),
            datetime.fromisoformat(row.expires_at),
            datetime.fromisoformat(row.used_at) if row.used_at else None,
        )

    async def use(self, reset: KnownReset, at: datetime, password: str, letter: Letter | None) -> bool:
        """Uses it up, in one transaction with what follows from it."""
        known = {"id": str(reset.person_id), "new_hash": await hashed(password)}
        try:
            await self._outbox.write(
                [
                    Statement(_USE, {"id": str(reset.reset_id), "at": at.isoformat()}, expect_rows=1),
                    Statement(_SET_PASSWORD, known, expect_rows=1),
                    ending_all(reset.person_id, at),
                ],
                letter,
            )
        except Unexpected:
            return False
        return True

    async def shut_out(self, person_id: UUID, organisation_id: UUID, at: datetime, letter: Letter | None) -> None:
        """Forgets password and passkeys and ends the sessions; that they have signed in before stays known."""
        nothing = {"id": str(person_id), "new_hash": ""}
        no_passkeys = Statement(delete(passkeys).where(passkeys.c.person_id == bindparam("id")), {"id": str(person_id)})
        noted = noting_signed_out(person_id, organisation_id, "operator", at)
        out = [Statement(_SET_PASSWORD, nothing), no_passkeys, ending_all(person_id, at), noted]
        await self._outbox.write(out, letter)
