"""What an export needs beside the ledger: the whole log, stream by stream, and people's names."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from domain.base import Fact


class Streams(Protocol):
    """The log as a whole."""

    def __call__(self, topics: tuple[str, ...]) -> AsyncIterator[list[Fact]]:
        """All facts of each stream that has any whose topic begins with one of these, in order."""
        ...


class Names(Protocol):
    """What people are called."""

    async def names(self, person_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """The names of those among these people who have one."""
        ...
