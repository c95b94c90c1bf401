"""The signer: a key and a memory in a folder of their own, apart from the database.

It signs a checkpoint only with a proof that the log it signed last is the beginning of the new one.
So whoever can rewrite the database cannot make it sign another history; it remembers the last note
before it lets go of it, and a restoration only ever on an operator's word.

Refused
|-- Overtaken    another process signed meanwhile: prove from there
|-- Behind       the log is shorter than what was signed: an older copy came back
|-- Rewritten    the log is not a continuation of what was signed
|-- KeyMissing   something was signed before, and the key is not there
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from adapters.eventlog.merkle import EMPTY_ROOT, proves_consistency
from adapters.proofs.notes import BadNote, Checkpoint, SigningKey, VerifierKey
from adapters.stores.file_lock import FileLock

_WAIT = 10.0
RESTORING = "restoring"
"""The mark that a backup is being put back; it is taken away when an operator's word is recorded."""


class Refused(Exception):
    """The signer does not sign this; the message is a sentence."""


class Overtaken(Refused):
    """Another process signed meanwhile."""


class Behind(Refused):
    """The log is shorter than what was signed."""


class Rewritten(Refused):
    """The log does not continue what was signed."""


class KeyMissing(Refused):
    """There are checkpoints, but not the key that signed them."""


class Signer:
    """Signs checkpoints of one log; every process of an installation uses the same folder."""

    def __init__(self, folder: Path, origin: str) -> None:
        self.folder = folder
        self.origin = origin
        self._key_file = folder / "log.key"
        self._memory = folder / "signed"

    @property
    def verifier(self) -> VerifierKey:
        """The public key; the key is made where there is none yet."""
        return self._key(make=True).verifier

    def has_signed(self) -> bool:
        """Whether anything was ever signed here."""
        return self._memory.exists()

    def is_restoring(self) -> bool:
        """Whether a backup was put back, and nobody has recorded it yet."""
        return (self.folder / RESTORING).exists()

    def last_note(self) -> str:
        """The last note that was signed; empty before the first."""
        return self._memory.read_text() if self.has_signed() else ""

    def last(self) -> Checkpoint:
        """What was signed last; the empty log before the first. Raises Refused where key and memory do not match."""
        note = self.last_note()
        if not note:
            return Checkpoint(self.origin, 0, EMPTY_ROOT)
        try:
            return self._key(make=False).verifier.checked(note)
        except BadNote as error:
            raise Rewritten(f"What the signer remembers in {self._memory} was not signed by its key.") from error

    def sign(self, size: int, root: bytes, receipts: bytes, *, since: int, proof: Sequence[bytes]) -> str:
        """The note for a log of that size, proved to continue the one of the size `since`; raises Refused."""
        with self._alone():
            last = self.last()
            if self.is_restoring():
                raise Behind("A backup was put back, and that is not recorded yet.")
            if last.size != since:
                raise Overtaken("Another process signed meanwhile.")
            if size < last.size:
                raise Behind(f"The log has {size} events, and {last.size} were signed.")
            if not proves_consistency(last.size, last.root, size, root, proof):
                raise Rewritten(f"The log of {size} events does not continue the {last.size} that were signed.")
            return self._signed(Checkpoint(self.origin, size, root, receipts, last.restorations))

    def restore(self, size: int, root: bytes, receipts: bytes) -> str:
        """Begins anew from a restored log, on an operator's word; every later checkpoint says so."""
        with self._alone():
            last = self.last()
            said = f"restored {size} of {last.size}"
            note = self._signed(Checkpoint(self.origin, size, root, receipts, (*last.restorations, said)))
            (self.folder / RESTORING).unlink(missing_ok=True)
            return note

    def _signed(self, checkpoint: Checkpoint) -> str:
        note = self._key(make=True).sign(checkpoint)
        write_whole(self._memory, note.encode())
        return note

    def _key(self, *, make: bool) -> SigningKey:
        if not self._key_file.exists():
            if not make or self.has_signed():
                raise KeyMissing(f"The signing key {self._key_file} is missing.")
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(self._key_file, SigningKey.make(self.origin).written().encode(), keep=True)
        try:
            key = SigningKey.read(self._key_file.read_text())
        except BadNote as error:
            raise KeyMissing(f"{self._key_file} is no signing key.") from error
        if key.verifier.name != self.origin:
            raise KeyMissing(f"{self._key_file} is the signing key of another log.")
        return key

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(self.folder / "lock", _WAIT)
        try:
            with lock.held():
                yield
        finally:
            lock.close()


def write_whole(path: Path, content: bytes, *, keep: bool = False) -> None:
    """Puts a file in its place, whole and on the disk, for its owner only; `keep` lets one that is there stay."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if not keep:
        draft.replace(path)
    else:
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
