"""Noting how a support, hands_off, expectation or norm went."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.refusals import Invalid, NotYourAct, WrongState
from domain.updates import events
from domain.updates.footing import Footing
from tests.domain.spec import ANNA, BORIS, CARLA
from tests.domain.updates.stage import (
    DECISION,
    ENDED,
    FIRST,
    FOOTING,
    HANDS_OFF,
    NORM,
    SECOND,
    SUPPORT,
    UPDATES,
    by,
    log,
    noted,
)


def note(
    person: UUID = ANNA,
    on: str = "2026-01-07",
    footing: Footing = FOOTING,
    term_id: UUID = SUPPORT,
    text: str | None = None,
    kept: bool = False,
) -> Any:
    return lambda log: log.note(
        by(person, "2026-01-07"), footing, SECOND, term_id=term_id, on=date.fromisoformat(on), kept=kept, text=text
    )


@pytest.mark.parametrize("term_id", [SUPPORT, HANDS_OFF, NORM])
@pytest.mark.parametrize("person", [ANNA, BORIS])
def test_either_side_notes_how_a_term_went(term_id: UUID, person: UUID) -> None:
    log().when(note(person, term_id=term_id, text="We talked about the garden.", kept=True)).then(
        (
            events.NoteMade,
            {
                "term_id": term_id,
                "noted_on": date(2026, 1, 7),
                "kept": True,
                "text": "We talked about the garden.",
                "use": "reviewable",
            },
        )
    )


def test_the_other_may_note_otherwise_and_both_stay() -> None:
    both = log(noted("2026-01-07", kept=True)).when(note(BORIS))
    both.then(events.NoteMade)
    assert [(n.by, n.kept) for n in both.aggregate.notes] == [(ANNA, True), (BORIS, False)]


@pytest.mark.parametrize(
    ("command", "refusal", "field"),
    [
        (note(CARLA), NotYourAct, None),
        (note(on="2026-01-08"), Invalid, "on"),
        (note(on="2026-01-04"), Invalid, "on"),
        (note(term_id=UPDATES), Invalid, "term_id"),
        (note(term_id=DECISION), Invalid, "term_id"),
        (note(term_id=FIRST), Invalid, "term_id"),
        (note(footing=ENDED), WrongState, None),
        (note(text="  "), Invalid, "text"),
    ],
)
def test_a_note_is_refused(command: Any, refusal: Any, field: str | None) -> None:
    log().when(command).then_refused(refusal, field=field)
