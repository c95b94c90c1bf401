"""A process that runs a policy is killed at work, again and again: everything follows once all the same."""

from __future__ import annotations

import asyncio
import random
from datetime import date
from pathlib import Path

import pytest

from adapters.policies import PACE, policy_runner
from tests.contract.agreed import House
from tests.contract.setting_aside import SUSPENDED, SettingAside
from tests.contract.tally import close_store, open_store
from tests.faults.projecting import ProjectingProcesses

pytestmark = pytest.mark.fault

KILLS = 6


async def test_6_kills_of_a_process_that_acts_leave_nothing_undone_and_nothing_done_twice(
    store_url: str, tmp_path: Path
) -> None:
    database, ledger = await open_store(store_url, tmp_path)
    house = House(database, ledger)
    ann, ben = await house.people(2)
    acting = policy_runner([SettingAside().policy()], ledger, database, house.clock, house.organisation_of, PACE)
    await acting.prepare()
    dice, at_work, commitments = random.Random(7), 0, []
    with ProjectingProcesses(store_url, tmp_path) as processes:
        for _ in range(KILLS):
            commitments += [await house.promised(ben, ann, date(2026, 1, 20)) for _ in range(20)]
            head = await ledger.head()
            pid = await asyncio.to_thread(processes.start, f"act {house.organisation.id}")
            while await ledger.head() == head:  # noqa: ASYNC110 - another process is waited for
                await asyncio.sleep(0.002)
            await asyncio.sleep(dice.uniform(0.0, 0.03))
            await asyncio.to_thread(processes.kill, pid)
            at_work += (await acting.lag())[0].position < head
    assert at_work >= KILLS // 3, "they were to be killed at work"
    await acting.start()
    assert await acting.caught_up(await ledger.head(), timeout=30)
    await acting.stop()
    facts = [await ledger.facts(c.id) for c in commitments]
    assert [sum(r.fact.TOPIC == SUSPENDED for r in of_one) for of_one in facts] == [1] * (20 * KILLS)
    assert await acting.parked() == []
    await close_store(database, ledger)
