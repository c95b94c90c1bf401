"""Commitments in what was expected on a day: as they stood then, for who may see them, on both stores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.commitments.commitment import Commitment
from domain.commitments.content import Content, Due, Who
from domain.refusals import NotThere
from services.ports import Answer, Command, Sight
from services.sights import sight_changes
from tests.domain.spec import ORGANISATION, OSLO
from tests.services.audit.stage import ADA, BEN, CLEO, STRANGER, Stage

TEAM = UUID("01900000-0000-7000-8000-0000000000d1")


async def record(stage: Stage, commitment: Commitment, before: dict[UUID, str]) -> None:
    command = Command(uuid4().hex * 2, "0" * 64, None, ORGANISATION)
    sights = sight_changes(commitment.id, before, commitment.sights())
    await stage.ledger.record(command, Answer(), commitment, sights=sights)


async def promised(stage: Stage, debtor: Who, creditor: UUID, by: UUID, due: date) -> Commitment:
    commitment_id = uuid4()
    await stage.ledger.new_keys(commitment_id)
    content = Content((debtor,), (Who("person", creditor),), "The menu", due=Due.end_of_day(due, OSLO))
    commitment = Commitment.request(stage.desk(creditor).act(), commitment_id, content)
    act = stage.desk(by).act()
    commitment.promise(replace(act, teams=frozenset({TEAM})), 1)
    await record(stage, commitment, {})
    return commitment


async def does(stage: Stage, commitment: Commitment, what: Callable[[Commitment], None]) -> None:
    current = await stage.ledger.load(Commitment, commitment.id)
    assert current is not None
    before = current.sights()
    what(current)
    await record(stage, current, before)


def dues(items: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(item["state"], item["due_at"]) for item in items]


async def test_a_promise_is_shown_as_it_stood_on_the_day_to_both_sides(on_each_store: Stage) -> None:
    stage = on_each_store
    stage.at("2026-01-12")
    c = await promised(stage, Who("person", BEN), ADA, BEN, date(2026, 1, 20))
    stage.at("2026-01-14")
    later = Due.end_of_day(date(2026, 1, 30), OSLO)
    await does(stage, c, lambda c: c.propose_change(stage.desk(BEN).act(), uuid4(), "terms", reason="late", due=later))
    await does(stage, c, lambda c: c.accept_change(stage.desk(ADA).act(), 1))
    stage.at("2026-01-16")
    await does(stage, c, lambda c: c.done(stage.desk(BEN).act()))
    stage.at("2026-01-17")
    await does(stage, c, lambda c: c.confirm(stage.desk(ADA).act()))
    stage.at("2026-02-01")
    expected = {
        "2026-01-11": [],
        "2026-01-12": [("promised", "2026-01-20")],
        "2026-01-14": [("promised", "2026-01-30")],
        "2026-01-16": [("reported", "2026-01-30")],
        "2026-01-17": [("kept", "2026-01-30")],
        "2026-01-18": [],
    }
    for day, shown in expected.items():
        assert dues((await stage.expectations(BEN, BEN, day))["promised_by_them"]) == shown, day
        of_ada = await stage.expectations(ADA, ADA, day)
        assert (dues(of_ada["promised_to_them"]), of_ada["promised_by_them"]) == (shown, []), day
        assert dues((await stage.expectations(ADA, BEN, day))["promised_by_them"]) == shown, day


async def test_what_others_promised_each_other_is_not_there_for_anybody_else(on_each_store: Stage) -> None:
    stage = on_each_store
    stage.at("2026-01-12")
    await promised(stage, Who("person", BEN), ADA, BEN, date(2026, 1, 20))
    await promised(stage, Who("person", CLEO), BEN, CLEO, date(2026, 1, 20))
    of_ben = await stage.expectations(ADA, BEN)
    assert len(of_ben["promised_by_them"]) == 1
    assert of_ben["promised_to_them"] == []  # what Cleo promised Ben is between the two
    with pytest.raises(NotThere):
        await stage.expectations(STRANGER, BEN)


async def test_what_a_team_promised_counts_for_its_members(on_each_store: Stage) -> None:
    stage = on_each_store
    command = Command(uuid4().hex * 2, "0" * 64, None, ORGANISATION)
    await stage.ledger.record(command, Answer(), sights=[Sight(TEAM, CLEO, "member")])
    stage.at("2026-01-12")
    await promised(stage, Who("team", TEAM), ADA, CLEO, date(2026, 1, 20))
    (shown,) = (await stage.expectations(CLEO, CLEO))["promised_by_them"]
    assert shown["owed_by"] == [{"team_id": str(TEAM)}]
    assert (await stage.expectations(BEN, BEN))["promised_by_them"] == []


async def test_who_handed_a_promise_on_is_told_of_it_up_to_that_day(on_each_store: Stage) -> None:
    stage = on_each_store
    stage.at("2026-01-12")
    c = await promised(stage, Who("person", BEN), ADA, BEN, date(2026, 1, 20))
    stage.at("2026-01-14")
    await does(
        stage, c,
        lambda c: c.propose_change(stage.desk(BEN).act(), uuid4(), "delegate", reason="ill", person_id=CLEO),
    )  # fmt: skip
    await does(stage, c, lambda c: c.accept_change(stage.desk(ADA).act(), 1))
    await does(stage, c, lambda c: c.accept_change(stage.desk(CLEO).act(), 1))
    stage.at("2026-01-20")
    for who, day, many in (
        (BEN, "2026-01-13", 1),
        (BEN, "2026-01-15", 0),
        (CLEO, "2026-01-13", 0),
        (CLEO, "2026-01-15", 1),
    ):
        assert len((await stage.expectations(who, who, day))["promised_by_them"]) == many, (who, day)
