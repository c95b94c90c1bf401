"""The projector on both stores: each event once, parking, leases, rebuilds, lag, and waiting for a position."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from time import monotonic

import pytest

from adapters.database import Database, Statement
from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import StoredRecord
from adapters.projection.build import BuildRunning
from adapters.projection.projection import Pace
from adapters.projector import Projector
from tests.contract.tally import Tally, close_store, digest, open_agreements, open_store, tables_of

QUICK = Pace(lease=0.6, beat=0.15, stall=2.0, retry=0.001)


@pytest.fixture
async def store(store_url: str, tmp_path: Path) -> AsyncIterator[tuple[Database, EventLedger]]:
    database, ledger = await open_store(store_url, tmp_path)
    yield database, ledger
    await close_store(database, ledger)


Store = tuple[Database, EventLedger]


def projector_over(store: Store, *projections: Tally, pace: Pace = QUICK) -> Projector:
    return Projector(store[1].log, store[0], projections, pace)


async def test_each_event_is_taken_in_once_and_in_order(store: Store) -> None:
    database, ledger = store
    before = await open_agreements(ledger, 5, comments=7)
    tally = Tally()
    projector = projector_over(store, tally)
    await projector.start()
    during = await open_agreements(ledger, 5, comments=7)
    assert await projector.caught_up(await ledger.head(), timeout=5)
    await projector.stop()
    rows = await tables_of(database, "tally")
    assert {r[0] for r in rows} == {str(i) for i in before + during}
    for _, events, last_version, trail in rows:
        assert events == last_version == 9
        marks = [tuple(map(int, mark.split("."))) for mark in str(trail).split()]
        assert [v for _, v in marks] == list(range(1, 10))
        assert [p for p, _ in marks] == sorted(p for p, _ in marks)


async def test_events_that_a_projection_does_not_read_move_its_position(store: Store) -> None:
    _, ledger = store
    projector = projector_over(store, Tally(topics="concord.something_else."))
    await projector.start()
    await open_agreements(ledger, 3)
    head = await ledger.head()
    assert await projector.caught_up(head, timeout=5)
    (lag,) = await projector.lag()
    assert (lag.position, lag.events, lag.seconds) == (head, 0, 0.0)
    await projector.stop()


async def test_waiting_for_a_position_that_is_not_there_yet_ends_when_time_is_up(store: Store) -> None:
    projector = projector_over(store, Tally())
    await projector.start()
    began = monotonic()
    assert not await projector.caught_up(1_000, timeout=0.3)
    assert 0.25 < monotonic() - began < 10
    await projector.stop()


async def test_a_process_that_does_not_project_sees_how_far_another_has_come(store: Store) -> None:
    _, ledger = store
    projecting, asking = projector_over(store, Tally()), projector_over(store, Tally())
    await projecting.start()
    await asking.prepare()
    await open_agreements(ledger, 3)
    assert await asking.caught_up(await ledger.head(), timeout=5)
    await projecting.stop()
    await open_agreements(ledger, 1)
    assert not await asking.caught_up(await ledger.head(), timeout=0.2)
    (lag,) = await asking.lag()
    assert lag.events == 2
    assert 0 <= lag.seconds < 30


async def test_a_poison_event_parks_its_stream_and_nobody_elses(store: Store) -> None:
    database, ledger = store
    ids = await open_agreements(ledger, 6, comments=3)
    bad = await ledger.facts(ids[2])
    tally = Tally()
    tally.poison = {bad[2].position}
    projector = projector_over(store, tally)
    await projector.start()
    head = await ledger.head()
    assert await projector.caught_up(head, timeout=10)
    more = await open_agreements(ledger, 2, comments=3)
    assert await projector.caught_up(await ledger.head(), timeout=5)
    rows = {str(r[0]): r[1] for r in await tables_of(database, "tally")}
    assert rows == {str(i): (2 if i == ids[2] else 5) for i in ids + more}
    parked = await projector.parked()
    assert [p.position for p in parked] == [r.position for r in bad[2:]]
    assert [p.failure for p in parked] == ["ValueError", "FollowsParked", "FollowsParked"]
    assert {p.stream_id for p in parked} == {ids[2]}

    tally.poison.clear()  # what was wrong is put right
    await projector.rebuild("tally")
    assert await projector.parked() == []
    rows = {str(r[0]): r[1] for r in await tables_of(database, "tally")}
    assert set(rows.values()) == {5}
    await projector.stop()


async def test_a_rebuild_equals_what_was_projected_event_by_event_while_events_keep_arriving(store: Store) -> None:
    database, ledger = store
    await open_agreements(ledger, 30, comments=5)
    projector = projector_over(store, Tally())
    await projector.start()
    assert await projector.caught_up(await ledger.head(), timeout=5)
    done = asyncio.Event()

    async def keep_arriving() -> None:
        while not done.is_set():
            await open_agreements(ledger, 1, comments=2)
            await asyncio.sleep(0)

    arriving = asyncio.create_task(keep_arriving())
    for _ in range(3):
        await projector.rebuild("tally")
    done.set()
    await arriving
    assert await projector.caught_up(await ledger.head(), timeout=5)
    incremental = await tables_of(database, "tally")
    await projector.stop()
    await projector_over(store, Tally()).rebuild("tally")
    rebuilt = await tables_of(database, "tally")
    assert digest(incremental) == digest(rebuilt)
    assert sum(int(str(r[1])) for r in rebuilt) == await ledger.head()


async def test_the_old_tables_are_gone_after_a_rebuild(store: Store) -> None:
    database, ledger = store
    await open_agreements(ledger, 2)
    projector = projector_over(store, Tally())
    await projector.rebuild("tally")
    await projector.rebuild("tally")
    with pytest.raises(Exception, match=r"(?i)no such table|does not exist"):
        await database.fetch_all("SELECT * FROM tally_v1_g1")
    assert len(await tables_of(database, "tally")) == 2


async def test_one_runner_is_active_and_another_takes_over_when_it_leaves(store: Store) -> None:
    database, ledger = store
    first, second = projector_over(store, Tally()), projector_over(store, Tally())
    await first.start()
    await open_agreements(ledger, 2)
    assert await first.caught_up(await ledger.head(), timeout=5)
    await second.start()
    await open_agreements(ledger, 2)
    assert await second.caught_up(await ledger.head(), timeout=5)
    await first.stop()
    await open_agreements(ledger, 2)
    assert await second.caught_up(await ledger.head(), timeout=5)
    await second.stop()
    assert [r[1] for r in await tables_of(database, "tally")] == [2] * 6


async def test_another_takes_over_when_the_active_runner_falls_silent(store: Store) -> None:
    database, ledger = store
    first, second = projector_over(store, Tally()), projector_over(store, Tally())
    await first.start()
    await open_agreements(ledger, 2)
    assert await first.caught_up(await ledger.head(), timeout=5)
    await second.start()
    for followed in first._followed.values():  # as if its machine had stopped: no goodbye, no more beats
        for task in (followed._task, followed._watch):
            assert task is not None
            task.cancel()
    await open_agreements(ledger, 2)
    began = monotonic()
    assert await second.caught_up(await ledger.head(), timeout=10)
    assert monotonic() - began < 5
    await second.stop()
    assert [r[1] for r in await tables_of(database, "tally")] == [2] * 4


async def test_two_runners_that_both_think_they_are_active_write_each_event_once(store: Store) -> None:
    database, ledger = store
    impatient = Pace(lease=0.0, beat=0.05, poll=0.05)  # everybody takes the place from everybody
    runners = [projector_over(store, Tally(), pace=impatient) for _ in range(3)]
    for runner in runners:
        await runner.start()
    for _ in range(10):
        await open_agreements(ledger, 2, comments=3)
        await asyncio.sleep(0.05)
    assert await runners[0].caught_up(await ledger.head(), timeout=10)
    for runner in runners:
        await runner.stop()
    rows = await tables_of(database, "tally")
    assert len(rows) == 20
    assert {r[1] for r in rows} == {5}


class TallyOfTheNextProgram(Tally):
    version = 2


async def test_a_new_version_is_built_beside_the_old_one_which_goes_when_nobody_runs_it(store: Store) -> None:
    database, ledger = store
    await open_agreements(ledger, 3)
    old, new = projector_over(store, Tally()), projector_over(store, TallyOfTheNextProgram())
    await old.start()
    await new.start()
    head = await ledger.head()
    assert await old.caught_up(head, timeout=5)
    assert await new.caught_up(head, timeout=5)
    for table in ("tally_v1_g1", "tally_v2_g1"):
        assert len(await database.fetch_all(f"SELECT * FROM {table}")) == 3
    await old.stop()
    await new.rebuild("tally")
    assert len(await database.fetch_all("SELECT * FROM tally_v2_g2")) == 3
    with pytest.raises(Exception, match=r"(?i)no such table|does not exist"):
        await database.fetch_all("SELECT * FROM tally_v1_g1")
    await new.stop()


class SlowTally(Tally):
    """Stops before its first batch, until it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def apply(self, records: Sequence[StoredRecord], suffix: str) -> list[Statement]:
        self.begun.set()
        await self.go_on.wait()
        return await super().apply(records, suffix)


async def test_one_rebuild_at_a_time_and_one_that_is_given_up_leaves_nothing_behind(store: Store) -> None:
    database, ledger = store
    await open_agreements(ledger, 3)
    await projector_over(store, Tally()).rebuild("tally")
    slow = SlowTally()
    rebuilding = asyncio.create_task(projector_over(store, slow).rebuild("tally"))
    await slow.begun.wait()
    with pytest.raises(BuildRunning):
        await projector_over(store, Tally()).rebuild("tally")
    rebuilding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rebuilding
    assert await database.fetch_all("SELECT * FROM projection_builds") == []
    with pytest.raises(Exception, match=r"(?i)no such table|does not exist"):
        await database.fetch_all("SELECT * FROM tally_v1_g2")
    await projector_over(store, Tally()).rebuild("tally")
    assert len(await tables_of(database, "tally")) == 3
