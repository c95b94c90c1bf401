"""Conversations of two requests that must belong together, be fresh, and happen once: OIDC and passkeys.

Nothing is kept between the two: what the first one chose follows from its name and the installation's key.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete

from adapters.database import Database, Statement, Unexpected
from adapters.identity.tables import used

HOLDS = timedelta(minutes=10)

_OLD = delete(used).where(used.c.at_ms < bindparam("before"))
_USE = "INSERT INTO identity_used (what_hash, at_ms) VALUES (:what, :at) ON CONFLICT (what_hash) DO NOTHING"


def begin(now: datetime) -> str:
    """A new name for a conversation; it says when it began."""
    return f"{_ms(now)}.{secrets.token_urlsafe(32)}"


def is_fresh(name: str, now: datetime) -> bool:
    """Whether a conversation of this name may still be going on."""
    began, _, rest = name.partition(".")
    if not (began.isascii() and began.isdecimal() and len(began) <= 15 and len(rest) >= 40 and len(name) <= 100):
        return False
    return 0 <= _ms(now) - int(began) <= HOLDS.total_seconds() * 1000


class UsedUp:
    """What has been used once, for as long as it would otherwise hold."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def use(self, name: str, now: datetime) -> bool:
        """Uses it up; False when somebody did before."""
        what = hashlib.sha256(name.encode()).hexdigest()
        try:
            await self._database.write(
                [
                    Statement(_OLD, {"before": _ms(now - 2 * HOLDS)}),
                    Statement(_USE, {"what": what, "at": _ms(now)}, expect_rows=1),
                ]
            )
        except Unexpected:
            return False
        return True


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
