"""Asking for an update outside the cadence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from domain.refusals import Invalid, NotYourAct, WrongState
from domain.updates import events
from domain.updates.footing import Footing
from tests.domain.spec import ANNA, BORIS, CARLA
from tests.domain.updates.stage import ENDED, FIRST, FOOTING, MONDAYS, NORM, UPDATES, by, log, oslo, span, thing

BOTH_OWE = replace(FOOTING, parties=(ANNA, BORIS, CARLA), spans=(span(cadence=MONDAYS, owed_by=(ANNA, BORIS)),))
STOPPED = replace(FOOTING, spans=(span(cadence=MONDAYS, until_at=oslo("2026-01-06", "00:00")),))


def ask(person: UUID, footing: Footing = FOOTING, term_id: UUID = UPDATES, text: str | None = None) -> Any:
    return lambda log: log.ask(by(person, "2026-01-07"), footing, FIRST, term_id=term_id, text=text)


def test_an_ask_goes_to_whoever_owes_the_update() -> None:
    log().when(ask(BORIS, text="How is it going?")).then(
        (events.UpdateAskedFor, {"asked_of": (ANNA,), "text": "How is it going?", "actor_id": BORIS})
    )


def test_an_ask_needs_no_words() -> None:
    log().when(ask(BORIS)).then((events.UpdateAskedFor, {"text": None}))


@pytest.mark.parametrize(("person", "asked_of"), [(ANNA, (BORIS,)), (CARLA, (ANNA, BORIS))])
def test_an_ask_goes_to_everybody_who_owes_save_who_asks(person: UUID, asked_of: tuple[UUID, ...]) -> None:
    log().when(ask(person, BOTH_OWE)).then((events.UpdateAskedFor, {"asked_of": asked_of}))


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (ask(ANNA), NotYourAct),
        (ask(CARLA), NotYourAct),
        (ask(BORIS, ENDED), WrongState),
        (ask(BORIS, STOPPED), WrongState),
        (ask(BORIS, term_id=NORM), Invalid),
        (ask(BORIS, term_id=thing(99)), Invalid),
        (ask(BORIS, text=" "), Invalid),
    ],
)
def test_an_ask_is_refused(command: Any, refusal: Any) -> None:
    log().when(command).then_refused(refusal)
