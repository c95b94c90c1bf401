"""Whose things are set aside: what people owe the declarer by declaring, all else by the leave of whom it is owed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from domain.imbalance.content import Content, Recovery, Thing
from domain.imbalance.period import ImbalancePeriod
from domain.refusals import Invalid
from tests.domain.imbalance.periods import (
    ALONE,
    CONTENT,
    DORA,
    REPORT,
    SUPPORT,
    UPDATE,
    WORDS,
    active,
    declared,
    drafted,
    extended,
)
from tests.domain.spec import ANNA, BORIS, CARLA, act, person


def aside(period: ImbalancePeriod) -> dict[UUID, tuple[UUID, ...]]:
    return {one.thing.id: one.debtors for one in period.in_effect()}


def test_nothing_is_set_aside_before_it_starts_or_after_it_ends() -> None:
    assert aside(declared()) == {}
    period = active()
    assert aside(period) == {UPDATE.id: (BORIS,), SUPPORT.id: (ANNA,), REPORT.id: (BORIS,)}
    period.end(act(ANNA, days=9))
    assert aside(period) == {}


def test_what_the_declarer_owes_waits_for_the_leave_of_whom_it_is_owed() -> None:
    silent = declared()
    silent.let_time_pass(act(days=7))
    assert aside(silent) == {UPDATE.id: (BORIS,)}
    silent.object(act(BORIS, days=8), "Objecting is no leave")
    assert SUPPORT.id not in aside(silent)
    silent.acknowledge(act(BORIS, days=8))
    assert SUPPORT.id in aside(silent), "who was silent until the start may still give it"
    assert SUPPORT.id not in aside(active(SUPPORT.id))
    assert UPDATE.id in aside(active(UPDATE.id)), "what is owed to the declarer is not the debtor's to keep"


def test_a_term_that_each_owes_the_other_is_set_aside_for_each_by_the_other() -> None:
    both = replace(UPDATE, owed_by=(ANNA, BORIS), owed_to=(ANNA, BORIS))
    period = declared(replace(CONTENT, set_aside=(both,), texts={}))
    period.let_time_pass(act(days=7))
    assert aside(period) == {both.id: (BORIS,)}
    period.acknowledge(act(BORIS, days=8))
    assert aside(period) == {both.id: (ANNA, BORIS)}


def test_who_goes_takes_along_what_is_owed_by_them_or_to_them() -> None:
    period = active()
    period.leave(act(CARLA, days=9))
    assert aside(period) == {UPDATE.id: (BORIS,), SUPPORT.id: (ANNA,)}
    period.leave(act(BORIS, days=9))
    assert aside(period) == {}


def test_after_the_first_end_only_what_was_acknowledged_afresh() -> None:
    period = extended()
    period.acknowledge(act(BORIS, days=10), (SUPPORT.id,))
    assert SUPPORT.id in aside(period), "the first answer holds until the first end"
    period.let_time_pass(act(days=21))
    assert aside(period) == {UPDATE.id: (BORIS,)}, "Carla has not answered, and Boris wants his support"


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (replace(CONTENT, focus="growth"), "focus"),
        (replace(CONTENT, stakes=" "), "stakes"),
        (replace(CONTENT, people=()), "people"),
        (replace(CONTENT, people=(BORIS, BORIS)), "people"),
        (replace(CONTENT, people=(ANNA, BORIS)), "people"),
        (replace(CONTENT, ends_on=CONTENT.starts_on.replace(day=11)), "ends_on"),
        (replace(CONTENT, set_aside=()), "set_aside"),
        (replace(CONTENT, set_aside=(UPDATE, replace(UPDATE, id=person(699)))), "set_aside"),
        (replace(CONTENT, set_aside=(replace(REPORT, owed_to=(DORA,)),)), "set_aside"),
        (replace(ALONE, set_aside=(SUPPORT,)), "set_aside"),
        (replace(CONTENT, texts={str(WORDS.id): ""}), "set_aside.text"),
        (replace(CONTENT, recovery=(Recovery("A week off", DORA, "P7D"),)), "recovery"),
        (replace(CONTENT, recovery=(Recovery("A week off", BORIS, "soon"),)), "recovery.due_within"),
    ],
)
def test_a_text_that_cannot_be_declared(content: Content, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        drafted(content)
    assert field in refused.value.errors


def test_sight_follows_who_is_in_it() -> None:
    assert drafted().sights() == {ANNA: "declarer", person(5): "drafter"}
    assert declared().sights() == {ANNA: "declarer", BORIS: "named", CARLA: "named"}
    period = active()
    period.leave(act(BORIS, days=9))
    period.join(act(DORA, days=9))
    assert period.sights() == {ANNA: "declarer", BORIS: "left", CARLA: "named", DORA: "named"}
    period.hand_over(act(days=10), person(9))
    assert period.sights()[person(9)] == "declarer"
    assert "end" in period.allowed_acts(act(person(9), days=10))
    assert "end" not in period.allowed_acts(act(ANNA, days=10))


def test_objections_are_counted_and_stay() -> None:
    period = active(SUPPORT.id)
    assert period.objecting == {BORIS}
    period.object(act(CARLA, days=9), "Too long")
    assert period.objecting == {BORIS, CARLA}


def test_a_period_that_sets_aside_free_words_only() -> None:
    words: dict[str, Any] = {"set_aside": (Thing(WORDS.id, "text"),)}
    period = declared(replace(CONTENT, **words))
    period.let_time_pass(act(days=7))
    assert aside(period) == {}
