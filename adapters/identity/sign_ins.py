"""Keeps who signed in as somebody; implements `services.people.sign_ins.SignIns`. No network address is kept."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.sql import and_

from adapters.database import Database, Statement
from adapters.identity.tables import sign_ins
from services.people.attempts import SPAN
from services.people.sessions import KnownSession
from services.people.sign_ins import KEPT_FOR, REFUSED, SIGNED_IN, SIGNED_OUT, SignInNote

_NOTE = (
    "INSERT INTO identity_sign_ins (note_id, person_id, organisation_id, at_ms, outcome, how, device, times) "
    "VALUES (:note, :person, :organisation, :at, :outcome, :how, :device, 1) ON CONFLICT (note_id) DO "
)
_ONCE = f"{_NOTE} NOTHING"
_COUNTED = f"{_NOTE} UPDATE SET times = identity_sign_ins.times + 1, at_ms = excluded.at_ms"
_SWEEP = delete(sign_ins).where(sign_ins.c.at_ms < bindparam("before"))
_OF = select(sign_ins).where(sign_ins.c.person_id == bindparam("id"))
_NEWEST = _OF.order_by(sign_ins.c.at_ms.desc(), sign_ins.c.note_id.desc()).limit(bindparam("most"))
_BEFORE = _NEWEST.where(
    or_(
        sign_ins.c.at_ms < bindparam("at"),
        and_(sign_ins.c.at_ms == bindparam("at"), sign_ins.c.note_id < bindparam("note")),
    )
)


class SignInLog:
    """The notes of one installation, kept for `KEPT_FOR`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def refused(self, person_id: UUID, organisation_id: UUID | None, how: str, device: str, at: datetime) -> None:
        """Notes a try that was refused; of many in a quarter of an hour from one device it keeps one note."""
        # An address that nobody has makes one note for all such, so that it takes as long and fills nothing.
        who = person_id if organisation_id is not None else UUID(int=0)
        span = int(at.timestamp() // SPAN.total_seconds())
        note_id = uuid.uuid5(who, f"refused {how} {device} {span}")
        values = _values(note_id, who, str(organisation_id or ""), at, REFUSED, how, device)
        await self._database.write([Statement(_COUNTED, values)])

    async def page(self, person_id: UUID, *, before: tuple[datetime, UUID] | None, limit: int) -> Sequence[SignInNote]:
        """A person's notes, newest first."""
        values: dict[str, Any] = {"id": str(person_id), "most": limit}
        if before is not None:
            values |= {"at": _ms(before[0]), "note": str(before[1])}
        rows = await self._database.fetch_all(_NEWEST if before is None else _BEFORE, values)
        return [
            SignInNote(
                UUID(row.note_id),
                UUID(row.person_id),
                UUID(row.organisation_id),
                datetime.fromtimestamp(row.at_ms / 1000, UTC),
                row.outcome,
                row.how,
                row.device,
                row.times,
            )
            for row in rows
        ]


def noting_session(session: KnownSession) -> list[Statement]:
    """Notes, in the transaction that keeps a session, that somebody signed in; lets go of what is long past."""
    values = _values(
        session.session_id,
        session.person_id,
        str(session.organisation_id),
        session.created_at,
        SIGNED_IN,
        session.how,
        session.device,
    )
    return [Statement(_SWEEP, {"before": _ms(session.created_at - KEPT_FOR)}), Statement(_ONCE, values)]


def noting_signed_out(person_id: UUID, organisation_id: UUID, by: str, at: datetime) -> Statement:
    """Notes, in the transaction that ends somebody's sessions, that another did that: a steward or an operator."""
    values = _values(uuid.uuid4(), person_id, str(organisation_id), at, SIGNED_OUT, by, "")
    return Statement(_ONCE, values)


def _values(
    note_id: UUID, person_id: UUID, organisation: str, at: datetime, outcome: str, how: str, device: str
) -> dict[str, Any]:
    return {
        "note": str(note_id),
        "person": str(person_id),
        "organisation": organisation,
        "at": _ms(at),
        "outcome": outcome,
        "how": how,
        "device": device,
    }


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
