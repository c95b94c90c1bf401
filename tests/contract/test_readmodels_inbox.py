"""What waits for whom in commitments and imbalance periods, on both stores; rebuilt it is the same."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from adapters.readmodels.inbox import InboxView
from domain.commitments.commitment import Commitment
from domain.commitments.content import Content, Due, Who
from domain.people.person import Person
from services.inbox.get_inbox import get_inbox
from services.ports import Actor, Answer, Command, Sight
from tests.contract.agreed import MONDAYS, OSLO
from tests.contract.running import Running
from tests.contract.tally import digest, tables_of
from tests.contract.test_deadlines_of_periods import declared

FRIDAY = date(2026, 1, 16)


async def waiting(running: Running, person: UUID) -> list[tuple[str, str, list[str]]]:
    """What waits for somebody: in which kind of thing, what, and what they may do."""
    await running.caught_up()
    house = running.house
    actor = Actor(person, house.organisation, frozenset({"all"}))
    page = await get_inbox(house.ledger, house.clock, InboxView(house.database), actor)
    assert page.next_place is None
    assert [i["due_at"] or "9" for i in page.items] == sorted(i["due_at"] or "9" for i in page.items)
    return [(item["resource"]["kind"], item["what"], item["allowed_actions"]) for item in page.items]


async def told(running: Running, commitment: Commitment, *people: UUID) -> list[list[str]]:
    """Records what was done, and says what then waits for each."""
    await running.house.record(commitment)
    return [[what for _, what, _ in await waiting(running, person)] for person in people]


async def test_a_commitment_waits_for_whoever_must_move(running: Running) -> None:
    house = running.house
    ann, ben = await house.people(2)
    commitment_id = uuid4()
    await house.ledger.new_keys(commitment_id)
    content = Content((Who("person", ben),), (Who("person", ann),), "The menu", due=Due.end_of_day(FRIDAY, OSLO))
    c = Commitment.request(house.act(ann), commitment_id, content)
    await house.record(c)
    assert await waiting(running, ben) == [("commitment", "promise", ["POST promise", "POST counter", "POST decline"])]
    c.counter(house.act(ben), content)
    assert await told(running, c, ann, ben) == [["accept"], []]
    c.accept(house.act(ann), 2)
    assert await told(running, c, ann, ben) == [[], []]
    house.clock.move(days=8)
    assert [what for _, what, _ in await waiting(running, ben)] == ["due"]
    c.flag_at_risk(house.act(ben), uuid4(), "The printer is away.")
    assert await told(running, c, ann) == [["at_risk"]]
    c.propose_change(house.act(ben), uuid4(), "terms", reason="late", due=Due.end_of_day(date(2026, 1, 20), OSLO))
    assert await told(running, c, ann, ben) == [["at_risk", "change"], ["due"]]
    c.refuse_change(house.act(ann))
    c.done(house.act(ben))
    assert await told(running, c, ann, ben) == [["confirm"], []]
    c.return_(house.act(ann), "The soup is missing.")
    assert await told(running, c, ben) == [["returned"]]
    house.clock.move(days=10)
    assert {what for _, what, _ in await waiting(running, ann)} == {"overdue", "at_risk"}
    c.release(house.act(ann))
    assert await told(running, c, ann, ben) == [[], []]


async def test_what_waits_for_a_team_waits_for_its_members_as_long_as_they_are(running: Running) -> None:
    house = running.house
    ann, ben, cy = await house.people(3)
    team, commitment_id = uuid4(), uuid4()
    await house.ledger.new_keys(commitment_id)
    content = Content((Who("team", team),), (Who("person", ann),), "The menu", due=Due.end_of_day(FRIDAY, OSLO))
    await house.record(Commitment.request(house.act(ann), commitment_id, content))
    for sight in ("member", None):
        command = Command(uuid4().hex * 2, "", None, house.organisation.id)
        await house.ledger.record(command, Answer(), sights=[Sight(team, ben, sight)])
        expected = [("commitment", "promise", ["POST promise", "POST counter", "POST decline"])] if sight else []
        assert await waiting(running, ben) == expected
        assert await waiting(running, cy) == []


async def test_an_impact_asks_each_side_how_its_periods_went(running: Running) -> None:
    house = running.house
    ann, ben = await house.people(2)
    commitment_id = uuid4()
    await house.ledger.new_keys(commitment_id)
    sides = (Who("person", ben),), (Who("person", ann),)
    c = Commitment.request(
        house.act(ann), commitment_id, Content(*sides, "Guests come back", level="impact", cadence=MONDAYS)
    )
    c.promise(house.act(ben), 1)
    assert await told(running, c, ann, ben) == [[], []]
    house.clock.move(days=4)  # Monday the 5th is over
    assert await waiting(running, ben) == [("commitment", "attest", ["POST attest"])]
    c.attest(house.act(ben), date(2026, 1, 5), "kept")
    assert await told(running, c, ann, ben) == [["attest"], []]


async def test_a_period_waits_for_answers_and_for_the_closing_review(running: Running) -> None:
    house = running.house
    leader, report = await house.people(2)
    period = await declared(house, leader, report)
    assert await waiting(running, report) == [
        ("imbalance_period", "acknowledge", ["POST acknowledge", "POST object", "POST ask"])
    ]
    question = uuid4()
    period.acknowledge(house.act(report))
    period.ask(house.act(report), question, "How long?")
    await house.record(period)
    assert await waiting(running, report) == []
    assert await waiting(running, leader) == [("imbalance_period", "answer", ["POST answer"])]
    period.answer(house.act(leader), question, "Two weeks.")
    await house.record(period)
    await running.after(days=25)
    assert [what for _, what, _ in await waiting(running, report)] == ["closing_review"]


async def test_an_inbox_rebuilt_is_the_same_byte_for_byte(running: Running) -> None:
    house = running.house
    ann, ben, cy = await house.people(3)
    await house.agreed([ann, ben], cadence=MONDAYS)
    await house.open([ben, cy])
    for day in (10, 20):
        commitment = await house.promised(ben, ann, date(2026, 1, day))
        commitment.flag_at_risk(house.act(ben), uuid4(), "Late.")
        await house.record(commitment)
    await declared(house, ann, ben)
    person = Person.join(house.act(ben), ben)
    person.declare_absence(house.act(ben), uuid4(), date(2026, 1, 5), date(2026, 1, 25))
    await house.record(person)
    await running.after(days=12)
    await running.caught_up()
    tables = ("inbox", "inbox_people")
    before = [digest(sorted(await tables_of(house.database, "inbox", t))) for t in tables]
    assert len(await tables_of(house.database, "inbox")) > 8
    await running.projector.rebuild("inbox")
    assert [digest(sorted(await tables_of(house.database, "inbox", t))) for t in tables] == before
