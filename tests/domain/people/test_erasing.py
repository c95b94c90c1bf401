"""How a person comes to be erased: by two words, after a week in which they may object."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.people import erasing_events as g
from domain.people import events as e
from domain.people.person import Person
from domain.refusals import NotYourAct, WrongState
from tests.domain.spec import ANNA, BORIS, CARLA, STRANGER, T0, Given, Recalled, act, fact, given

ERASURE = UUID(int=21)
WEEK = timedelta(days=7)


def boris(*later: Recalled) -> Given[Person]:
    """Boris, whom stewards Anna and Carla have to do with."""
    joined = fact(e.PersonJoined, act(ANNA), kind="member", leader_id=ANNA, roles=())
    return given(Person, BORIS, joined, *later)


def asked(by: UUID = BORIS) -> Recalled:
    return fact(g.ErasureAsked, act(by), erasure_id=ERASURE, reason="I leave")


def approved() -> Recalled:
    return fact(g.ErasureApproved, act(ANNA), erasure_id=ERASURE, erases_at=T0 + WEEK)


def gone() -> Recalled:
    return fact(g.PersonErased, act(None, days=7), cause="asked")


def test_the_person_or_a_steward_asks() -> None:
    said = {"erasure_id": ERASURE, "reason": "I leave"}
    boris().when(lambda p: p.ask_for_erasure(act(BORIS), ERASURE, "I leave")).then((g.ErasureAsked, said))
    boris().when(lambda p: p.ask_for_erasure(act(ANNA), ERASURE, None, steward=True)).then(g.ErasureAsked)
    boris().when(lambda p: p.ask_for_erasure(act(STRANGER), ERASURE, None)).then_refused(NotYourAct)
    boris(asked()).when(lambda p: p.ask_for_erasure(act(BORIS), ERASURE, None)).then_refused(WrongState, "already")


def test_another_agrees_and_it_comes_a_week_later() -> None:
    comes = (g.ErasureApproved, {"erasure_id": ERASURE, "erases_at": T0 + WEEK})
    boris(asked()).when(lambda p: p.approve_erasure(act(ANNA), [ANNA])).then(comes)
    boris(asked(ANNA)).when(lambda p: p.approve_erasure(act(CARLA), [ANNA, CARLA])).then(comes)


@pytest.mark.parametrize(
    ("by", "asked_by", "stewards", "refusal"),
    [
        (BORIS, BORIS, [ANNA], NotYourAct),
        (BORIS, ANNA, [ANNA, BORIS], NotYourAct),
        (ANNA, ANNA, [ANNA, CARLA], NotYourAct),
        (None, ANNA, [ANNA, CARLA], WrongState),
        (None, BORIS, [ANNA], WrongState),
    ],
)
def test_nobody_agrees_to_their_own_word(by: UUID | None, asked_by: UUID, stewards: list[UUID], refusal: Any) -> None:
    boris(asked(asked_by)).when(lambda p: p.approve_erasure(act(by), stewards)).then_refused(refusal)


def test_who_runs_the_installation_agrees_where_no_steward_is_left_who_could() -> None:
    boris(asked(ANNA)).when(lambda p: p.approve_erasure(act(None), [ANNA])).then(g.ErasureApproved)
    boris(asked(ANNA)).when(lambda p: p.approve_erasure(act(None), [ANNA, BORIS])).then(g.ErasureApproved)
    boris(asked(), approved()).when(lambda p: p.approve_erasure(act(None), [])).then_refused(WrongState, "already")


def test_only_the_person_objects_and_then_nothing_comes() -> None:
    boris(asked(ANNA), approved()).when(lambda p: p.object_to_erasure(act(BORIS), "I stay")).then(g.ErasureObjected)
    boris(asked(ANNA), approved()).when(lambda p: p.object_to_erasure(act(None), None)).then(g.ErasureObjected)
    boris(asked(ANNA)).when(lambda p: p.object_to_erasure(act(ANNA), None)).then_refused(NotYourAct)
    objected = fact(g.ErasureObjected, act(BORIS), erasure_id=ERASURE, reason=None)
    boris(asked(ANNA), approved(), objected).when(lambda p: p.erase(act(None, days=8))).then_refused(WrongState)


def test_it_does_not_come_before_its_day() -> None:
    early, late = act(None, days=6, hours=23), act(None, days=7)
    boris(asked(), approved()).when(lambda p: p.erase(early)).then_refused(WrongState, "long enough")
    boris(asked()).when(lambda p: p.erase(late)).then_refused(WrongState)
    boris(asked(), approved()).when(lambda p: p.erase(late)).then((g.PersonErased, {"cause": "asked"}))


def test_who_is_erased_stays_so() -> None:
    done = boris(asked(), approved(), gone())
    assert (done.aggregate.active, done.aggregate.leader_id, done.aggregate.erasure) == (False, None, None)
    again, keys = (asked(), approved(), gone()), ("ab",)
    boris(*again).when(lambda p: p.ask_for_erasure(act(ANNA), ERASURE, None, steward=True)).then_refused(WrongState)
    boris(*again).when(lambda p: p.erase_again(act(None))).then_refused(WrongState)
    done.when(lambda p: p.complete_erasure(act(None), keys)).then((g.ErasureCompleted, {"keys": keys}))
    done.when(lambda p: p.complete_erasure(act(None), keys)).then_nothing()
    boris(asked()).when(lambda p: p.complete_erasure(act(None), ())).then_refused(WrongState)
