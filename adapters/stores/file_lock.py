"""A lock between processes, on a file that holds nothing: whoever dies lets go of it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.ports import Unavailable

_LOOK_AGAIN = 0.001

if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

    def _let_go(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _let_go(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


class FileLock:
    """Held by one holder at a time, also within a process when each has a FileLock of its own."""

    def __init__(self, path: Path, wait_for: float) -> None:
        self._name = path.name
        self._wait_for = wait_for
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Waits for the other holders; raises Unavailable when one of them does not let go in time."""
        self._wait()
        try:
            yield
        finally:
            _let_go(self._file)

    def _wait(self) -> None:
        until = time.monotonic() + self._wait_for
        while True:
            try:
                _take(self._file)
                return
            except OSError as error:
                if time.monotonic() > until:
                    raise Unavailable(f"another process keeps {self._name} for itself") from error
            time.sleep(_LOOK_AGAIN)

    def close(self) -> None:
        """Lets go of the file; again does nothing."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)
