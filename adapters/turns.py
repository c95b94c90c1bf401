"""Turns within one process: commands on one thing wait for each other instead of meeting as conflicts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID
from weakref import WeakValueDictionary


class Turns:
    """Locks by thing, kept only while somebody waits; other processes are met as conflicts all the same."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def on(self, thing_id: UUID | None) -> AsyncIterator[None]:
        """Waits for one's turn on a thing; None needs no turn."""
        if thing_id is None:
            yield
            return
        lock = self._locks.get(thing_id)
        if lock is None:
            lock = self._locks[thing_id] = asyncio.Lock()
        async with lock:
            yield
