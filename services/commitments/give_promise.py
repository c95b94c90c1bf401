"""Promising what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class GivePromise:
    """The commitment, and what is said of it."""

    commitment_id: UUID
    revision: int


async def give_promise(desk: Desk, command: GivePromise) -> Receipt:
    """A named debtor promises what this revision says."""
    commitment = await desk.commitment(command.commitment_id, deed="give_promise")
    commitment.promise(desk.act(), command.revision)
    return await desk.record(commitment)
