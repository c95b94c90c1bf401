"""Who runs a projection: a name for one runner, from which others on the same machine see whether it lives."""

from __future__ import annotations

import hashlib
import os
import socket
from functools import cache
from pathlib import Path
from uuid import uuid4


def new_holder() -> str:
    """A name for one runner of this process: machine, process, and something unique."""
    return f"{_machine()}/{os.getpid()}/{uuid4().hex}"


def is_gone(holder: str) -> bool:
    """Whether the process of that runner certainly is not there any more; False where it cannot be known.

    A process that was killed leaves its place marked as taken; on the same machine nobody needs to
    wait for the lease to run out. Being wrong costs nothing but a change of runner: every batch is
    written only by who holds the place at that moment.
    """
    if not holder:
        return True
    machine, pid, _ = holder.split("/")
    if machine != _machine():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@cache
def _machine() -> str:
    """This machine since its last start, and within it this container: process numbers mean the same here."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        boot, space = socket.gethostname(), ""
    return hashlib.sha256(f"{boot} {space}".encode()).hexdigest()[:16]
