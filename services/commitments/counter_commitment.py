"""Answering a request or an offer with another text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class CounterCommitment:
    """What is to be said instead; what stays as it is, is not among `said`.

    Of the content outcome, conditions, level, due and cadence can be put otherwise; who owes whom stays.
    """

    commitment_id: UUID
    said: Mapping[str, Any]
    heard: str | None = None


async def counter_commitment(desk: Desk, command: CounterCommitment) -> Receipt:
    """The side asked puts another text in its place; every yes so far is void, and the turn changes."""
    commitment = await desk.commitment(command.commitment_id, deed="counter_commitment")
    said = dict(command.said)
    if said.get("due") is not None:
        # Of the two ways to say by when, the one that is named takes the other's place.
        said.setdefault("cadence", None)
    elif said.get("cadence") is not None:
        said.setdefault("due", None)
    commitment.counter(desk.act(), replace(commitment.content, **said), command.heard)
    return await desk.record(commitment)
