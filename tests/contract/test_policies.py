"""The policy runner on both stores: each fact of its topics, in order, acted on once, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from adapters.policies import PACE, policy_runner
from adapters.projector import Projector
from domain.commitments.commitment import Commitment
from tests.contract.agreed import House
from tests.contract.setting_aside import CANCELLED, MADE, NAME, SUSPENDED, SettingAside
from tests.contract.tally import close_store, open_store

IMPATIENT = replace(PACE, retry=0.002, poll=0.05)


@pytest.fixture
async def house(store_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A house in which nothing runs yet."""
    database, ledger = await open_store(store_url, tmp_path)
    yield House(database, ledger)
    await close_store(database, ledger)


def runner(house: House, setting_aside: SettingAside) -> Projector:
    policies = [setting_aside.policy()]
    return policy_runner(policies, house.ledger, house.database, house.clock, house.organisation_of, IMPATIENT)


async def promised(house: House, count: int) -> list[Commitment]:
    ann, ben = await house.people(2)
    return [await house.promised(ben, ann, date(2026, 1, 20)) for _ in range(count)]


async def cancel(house: House, commitment: Commitment) -> None:
    current = await house.ledger.load(Commitment, commitment.id)
    assert current is not None
    current.cancel(house.act(current.content.owed_to[0].id))
    await house.record(current)


async def suspensions(house: House, commitments: list[Commitment]) -> list[int]:
    facts = [await house.ledger.facts(c.id) for c in commitments]
    return [sum(1 for r in of_one if r.fact.TOPIC == SUSPENDED) for of_one in facts]


async def test_what_happened_during_downtime_is_acted_on_once_in_log_order(house: House) -> None:
    commitments = await promised(house, 3)
    before, after = SettingAside(), SettingAside()
    acting = runner(house, before)
    await acting.start()
    assert await acting.caught_up(await house.ledger.head(), timeout=10)
    await acting.stop()
    commitments += await promised(house, 3)
    await cancel(house, commitments[0])
    processes = [runner(house, after), runner(house, after)]  # one acts, the other stands by
    for process in processes:
        await process.start()
    head = await house.ledger.head()
    assert all(await asyncio.gather(*(p.caught_up(head, timeout=10) for p in processes)))
    await asyncio.gather(*(p.stop() for p in processes))
    assert await suspensions(house, commitments) == [1] * 6
    assert [topic for _, topic in before.saw + after.saw] == [MADE] * 6 + [CANCELLED]
    assert before.saw + after.saw == sorted(before.saw + after.saw)


async def test_what_keeps_failing_is_set_aside_with_its_stream_and_tried_again_when_told_to(house: House) -> None:
    commitments = await promised(house, 3)
    stuck = commitments[1]
    await cancel(house, commitments[2])
    setting_aside = SettingAside({stuck.id})
    acting = runner(house, setting_aside)
    await acting.start()
    assert await acting.caught_up(await house.ledger.head(), timeout=10)
    await cancel(house, stuck)
    commitments += await promised(house, 1)
    assert await acting.caught_up(await house.ledger.head(), timeout=10)
    assert await suspensions(house, commitments) == [1, 0, 0, 1]  # the third had been cancelled before
    parked = await acting.parked()
    assert [(p.projection, p.stream_id, p.topic) for p in parked] == [
        (NAME, stuck.id, MADE),
        (NAME, stuck.id, CANCELLED),
    ]
    assert parked[0].failure == "ValueError"
    setting_aside.poison.clear()
    setting_aside.saw.clear()
    await acting.rebuild(NAME)
    assert await acting.parked() == []
    assert (parked[0].position, MADE) in setting_aside.saw
    assert setting_aside.saw == sorted(setting_aside.saw)
    assert await suspensions(house, commitments) == [1, 0, 0, 1]  # it had been cancelled by then
    await acting.stop()
