"""The erasure ledger: whose keys are destroyed, in a file outside the database.

A database that is put back from a copy knows nothing of what was erased since. This file does: it is only
ever added to, a line for each key, and every start goes over it before anything is read. It holds ids and
hashes, so it may be kept anywhere; it should be kept where a lost database does not take it along.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from adapters.settings import Misconfigured

PERSON, RETENTION = "person", "retention"
LOOKS_EVERY = 0.02
"""How long is taken for granted that the file has not changed (seconds): it is asked for before every read."""


@dataclass(frozen=True)
class Erased:
    """One line: whose key is destroyed, when and why, and the SHA-256 of the key where it was still there."""

    id: str
    at: str
    why: str
    key: str | None = None

    @property
    def owner(self) -> UUID:
        """The person, or the agreement."""
        return UUID(self.id)


class ErasureRecord:
    """The file. Several processes may add to it, and each sees within a blink what another added."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._look_at = 0.0
        self._seen: tuple[int, int] = (-1, -1)
        self._lines: dict[UUID, Erased] = {}
        self._owners: frozenset[UUID] = frozenset()

    def prepare(self) -> None:
        """Makes the file where it is missing: that it is there, and empty, says that nobody was erased."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def owners(self) -> frozenset[UUID]:
        """Everybody whose key must not be used: the same object as long as the file did not change."""
        if time.monotonic() < self._look_at:
            return self._owners
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            seen = (0, 0)
        else:
            seen = (stat.st_size, stat.st_mtime_ns)
        if seen != self._seen:
            self._read()
            self._seen = seen
        self._look_at = time.monotonic() + LOOKS_EVERY
        return self._owners

    def lines(self) -> Sequence[Erased]:
        """Every line, the oldest first."""
        self.owners()
        return list(self._lines.values())

    def of(self, owner: UUID) -> Erased | None:
        """The line of one owner."""
        self.owners()
        return self._lines.get(owner)

    def add(self, lines: Iterable[Erased]) -> None:
        """Adds whom it does not know yet; on the disk when this returns."""
        known = self.owners()
        text = "".join(json.dumps(asdict(line)) + "\n" for line in lines if line.owner not in known)
        if not text:
            return
        self.prepare()
        with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            # A process that was killed in the middle of a line leaves half of one: it stays, and is nobody's.
            broken = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
            file.write((b"\n" if broken else b"") + text.encode())
            os.fsync(file.fileno())
        self._look_at = 0.0

    def _read(self) -> None:
        lines: dict[UUID, Erased] = {}
        try:
            text = self.path.read_text()
        except FileNotFoundError:
            text = ""
        whole = text.split("\n")
        for number, line in enumerate(whole, start=1):
            erased = _line(line)
            if erased is not None:
                lines.setdefault(erased.owner, erased)
            elif line and number < len(whole) and not _cut_off(line):
                raise Misconfigured(f"Line {number} of the erasure ledger {self.path} cannot be read.")
        self._lines, self._owners = lines, frozenset(lines)


def _line(text: str) -> Erased | None:
    try:
        erased = Erased(**json.loads(text))
        UUID(erased.id)
    except (ValueError, TypeError, AttributeError):
        return None
    return erased


def _cut_off(text: str) -> bool:
    """Whether it is the beginning of a line, and no more: nothing was done yet by whoever wrote it."""
    return text.startswith('{"id": "'[: len(text)]) and not text.endswith("}")
