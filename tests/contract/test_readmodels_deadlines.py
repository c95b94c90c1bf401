"""What falls due, and the clockwork that does it, on both stores: months pass in seconds."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from domain.agreements.agreement import AccountabilityAgreement
from domain.people.person import Person
from domain.updates.update_log import UpdateLog, update_log_id
from services.updates.footing import footing_of
from tests.contract.agreed import MONDAYS, OSLO, House
from tests.contract.running import Running, clockwork_of
from tests.contract.tally import digest, tables_of

GRACE_OVER = datetime(2026, 1, 6, 9, 0, 0, 1, tzinfo=UTC)
"""When an update that was due on Monday, 5 January, 10 o'clock in Oslo, is missed: a day later, and the least bit."""


async def test_notice_ends_the_agreement_when_its_last_day_is_over(running: Running) -> None:
    house = running.house
    ann, ben = await house.people(2)
    agreement = await house.agreed([ann, ben])
    await house.change(agreement.id, lambda a: a.give_notice(house.act(ben), date(2026, 1, 20)))
    await running.caught_up()
    assert await house.deadlines.find_next_due_at() == datetime(2026, 1, 20, 23, 0, tzinfo=UTC)
    assert await running.after(days=10) == 0
    assert await running.after(days=30) == 1
    ended = await house.load(agreement.id)
    assert (ended.state, ended.ended_at) == ("ended", datetime(2026, 1, 20, 23, 0, tzinfo=UTC))
    assert await running.due() == []


async def test_the_end_is_announced_14_and_3_days_before_and_then_comes(running: Running) -> None:
    house = running.house
    ann, ben = await house.people(2)
    agreement = await house.agreed([ann, ben], ends_on=date(2026, 3, 31))
    for days, topics in ((60, []), (20, ["end_announced"]), (6, ["end_announced"]), (5, ["expired"])):
        before = len(await running.topics(agreement.id))
        await running.after(days=days)
        assert (await running.topics(agreement.id))[before:] == topics, days


async def test_a_pause_ends_by_itself_and_a_motion_lapses(running: Running) -> None:
    house = running.house
    ann, ben = await house.people(2)
    agreement = await house.agreed([ann, ben])
    motion_id = uuid4()

    def pause(a: AccountabilityAgreement) -> None:
        a.propose_motion(house.act(ann), motion_id, "pause", until=date(2026, 1, 31))
        a.agree_to_motion(house.act(ben), motion_id)
        a.propose_motion(house.act(ann), uuid4(), "end")

    await house.change(agreement.id, pause)
    assert await running.after(days=15) == 1
    assert (await running.topics(agreement.id))[-1] == "motion_lapsed"
    assert (await house.load(agreement.id)).state == "paused"
    assert await running.after(days=20) == 1
    resumed = await house.load(agreement.id)
    assert resumed.state == "in_force"
    assert resumed.pauses()[-1][1] == datetime(2026, 1, 31, 23, 0, tzinfo=UTC)


async def test_review_answers_are_shown_after_14_days(running: Running) -> None:
    house = running.house
    ann, ben = await house.people(2)
    agreement = await house.agreed([ann, ben])
    await house.change(agreement.id, lambda a: a.open_review(house.act(ann), uuid4()))
    assert await running.after(days=13) == 0
    assert await running.after(days=2) == 1
    assert (await house.load(agreement.id)).running_review is None


async def missed(house: House, agreement: AccountabilityAgreement) -> list[date]:
    log = await house.ledger.load(UpdateLog, update_log_id(agreement.id))
    return sorted(key.on for key in log.missed) if log is not None else []


async def give(house: House, agreement_id: UUID, by: UUID, on: date) -> None:
    agreement = await house.load(agreement_id)
    act = house.act(by)
    footing = footing_of(agreement, OSLO)
    log = await house.ledger.load(UpdateLog, update_log_id(agreement_id)) or UpdateLog.begin_for(act, agreement_id)
    (term,) = [t for t in agreement.versions[-1].terms.values() if t.kind == "update"]
    log.give_update(act, footing, uuid4(), term_id=term.id, text="All is well.", occurrence_on=on)
    await house.record(log)


async def test_updates_turn_to_missed_one_after_another_unless_given(running: Running) -> None:
    house = running.house
    ann, ben = await house.people(2)
    agreement = await house.agreed([ann, ben], cadence=MONDAYS)
    await running.after(days=3)  # Monday the 5th at 10 in Oslo is due
    await give(house, agreement.id, ben, date(2026, 1, 5))
    assert await running.after(days=6) == 0
    assert await running.after(days=2) == 0  # to the second a day after the 12th, 10 o'clock
    assert await running.after(seconds=1) == 1
    assert await missed(house, agreement) == [date(2026, 1, 12)]
    assert await running.after(days=7) == 1
    assert await missed(house, agreement) == [date(2026, 1, 12), date(2026, 1, 19)]


async def test_after_downtime_all_is_caught_up_with_in_one_command_each_at_its_own_time(running: Running) -> None:
    house = running.house
    ann, ben = await house.people(2)
    agreement = await house.agreed([ann, ben], cadence=MONDAYS)
    head = await house.ledger.head()
    assert await running.after(days=70) == 1
    assert await missed(house, agreement) == [date(2026, 1, 5) + timedelta(weeks=n) for n in range(10)]
    facts = [r.fact for r in await house.ledger.facts(update_log_id(agreement.id))]
    assert len({f.command_id for f in facts}) == 1
    assert facts[1].effective_at == datetime(2026, 1, 6, 9, 0, tzinfo=UTC)
    assert await house.ledger.head() == head + 11


async def test_absences_and_pauses_excuse_and_the_clock_waits_for_what_comes_after(running: Running) -> None:
    house = running.house
    ann, ben = await house.people(2)
    agreement = await house.agreed([ann, ben], cadence=MONDAYS)
    person = Person.join(house.act(ben), ben)
    person.declare_absence(house.act(ben), uuid4(), date(2026, 1, 5), date(2026, 1, 14))
    await house.record(person)
    await running.caught_up()
    assert await house.deadlines.find_next_due_at() == GRACE_OVER + timedelta(weeks=2)
    person.withdraw_absence(house.act(ben), next(iter(person.absences_by_id)))
    await house.record(person)
    await running.caught_up()
    assert await house.deadlines.find_next_due_at() == GRACE_OVER
    motion_id = uuid4()

    def pause(a: AccountabilityAgreement) -> None:
        a.propose_motion(house.act(ann), motion_id, "pause", until=date(2026, 1, 31))
        a.agree_to_motion(house.act(ben), motion_id)

    await house.change(agreement.id, pause)
    assert await running.after(days=28) == 0
    assert await running.after(days=4) == 1  # resumed
    await running.after(days=10)
    assert await missed(house, agreement) == [date(2026, 2, 2), date(2026, 2, 9)]


async def test_two_clockworks_do_everything_once(running: Running) -> None:
    house = running.house
    ann, ben = await house.people(2)
    agreements = [await house.agreed([ann, ben], cadence=MONDAYS, ends_on=date(2026, 2, 20)) for _ in range(5)]
    await running.caught_up()
    other = clockwork_of(house, running.projector)
    for _ in range(9):
        house.clock.move(days=7)
        await asyncio.gather(running.clockwork.catch_up(), other.catch_up())
    for agreement in agreements:
        assert await missed(house, agreement) == [date(2026, 1, 5) + timedelta(weeks=n) for n in range(7)]
        topics = await running.topics(agreement.id)
        assert topics[-3:] == ["end_announced", "end_announced", "expired"]


async def test_a_deadline_at_which_nothing_is_to_be_done_is_not_run_at_in_circles(running: Running) -> None:
    house = running.house
    ann, ben = await house.people(2)
    agreement = await house.agreed([ann, ben], cadence=MONDAYS)
    await running.caught_up()
    await running.projector.stop()  # the read model is behind from here on
    await house.change(agreement.id, lambda a: a.give_notice(house.act(ben), date(2026, 1, 20)))
    await give_up_until(house, agreement.id)
    head = await house.ledger.head()
    house.clock.move(days=5)
    assert len(await house.deadlines.list_due(house.clock.now())) == 1
    async with asyncio.timeout(5):
        assert await running.clockwork.catch_up() == 0
    assert await house.ledger.head() == head


async def give_up_until(house: House, agreement_id: UUID) -> None:
    agreement = await house.load(agreement_id)
    house.clock.move(days=3)
    await give(house, agreement_id, agreement.people[1], date(2026, 1, 5))


async def test_deadlines_rebuilt_are_the_same_byte_for_byte(running: Running) -> None:
    house = running.house
    people = await house.people(4)
    for n in range(4):
        pair = [people[n], people[(n + 1) % 4]]
        agreement = await house.agreed(pair, cadence=MONDAYS, ends_on=date(2026, 6, 30) if n % 2 else None)
        if n == 2:
            await house.change(agreement.id, lambda a: a.open_review(house.act(a.people[0]), uuid4()))
    person = Person.join(house.act(people[1]), people[1])
    person.declare_absence(house.act(people[1]), uuid4(), date(2026, 1, 5), date(2026, 1, 25))
    await house.record(person)
    await running.after(days=30)
    await running.caught_up()
    tables = ("deadlines", "deadlines_people")
    before = [digest(await tables_of(house.database, "deadlines", t)) for t in tables]
    assert len(await tables_of(house.database, "deadlines")) == 6
    await running.projector.rebuild("deadlines")
    assert [digest(await tables_of(house.database, "deadlines", t)) for t in tables] == before
