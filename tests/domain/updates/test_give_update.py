"""Giving an update: who, for which day, from when, how late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.base import Act
from domain.refusals import Invalid, NotYourAct, Refusal, WrongState
from domain.updates import events
from domain.updates.footing import Footing
from tests.domain.spec import ANNA, BORIS, CARLA, fact, given_nothing
from tests.domain.updates.stage import (
    AGREEMENT,
    ENDED,
    FIRST,
    FOOTING,
    LOG,
    MONDAYS,
    NORM,
    SECOND,
    SPANS,
    UPDATES,
    Command,
    by,
    gave,
    log,
    oslo,
    span,
    thing,
)


def give(at: Act, on: str | None = None, footing: Footing = FOOTING, **other: Any) -> Command:
    def command(aggregate: Any) -> None:
        aggregate.give_update(
            at,
            footing,
            SECOND,
            **{
                "term_id": UPDATES,
                "occurrence_on": date.fromisoformat(on) if on else None,
                "text": "All is well.",
                **other,
            },
        )

    return command


def test_a_log_begins_under_an_id_that_follows_from_its_agreement() -> None:
    from domain.updates.update_log import UpdateLog

    begun = given_nothing(lambda: UpdateLog.begin_for(by(ANNA, "2026-01-05"), AGREEMENT))
    begun.then((events.UpdateLogOpened, {"agreement_id": AGREEMENT, "originator_id": LOG}))


def test_an_update_for_an_occurrence_is_recorded_with_its_day_and_the_use_of_the_agreement() -> None:
    log().when(give(by(ANNA, "2026-01-05", "09:00"), "2026-01-05", text="e\u0301", confidence=4)).then(
        (
            events.UpdateGiven,
            {
                "update_id": SECOND,
                "term_id": UPDATES,
                "occurrence_on": date(2026, 1, 5),
                "text": "é",
                "confidence": 4,
                "use": "reviewable",
                "actor_id": ANNA,
                "effective_at": oslo("2026-01-05", "09:00"),
            },
        )
    )


def test_an_ad_hoc_update_names_no_day() -> None:
    log().when(give(by(ANNA, "2026-01-08"))).then((events.UpdateGiven, {"occurrence_on": None}))


@pytest.mark.parametrize(
    ("at", "on"),
    [
        (by(ANNA, "2026-01-05", "00:00"), "2026-01-05"),  # the first: from the day the term took effect
        (by(ANNA, "2026-01-05", "10:00"), "2026-01-12"),  # from the moment the one before it fell due
        (by(ANNA, "2026-01-13", "10:00"), "2026-01-12"),  # the last moment of the grace
        (by(ANNA, "2026-03-13", "10:00"), "2026-01-12"),  # however late
    ],
)
def test_an_update_is_taken_from_the_one_before_it_on_and_however_late(at: Act, on: str) -> None:
    log().when(give(at, on)).then((events.UpdateGiven, {"occurrence_on": date.fromisoformat(on)}))


def test_an_update_recorded_as_missed_may_still_be_given() -> None:
    missed = fact(
        events.UpdateMissed,
        by(None, "2026-01-06"),
        term_id=UPDATES,
        debtor_id=ANNA,
        occurrence_on=date(2026, 1, 5),
        due_at=oslo("2026-01-05"),
    )
    log(missed).when(give(by(ANNA, "2026-01-07"), "2026-01-05")).then(events.UpdateGiven)


def test_the_last_updates_are_taken_after_the_end_until_their_grace_is_over() -> None:
    log().when(give(by(ANNA, "2026-01-20", "09:59"), "2026-01-19", ENDED)).then(events.UpdateGiven)
    log().when(give(by(ANNA, "2026-01-20", "10:01"), "2026-01-19", ENDED)).then_refused(WrongState, "is ended")


def test_after_a_withdrawal_the_day_may_be_given_again() -> None:
    withdrawn = fact(events.EntryWithdrawn, by(ANNA, "2026-01-05", "09:40"), entry_id=FIRST, reason=None)
    log(gave("2026-01-05"), withdrawn).when(give(by(ANNA, "2026-01-05", "09:50"), "2026-01-05")).then(
        events.UpdateGiven
    )


LATER = replace(FOOTING, spans=(*SPANS, span(thing(50), cadence=MONDAYS, from_at=oslo("2026-02-02", "00:00"))))
STOPPED = replace(FOOTING, spans=(replace(SPANS[0], until_at=oslo("2026-01-08", "00:00")), *SPANS[1:]))


@pytest.mark.parametrize(
    ("at", "on", "footing", "other", "refusal", "says"),
    [
        (by(CARLA, "2026-01-05"), None, FOOTING, {}, NotYourAct, "parties"),
        (by(BORIS, "2026-01-05"), None, FOOTING, {}, NotYourAct, "owes this update"),
        (by(BORIS, "2026-01-05"), "2026-01-05", FOOTING, {}, NotYourAct, "owes this update"),
        (by(ANNA, "2026-01-05", "09:59"), "2026-01-12", FOOTING, {}, WrongState, "one before it"),
        (by(ANNA, "2026-01-05"), "2026-01-06", FOOTING, {}, Invalid, "no update is expected"),
        (by(ANNA, "2026-01-05"), "2025-12-29", FOOTING, {}, Invalid, "no update is expected"),
        (by(ANNA, "2026-01-20"), None, ENDED, {}, WrongState, "ended"),
        (by(ANNA, "2026-01-20"), None, replace(ENDED, state="abandoned"), {}, WrongState, "abandoned"),
        (by(ANNA, "2026-01-05"), None, FOOTING, {"term_id": thing(999)}, Invalid, "no version"),
        (by(ANNA, "2026-01-05"), None, FOOTING, {"term_id": NORM}, Invalid, "kind norm"),
        (by(ANNA, "2026-01-05"), None, LATER, {"term_id": thing(50)}, WrongState, "at the moment"),
        (by(ANNA, "2026-01-09"), None, STOPPED, {}, WrongState, "at the moment"),
        (by(ANNA, "2026-01-05"), None, FOOTING, {"confidence": 0}, Invalid, "1"),
        (by(ANNA, "2026-01-05"), None, FOOTING, {"confidence": 6}, Invalid, "5"),
        (by(ANNA, "2026-01-05"), None, FOOTING, {"text": " \n"}, Invalid, "blank"),
        (by(ANNA, "2026-01-05"), None, FOOTING, {"text": "x" * 20_001}, Invalid, "20,000"),
        (by(ANNA, "2026-01-05"), None, FOOTING, {"text": "a\x00b"}, Invalid, "NUL"),
        (by(ANNA, "2026-01-05"), None, FOOTING, {"text": "a\ud800b"}, Invalid, "surrogate"),
    ],
)
def test_an_update_is_refused(
    at: Act, on: str | None, footing: Footing, other: dict[str, Any], refusal: type[Refusal], says: str
) -> None:
    log().when(give(at, on, footing, **other)).then_refused(refusal, says)


def test_a_day_is_given_once() -> None:
    log(gave("2026-01-05")).when(give(by(ANNA, "2026-01-05"), "2026-01-05")).then_refused(WrongState, "is given")


def test_a_term_that_stopped_still_takes_the_updates_that_were_due_while_it_stood() -> None:
    log().when(give(by(ANNA, "2026-01-09"), "2026-01-05", STOPPED)).then(events.UpdateGiven)


@pytest.mark.parametrize("state", ["in_force", "paused", "ending"])
def test_updates_go_on_while_the_agreement_does(state: str) -> None:
    log().when(give(by(ANNA, "2026-01-08"), None, replace(FOOTING, state=state))).then(events.UpdateGiven)


def test_each_of_several_debtors_gives_their_own() -> None:
    both = replace(FOOTING, spans=(span(cadence=MONDAYS, owed_by=(ANNA, BORIS)),))
    log(gave("2026-01-05")).when(give(by(BORIS, "2026-01-05"), "2026-01-05", both)).then(events.UpdateGiven)
