"""A writer is killed or frozen in the middle: what was acknowledged is there, nothing is torn, nobody waits."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import orjson
import pytest

from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.merkle import leaf_hash
from tests.contract.log.things import new_thing, opened, record

pytestmark = pytest.mark.fault

ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def writing(url: str, data_dir: Path, tasks: int = 8) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process of writing.py; killed in the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.contract.log.writing",
        url,
        str(data_dir),
        str(tasks),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        assert process.stdout is not None
        await process.stdout.read()
        await process.wait()


async def lines(process: asyncio.subprocess.Process, count: int) -> list[bytes]:
    """The next lines that the process writes."""
    assert process.stdout is not None
    async with asyncio.timeout(60):
        return [await process.stdout.readline() for _ in range(count)]


async def everything(ledger: EventLedger) -> Counter[str]:
    """Reads and checks the whole log; returns how many events each command has in it."""
    events: Counter[str] = Counter()
    position = 0
    while records := await ledger.log.read_after(position, 500):
        facts = await ledger.restore(records)
        for record_, fact in zip(records, facts, strict=True):
            position += 1
            assert record_.position == position
            assert orjson.loads(record_.header)["command"] == fact.command_id
            events[fact.command_id] += 1
    rows = await ledger.log._database.fetch_all("SELECT position, header, body, leaf FROM log_events")  # type: ignore[attr-defined]
    assert all(leaf_hash(bytes(r.header), bytes(r.body)) == bytes(r.leaf) for r in rows)
    assert await ledger.head() == position == len(rows)
    return events


async def test_whatever_a_killed_writer_was_told_is_there_and_nothing_is_torn(store_url: str, tmp_path: Path) -> None:
    acknowledged: dict[str, tuple[int, int]] = {}
    own: set[str] = set()
    for _ in range(4):
        async with writing(store_url, tmp_path) as process:
            seen = await lines(process, random.randrange(20, 120))
            process.send_signal(signal.SIGKILL)
            assert process.stdout is not None
            seen += (await process.stdout.read()).splitlines(keepends=True)
        for line in seen:
            if line.endswith(b"\n"):
                id, position, events = line.decode().split()
                acknowledged[id] = (int(position), int(events))
        async with opened(store_url, tmp_path) as ledger:
            stored = await everything(ledger)
            for id, (position, events) in acknowledged.items():
                receipt = await ledger.receipt(id)
                assert receipt is not None
                assert (receipt.position, stored[id]) == (position, events)
            # What was under way when the process died is there as a whole with its receipt, or not at all.
            for id in stored.keys() - own:
                assert await ledger.receipt(id) is not None
                assert stored[id] in (3, 5)
            # And the log goes on where it stands.
            head = await ledger.head()
            assert head >= max(position for position, _ in acknowledged.values())
            receipt = await record(ledger, await new_thing(ledger))
            assert receipt.position == head + 1
            own.add((await ledger.restore(await ledger.log.read_after(head, 1)))[0].command_id)
    assert len(acknowledged) > 80


async def test_a_frozen_client_holds_nobody_up(postgres_url: str, tmp_path: Path) -> None:
    slowest = 0.0
    async with opened(postgres_url, tmp_path) as ledger, writing(postgres_url, tmp_path) as process:
        await lines(process, 30)
        for _ in range(12):
            await asyncio.sleep(random.random() * 0.05)
            process.send_signal(signal.SIGSTOP)
            try:
                until = monotonic() + 0.5
                while monotonic() < until:
                    thing = await new_thing(ledger)
                    began = monotonic()
                    await record(ledger, thing)
                    slowest = max(slowest, monotonic() - began)
            finally:
                process.send_signal(signal.SIGCONT)
            await lines(process, 3)  # it goes on, too
        assert slowest < 1.0, f"somebody waited {slowest:.1f} s"


async def test_other_processes_hear_of_an_append(postgres_url: str, tmp_path: Path) -> None:
    async with opened(postgres_url, tmp_path) as ledger:
        hearing = asyncio.create_task(ledger.log.wait_for_change(30))
        async with writing(postgres_url, tmp_path, tasks=1), asyncio.timeout(15):
            await hearing


async def test_a_killed_connection_is_replaced_and_nobody_notices(postgres_url: str, tmp_path: Path) -> None:
    async with opened(postgres_url, tmp_path) as ledger, opened(postgres_url, tmp_path) as killer:
        await record(ledger, await new_thing(ledger))
        for _ in range(10):
            await killer.log._database.fetch_all(  # type: ignore[attr-defined]
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            await record(ledger, await new_thing(ledger))
            assert len(await ledger.log.read_after(0, 100)) == await ledger.head()
        assert await ledger.head() == 11
