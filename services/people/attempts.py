"""How often something may be tried that must not be guessed: passwords, and the secrets of links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Limit:
    """At most so many tries `within` a span of time; `what` names what is tried, and by whom."""

    what: str
    most: int
    within: timedelta


class TooManyTries(Exception):
    """It was tried too often; `retry_in` is when it may be tried again."""

    def __init__(self, retry_in: timedelta) -> None:
        super().__init__("tried too often")
        self.retry_in = retry_in


class Attempts(Protocol):
    """Where tries are counted, for all processes of an installation together."""

    async def begin(self, limits: Sequence[Limit], now: datetime) -> Sequence[UUID]:
        """Counts a try before it is made, so that many at once count too; TooManyTries where one limit is full."""
        ...

    async def forgive(self, tries: Sequence[UUID], clear: Sequence[Limit] = ()) -> None:
        """Takes these tries back, since they were right; and all others under the limits to `clear`."""
        ...


SPAN = timedelta(minutes=15)


def from_address(address: str) -> Limit:
    """What one address may get wrong, whatever it tries."""
    return Limit(f"address\n{address}", 100, SPAN)


def for_strangers(address: str) -> Limit:
    """What one address may get wrong where there is nobody yet to count it for: links of others, keys, tokens."""
    return Limit(f"stranger\n{address}", 100, SPAN)


def for_an_account(person_id: UUID, address: str) -> Limit:
    """What one address may get wrong about one person; the person elsewhere is not touched by it."""
    return Limit(f"account\n{person_id}\n{address}", 20, SPAN)


def from_known_device(person_id: UUID) -> Limit:
    """What the browsers that somebody has signed in with may get wrong: strangers cannot use this up."""
    return Limit(f"device\n{person_id}", 20, SPAN)


def for_an_account_from_anywhere(person_id: UUID) -> Limit:
    """What all unknown browsers of the world together may get wrong about one person."""
    return Limit(f"anywhere\n{person_id}", 200, timedelta(hours=1))
