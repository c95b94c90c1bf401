"""What falls due in imbalance periods, on both stores: they start, end and close by themselves, at their own time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from domain.imbalance.content import Content, Thing
from domain.imbalance.period import ImbalancePeriod
from tests.contract.agreed import House
from tests.contract.running import Running


async def declared(house: House, leader: UUID, report: UUID) -> ImbalancePeriod:
    """Two weeks from Monday the 12th of January, declared and not answered yet."""
    words = Thing(uuid4(), "text")
    content = Content(
        "results", "The launch cannot move", (report,), date(2026, 1, 12), date(2026, 1, 25), (words,),
        texts={str(words.id): "The reading circle"},
    )  # fmt: skip
    period_id = uuid4()
    await house.ledger.new_keys(period_id)
    period = ImbalancePeriod.draft(house.act(leader), period_id, leader, content)
    period.declare(house.act(leader))
    await house.record(period)
    return period


async def loaded(house: House, period_id: UUID) -> ImbalancePeriod:
    found = await house.ledger.load(ImbalancePeriod, period_id)
    assert found is not None
    return found


async def test_a_period_takes_its_course_while_nothing_runs_and_each_step_counts_from_its_own_time(
    running: Running,
) -> None:
    house = running.house
    leader, report = await house.people(2)
    period = await declared(house, leader, report)
    starts, ends = (datetime(2026, 1, day, 23, tzinfo=UTC) for day in (11, 25))  # midnights in Oslo
    await running.caught_up()
    assert await house.deadlines.find_next_due_at() == starts - timedelta(days=1)  # who is silent is warned
    assert await running.after(days=5) == 0
    assert await running.after(days=5) == 1
    assert (await loaded(house, period.id)).started_at == starts
    head = await house.ledger.head()
    assert await running.after(days=90) == 1  # one catch-up: ended, and closed
    closed = await loaded(house, period.id)
    assert (closed.ended_at, closed.closed_at) == (ends, ends + timedelta(days=30))
    assert await house.ledger.head() == head + 2
    assert await running.due() == []
