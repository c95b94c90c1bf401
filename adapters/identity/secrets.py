"""Secrets that are shown once and kept nowhere: derived from a key that no database holds.

A token's secret follows from the command that made it, so a repeat of the command can show it again.
The key is a file of its own (mode 0600): with the database alone, receipts included, none follows.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import urlsafe_b64encode
from pathlib import Path


class SecretSource:
    """Derives the secrets of one installation; every process of it needs the same file."""

    def __init__(self, folder: Path) -> None:
        """Reads the key in this folder, or makes it."""
        self._key = _read_or_make(folder / "secrets.key")

    def derive(self, command_id: str, purpose: str) -> str:
        """A secret of 256 bits: the same for the same command and purpose."""
        derived = hmac.digest(self._key, f"{purpose}:{command_id}".encode(), hashlib.sha256)
        return "concord_" + urlsafe_b64encode(derived).rstrip(b"=").decode()


def _read_or_make(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written whole under another name first: a process killed here leaves no half key behind.
        draft = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(os.urandom(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()
