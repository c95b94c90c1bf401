"""The projector under faults: killed 50 times, cut off, frozen out, restarted under; it needs nobody's help."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic
from urllib.parse import parse_qs, urlsplit

import psutil
import psycopg
import pytest

from adapters.database import Database
from adapters.eventlog.ledger import EventLedger
from adapters.projection.projection import Pace
from adapters.projector import Projector
from tests.contract.tally import Tally, close_store, digest, open_agreements, open_store, tables_of
from tests.faults.projecting import ProjectingProcesses
from tests.faults.silence import link_to
from tests.postgres import OwnPostgres

pytestmark = pytest.mark.fault

KILLS = int(os.environ.get("CONCORD_TEST_PROJECTOR_KILLS", "12"))
"""The promise is tried with 50."""
WITHIN = 10.0
"""How long it may take until what was recorded after a fault is visible (seconds)."""


# Killed ---------------------------------------------------------------------------------------------


async def test_kills_of_a_projecting_process_lose_nothing_and_double_nothing(store_url: str, tmp_path: Path) -> None:
    database, ledger = await open_store(store_url, tmp_path)
    watching = Projector(ledger.log, database, [Tally()])
    await watching.rebuild("tally")  # so that the killed ones follow, not build
    dice = random.Random(7)
    at_work = 0
    with ProjectingProcesses(store_url, tmp_path) as projecting:
        for _ in range(KILLS):
            await open_agreements(ledger, 4, comments=48)
            (before,) = await watching.lag()
            pid = await asyncio.to_thread(projecting.start)
            await moved_on_from(watching, before.position)
            await asyncio.sleep(dice.uniform(0.0, 0.03))
            await asyncio.to_thread(projecting.kill, pid)
            (after,) = await watching.lag()
            at_work += after.position > before.position and after.events > 0
    assert at_work >= KILLS // 2, "they were to be killed at work"
    await watching.start()
    assert await watching.caught_up(await ledger.head(), timeout=30)
    survived = await tables_of(database, "tally")
    await watching.stop()
    await watching.rebuild("tally")
    assert digest(survived) == digest(await tables_of(database, "tally"))
    assert {r[1] for r in survived} == {50}
    assert len(survived) == 4 * KILLS
    await close_store(database, ledger)


async def test_a_rebuild_that_is_killed_harms_nothing_and_the_next_one_clears_up(
    store_url: str, tmp_path: Path
) -> None:
    database, ledger = await open_store(store_url, tmp_path)
    projector = Projector(ledger.log, database, [Tally()])
    await projector.start()
    await open_agreements(ledger, 20, comments=28)
    assert await projector.caught_up(await ledger.head(), timeout=10)
    before = await tables_of(database, "tally")
    with ProjectingProcesses(store_url, tmp_path) as projecting:
        for _ in range(5):
            pid = await asyncio.to_thread(projecting.start, "rebuild")
            while not await database.fetch_all(  # noqa: ASYNC110 - another process is waited for
                "SELECT * FROM projection_builds WHERE holder LIKE :of", {"of": f"%/{pid}/%"}
            ):
                await asyncio.sleep(0.002)
            await asyncio.to_thread(projecting.kill, pid)
            assert digest(await tables_of(database, "tally")) == digest(before)
    await projector.rebuild("tally")
    assert digest(await tables_of(database, "tally")) == digest(before)
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'tally%'",
        "postgresql": "SELECT tablename FROM pg_tables WHERE tablename LIKE 'tally%'",
    }
    assert len(await database.fetch_all(catalogue[database.dialect])) == 1
    assert await database.fetch_all("SELECT * FROM projection_builds") == []
    await projector.stop()
    await close_store(database, ledger)


async def moved_on_from(watching: Projector, position: int) -> None:
    """Returns once somebody has taken in what came after that position."""
    assert await watching.caught_up(position + 1, timeout=20)


# Cut off, frozen out, restarted under ---------------------------------------------------------------


class Running:
    """A projector over one way to the store, and another way on which events are recorded."""

    def __init__(self, projector: Projector, database: Database, recording: EventLedger) -> None:
        self.projector = projector
        self.database = database
        self.recording = recording

    async def recorded_is_visible(self, agreements: int = 3) -> float:
        """Records something and returns how long it took until it was visible."""
        await open_agreements(self.recording, agreements)
        head = await self.recording.head()
        began = monotonic()
        assert await self.projector.caught_up(head, timeout=WITHIN)
        return monotonic() - began

    async def each_event_is_there_once(self) -> None:
        rows = await tables_of(self.database, "tally")
        assert {r[1] for r in rows} == {2}
        assert 2 * len(rows) == await self.recording.head()


@contextlib.asynccontextmanager
async def running(url: str, recording_url: str, data_dir: Path) -> AsyncIterator[Running]:
    database, ledger = await open_store(url, data_dir)
    recording_database, recording = await open_store(recording_url, data_dir)
    projector = Projector(ledger.log, database, [Tally()])
    await projector.start()
    it = Running(projector, recording_database, recording)
    assert await it.recorded_is_visible() < WITHIN
    yield it
    await projector.stop()
    await close_store(database, ledger)
    await close_store(recording_database, recording)


def socket_of(server: OwnPostgres) -> str:
    return f"{parse_qs(urlsplit(server.url).query)['host'][0]}/.s.PGSQL.5432"


async def test_after_the_database_is_restarted_or_crashes(own_postgres: OwnPostgres, tmp_path: Path) -> None:
    async with running(own_postgres.url, own_postgres.url, tmp_path) as it:
        for end in (own_postgres.stop, own_postgres.kill):
            await asyncio.to_thread(end)
            await asyncio.sleep(0.5)
            await asyncio.to_thread(own_postgres.start)
            await recorded_in_the_end(it.recording)
            assert await it.recorded_is_visible() < WITHIN
        await it.each_event_is_there_once()


async def recorded_in_the_end(recording: EventLedger) -> None:
    """Records again until the recording side has got over the restart as well."""
    for _ in range(100):
        with contextlib.suppress(Exception):
            await open_agreements(recording, 1)
            return
        await asyncio.sleep(0.1)
    raise AssertionError("nothing can be recorded")


async def test_after_every_connection_of_it_is_terminated(postgres_url: str, tmp_path: Path) -> None:
    async with running(postgres_url, postgres_url, tmp_path) as it:
        for _ in range(3):
            with psycopg.connect(postgres_url, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
                )
            await recorded_in_the_end(it.recording)
            assert await it.recorded_is_visible() < WITHIN
        await it.each_event_is_there_once()


async def test_after_its_connections_fall_silent(own_postgres: OwnPostgres, tmp_path: Path) -> None:
    async with link_to(socket_of(own_postgres)) as link:
        through_link = f"postgresql://postgres@127.0.0.1:{link.port}/postgres"
        async with running(through_link, own_postgres.url, tmp_path) as it:
            link.freeze()
            took = await it.recorded_is_visible()
            assert 1 < took < WITHIN, "it was frozen, and it noticed"
            await it.each_event_is_there_once()


async def test_after_its_connections_fell_silent_before_it_began(own_postgres: OwnPostgres, tmp_path: Path) -> None:
    async with link_to(socket_of(own_postgres)) as link:
        database, ledger = await open_store(f"postgresql://postgres@127.0.0.1:{link.port}/postgres", tmp_path)
        recording_database, recording = await open_store(own_postgres.url, tmp_path)
        projector = Projector(ledger.log, database, [Tally()])
        await projector.prepare()
        await asyncio.gather(*(database.fetch_one("SELECT pg_sleep(0.1)") for _ in range(5)))
        link.freeze()
        await projector.start()
        it = Running(projector, recording_database, recording)
        assert await it.recorded_is_visible() < WITHIN, "who waits is told, though their own look hangs"
        await it.each_event_is_there_once()
        await projector.stop()
        await close_store(database, ledger)
        await close_store(recording_database, recording)


async def test_after_the_server_is_frozen_for_a_while(own_postgres: OwnPostgres, tmp_path: Path) -> None:
    async with running(own_postgres.url, own_postgres.url, tmp_path) as it:
        server = psutil.Process(own_postgres.pid)
        frozen = [server, *server.children(recursive=True)]
        for process in frozen:
            process.suspend()
        await asyncio.sleep(6)
        for process in frozen:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()
        await recorded_in_the_end(it.recording)
        assert await it.recorded_is_visible() < WITHIN
        await it.each_event_is_there_once()


async def test_after_another_process_holds_the_file_for_longer_than_a_step_may_take(
    sqlite_url: str, tmp_path: Path
) -> None:
    database, ledger = await open_store(sqlite_url, tmp_path)
    projector = Projector(ledger.log, database, [Tally()], Pace(stall=0.5))
    await projector.start()
    await open_agreements(ledger, 3)
    assert await projector.caught_up(await ledger.head(), timeout=5)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    recording = asyncio.create_task(open_agreements(ledger, 3))
    await asyncio.sleep(2)
    other.execute("COMMIT")
    other.close()
    await recording
    assert await projector.caught_up(await ledger.head(), timeout=WITHIN)
    await projector.stop()
    rows = await tables_of(database, "tally")
    assert [r[1] for r in rows] == [2] * 6
    await close_store(database, ledger)
