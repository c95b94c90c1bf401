"""Appending: one winner for each version, dense positions, receipts, and rows that are written with the events."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from adapters.database import Violation
from adapters.eventlog.ledger import EventLedger
from services.ports import Answer, Conflict, KeyReused, Sight, Standing
from tests.contract.log.things import ORGANISATION, Thing, Walker, act_of, command, new_thing, opened, record


async def test_what_is_recorded_is_loaded_again_with_every_value_as_it_was(ledger: EventLedger) -> None:
    thing = await new_thing(ledger)
    thing.say(act_of(thing.id), "hello")
    thing.step(act_of(None), by=3)
    pending = list(thing.pending_events)
    receipt = await record(ledger, thing)
    recorded = await ledger.facts(thing.id)
    assert [r.fact for r in recorded] == pending
    assert [r.position for r in recorded] == [1, 2, 3]
    assert receipt.position == 3
    loaded = await ledger.load(Thing, thing.id)
    assert loaded is not None
    assert (loaded.version, loaded.name, loaded.motto, loaded.said, loaded.count) == (
        3,
        "a thing",
        "onwards",
        ["hello"],
        3,
    )
    assert await ledger.version(thing.id) == 3


async def test_a_thing_is_loaded_as_of_a_version(ledger: EventLedger) -> None:
    thing = await new_thing(ledger)
    for _ in range(4):
        thing.step(act_of(None))
    await record(ledger, thing)
    loaded = await ledger.load(Thing, thing.id, up_to=3)
    assert loaded is not None
    assert (loaded.version, loaded.count) == (3, 2)
    assert [r.fact.originator_version for r in await ledger.facts(thing.id, after=3)] == [4, 5]


async def test_what_was_never_recorded_is_not_there(ledger: EventLedger) -> None:
    assert await ledger.load(Thing, uuid4()) is None
    assert len(await ledger.facts(uuid4())) == 0
    assert await ledger.version(uuid4()) == 0
    assert await ledger.receipt("0" * 64) is None
    assert await ledger.head() == 0


async def test_the_second_to_decide_on_one_version_is_told_of_the_conflict(ledger: EventLedger) -> None:
    thing = await new_thing(ledger)
    await record(ledger, thing)
    first, second = await ledger.load(Thing, thing.id), await ledger.load(Thing, thing.id)
    assert first is not None
    assert second is not None
    first.step(act_of(None))
    second.step(act_of(None), by=100)
    await record(ledger, first)
    with pytest.raises(Conflict):
        await record(ledger, second)
    loaded = await ledger.load(Thing, thing.id)
    assert loaded is not None
    assert loaded.count == 1
    assert await ledger.head() == 2


async def test_two_things_are_recorded_together_or_not_at_all(ledger: EventLedger) -> None:
    one, other = await new_thing(ledger), await new_thing(ledger)
    await record(ledger, one)
    stale = await ledger.load(Thing, one.id)
    fresh = await ledger.load(Thing, one.id)
    assert stale is not None
    assert fresh is not None
    fresh.step(act_of(None))
    await record(ledger, fresh)
    stale.step(act_of(None))
    with pytest.raises(Conflict):
        await record(ledger, other, stale)
    assert await ledger.version(other.id) == 0
    assert await ledger.head() == 2


async def test_a_repeated_command_gets_its_first_receipt_and_stores_nothing(ledger: EventLedger) -> None:
    thing = await new_thing(ledger)
    repeated = command()
    first = await ledger.record(repeated, Answer(201, "/things/1", {str(thing.id): 1}, {"thing_id": "1"}), thing)
    again = await new_thing(ledger)
    second = await ledger.record(repeated, Answer(), again)
    assert second == first
    assert await ledger.receipt(repeated.id) == first
    assert first.answer == Answer(201, "/things/1", {str(thing.id): 1}, {"thing_id": "1"})
    assert await ledger.version(again.id) == 0
    assert await ledger.head() == 1


async def test_a_repeat_is_found_before_its_conflict_with_itself(ledger: EventLedger) -> None:
    thing = await new_thing(ledger)
    append = await ledger.appending(command(), Answer(), list(thing.pending_events))  # type: ignore[arg-type]
    assert (await ledger.log.append(append)).kind == "stored"
    assert (await ledger.log.append(append)).kind == "repeat"


async def test_another_request_under_the_same_id_is_refused(ledger: EventLedger) -> None:
    id = "f" * 64
    await ledger.record(command(id, "1" * 64), Answer(), await new_thing(ledger))
    other = await new_thing(ledger)
    with pytest.raises(KeyReused):
        await ledger.record(command(id, "2" * 64), Answer(), other)
    assert await ledger.version(other.id) == 0


async def test_a_command_that_changes_nothing_leaves_its_receipt(ledger: EventLedger) -> None:
    await record(ledger, await new_thing(ledger))
    quiet = command()
    receipt = await ledger.record(quiet, Answer())
    assert receipt.position == 1
    assert await ledger.receipt(quiet.id) == receipt
    assert await ledger.head() == 1


async def test_of_many_with_one_id_at_the_same_time_one_is_stored(ledgers: list[EventLedger]) -> None:
    id, ledger = "e" * 64, ledgers[0]
    things = [await new_thing(ledger) for _ in range(24)]
    receipts = await asyncio.gather(
        *(ledgers[n % 8].record(command(id), Answer(), thing) for n, thing in enumerate(things))
    )
    assert len(set(map(str, receipts))) == 1
    assert sum([await ledger.version(t.id) for t in things]) == 1
    assert await ledger.head() == 1


async def test_a_command_that_cannot_be_stored_leaves_the_others_of_its_group_alone(ledger: EventLedger) -> None:
    things = [await new_thing(ledger) for _ in range(12)]
    appends = [await ledger.appending(command(), Answer(), list(t.pending_events)) for t in things]  # type: ignore[arg-type]
    # The same version twice within one command: a defect of the caller, and no conflict with anybody.
    appends[5] = dataclasses.replace(appends[5], records=[*appends[5].records, *appends[5].records])
    outcomes = await asyncio.gather(*(ledger.log.append(a) for a in appends), return_exceptions=True)
    assert isinstance(outcomes.pop(5), Violation)
    assert sorted(o.position for o in outcomes) == list(range(1, 12))  # type: ignore[union-attr]
    assert [r.position for r in await ledger.log.read_after(0, 100)] == list(range(1, 12))


@pytest.fixture
async def ledgers(store_url: str, tmp_path: Path) -> AsyncIterator[list[EventLedger]]:
    """One for each of eight writers, as if in processes of their own; a SQLite file is meant for few."""
    async with AsyncExitStack() as stack:
        apart = [
            await stack.enter_async_context(opened(store_url, tmp_path))
            for _ in range(2 if store_url.startswith("sqlite") else 8)
        ]
        yield [apart[n % len(apart)] for n in range(8)]


async def test_positions_are_dense_and_a_reader_that_follows_misses_nothing(ledgers: list[EventLedger]) -> None:
    ledger = ledgers[0]
    things = [await new_thing(ledger) for _ in range(8)]
    await record(ledger, *things)
    writing = True
    seen: list[tuple[int, str, int]] = []

    async def write(n: int) -> None:
        own, neighbours = Walker(ledgers[n], things[n].id), Walker(ledgers[n], things[(n + 1) % 8].id)
        for turn in range(60):
            # Every fourth step is taken on a neighbour's thing, so that there are conflicts to be told apart.
            await (own if turn % 4 else neighbours).step()

    async def follow() -> None:
        position = 0
        while True:
            last_look = not writing
            records = await ledger.log.read_after(position, 7)
            seen.extend((r.position, str(r.stream_id), r.version) for r in records)
            if records:
                position = records[-1].position
            elif last_look:
                return
            await asyncio.sleep(0)

    follower = asyncio.create_task(follow())
    await asyncio.gather(*(write(n) for n in range(8)))
    writing = False
    await follower
    assert [position for position, _, _ in seen] == list(range(1, 8 + 8 * 60 + 1))
    versions: dict[str, int] = {}
    for _, stream, version in seen:
        assert version == versions.get(stream, 0) + 1
        versions[stream] = version
    assert await ledger.head() == 8 + 8 * 60


async def test_eight_times_a_hundred_commands_on_one_thing_have_exactly_800_effects(
    ledgers: list[EventLedger],
) -> None:
    ledger = ledgers[0]
    thing = await new_thing(ledger)
    await record(ledger, thing)

    async def hundred(n: int) -> None:
        walker = Walker(ledgers[n], thing.id)
        for _ in range(100):
            await walker.step()

    await asyncio.gather(*(hundred(n) for n in range(8)))
    loaded = await ledger.load(Thing, thing.id)
    assert loaded is not None
    assert (loaded.count, loaded.version) == (800, 801)
    assert await ledger.head() == 801


async def test_who_sees_what_is_written_with_the_events(ledger: EventLedger) -> None:
    thing, other = await new_thing(ledger), await new_thing(ledger)
    anna, berta = uuid4(), uuid4()
    rows = [Sight(thing.id, anna, "party"), Sight(thing.id, berta, "reader"), Sight(other.id, anna, "former_party", 7)]
    await ledger.record(command(), Answer(), thing, other, sights=rows)
    assert await ledger.sight(thing.id, anna) == rows[0]
    assert await ledger.sight(thing.id, uuid4()) is None
    assert sorted(await ledger.sights_of(anna), key=str) == sorted([rows[0], rows[2]], key=str)
    changed = [Sight(thing.id, anna, "former_party", 2), Sight(thing.id, berta, None)]
    await ledger.record(command(), Answer(), sights=changed)
    assert await ledger.sight(thing.id, anna) == changed[0]
    assert await ledger.sight(thing.id, berta) is None
    assert await ledger.sights_of(berta) == []
    team = uuid4()
    await ledger.record(command(), Answer(), sights=[Sight(team, anna, "member")])
    assert await ledger.teams_of(anna) == {team}
    assert await ledger.teams_of(berta) == frozenset()


async def test_a_conflict_leaves_sights_and_standings_as_they_were(ledger: EventLedger) -> None:
    thing = await new_thing(ledger)
    await record(ledger, thing)
    stale, fresh = await ledger.load(Thing, thing.id), await ledger.load(Thing, thing.id)
    assert stale is not None
    assert fresh is not None
    fresh.step(act_of(None))
    await record(ledger, fresh)
    stale.step(act_of(None))
    anna = uuid4()
    with pytest.raises(Conflict):
        await ledger.record(
            command(),
            Answer(),
            stale,
            sights=[Sight(thing.id, anna, "party")],
            standings=[Standing(anna, ORGANISATION, "member", None, (), True)],
        )
    assert await ledger.sight(thing.id, anna) is None
    assert await ledger.standing(anna) is None


async def test_a_standing_is_replaced_and_never_moves_to_another_organisation(ledger: EventLedger) -> None:
    anna, berta, elsewhere = uuid4(), uuid4(), uuid4()
    first = Standing(anna, ORGANISATION, "member", berta, ("steward",), True)
    await ledger.record(command(), Answer(), standings=[first, Standing(berta, ORGANISATION, "member", None, (), True)])
    assert await ledger.standing(anna) == first
    left = Standing(anna, ORGANISATION, "member", None, (), False)
    await ledger.record(command(), Answer(), standings=[left])
    await ledger.record(command(), Answer(), standings=[dataclasses.replace(first, organisation_id=elsewhere)])
    assert await ledger.standing(anna) == left
    assert [s.person_id for s in await ledger.standings(ORGANISATION)] == sorted([anna, berta])
    assert await ledger.standings(elsewhere) == []


async def test_everything_is_there_when_the_store_is_opened_again(store_url: str, tmp_path: Path) -> None:
    async with opened(store_url, tmp_path) as ledger:
        thing = await new_thing(ledger)
        receipt = await record(ledger, thing)
        log_id = ledger.log.log_id
    async with opened(store_url, tmp_path) as ledger:
        assert ledger.log.log_id == log_id
        assert await ledger.receipt(receipt.command_id) == receipt
        loaded = await ledger.load(Thing, thing.id)
        assert loaded is not None
        assert loaded.name == "a thing"


async def test_whoever_waits_hears_of_an_append_at_once(ledger: EventLedger) -> None:
    async with asyncio.timeout(5):
        waiting = asyncio.create_task(ledger.log.wait_for_change(60))
        await asyncio.sleep(0.05)
        await record(ledger, await new_thing(ledger))
        await waiting


async def test_waiting_ends_when_nothing_comes(ledger: EventLedger) -> None:
    async with asyncio.timeout(5):
        await ledger.log.wait_for_change(0.05)
