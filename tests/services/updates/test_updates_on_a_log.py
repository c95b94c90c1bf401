"""Each deed and question about updates, on a real log: SQLite and PostgreSQL in turn."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from adapters.database import connect
from adapters.eventlog.ledger import EventLedger, open_eventlog
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.terms import Term
from domain.people.person import Person
from domain.refusals import Invalid, NotThere, NotYourAct, WrongState
from domain.updates.update_log import UpdateLog, update_log_id
from services.desk import Desk
from services.ports import Actor, Answer, Command, Conflict, Organisation, Sight, Standing
from services.updates.acknowledge_update import AcknowledgeUpdate, acknowledge_update
from services.updates.answer_escalation import AnswerEscalation, answer_escalation
from services.updates.answer_note import AnswerNote, answer_note
from services.updates.answer_update import AnswerUpdate, answer_update
from services.updates.ask_for_update import AskForUpdate, ask_for_update
from services.updates.correct_entry import CorrectEntry, correct_entry
from services.updates.expected_updates import expected_updates
from services.updates.get_adherence import get_adherence
from services.updates.give_update import GiveUpdate, give_update
from services.updates.list_updates import get_entry, list_updates
from services.updates.note_how_it_went import NoteHowItWent, note_how_it_went
from services.updates.raise_escalation import RaiseEscalation, raise_escalation
from services.updates.record_missed_updates import RecordMissedUpdates, record_missed_updates
from services.updates.withdraw_entry import WithdrawEntry, withdraw_entry
from tests.domain.agreements.agreement_facts import (
    AGREEMENT,
    LEADER,
    REPORT,
    SUPPORT,
    SUPPORT_TERM,
    UPDATE,
    UPDATE_TERM,
    in_force,
)
from tests.domain.spec import CARLA, ORGANISATION, OSLO, STRANGER, T0, act

HOME = Organisation(ORGANISATION, "Home", OSLO)
ESCALATION = UUID("01900000-0000-7000-8000-0000000000b7")
ESCALATION_TERM = Term(ESCALATION, "escalation", (REPORT,), trigger="A date slips", within="PT8H", channel="phone")
MONDAY = date(2026, 1, 12)
"""The first day on which the report owes an update, at ten in Oslo."""


@dataclass
class Hands:
    """A clock that is moved by hand."""

    at: datetime = T0

    def now(self) -> datetime:
        return self.at


@dataclass
class House:
    """A log with one agreement in force, and the people who come to it."""

    ledger: EventLedger
    clock: Hands = field(default_factory=Hands)

    def actor(self, person: UUID) -> Actor:
        return Actor(person, HOME, frozenset({"all"}))

    def command(self, person: UUID | None) -> Command:
        return Command(uuid4().hex * 2, "0" * 64, person, ORGANISATION)

    def desk(self, person: UUID) -> Desk:
        return Desk(self.ledger, self.clock, uuid4, self.actor(person), self.command(person))

    def reader(self, person: UUID) -> tuple[EventLedger, Hands, Actor, UUID]:
        return self.ledger, self.clock, self.actor(person), AGREEMENT

    def at(self, day: date, hour: int = 10, minute: int = 0) -> None:
        self.clock.at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=OSLO).astimezone(UTC)

    async def give(self, person: UUID = REPORT, on: date | None = MONDAY, text: str = "Two of three.") -> UUID:
        receipt = await give_update(self.desk(person), GiveUpdate(AGREEMENT, UPDATE, text, on))
        assert receipt.answer.status == 201
        return UUID(receipt.answer.ids["update_id"])

    async def listed(self, person: UUID = LEADER, **other: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await list_updates(*self.reader(person), **other))["items"]
        return items

    async def statuses(self, person: UUID = LEADER, until: date = MONDAY + timedelta(days=13)) -> dict[str, str]:
        found = await expected_updates(*self.reader(person), from_on=date(2026, 1, 1), until_on=until)
        return {one["occurrence_on"]: one["status"] for one in found["items"]}


@pytest.fixture
async def house(store_url: str, tmp_path: Path) -> AsyncIterator[House]:
    database = connect(store_url)
    ledger = await open_eventlog(database, tmp_path / "keys")
    house = House(ledger)
    people = (LEADER, REPORT, CARLA, STRANGER)
    await ledger.new_keys(ORGANISATION, AGREEMENT, *people)
    terms = {UPDATE: UPDATE_TERM, SUPPORT: SUPPORT_TERM, ESCALATION: ESCALATION_TERM}
    agreement = _recorded(terms)
    await ledger.record(
        house.command(LEADER),
        Answer(),
        agreement,
        *(Person.join(act(LEADER), person) for person in people),
        sights=[
            Sight(AGREEMENT, LEADER, "party"),
            Sight(AGREEMENT, REPORT, "party"),
            Sight(AGREEMENT, CARLA, "contributor"),
        ],
        standings=[Standing(person, ORGANISATION, "member", None, (), True) for person in people],
    )
    house.at(MONDAY, 9)
    yield house
    await ledger.close()
    await database.close()


def _recorded(terms: dict[UUID, Term]) -> AccountabilityAgreement:
    first, *rest = in_force(made=terms)
    agreement = AccountabilityAgreement.begin(first.fact, first.act, AGREEMENT, **first.content)  # type: ignore[arg-type]
    for step in rest:
        agreement.record(step.fact, step.act, **step.content)
    return agreement


async def test_an_update_given_is_read_by_the_other_with_its_status_and_what_they_may_do(house: House) -> None:
    update_id = await house.give()
    (seen,) = await house.listed(LEADER)
    assert seen | {"id": str(update_id)} == seen
    assert (seen["by"], seen["text"], seen["status"], seen["use"]) == (
        str(REPORT),
        "Two of three.",
        "on_time",
        "reviewable",
    )
    assert (seen["at"], seen["occurrence_on"], seen["imported"]) == ("2026-01-12T08:00:00Z", "2026-01-12", False)
    assert seen["allowed_actions"] == ["POST acknowledge", "POST answer"]
    (own,) = await house.listed(REPORT)
    assert own["allowed_actions"] == ["POST correct", "POST withdraw"]
    assert await get_entry(*house.reader(LEADER), update_id) == seen
    assert json.loads(json.dumps(seen)) == seen


@pytest.mark.parametrize("person", [CARLA, STRANGER])
async def test_updates_are_not_there_for_contributors_and_strangers(house: House, person: UUID) -> None:
    update_id = await house.give()
    for asking in (
        list_updates(*house.reader(person)),
        get_entry(*house.reader(person), update_id),
        expected_updates(*house.reader(person)),
        get_adherence(*house.reader(person)),
    ):
        with pytest.raises(NotThere):
            await asking


async def test_a_stranger_can_do_nothing_and_learns_nothing(house: House) -> None:
    update_id = await house.give()
    for doing in (
        give_update(house.desk(STRANGER), GiveUpdate(AGREEMENT, UPDATE, "x")),
        acknowledge_update(house.desk(STRANGER), AcknowledgeUpdate(AGREEMENT, update_id)),
        correct_entry(house.desk(STRANGER), CorrectEntry(AGREEMENT, update_id, "update", "x")),
    ):
        with pytest.raises(NotThere):
            await doing


async def test_a_contributor_gives_no_update(house: House) -> None:
    with pytest.raises(NotYourAct):
        await house.give(CARLA, None)


async def test_reading_answering_and_slips_go_through_to_what_is_shown(house: House) -> None:
    update_id = await house.give()
    house.at(MONDAY, 11)
    await acknowledge_update(house.desk(LEADER), AcknowledgeUpdate(AGREEMENT, update_id))
    answered = await answer_update(house.desk(LEADER), AnswerUpdate(AGREEMENT, update_id, "Which one is left?"))
    answer_id = UUID(answered.answer.ids["answer_id"])
    await correct_entry(
        house.desk(LEADER), CorrectEntry(AGREEMENT, answer_id, "answer", "Which one is open?", answer_to=update_id)
    )
    await correct_entry(house.desk(REPORT), CorrectEntry(AGREEMENT, update_id, "update", "One of three."))
    shown = await get_entry(*house.reader(REPORT), update_id)
    assert (shown["text"], shown["corrected_at"]) == ("One of three.", "2026-01-12T10:00:00Z")
    assert shown["acknowledged"] == [{"person_id": str(LEADER), "at": "2026-01-12T10:00:00Z"}]
    assert [(a["id"], a["text"], a["by"]) for a in shown["answers"]] == [
        (str(answer_id), "Which one is open?", str(LEADER))
    ]
    await withdraw_entry(house.desk(REPORT), WithdrawEntry(AGREEMENT, update_id, "update", "Wrong week"))
    shown = await get_entry(*house.reader(REPORT), update_id)
    assert (shown["text"], shown["status"], shown["allowed_actions"]) == (None, "on_time", [])


async def test_an_earlier_wording_is_there_as_of_then(house: House) -> None:
    update_id = await house.give()
    given_at = house.clock.at
    house.at(MONDAY, 12)
    await correct_entry(house.desk(REPORT), CorrectEntry(AGREEMENT, update_id, "update", "One of three."))
    house.at(MONDAY, 13)
    (then,) = await house.listed(LEADER, as_of=given_at)
    assert (then["text"], then["allowed_actions"]) == ("Two of three.", [])
    assert await house.listed(LEADER, as_of=given_at - timedelta(seconds=1)) == []
    with pytest.raises(Invalid):
        await house.listed(LEADER, as_of=house.clock.at + timedelta(seconds=1))
    with pytest.raises(NotThere):
        await house.listed(LEADER, as_of=T0 - timedelta(days=1))


async def test_a_path_that_names_the_wrong_kind_or_parent_is_not_there(house: House) -> None:
    update_id, other_id = await house.give(), await house.give(on=None)
    answered = await answer_update(house.desk(LEADER), AnswerUpdate(AGREEMENT, update_id, "Good."))
    answer_id = UUID(answered.answer.ids["answer_id"])
    for command in (
        CorrectEntry(AGREEMENT, update_id, "note", "x"),
        CorrectEntry(AGREEMENT, update_id, "answer", "x", answer_to=update_id),
        CorrectEntry(AGREEMENT, answer_id, "answer", "x", answer_to=other_id),
        CorrectEntry(AGREEMENT, answer_id, "update", "x"),
    ):
        with pytest.raises(NotThere):
            await correct_entry(house.desk(LEADER), command)


async def test_asks_escalations_and_notes_have_lists_of_their_own(house: House) -> None:
    asked = await ask_for_update(house.desk(LEADER), AskForUpdate(AGREEMENT, UPDATE, "How is it?"))
    house.at(MONDAY, 12)
    told = await raise_escalation(
        house.desk(REPORT),
        RaiseEscalation(AGREEMENT, ESCALATION, "It slips", house.clock.at - timedelta(hours=9), house.clock.at),
    )
    escalation_id = UUID(told.answer.ids["escalation_id"])
    await answer_escalation(house.desk(LEADER), AnswerEscalation(AGREEMENT, escalation_id, "Call me"))
    noted = await note_how_it_went(house.desk(REPORT), NoteHowItWent(AGREEMENT, SUPPORT, MONDAY, True, "A walk"))
    note_id = UUID(noted.answer.ids["note_id"])
    await answer_note(house.desk(LEADER), AnswerNote(AGREEMENT, note_id, "It was good"))
    assert await house.listed(LEADER) == []
    (ask,) = await house.listed(REPORT, what="asks")
    assert (ask["id"], ask["asked_of"], ask["text"]) == (asked.answer.ids["ask_id"], [str(REPORT)], "How is it?")
    (escalation,) = await house.listed(LEADER, what="escalations")
    assert (escalation["told_within_agreed_time"], escalation["answers"][0]["text"]) == (True, "Call me")
    (note,) = await house.listed(LEADER, what="notes")
    assert (note["kept"], note["on"], note["answers"][0]["text"]) == (True, "2026-01-12", "It was good")


async def test_pages_follow_each_other_newest_first_and_lose_nothing(house: House) -> None:
    given = []
    for minute in range(7):
        house.at(MONDAY, 9, minute)
        given.append(str(await house.give(on=None)))
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(4):
        page = await list_updates(*house.reader(LEADER), limit=3, cursor=cursor)
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == given[::-1]
    for wrong in ("x", "____", "é", "MjAyNi0wMS0wMXx4"):
        with pytest.raises(Invalid):
            await list_updates(*house.reader(LEADER), cursor=wrong)
    for limit in (0, 201):
        with pytest.raises(Invalid):
            await list_updates(*house.reader(LEADER), limit=limit)


async def test_the_clock_records_what_was_missed_once_and_a_later_update_is_late(house: House) -> None:
    missed = RecordMissedUpdates(AGREEMENT, HOME)

    async def look() -> Any:
        return await record_missed_updates(house.ledger, house.clock, house.command(None), missed)

    house.at(MONDAY + timedelta(days=1), 10)
    assert await look() is None
    assert (await house.statuses())["2026-01-12"] == "due"
    house.at(MONDAY + timedelta(days=1), 10, 1)
    assert (await look()).position > 0
    assert await look() is None
    assert (await house.statuses())["2026-01-12"] == "missed"
    await house.give()
    assert await house.statuses() == {"2026-01-12": "late", "2026-01-19": "ahead"}
    (update,) = await house.listed(LEADER)
    assert update["status"] == "late"
    log = await house.ledger.load(UpdateLog, update_log_id(AGREEMENT))
    assert log is not None
    assert [key.on for key in log.missed] == [MONDAY]


async def test_an_absence_excuses_also_when_it_is_told_afterwards(house: House) -> None:
    house.at(MONDAY + timedelta(days=3))
    assert (await house.statuses())["2026-01-12"] == "missed"
    person = await house.ledger.load(Person, REPORT)
    assert person is not None
    person.declare_absence(act(REPORT, house.clock.at), uuid4(), MONDAY, MONDAY + timedelta(days=7))
    await house.ledger.record(house.command(REPORT), Answer(), person)
    assert await house.statuses() == {"2026-01-12": "excused", "2026-01-19": "excused"}
    found = await expected_updates(*house.reader(LEADER), from_on=MONDAY, until_on=MONDAY)
    assert found["items"][0]["excused_by"] == {"cause": "absence", "from": "2026-01-12", "until": "2026-01-19"}
    assert (
        await record_missed_updates(
            house.ledger, house.clock, house.command(None), RecordMissedUpdates(AGREEMENT, HOME)
        )
        is None
    )


async def test_a_window_is_four_weeks_to_either_side_unless_said_and_at_most_ten_years(house: House) -> None:
    usual = await expected_updates(*house.reader(LEADER))
    assert (usual["from"], usual["to"]) == ("2025-12-15", "2026-02-09")
    for last in (date(2026, 1, 1), date(2037, 1, 1)):
        with pytest.raises(Invalid):
            await expected_updates(*house.reader(LEADER), from_on=MONDAY, until_on=last)
    assert (await expected_updates(*house.reader(LEADER), until_on=date(2020, 1, 1)))["items"] == []


async def test_adherence_shows_both_sides_also_before_anything_was_said(house: House) -> None:
    empty = await get_adherence(*house.reader(LEADER))
    assert [side["person_id"] for side in empty["people"]] == [str(LEADER), str(REPORT)]
    await house.give()
    sides = {side["person_id"]: side for side in (await get_adherence(*house.reader(REPORT)))["people"]}
    assert sides[str(REPORT)]["updates"]["on_time"] == 1
    assert sides[str(LEADER)]["received"]["received"] == 1
    assert json.loads(json.dumps(sides)) == sides


async def test_two_first_updates_at_once_do_not_both_begin_the_log(house: House) -> None:
    outcomes = await asyncio.gather(*(house.give(on=None) for _ in range(8)), return_exceptions=True)
    given = [one for one in outcomes if isinstance(one, UUID)]
    assert given
    assert all(isinstance(one, Conflict) for one in outcomes if not isinstance(one, UUID))
    assert {one["id"] for one in await house.listed(LEADER)} == {str(one) for one in given}


async def test_what_is_refused_leaves_nothing_behind(house: House) -> None:
    head = await house.ledger.head()
    with pytest.raises(WrongState):
        await house.give(on=MONDAY + timedelta(days=7))
    assert await house.ledger.head() == head
    assert await house.ledger.version(update_log_id(AGREEMENT)) == 0
