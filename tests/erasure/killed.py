"""Erases people, each in a process that ends itself without a word as soon as it comes to a step.

usage: python -m tests.erasure.killed URL DATA_DIR [PERSON STEP]...

Prints by which signal each ended, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from adapters.erasure import eraser
from adapters.erasure.record import ErasureRecord
from adapters.eventlog.keys import Keyring
from services.people.erase_person import ErasePerson
from tests.erasure.house import A_WEEK_LATER, House, organisation_of

STEPS: dict[str, tuple[Any, str]] = {
    "writing it down": (ErasureRecord, "add"),
    "destroying the key": (Keyring, "destroy"),
    "forgetting who they were": (eraser, "forget_people"),
    "emptying rows": (eraser, "empty_rows"),
    "sweeping": (eraser, "sweep"),
    "saying that it is done": (eraser, "complete_erasure"),
}


async def erase(url: str, data_dir: str, person: str, step: str) -> None:
    async with House(url, Path(data_dir)).opened(A_WEEK_LATER) as concord:
        organisation = await organisation_of(concord)
        setattr(*STEPS[step], lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        await concord.eraser.record_it(ErasePerson(UUID(person), organisation))
        await concord.eraser.finish(UUID(person), organisation)


def ended_by(url: str, data_dir: str, person: str, step: str) -> int:
    """The signal that ended a process of its own; 0 when none did."""
    child = os.fork()
    if child == 0:
        asyncio.run(erase(url, data_dir, person, step))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status)


def main(url: str, data_dir: str, *named: str) -> None:
    ended = [ended_by(url, data_dir, *pair) for pair in zip(named[::2], named[1::2], strict=True)]
    sys.stdout.write(f"\n{json.dumps(ended)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
