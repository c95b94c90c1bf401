"""Which erasures are on their way, and what each waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

APPROVE, ERASE, COMPLETE = "approve", "erase", "complete"
"""What it waits for: a second word, the end of the week, or that what was recorded is done."""


@dataclass(frozen=True)
class OpenErasure:
    """One of them; `due_at` is since when it waits for a second word, or when it comes."""

    person_id: UUID
    organisation_id: UUID
    step: str
    due_at: datetime


class Erasures(Protocol):
    """The erasures that are on their way."""

    async def list_due(self, now: datetime) -> Sequence[OpenErasure]:
        """Those whose week is over, and those that are recorded but not done."""
        ...

    async def list_to_approve(self, organisation_id: UUID) -> Sequence[OpenErasure]:
        """Those in an organisation that wait for a second word, the oldest first."""
        ...
