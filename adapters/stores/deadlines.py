"""A limit on how long one may wait for something that may never answer."""

from __future__ import annotations

import asyncio
from types import TracebackType

from services.ports import Unavailable


class Deadline:
    """Leaves its block after `seconds` and raises Unavailable, even when the block takes its time to stop.

    A driver that is told to stop asks the server to cancel, and waits for that: with a server that is
    frozen or behind a dead link it is told again a second later, and then drops the connection.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._told = 0

    async def __aenter__(self) -> None:
        self._loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None
        self._task: asyncio.Task[object] = task
        self._next = self._loop.call_later(self._seconds, self._tell)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._next.cancel()
        if not self._told:
            return
        for _ in range(self._told):
            left = self._task.uncancel()
        # Whoever else cancelled the task has the last word.
        if not left and kind is not None and issubclass(kind, asyncio.CancelledError):
            raise Unavailable(f"no answer within {self._seconds:g} s") from error

    def _tell(self) -> None:
        self._told += 1
        self._task.cancel()
        self._next = self._loop.call_later(1.0, self._tell)
