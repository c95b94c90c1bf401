"""What follow-through counts on each store, beside a count of the same commitments one by one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from adapters.projection.projection import suffix_of
from adapters.projector import Projector
from adapters.readmodels.commitments import TABLES, CommitmentProjection
from adapters.readmodels.commitments_count import CommitmentCountView
from adapters.readmodels.commitments_list import CommitmentListView
from adapters.readmodels.folding import read_model_folder
from domain.base import Act
from domain.commitments import content as promise
from domain.commitments.commitment import Commitment
from domain.commitments.content import Who
from domain.commitments.outcome import outcome_of
from domain.imbalance.content import Content, Thing
from domain.imbalance.period import ImbalancePeriod
from services.ports import Answer, Command, Sight
from services.queries import CommitmentFilter, CommitmentItem, Counted, Viewer
from tests.contract.agreed import House
from tests.contract.tally import close_store, open_store, tables_of
from tests.follow_through.lives import OSLO, START, Lives

SIDES = ("owed_by", "owed_to")


class Village:
    """Some people, a team, their commitments, and the read model that follows them."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.folder = read_model_folder(house.ledger)
        self.projection = CommitmentProjection(self.folder, house.seal, house.organisation_of)
        self.projector = Projector(house.ledger.log, house.database, [self.projection])
        self.count = CommitmentCountView(house.database)
        self.list = CommitmentListView(house.database, house.ledger, house.seal)
        self.commitments: list[Commitment] = []
        self.people: list[UUID] = []
        self.team = uuid4()

    async def live(self, number: int, seed: int) -> None:
        self.people = await self.house.people(6)
        lives = Lives(self.house.organisation.id, self.people, self.team, random.Random(seed))
        for _ in range(number):
            await self.record(lives.live())
        assert await self.projector.caught_up(await self.house.ledger.head(), timeout=20)

    async def record(self, commitment: Commitment) -> None:
        await self.house.ledger.new_keys(commitment.id)
        sights = [Sight(commitment.id, who, sight) for who, sight in commitment.sights().items()]
        await self.house.ledger.record(self.command(), Answer(), commitment, sights=sights)
        self.commitments.append(commitment)

    def command(self) -> Command:
        return Command(uuid4().hex * 2, "", None, self.house.organisation.id)

    def act(self, by: UUID | None, at: datetime) -> Act:
        return Act(by, at, self.house.organisation.id, uuid4().hex * 2, OSLO)

    def later(self, **by: float) -> datetime:
        """Some time after the last of everything that was recorded."""
        return max(c.modified_on for c in self.commitments) + timedelta(**by)

    def viewer(self, person: UUID) -> Viewer:
        teams = frozenset({self.team}) if person == self.people[0] else frozenset()
        return Viewer(person, self.house.organisation.id, START.date(), teams=teams, zone=OSLO)

    async def every(self, viewer: Viewer, now: datetime, filters: CommitmentFilter) -> list[CommitmentItem]:
        found: list[CommitmentItem] = []
        cursor = None
        while True:
            page = await self.list.list_commitments(viewer, now, filters, cursor=cursor, limit=7)
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                assert [i.id for i in found] == sorted({i.id for i in found}, key=str, reverse=True)
                return found

    async def rows(self) -> list[object]:
        return [sorted(map(repr, await tables_of(self.house.database, "commitments", t))) for t in TABLES]

    def one_by_one(self, who: Who, direction: str, now: datetime, *, proposed: bool) -> dict[UUID, tuple[str, str]]:
        """Each commitment of somebody with its class and level, judged by itself."""
        found = {}
        for c in self.commitments:
            side = c.content.owed_by if direction == "owed_by" else c.content.owed_to
            how = "delegate" if direction == "owed_by" else "assign"
            left = who in c.left and c.left[who][1] == how
            if who not in side and not left:
                continue
            outcome = outcome_of(c, now, OSLO, who if left else None)
            if outcome.promised or proposed:
                found[c.id] = (outcome.outcome_class, c.content.level)
        return found


@pytest.fixture
async def village(store_url: str, tmp_path: Path) -> AsyncIterator[Village]:
    database, ledger = await open_store(store_url, tmp_path)
    village = Village(House(database, ledger))
    await village.projector.start()
    yield village
    await village.projector.stop()
    await close_store(database, ledger)


async def test_counts_are_those_of_the_commitments_one_by_one_and_every_list_holds_what_is_counted(
    village: Village,
) -> None:
    await village.live(150, seed=1)
    judged: Counter[str] = Counter()
    moments = [village.later(days=days) for days in (0, 9, 400)]
    for who, direction, now, proposed in [
        (Who("person", person), direction, now, proposed)
        for person in village.people[:3]
        for direction in SIDES
        for now in moments
        for proposed in (False, True)
    ] + [(Who("team", village.team), "owed_to", moments[0], True)]:
        viewer = village.viewer(village.people[0] if who.kind == "team" else who.id)
        counted = Counted(who.id, direction, proposed)
        expected = village.one_by_one(who, direction, now, proposed=proposed)

        cells = await village.count.count(viewer, now, counted, ["level"])

        assert {(c.key[0], c.outcome_class): c.number for c in cells} == Counter(
            (level, outcome_class) for outcome_class, level in expected.values()
        )
        judged.update(outcome_class for outcome_class, _ in expected.values())
        if now == moments[1]:
            for cell in cells:
                narrowed = Counted(who.id, direction, proposed, level=cell.key[0], outcome_class=cell.outcome_class)
                listed = await village.every(viewer, now, CommitmentFilter(counted=narrowed))
                assert {i.id for i in listed} == {
                    i for i, e in expected.items() if e == (cell.outcome_class, cell.key[0])
                }
                assert {i.outcome_class for i in listed} == {cell.outcome_class}
    assert set(judged) >= {
        "kept_on_time", "kept_renegotiated", "kept_late", "reneged", "lapsed", "not_counted", "open", "open_overdue",
        "ongoing", "concluded",
    }  # fmt: skip


async def test_every_grouping_adds_up_to_the_number_of_commitments(village: Village) -> None:
    await village.live(60, seed=3)
    me = village.people[1]
    viewer, now = village.viewer(me), village.later()
    for direction in SIDES:
        counted = Counted(me, direction, True)
        all_of_them = len(village.one_by_one(Who("person", me), direction, now, proposed=True))
        for keys in ([], ["level", "month"], ["agreement"], ["year", "use"]):
            cells = await village.count.count(viewer, now, counted, keys)
            assert sum(c.number for c in cells) == all_of_them
        by_counterpart = await village.count.count(viewer, now, counted, ["counterpart"])
        for key in {c.key[0] for c in by_counterpart}:
            behind = await village.every(
                viewer, now, CommitmentFilter(counted=Counted(me, direction, True, counterpart=key or "none"))
            )
            assert len(behind) == sum(c.number for c in by_counterpart if c.key[0] == key)


async def test_inside_is_what_was_first_due_while_its_debtor_was_in_an_active_period(village: Village) -> None:
    await village.live(80, seed=11)
    me, now = village.people[1], village.later()
    thing = Thing(uuid4(), "text")
    first_on = (START + timedelta(days=20)).date()
    content = Content(
        "self", "The exam", (me,), first_on, first_on + timedelta(days=30), (thing,), texts={str(thing.id): "Chess"}
    )
    period = ImbalancePeriod.draft(village.act(me, START), uuid4(), me, content)
    period.declare(village.act(me, START))
    for days in (21, 45):
        period.let_time_pass(village.act(None, START + timedelta(days=days)))
    period.end(village.act(me, START + timedelta(days=46)))
    await village.house.ledger.new_keys(period.id)
    sights = [Sight(period.id, me, "declarer")]
    await village.house.ledger.record(village.command(), Answer(), period, sights=sights)
    assert await village.projector.caught_up(await village.house.ledger.head(), timeout=20)
    first, last = period.active_days(OSLO)[me]
    assert last is not None

    viewer = village.viewer(me)
    expected = village.one_by_one(Who("person", me), "owed_by", now, proposed=True)
    due_on = {c.id: outcome_of(c, now, OSLO).first_due for c in village.commitments if c.id in expected}
    inside = {id for id, day in due_on.items() if day is not None and first <= day <= last}
    assert inside
    cells = await village.count.count(viewer, now, Counted(me, "owed_by", True), ["imbalance"])
    assert sum(c.number for c in cells if c.key == ("inside",)) == len(inside)
    assert sum(c.number for c in cells if c.key == ("outside",)) == len(expected) - len(inside)
    for where, these in (("inside", inside), ("outside", set(expected) - inside)):
        counted = Counted(me, "owed_by", True, imbalance=where)
        assert {i.id for i in await village.every(viewer, now, CommitmentFilter(counted=counted))} == these
    # To whom I owe something, and who does not see my period, it is as if there were none; a steward sees it.
    others = [village.viewer(other) for other in village.people if other != me]
    asked = Counted(me, "owed_by", True)
    told = [cell for other in others for cell in await village.count.count(other, now, asked, ["imbalance"])]
    assert {cell.key for cell in told} == {("outside",)}
    stewards = [replace(other, steward=True) for other in others]
    told = [cell for one in stewards for cell in await village.count.count(one, now, asked, ["imbalance"])]
    assert {cell.key for cell in told} == {("inside",), ("outside",)}
    # What others owe me counts by whether they were in one.
    to_me = await village.count.count(viewer, now, Counted(me, "owed_to", True), ["imbalance"])
    assert {c.key for c in to_me} == {("outside",)}


async def test_what_the_viewer_does_not_see_is_neither_counted_nor_listed(village: Village) -> None:
    await village.live(60, seed=5)
    me, other = village.people[1], village.people[2]
    now = village.later()
    theirs = {i for side in SIDES for i in village.one_by_one(Who("person", other), side, now, proposed=True)}
    both = {c.id for c in village.commitments if c.id in theirs and me in c.sights()}
    mine = {c.id for c in village.commitments if me in c.sights()}
    assert both
    assert both < mine
    viewer = village.viewer(me)

    cells = [c for side in SIDES for c in await village.count.count(viewer, now, Counted(other, side, True), [])]
    listed = await village.every(viewer, now, CommitmentFilter())

    assert sum(c.number for c in cells) == len(both)
    assert {i.id for i in listed} == mine
    assert await village.every(village.viewer(uuid4()), now, CommitmentFilter()) == []


async def test_who_handed_it_on_sees_it_as_it_was_then_and_no_filter_tells_more(village: Village) -> None:
    village.people = ann, ben, cem = await village.house.people(3)
    content = promise.Content(
        (Who("person", ben),), (Who("person", ann),), "The soup", due=promise.Due.end_of_day(START.date(), OSLO)
    )
    commitment = Commitment.request(village.act(ann, START), uuid4(), content)
    commitment.promise(village.act(ben, START), 1)
    commitment.propose_change(village.act(ben, START), uuid4(), "delegate", reason="Cem cooks better", person_id=cem)
    for person in (ann, cem):
        commitment.accept_change(village.act(person, START + timedelta(minutes=1)), 1)
    commitment.done(village.act(cem, START + timedelta(minutes=2)))
    await village.record(commitment)
    assert await village.projector.caught_up(await village.house.ledger.head(), timeout=20)
    now = village.later(days=9)

    async def seen(person: UUID, **asked: object) -> list[tuple[str, str, UUID, bool]]:
        filters = CommitmentFilter(**asked)  # type: ignore[arg-type]
        items = await village.every(village.viewer(person), now, filters)
        return [(i.state, i.outcome_class, i.owed_by[0].id, bool(i.waiting_on)) for i in items]

    assert await seen(ann) == [("reported", "open", cem, True)]
    as_it_was = [("promised", "not_counted", cem, False)]
    assert await seen(ben) == as_it_was
    assert await seen(ben, state="promised") == as_it_was
    assert await seen(ben, state="reported") == []
    assert await seen(ben, counted=Counted(ben, "owed_by")) == as_it_was
    assert await seen(cem, waiting_on_me=True) == []
    assert await seen(ann, waiting_on_me=True, owed_by=cem) == [("reported", "open", cem, True)]


async def test_the_rows_hold_no_words_and_are_the_same_after_a_rebuild_or_twice_the_same_events(
    village: Village,
) -> None:
    await village.live(40, seed=9)
    me = village.viewer(village.people[0])
    texts = {i.outcome for i in await village.every(me, village.later(), CommitmentFilter())}
    assert texts
    assert all(t.startswith("Work ") for t in texts)
    before = await village.rows()
    assert "Work " not in repr(before)

    records = await village.house.ledger.log.read_after(0, 500)
    for again in (records, records[:9], records[9:]):
        suffix = suffix_of(village.projection.version, 1)
        await village.house.database.write(await village.projection.apply(again, suffix))
    twice = await village.rows()
    await village.projector.rebuild("commitments")

    assert twice == before
    assert await village.rows() == before
