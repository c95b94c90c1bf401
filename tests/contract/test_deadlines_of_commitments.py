"""What falls due in commitments, on both stores: they expire, are kept in silence, lapse; who is away is waited for."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from domain.commitments.commitment import Commitment
from domain.people.person import Person
from services.ports import Command
from tests.contract.agreed import OSLO, House
from tests.contract.running import Running, clockwork_of
from tests.contract.tally import digest, tables_of

DUE = date(2026, 1, 20)


async def load(house: House, commitment_id: UUID) -> Commitment:
    found = await house.ledger.load(Commitment, commitment_id)
    assert found is not None
    return found


async def is_away(house: House, person_id: UUID, first: date, last: date) -> Person:
    person = await house.ledger.load(Person, person_id) or Person.join(house.act(person_id), person_id)
    person.declare_absence(house.act(person_id), uuid4(), first, last)
    await house.record(person)
    return person


async def test_silence_after_done_keeps_a_commitment_once_who_was_away_is_back(running: Running) -> None:
    house = running.house
    ann, ben = await house.people(2)
    commitment = await house.promised(ben, ann, DUE)
    commitment.done(house.act(ben))
    await house.record(commitment)
    await running.caught_up()
    assert await house.deadlines.find_next_due_at() == datetime(2026, 1, 9, 9, tzinfo=UTC)
    person = await is_away(house, ann, date(2026, 1, 5), date(2026, 1, 14))
    await running.caught_up()
    assert await house.deadlines.find_next_due_at() == datetime(2026, 1, 19, 9, tzinfo=UTC)
    person.withdraw_absence(house.act(ann), next(iter(person.absences_by_id)))
    await house.record(person)
    await running.caught_up()
    assert await house.deadlines.find_next_due_at() == datetime(2026, 1, 9, 9, tzinfo=UTC)
    await is_away(house, ann, date(2026, 1, 5), date(2026, 3, 31))  # it waits for thirty days, not longer
    assert await running.after(days=36) == 0
    assert await running.after(days=1) == 1
    kept = await load(house, commitment.id)
    since = datetime(2026, 1, 2, 9, tzinfo=UTC)
    assert (kept.state, kept.end_cause, kept.ended_at) == ("kept", "unanswered", since + timedelta(days=37))
    assert await running.due() == []


async def test_after_months_of_downtime_each_commitment_took_its_course_at_its_own_time(running: Running) -> None:
    house = running.house
    ann, ben = await house.people(2)
    asked = await house.promised(ben, ann, DUE)
    silent = await house.promised(ben, ann, date(2026, 2, 20))
    suspended = await house.promised(ben, ann, DUE)
    suspended.propose_change(house.act(ann), uuid4(), "suspend", reason="fire", until=date(2026, 1, 31))
    suspended.accept_change(house.act(ben), 1)
    asked.done(house.act(ben))
    await house.record(asked, suspended)
    head = await house.ledger.head()
    await running.caught_up()
    other = clockwork_of(house, running.projector)
    house.clock.move(days=200)
    await asyncio.gather(running.clockwork.catch_up(), other.catch_up())
    ended = {c.id: await load(house, c.id) for c in (asked, silent, suspended)}
    assert [c.state for c in ended.values()] == ["kept", "lapsed", "lapsed"]
    assert ended[asked.id].ended_at == datetime(2026, 1, 9, 9, tzinfo=UTC)
    assert ended[silent.id].ended_at == datetime(2026, 2, 20, 23, tzinfo=UTC) + timedelta(days=30)
    resumed = ended[suspended.id]
    assert [entry.due and entry.due.day(OSLO) for entry in resumed.due_log] == [DUE, date(2026, 2, 19)]
    assert await house.ledger.head() == head + 4  # kept, lapsed; resumed and lapsed: each once


async def test_what_cannot_be_acted_on_keeps_nothing_else_waiting(running: Running) -> None:
    house = running.house
    ann, ben = await house.people(2)
    stuck, other = await house.promised(ben, ann, DUE), await house.promised(ben, ann, DUE)
    await running.caught_up()
    record = house.ledger.record

    async def refuse_one(command: Command, answer: object, *aggregates: Commitment, **more: object) -> object:
        if aggregates[0].id == stuck.id:
            raise ValueError("this one cannot be recorded")
        return await record(command, answer, *aggregates, **more)  # type: ignore[arg-type]

    house.ledger.record = refuse_one  # type: ignore[method-assign, assignment]
    assert await running.after(days=100) == 1
    assert ((await load(house, stuck.id)).state, (await load(house, other.id)).state) == ("promised", "lapsed")
    house.ledger.record = record  # type: ignore[method-assign]
    assert await running.after(minutes=2) == 1
    assert (await load(house, stuck.id)).state == "lapsed"


async def test_deadlines_of_commitments_rebuilt_are_the_same_byte_for_byte(running: Running) -> None:
    house = running.house
    people = await house.people(4)
    for n in range(6):
        commitment = await house.promised(people[n % 4], people[(n + 1) % 4], date(2026, 1, 10 + n))
        if n % 2:
            commitment.done(house.act(people[n % 4]))
            await house.record(commitment)
    await is_away(house, people[2], date(2026, 1, 5), date(2026, 1, 25))
    await running.after(days=8)
    await running.caught_up()
    tables = ("deadlines", "deadlines_people")
    before = [digest(await tables_of(house.database, "deadlines", t)) for t in tables]
    assert len(await tables_of(house.database, "deadlines")) == 5
    await running.projector.rebuild("deadlines")
    assert [digest(await tables_of(house.database, "deadlines", t)) for t in tables] == before
