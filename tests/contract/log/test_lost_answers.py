"""The answer to an append is lost on its way: the caller still gets a plain success, and nothing twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from services.ports import Answer, KeyReused
from tests.contract.log.proxy import Proxy
from tests.contract.log.things import Thing, Walker, act_of, command, new_thing, opened, record


async def test_fifty_lost_answers_are_fifty_plain_successes_and_no_duplicates(
    postgres_url: str, tmp_path: Path
) -> None:
    async with Proxy(postgres_url) as proxy, opened(proxy.url, tmp_path) as ledger:
        thing = await new_thing(ledger)
        await record(ledger, thing)
        for n in range(50):
            thing.step(act_of(None))
            append = await ledger.appending(command(), Answer(), [*thing.collect_events()])  # type: ignore[list-item]
            proxy.cut_next_answer()
            outcome = await ledger.log.append(append)
            # Found by its receipt when it was asked for again: its first answer was the one that was cut off.
            assert (outcome.kind, outcome.position) == ("repeat", n + 2)
        loaded = await ledger.load(Thing, thing.id)
        assert loaded is not None
        assert (loaded.count, loaded.version) == (50, 51)
        assert [r.position for r in await ledger.log.read_after(0, 100)] == list(range(1, 52))


async def test_whoever_records_does_not_notice_that_an_answer_was_lost(postgres_url: str, tmp_path: Path) -> None:
    async with Proxy(postgres_url) as proxy, opened(proxy.url, tmp_path) as ledger:
        thing = await new_thing(ledger)
        await record(ledger, thing)
        walker = Walker(ledger, thing.id)
        for n in range(5):
            proxy.cut_next_answer()
            assert (await walker.step()).position == n + 2


async def test_a_whole_group_whose_answer_was_lost_succeeds(postgres_url: str, tmp_path: Path) -> None:
    async with Proxy(postgres_url) as proxy, opened(proxy.url, tmp_path) as ledger:
        await record(ledger, await new_thing(ledger))
        things = [await new_thing(ledger) for _ in range(40)]
        proxy.cut_next_answer()
        receipts = await asyncio.gather(*(record(ledger, t) for t in things))
        assert proxy.cut > 0
        assert sorted(r.position for r in receipts) == list(range(2, 42))
        assert await ledger.head() == 41


async def test_another_request_under_an_id_whose_answer_was_lost_is_refused(postgres_url: str, tmp_path: Path) -> None:
    async with Proxy(postgres_url) as proxy, opened(proxy.url, tmp_path) as ledger:
        await record(ledger, await new_thing(ledger))
        thing, other = await new_thing(ledger), await new_thing(ledger)
        proxy.cut_next_answer()
        await ledger.record(command("a" * 64, "1" * 64), Answer(), thing)
        with pytest.raises(KeyReused):
            await ledger.record(command("a" * 64, "2" * 64), Answer(), other)
        assert await ledger.head() == 2
