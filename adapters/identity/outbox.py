"""Keeps letters until they are sent, whatever happens to the process meanwhile.

What a letter says, its address and its link stand in the row sealed, under a key that no database holds.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import bindparam, delete, select, update

from adapters.database import Database, Statement
from adapters.identity.tables import mails
from services.people.ports import Letter

LEASE = timedelta(minutes=2)
"""How long a process has for handing a letter over; after that another one tries."""
REMEMBERED = timedelta(days=1)
"""How long it is known of a letter, with nothing in it, that it was sent."""
_NONCE = 12

_PUT = (
    "INSERT INTO identity_mails (mail_id, person_id, organisation_id, sealed, written_ms, due_ms, tries) "
    "VALUES (:mail, :person, :organisation, :sealed, :at, :due, 0) ON CONFLICT (mail_id) DO NOTHING"
)
_SWEEP = delete(mails).where(mails.c.due_ms.is_(None), mails.c.written_ms < bindparam("before"))
_IS_DUE = select(mails.c.mail_id).where(mails.c.due_ms <= bindparam("now")).limit(1)
_TAKE = (
    "UPDATE identity_mails SET taken_by = :who, due_ms = :until, tries = tries + 1 WHERE mail_id IN "
    "(SELECT mail_id FROM identity_mails WHERE due_ms <= :now ORDER BY due_ms LIMIT 1 {others})"
)
_TAKEN = select(mails).where(mails.c.taken_by == bindparam("who"), mails.c.due_ms.is_not(None))
_WAITING = (
    "SELECT count(*) AS waiting, count(CASE WHEN written_ms < :before THEN 1 END) AS late "
    "FROM identity_mails WHERE due_ms IS NOT NULL"
)
_MINE = update(mails).where(mails.c.mail_id == bindparam("mail"), mails.c.taken_by == bindparam("who"))
_DONE = _MINE.values(sealed="", due_ms=None)
_LATER = _MINE.values(due_ms=bindparam("due"))


@dataclass(frozen=True)
class Waiting:
    """A letter that a process has taken to send it: as what, when it was written, and how often it was tried."""

    mail_id: str
    taken_by: str
    to: str
    subject: str
    text: str
    written_at_ms: int
    tries: int


class MailOutbox:
    """The letters of one installation; any of its processes may send them, each by one at a time."""

    def __init__(self, database: Database, secret_for: Callable[[str, str], str]) -> None:
        self._database = database
        self._secret_for = secret_for
        self.news = asyncio.Event()
        """Set when this process has put something here."""

    async def put(self, letter: Letter) -> None:
        """Keeps a letter; the same one again changes nothing."""
        await self.write([], letter)

    async def write(self, statements: Sequence[Statement], letter: Letter | None) -> None:
        """Executes all in one transaction with keeping the letter that tells of it."""
        await self._database.write([*statements, *self.putting(letter)])
        if letter is not None:
            self.news.set()

    def putting(self, letter: Letter | None) -> list[Statement]:
        """Keeps a letter within somebody else's transaction: with what it tells of, or not at all."""
        if letter is None:
            return []
        mail_id = str(letter.letter_id)
        values = {
            "mail": mail_id,
            "person": str(letter.person_id),
            "organisation": str(letter.organisation_id),
            "sealed": self._seal(mail_id, {"to": letter.to, "subject": letter.subject, "text": letter.text}),
            "at": _ms(letter.at),
            "due": _ms(letter.at),
        }
        return [Statement(_SWEEP, {"before": _ms(letter.at - REMEMBERED)}), Statement(_PUT, values)]

    def putting_nothing(self, at: datetime, organisation_id: UUID | None) -> list[Statement]:
        """As much work as a letter, for nobody: it is never due, and is swept with those that were sent."""
        mail_id = str(uuid.uuid4())
        sealed = self._seal(mail_id, {"to": "", "subject": "", "text": ""})
        whose = {"person": "", "organisation": str(organisation_id or "")}
        values = {"mail": mail_id, **whose, "sealed": sealed, "at": _ms(at), "due": None}
        return [Statement(_SWEEP, {"before": _ms(at - REMEMBERED)}), Statement(_PUT, values)]

    async def take(self, now: datetime) -> Waiting | None:
        """A letter that is due, for this process alone until its lease is over; None when there is none."""
        if await self._database.fetch_one(_IS_DUE, {"now": _ms(now)}) is None:
            return None
        who = uuid.uuid4().hex
        take = _TAKE.format(others="" if self._database.dialect == "sqlite" else "FOR UPDATE SKIP LOCKED")
        await self._database.write([Statement(take, {"who": who, "now": _ms(now), "until": _ms(now + LEASE)})])
        row = await self._database.fetch_one(_TAKEN, {"who": who})
        if row is None:
            return None
        said = self._open(row.mail_id, row.sealed)
        return Waiting(row.mail_id, who, said["to"], said["subject"], said["text"], row.written_ms, row.tries)

    async def done(self, letter: Waiting) -> None:
        """Keeps of a letter nothing but that it was sent, or given up."""
        await self._database.write([Statement(_DONE, {"mail": letter.mail_id, "who": letter.taken_by})])

    async def later(self, letter: Waiting, at: datetime) -> None:
        """Puts it back until then."""
        await self._database.write(
            [Statement(_LATER, {"mail": letter.mail_id, "who": letter.taken_by, "due": _ms(at)})]
        )

    async def waiting(self, since: datetime) -> tuple[int, int]:
        """How many letters are not sent yet, and how many of them were written before then."""
        row = await self._database.fetch_one(_WAITING, {"before": _ms(since)})
        return (int(row.waiting), int(row.late)) if row is not None else (0, 0)

    def _seal(self, mail_id: str, said: dict[str, str]) -> str:
        nonce = os.urandom(_NONCE)
        return base64.b64encode(nonce + self._key().encrypt(nonce, orjson.dumps(said), mail_id.encode())).decode()

    def _open(self, mail_id: str, sealed: str) -> dict[str, Any]:
        raw = base64.b64decode(sealed)
        said: dict[str, Any] = orjson.loads(self._key().decrypt(raw[:_NONCE], raw[_NONCE:], mail_id.encode()))
        return said

    def _key(self) -> AESGCM:
        return AESGCM(hashlib.sha256(self._secret_for("letters", "outbox").encode()).digest())


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
