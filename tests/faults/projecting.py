"""Processes that project until they are killed, started fast: everything is imported once, then forked.

`python -m tests.faults.projecting URL DATA_DIR`: each line on standard input, `project`, `rebuild` or
`act ORGANISATION`, starts another, which writes its process id as a line to standard output once it begins.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self
from uuid import UUID

import psutil

from adapters.policies import policy_runner
from adapters.projection.projection import Pace
from adapters.projector import Projector
from services.ports import Organisation
from tests.contract.agreed import OSLO, House
from tests.contract.setting_aside import SettingAside
from tests.contract.tally import Tally, open_store, registry


async def project(what: str, url: str, data_dir: Path) -> None:
    """Works for a minute at most. One event at a time and no rest: there is always a transaction to be killed in."""
    database, ledger = await open_store(url, data_dir)
    projector = Projector(ledger.log, database, [Tally()], Pace(batch=1, rest=0.0))
    if what.startswith("act"):
        house = House(database, ledger, organisation=Organisation(UUID(what.split()[1]), "Kitchen", OSLO))
        projector = policy_runner(
            [SettingAside().policy()], ledger, database, house.clock, house.organisation_of, Pace(batch=5, rest=0.0)
        )
    if what != "rebuild":
        await projector.start()
        await asyncio.sleep(0)
    sys.stdout.write(f"{os.getpid()}\n")
    sys.stdout.flush()
    if what == "rebuild":
        await projector.rebuild("tally")
    await asyncio.sleep(60)


def serve(url: str, data_dir: Path) -> None:
    """Starts a process for each line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed ones
    registry()
    for line in sys.stdin:
        if os.fork() == 0:
            asyncio.run(project(line.strip(), url, data_dir))
            os._exit(0)


class ProjectingProcesses:
    """Starts and kills them."""

    def __init__(self, url: str, data_dir: Path) -> None:
        command = [sys.executable, "-m", "tests.faults.projecting", url, str(data_dir)]
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def start(self, what: str = "project") -> int:
        """The process id of a new one that projects (or stands by), or rebuilds."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(f"{what}\n")
        self._server.stdin.flush()
        while not (line := self._server.stdout.readline()).strip().isdigit():
            assert line, "it ended by itself"
        return int(line)

    @staticmethod
    def kill(pid: int) -> None:
        """Kills one without a word, and returns when it is gone."""
        os.kill(pid, signal.SIGKILL)
        while psutil.pid_exists(pid):
            pass

    def __exit__(self, *_: object) -> None:
        for child in psutil.Process(self._server.pid).children():
            child.kill()
        self._server.kill()
        self._server.communicate()


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]))
