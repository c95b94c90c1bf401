"""Keeps passkeys; implements `services.people.passkeys.Passkeys`."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update

from adapters.database import Database, Statement, Unexpected, Violation
from adapters.identity.entering import find_behind
from adapters.identity.outbox import MailOutbox
from adapters.identity.tables import passkeys
from services.people.passkeys import KnownPasskey
from services.people.ports import Letter

_OF = select(passkeys).where(passkeys.c.person_id == bindparam("id")).order_by(passkeys.c.created_at)
_FIND = select(passkeys).where(passkeys.c.credential_id == bindparam("id"))
_USED = (
    update(passkeys)
    .where(passkeys.c.credential_id == bindparam("id"))
    .values(sign_count=bindparam("count"), last_used_on=bindparam("day"))
)
_REMOVE = delete(passkeys).where(passkeys.c.passkey_id == bindparam("id"), passkeys.c.person_id == bindparam("person"))


class PasskeyStore:
    """The passkeys of one installation."""

    def __init__(self, database: Database, outbox: MailOutbox) -> None:
        self._database = database
        self._outbox = outbox

    async def keep(self, passkey: KnownPasskey, letter: Letter | None) -> bool:
        """Keeps a passkey, together with the letter that tells of it."""
        values = {
            "credential_id": passkey.credential_id,
            "passkey_id": str(passkey.passkey_id),
            "person_id": str(passkey.person_id),
            "organisation_id": str(passkey.organisation_id),
            "public_key": base64.b64encode(passkey.public_key).decode(),
            "sign_count": passkey.sign_count,
            "name": passkey.name,
            "created_at": passkey.created_at.isoformat(),
            "last_used_on": None,
        }
        try:
            await self._outbox.write([Statement(insert(passkeys), values)], letter)
        except Violation:
            return False
        return True

    async def of(self, person_id: UUID) -> Sequence[KnownPasskey]:
        """A person's passkeys."""
        return [_passkey(row) for row in await self._database.fetch_all(_OF, {"id": str(person_id)})]

    async def find(self, credential_id: str) -> KnownPasskey | None:
        """The passkey with this credential id."""
        row = await find_behind(self._database, "passkeys", credential_id, _FIND, {"id": credential_id})
        return None if row is None else _passkey(row)

    async def used(self, passkey: KnownPasskey, sign_count: int, on: date) -> None:
        """Notes that it was used."""
        values = {"id": passkey.credential_id, "count": sign_count, "day": on.isoformat()}
        await self._database.write([Statement(_USED, values)])

    async def remove(self, person_id: UUID, passkey_id: UUID, letter: Letter | None) -> bool:
        """Removes one, together with the letter that tells of it."""
        values = {"id": str(passkey_id), "person": str(person_id)}
        try:
            await self._outbox.write([Statement(_REMOVE, values, expect_rows=1)], letter)
        except Unexpected:
            return False
        return True


def _passkey(row: Any) -> KnownPasskey:
    return KnownPasskey(
        UUID(row.passkey_id),
        row.credential_id,
        UUID(row.person_id),
        UUID(row.organisation_id),
        base64.b64decode(row.public_key),
        row.sign_count,
        row.name,
        datetime.fromisoformat(row.created_at),
        date.fromisoformat(row.last_used_on) if row.last_used_on else None,
    )
