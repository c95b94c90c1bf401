"""Counts tries; implements `services.people.attempts.Attempts`. Nobody's name or address is in these rows."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select

from adapters.database import Database, Statement
from adapters.identity.tables import attempts
from services.people.attempts import Limit, TooManyTries

LONGEST = timedelta(hours=1)
"""The longest span that any limit looks back."""

_COUNT = (
    select(attempts.c.at_ms)
    .where(attempts.c.what_hash == bindparam("what"), attempts.c.at_ms > bindparam("since"))
    .order_by(attempts.c.at_ms)
)
_OLD = delete(attempts).where(attempts.c.at_ms < bindparam("before"))
_BY_ID = delete(attempts).where(attempts.c.attempt_id == bindparam("id"))
_BY_WHAT = delete(attempts).where(attempts.c.what_hash == bindparam("what"))


class AttemptStore:
    """The tries of one installation, kept for an hour."""

    def __init__(self, database: Database, secret_for: Callable[[str, str], str]) -> None:
        self._database = database
        self._secret_for = secret_for

    async def begin(self, limits: Sequence[Limit], now: datetime) -> Sequence[UUID]:
        """Writes the try down first and counts then: of many at once, none sees fewer than there are."""
        tries = [(uuid.uuid4(), limit, self._hash(limit)) for limit in limits]
        rows = [{"attempt_id": str(id), "what_hash": what, "at_ms": _ms(now)} for id, _, what in tries]
        await self._database.write([Statement(_OLD, {"before": _ms(now - LONGEST)}), Statement(insert(attempts), rows)])
        ids = [id for id, _, _ in tries]
        for _, limit, what in tries:
            found = await self._database.fetch_all(_COUNT, {"what": what, "since": _ms(now - limit.within)})
            if len(found) > limit.most:
                await self.forgive(ids)
                raise TooManyTries(timedelta(milliseconds=found[0].at_ms - _ms(now)) + limit.within)
        return ids

    async def forgive(self, tries: Sequence[UUID], clear: Sequence[Limit] = ()) -> None:
        """Takes tries back."""
        await self._database.write(
            [
                *(Statement(_BY_ID, {"id": str(one)}) for one in tries),
                *(Statement(_BY_WHAT, {"what": self._hash(limit)}) for limit in clear),
            ]
        )

    def _hash(self, limit: Limit) -> str:
        # Keyed: an address can be guessed from a plain hash.
        return hashlib.sha256(self._secret_for(limit.what, "attempts").encode()).hexdigest()


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
