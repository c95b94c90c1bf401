"""Who signed in as somebody, and who tried: kept for that person's own eyes, for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

KEPT_FOR = timedelta(days=90)

SIGNED_IN, REFUSED, SIGNED_OUT = "signed_in", "refused", "signed_out"


@dataclass(frozen=True)
class SignInNote:
    """What happened at one door.

    `outcome` is `signed_in`, `refused` (`times` times within a quarter of an hour) or `signed_out` (a
    steward or an operator has ended every session); `how` says by which way, `device` from where.
    """

    note_id: UUID
    person_id: UUID
    organisation_id: UUID
    at: datetime
    outcome: str
    how: str
    device: str
    times: int = 1


class SignIns(Protocol):
    """Where that is kept."""

    async def refused(self, person_id: UUID, organisation_id: UUID | None, how: str, device: str, at: datetime) -> None:
        """Notes a try that was refused; for nobody it takes as long."""
        ...

    async def page(self, person_id: UUID, *, before: tuple[datetime, UUID] | None, limit: int) -> Sequence[SignInNote]:
        """A person's notes, newest first, from after one on."""
        ...
