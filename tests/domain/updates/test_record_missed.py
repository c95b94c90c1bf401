"""What the clock records once the grace of an update is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from domain.updates import events
from domain.updates.expectation import Away, Excuses, Pause, SetAside
from domain.updates.footing import Footing
from tests.domain.spec import ANNA
from tests.domain.updates.stage import DAILY, FOOTING, UPDATES, by, gave, log, oslo, span


def look(day: str, at: str = "10:01", footing: Footing = FOOTING, excuses: Excuses | None = None) -> Any:
    return lambda log: log.record_missed(by(None, day, at), footing, excuses or Excuses())


def missed(on: str) -> Any:
    return (
        events.UpdateMissed,
        {
            "term_id": UPDATES,
            "debtor_id": ANNA,
            "occurrence_on": date.fromisoformat(on),
            "due_at": oslo(on),
            "actor_id": None,
        },
    )


def test_nothing_is_missed_while_the_grace_runs() -> None:
    log().when(look("2026-01-06", "10:00")).then_nothing()


def test_what_was_not_given_by_the_end_of_the_grace_is_missed_and_takes_effect_then() -> None:
    found = log().when(look("2026-01-09"))
    found.then(missed("2026-01-05"))
    assert [f.effective_at for f in found.recorded] == [oslo("2026-01-06")]
    assert [f.timestamp for f in found.recorded] == [oslo("2026-01-09", "10:01")]


def test_each_is_recorded_once() -> None:
    once = log().when(look("2026-01-06"))
    once.then(missed("2026-01-05"))
    once.when(look("2026-01-07")).then_nothing()
    once.when(look("2026-01-13")).then(missed("2026-01-12"))


def test_all_that_were_missed_while_nobody_looked_are_recorded_in_order() -> None:
    log().when(look("2026-01-27")).then(
        missed("2026-01-05"), missed("2026-01-12"), missed("2026-01-19"), missed("2026-01-26")
    )


def test_years_of_silence_are_recorded_in_one_go() -> None:
    every_day = replace(FOOTING, spans=(span(cadence=DAILY),))
    found = log().when(look("2036-01-01", footing=every_day))
    assert len(found.recorded) == (date(2036, 1, 1) - date(2026, 1, 5)).days


def test_what_was_given_late_was_not_missed_when_nobody_had_looked() -> None:
    log(gave("2026-01-05", at=by(ANNA, "2026-01-08"))).when(look("2026-01-09")).then_nothing()


def test_what_is_excused_is_not_missed() -> None:
    away = Excuses(absences={ANNA: (Away(date(2026, 1, 5), date(2026, 1, 5)),)})
    pause = Excuses(pauses=(Pause(oslo("2026-01-05", "00:00"), oslo("2026-01-06", "00:00")),))
    aside = Excuses(imbalances=(SetAside(UPDATES, ANNA, oslo("2026-01-05", "00:00"), None),))
    for excuses in (away, pause, aside):
        log().when(look("2026-01-09", excuses=excuses)).then_nothing()


def test_a_longer_agreed_grace_is_waited_for() -> None:
    patient = replace(FOOTING, spans=(replace(FOOTING.spans[0], grace="P3D"),))
    log().when(look("2026-01-08", "10:00", patient)).then_nothing()
    log().when(look("2026-01-08", "10:01", patient)).then(missed("2026-01-05"))
