"""What a period sets aside is suspended and runs again with nobody's help, also when nothing ran at that moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from adapters.bootstrap import Concord
from domain.commitments.commitment import Commitment
from domain.imbalance.calendar import ImbalanceCalendar, calendar_id
from services.imbalance.policies import POLICIES
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair, in_force
from tests.http.conftest import MovableClock, member
from tests.http.imbalance.weeks import PERIODS, declared, refused

OSLO = ZoneInfo("Europe/Oslo")


@dataclass
class Running:
    """Concord, with its clock asked and its policies followed at a test's word."""

    concord: Concord
    clock: MovableClock

    async def catches_up(self) -> None:
        """Everything that has fallen due is done, and everything that follows from it."""
        await self.sees_all()
        for _ in range(4):
            done = await self.concord.clockwork.catch_up()
            await self.sees_all()
            if not done:
                return

    async def sees_all(self) -> None:
        concord = self.concord
        assert await concord.projector.caught_up(await concord.ledger.head(), 10.0)
        assert await concord.policies.caught_up(await concord.ledger.head(), 10.0)
        # What the policies did is there for the clock as well.
        assert await concord.projector.caught_up(await concord.ledger.head(), 10.0)

    async def promised(self, debtor: Someone, creditor: Someone, days: int) -> UUID:
        """A commitment of one to the other that is due so many days from now."""
        body = {
            "owed_by": [{"person_id": debtor.id}],
            "owed_to": [{"person_id": creditor.id}],
            "outcome": "A report",
            "due_at": debtor.day(days),
        }
        asked = await creditor.makes("/commitments", body)
        made = await debtor.does(f"/commitments/{asked['id']}/promise", {"revision": 1})
        return UUID(made["id"])

    async def commitment(self, id: UUID) -> Commitment:
        found = await self.concord.ledger.load(Commitment, id)
        assert found is not None
        return found


@pytest.fixture
async def running(concord: Concord, clock: MovableClock) -> Running:
    await concord.policies.start()
    return Running(concord, clock)


async def updates(pair: Pair, agreement_id: str) -> dict[str, str]:
    """The status of each Monday's update, by its day."""
    path = f"/agreements/{agreement_id}/expected-updates?from={pair.ada.day(-60)}&to={pair.ada.day(30)}"
    return {one["occurrence_on"]: one["status"] for one in (await pair.ada.sees(path))["items"]}


# The tests begin on Friday, the first of January 2027; updates are due on Mondays at ten.


@pytest.mark.parametrize("while_it_happens", [True, False], ids=["running", "nothing ran"])
async def test_declared_in_the_morning_it_suspends_and_restores_by_itself(
    pair: Pair, running: Running, clock: MovableClock, while_it_happens: bool
) -> None:
    agreement = await in_force(pair)
    update = next(t["id"] for t in agreement["terms"] if t["kind"] == "update")
    report = await running.promised(pair.ben, pair.ada, 12)
    was_due = (await running.commitment(report)).content.due
    things = [{"term_id": update}, {"commitment_id": str(report)}]
    recovery = [{"outcome": "Two days off", "to": pair.ben.id, "due_within": "P14D"}]
    period = await declared(pair, first=0, last=10, set_aside=things, recovery=recovery)
    path = f"{PERIODS}/{period['id']}"
    assert period["set_aside"][0]["set_aside_for"] == []
    assert (await pair.ben.does(f"{path}/acknowledge"))["state"] == "active"
    # Today is its first day, and everybody has answered.
    if while_it_happens:
        await running.catches_up()
        assert (await pair.ben.sees(f"/commitments/{report}"))["state"] == "suspended"
        assert (await pair.ben.sees(path))["set_aside"][0]["set_aside_for"] == [pair.ben.id]
        assert await updates(pair, agreement["id"]) == {
            "2027-01-04": "excused", "2027-01-11": "excused", "2027-01-18": "ahead", "2027-01-25": "ahead",
        }  # fmt: skip
        for _ in range(4):
            clock.move(days=4)
            await running.catches_up()
    else:
        clock.move(days=16)
        assert (await pair.ada.sees(path))["state"] == "ended", "shown before anything has run"
        await running.catches_up()

    over = await pair.ada.sees(path)
    assert (over["state"], over["end_cause"]) == ("ended", "date")
    days = await updates(pair, agreement["id"])
    assert (days["2027-01-04"], days["2027-01-11"], days["2027-01-18"]) == ("excused", "excused", "ahead")
    restored = await running.commitment(report)
    assert restored.state == "promised"
    assert was_due is not None
    assert restored.content.due is not None
    assert restored.content.due.day(OSLO) - was_due.day(OSLO) == timedelta(days=11)
    assert [entry.cause for entry in restored.due_log] == ["promise", "imbalance"]

    offer = await running.commitment(UUID(over["recovery"][0]["commitment_id"]))
    assert (offer.state, offer.content.outcome) == ("offered", "Two days off")
    assert offer.opened_by == UUID(pair.ada.id)
    told = (await pair.ben.sees(f"/agreements/{agreement['id']}/history"))["items"]
    assert any("imbalance period set" in entry["sentence"] for entry in told)
    await running.catches_up()
    assert (await running.commitment(report)).version == restored.version, "once is enough"
    clock.move(days=31)
    await running.catches_up()
    assert (await pair.ada.sees(path))["state"] == "closed"


async def test_what_the_declarer_owes_waits_for_leave_and_everybody_can_go(
    pair: Pair, running: Running, concord: Concord, steward: Someone, clock: MovableClock
) -> None:
    di = await member(concord, steward, "Di", leader_id=pair.ada.id)
    owed = await running.promised(pair.ada, pair.ben, 20)
    objected = await running.promised(pair.ada, pair.ben, 20)
    to_di = await running.promised(pair.ada, di, 20)
    things: list[Any] = [{"commitment_id": str(id)} for id in (owed, objected, to_di)]
    both = [{"person_id": pair.ben.id}, {"person_id": di.id}]
    period = await declared(pair, first=0, last=10, people=both, set_aside=things)
    path = f"{PERIODS}/{period['id']}"
    second = (await pair.ben.sees(path))["set_aside"][1]
    await pair.ben.does(f"{path}/acknowledge", {"objects_to": [second["id"]]})
    clock.move(days=1, hours=1)
    await running.catches_up()

    async def states() -> list[str]:
        return [(await running.commitment(id)).state for id in (owed, objected, to_di)]

    assert await states() == ["suspended", "promised", "promised"], "Di was warned, and has said nothing"
    await di.does(f"{path}/acknowledge")
    await running.catches_up()
    assert await states() == ["suspended", "promised", "suspended"]
    await pair.ben.does(f"{path}/leave")
    await running.catches_up()
    assert await states() == ["promised", "promised", "suspended"]
    await pair.ada.does(f"{path}/end")
    await running.catches_up()
    assert await states() == ["promised"] * 3


async def test_days_that_the_clock_ends_are_settled_and_count_as_they_lasted(
    pair: Pair, running: Running, clock: MovableClock
) -> None:
    period = await declared(pair, first=0, last=13)
    path = f"{PERIODS}/{period['id']}"
    await pair.ben.does(f"{path}/acknowledge")
    await running.catches_up()
    await pair.ben.does(f"{path}/ask-to-end")
    clock.move(days=4)
    await running.catches_up()
    assert (await pair.ada.sees(path))["end_cause"] == "majority"
    calendar = await running.concord.ledger.load(ImbalanceCalendar, calendar_id(UUID(pair.ben.id)))
    assert calendar is not None
    (booked,) = calendar.bookings.values()
    assert (booked.first_on, booked.last_on) == (date(2027, 1, 1), date(2027, 1, 4))
    # Four days lasted: two without are enough, where of the fourteen planned it would be seven.
    assert (await declared(pair, first=3, last=9))["state"] == "declared"


async def test_a_fact_that_comes_twice_does_nothing_the_second_time(
    pair: Pair, running: Running, clock: MovableClock
) -> None:
    agreement = await in_force(pair)
    update = next(t["id"] for t in agreement["terms"] if t["kind"] == "update")
    report = await running.promised(pair.ben, pair.ada, 12)
    recovery = [{"outcome": "Two days off", "to": pair.ben.id, "due_within": "P14D"}]
    things = [{"term_id": update}, {"commitment_id": str(report)}]
    period = await declared(pair, first=0, last=10, set_aside=things, recovery=recovery)
    await pair.ben.does(f"{PERIODS}/{period['id']}/acknowledge")
    await running.catches_up()
    await pair.ada.does(f"{PERIODS}/{period['id']}/end")
    await running.catches_up()
    concord = running.concord
    organisation = await concord.organisation((await running.commitment(report)).organisation_id)
    assert organisation is not None
    facts, head = await concord.ledger.facts(UUID(period["id"])), await concord.ledger.head()
    for policy in POLICIES:
        for recorded in facts:
            if recorded.fact.TOPIC in policy.topics:
                await policy.react(concord.ledger, clock, recorded, organisation)
    assert await concord.ledger.head() == head
    assert (await refused(pair.ada, f"{PERIODS}/{period['id']}/end"))[1] == "wrong-state"
    assert clock.now().tzinfo is UTC


async def test_what_was_set_aside_while_nothing_ran_does_not_lapse_for_that(
    pair: Pair, running: Running, clock: MovableClock
) -> None:
    """Due on the sixth day; the period lasts seventy; nothing runs for fifty, then for forty more."""
    report = await running.promised(pair.ben, pair.ada, 5)
    things = [{"commitment_id": str(report)}]
    period = await declared(pair, first=2, last=71, focus="relationships", set_aside=things)
    await pair.ben.does(f"{PERIODS}/{period['id']}/acknowledge")
    clock.move(days=50)
    await running.catches_up()
    held = await running.commitment(report)
    assert held.state == "suspended", "it would have lapsed thirty days after it was due"
    assert held.missed_at(clock.now()) is None
    clock.move(days=40)
    await running.catches_up()
    free = await running.commitment(report)
    assert free.content.due is not None
    assert (free.state, free.missed_at(datetime(2027, 3, 16, tzinfo=UTC))) == ("promised", None)
    assert free.content.due.on == date(2027, 1, 6) + timedelta(days=70)
