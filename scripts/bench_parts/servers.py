"""Concord as it is really started: `concord serve` in a process of its own, on a fresh store."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from scripts.bench_parts.load import Connection, request

ROOT = Path(__file__).parents[2]


@dataclass
class Server:
    """A running server: its process and port, and how long it took to its first answer."""

    process: subprocess.Popen[bytes]
    port: int
    first_answer_after: float = 0.0

    def megabytes(self) -> float:
        """Memory that the process holds now, its children included."""
        process = psutil.Process(self.process.pid)
        return sum(each.memory_info().rss for each in [process, *process.children(recursive=True)]) / 1e6


@dataclass(frozen=True)
class Installation:
    """A data folder and a store that commands and servers are started on."""

    data_dir: Path
    database_url: str

    @property
    def environment(self) -> dict[str, str]:
        """The process environment that points Concord at this installation alone."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CONCORD_")}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        return {
            **kept,
            "PYTHONPATH": str(ROOT),
            "CONCORD_DATA_DIR": str(self.data_dir),
            "CONCORD_DATABASE_URL": self.database_url,
            "CONCORD_LOG_FORMAT": "json",
            "CONCORD_REQUESTS_PER_MINUTE": "0",
        }

    def run(self, *arguments: str, given: str = "") -> Any:
        """Runs one command to its end and reads the JSON that it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "adapters.cli.main", *arguments],
            cwd=self.data_dir,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"concord {arguments[0]} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
        return json.loads(done.stdout)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Server]:
        """Starts a server, waits for its first answer, and stops it at the end."""
        port = free_port()
        began = time.perf_counter()
        with (self.data_dir / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "adapters.cli.main", "serve", "--port", str(port)],
                cwd=self.data_dir,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        try:
            await wait_until_answering(port, process)
            yield Server(process, port, time.perf_counter() - began)
        finally:
            process.terminate()
            process.wait(20)


async def wait_until_answering(port: int, process: subprocess.Popen[bytes]) -> None:
    """Asks /healthz every few milliseconds until it answers 200."""
    deadline = time.perf_counter() + 30
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode} before it answered")
        try:
            connection = await Connection.open(port)
            answer = await connection.ask(request("GET", "/healthz"))
            connection.close()
            if answer.status == 200:
                return
        except OSError:
            pass
        await asyncio.sleep(0.005)
    raise SystemExit("the server did not answer within 30 seconds")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
