"""The list of agreements on both stores: what it shows to whom, its filters, its pages, and rebuilding it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.registry import Registry
from adapters.projection.projection import Pace, suffix_of
from adapters.projector import Projector
from domain.agreements.events import NoticeGiven
from domain.agreements.terms import Term
from domain.base import FACTS
from domain.refusals import Invalid
from services.ports import Answer, Command, Sight, Unavailable
from services.queries import AgreementFilter, AgreementItem, Waiting
from tests.contract.agreed import House
from tests.contract.tally import close_store, digest, open_store, tables_of


@pytest.fixture
async def house(store_url: str, tmp_path: Path) -> AsyncIterator[House]:
    database, ledger = await open_store(store_url, tmp_path)
    yield House(database, ledger)
    await close_store(database, ledger)


@pytest.fixture
async def projector(house: House) -> AsyncIterator[Projector]:
    projector = house.projector()
    await projector.start()
    yield projector
    await projector.stop()


async def listed(house: House, projector: Projector, person: UUID, **asked: object) -> list[AgreementItem]:
    assert await projector.caught_up(await house.ledger.head(), timeout=5)
    filters = AgreementFilter(**asked)  # type: ignore[arg-type]
    return list((await house.list.list_agreements(house.viewer(person), filters)).items)


async def test_a_party_sees_the_title_state_parties_and_who_must_move(house: House, projector: Projector) -> None:
    ann, ben = await house.people(2)
    agreement = await house.open([ann, ben], title="Weekly word")
    await house.record(agreement)
    (item,) = await listed(house, projector, ann)
    assert (item.title, item.use, item.state, item.version) == ("Weekly word", "coaching", "drafting", None)
    assert [(p.person_id, p.role) for p in item.parties] == [(ann, "leader"), (ben, "report")]
    assert set(item.waiting_on) == {Waiting(ann, "prompt"), Waiting(ben, "prompt")}

    agreement.share(house.act(ann))
    for person in (ann, ben):
        agreement.add_term(house.act(person), Term(uuid4(), "expectation", owed_by=(person,), text="I speak up."))
    house.consent(agreement, ann)
    await house.record(agreement)
    (item,) = await listed(house, projector, ben, waiting_on_me=True)
    assert Waiting(ben, "consent") in item.waiting_on
    assert Waiting(ann, "consent") not in item.waiting_on

    house.consent(agreement, ben)
    await house.record(agreement)
    (item,) = await listed(house, projector, ben)
    assert (item.state, item.version, item.waiting_on) == ("in_force", 1, ())
    assert item.next_review_on == date(2026, 2, 1)
    assert await listed(house, projector, ben, waiting_on_me=True) == []


async def test_a_stranger_sees_nothing_and_a_steward_that_it_exists(house: House, projector: Projector) -> None:
    ann, ben, eve = await house.people(3)
    agreement = await house.agreed([ann, ben], title="Between us")
    assert await listed(house, projector, eve) == []
    page = await house.list.list_agreements(house.viewer(eve, steward=True))
    (item,) = page.items
    assert item.withheld
    assert (item.id, item.state, len(item.parties)) == (agreement.id, "in_force", 2)
    assert (item.title, item.use, item.version, item.waiting_on) == (None, None, None, ())
    for asked in (AgreementFilter(waiting_on_me=True), AgreementFilter(external_id="x")):
        assert (await house.list.list_agreements(house.viewer(eve, steward=True), asked)).items == ()


async def test_another_organisation_sees_nothing_whatever_its_people_are_told_to_see(
    house: House, projector: Projector
) -> None:
    ann, ben = await house.people(2)
    await house.agreed([ann, ben])
    elsewhere = House(house.database, house.ledger, house.clock)
    assert await projector.caught_up(await house.ledger.head(), timeout=5)
    for viewer in (elsewhere.viewer(ann), elsewhere.viewer(ann, steward=True)):
        assert (await house.list.list_agreements(viewer)).items == ()


async def test_a_sight_that_is_taken_away_hides_the_row_though_the_read_model_has_not_moved(
    house: House, projector: Projector
) -> None:
    ann, ben = await house.people(2)
    agreement = await house.agreed([ann, ben])
    assert len(await listed(house, projector, ben)) == 1
    await projector.stop()
    command = Command(uuid4().hex * 2, "", None, house.organisation.id)
    await house.ledger.record(command, Answer(), sights=[Sight(agreement.id, ben, None)])
    assert (await house.list.list_agreements(house.viewer(ben))).items == ()


async def test_filters_by_state_and_party(house: House, projector: Projector) -> None:
    ann, ben, cem = await house.people(3)
    with_ben, with_cem = await house.agreed([ann, ben]), await house.open([ann, cem])
    await house.record(with_cem)
    assert [i.id for i in await listed(house, projector, ann, state="in_force")] == [with_ben.id]
    assert [i.id for i in await listed(house, projector, ann, party=cem)] == [with_cem.id]
    assert await listed(house, projector, ann, party=cem, state="in_force") == []


async def test_pages_follow_each_other_without_gap_or_repeat(house: House, projector: Projector) -> None:
    ann, ben = await house.people(2)
    ids = set()
    for n in range(7):
        agreement = await house.open([ann, ben], title=f"number {n}")
        await house.record(agreement)
        ids.add(agreement.id)
    assert await projector.caught_up(await house.ledger.head(), timeout=5)
    seen: list[UUID] = []
    cursor = None
    while True:
        page = await house.list.list_agreements(house.viewer(ann), cursor=cursor, limit=3)
        assert len(page.items) <= 3
        seen += [i.id for i in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == 7
    assert set(seen) == ids
    with pytest.raises(Invalid):
        await house.list.list_agreements(house.viewer(ann), cursor="yesterday")


async def test_who_left_sees_the_agreement_as_it_was_then(house: House, projector: Projector) -> None:
    ann, ben, cem = await house.people(3)
    agreement = await house.agreed([ann, ben, cem], title="The three of us")
    house.clock.move(hours=1)
    await house.change(agreement.id, lambda a: a.part_left(house.act(None), cem))
    house.clock.move(hours=1)

    def amend(a: object) -> None:
        agreement = a  # type: ignore[assignment]
        agreement.open_amendment(house.act(ann), "We are two now.")  # type: ignore[attr-defined]
        agreement.change_head(house.act(ann), {"title": "The two of us"})  # type: ignore[attr-defined]
        house.consent(agreement, ann, ben)  # type: ignore[arg-type]

    await house.change(agreement.id, amend)
    (mine,) = await listed(house, projector, ann)
    assert (mine.title, mine.version) == ("The two of us", 2)
    (left,) = await listed(house, projector, cem)
    assert (left.sight, left.title, left.version) == ("former_party", "The three of us", 1)
    assert await listed(house, projector, cem, waiting_on_me=True) == []
    assert [i.title for i in await listed(house, projector, cem, state="in_force")] == ["The three of us"]


async def test_a_text_that_waits_for_its_day_is_shown_from_that_day_on(house: House, projector: Projector) -> None:
    ann, ben = await house.people(2)
    agreement = await house.agreed([ann, ben], title="Now")

    def amend(a: object) -> None:
        a.open_amendment(house.act(ann), "From February on.")  # type: ignore[attr-defined]
        a.change_head(house.act(ann), {"title": "Later", "effective_on": date(2026, 2, 1)})  # type: ignore[attr-defined]
        house.consent(a, ann, ben)  # type: ignore[arg-type]

    await house.change(agreement.id, amend)
    (item,) = await listed(house, projector, ann)
    assert (item.title, item.version) == ("Now", 1)
    house.clock.move(days=40)
    (item,) = await listed(house, projector, ann)
    assert (item.title, item.version) == ("Later", 2)


async def test_titles_are_sealed_in_the_rows_and_gone_with_their_key(house: House, projector: Projector) -> None:
    ann, ben = await house.people(2)
    draft = await house.open([ann, ben], title="A canary in a draft")
    await house.record(draft)
    agreed = await house.agreed([ann, ben], title="A canary in force")
    assert {i.title for i in await listed(house, projector, ben)} == {"A canary in a draft", "A canary in force"}
    rows = await tables_of(house.database, "agreements")
    assert "canary" not in repr(rows)
    await house.ledger.keyring.destroy(ann)
    assert {i.id: i.title for i in await listed(house, projector, ben)} == {
        draft.id: "[erased]",
        agreed.id: "A canary in force",
    }


async def test_a_rebuild_gives_the_same_rows_byte_for_byte(house: House, projector: Projector) -> None:
    people = await house.people(4)
    for n in range(4):
        await house.agreed([people[n], people[(n + 1) % 4]], title=f"Pair {n}")
        await house.record(await house.open([people[n], people[(n + 2) % 4]], title=f"Draft {n}"))
    assert await projector.caught_up(await house.ledger.head(), timeout=5)
    before = {t: digest(await tables_of(house.database, "agreements", t)) for t in ("agreements", "agreement_people")}
    await projector.rebuild("agreements")
    after = {t: digest(await tables_of(house.database, "agreements", t)) for t in ("agreements", "agreement_people")}
    assert before == after


async def test_taking_events_in_twice_changes_nothing(house: House, projector: Projector) -> None:
    ann, ben = await house.people(2)
    await house.agreed([ann, ben])
    assert await projector.caught_up(await house.ledger.head(), timeout=5)
    before = await tables_of(house.database, "agreements")
    records = await house.ledger.log.read_after(0, 500)
    for again in (records, records[:3], records[3:]):
        for projection in house.projections():
            await house.database.write(await projection.apply(again, suffix_of(projection.version, 1)))
    assert await tables_of(house.database, "agreements") == before


async def test_the_list_goes_on_being_read_while_it_is_rebuilt(house: House, projector: Projector) -> None:
    ann, ben = await house.people(2)
    await house.agreed([ann, ben])
    assert len(await listed(house, projector, ann)) == 1
    for _ in range(3):
        await projector.rebuild("agreements")
        assert len((await house.list.list_agreements(house.viewer(ann))).items) == 1


async def test_before_the_first_build_the_list_is_unavailable_not_empty(house: House) -> None:
    (ann,) = await house.people(1)
    await house.projector().prepare()
    with pytest.raises(Unavailable):
        await house.list.list_agreements(house.viewer(ann))


async def test_an_event_of_a_newer_program_parks_its_agreement_only_and_is_taken_in_after_the_upgrade(
    store_url: str, tmp_path: Path
) -> None:
    database, ledger = await open_store(store_url, tmp_path)
    newer = House(database, ledger)
    facts = {topic: fact for topic, fact in FACTS.items() if topic != NoticeGiven.TOPIC}
    older = House(database, EventLedger(ledger.log, ledger.keyring, Registry(facts)), newer.clock, newer.organisation)
    ann, ben = await newer.people(2)
    ending, going_on = await newer.agreed([ann, ben], title="Ending"), await newer.agreed([ann, ben], title="Going on")
    await newer.change(ending.id, lambda a: a.give_notice(newer.act(ann), date(2026, 3, 1)))
    later = await newer.agreed([ann, ben], title="Later")

    projector = older.projector(Pace(retry=0.001))
    await projector.start()
    states = {i.id: i.state for i in await listed(older, projector, ann)}
    assert states == {ending.id: "in_force", going_on.id: "in_force", later.id: "in_force"}
    assert {(p.projection, p.failure) for p in await projector.parked()} == {
        ("agreements", "UnknownFact"),
        ("deadlines", "UnknownFact"),
        ("inbox", "UnknownFact"),
    }
    await projector.stop()

    projector = newer.projector()
    await projector.start()
    await projector.rebuild("agreements")
    await projector.rebuild("deadlines")
    await projector.rebuild("inbox")
    assert await projector.parked() == []
    assert {i.id: i.state for i in await listed(newer, projector, ann)} == states | {ending.id: "ending"}
    await projector.stop()
    await close_store(database, ledger)
