"""Raising an escalation: what happened, when it was noticed, when it is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from domain.refusals import Invalid, NotYourAct, WrongState
from domain.updates import events
from domain.updates.footing import Footing
from tests.domain.spec import ANNA, BORIS, CARLA
from tests.domain.updates.stage import ENDED, ESCALATIONS, FIRST, FOOTING, UPDATES, by, log, oslo

HAPPENED, NOTICED = oslo("2026-01-07", "08:00"), oslo("2026-01-07", "11:00")


def tell(person: UUID = ANNA, footing: Footing = FOOTING, **other: Any) -> Any:
    content = {
        "term_id": ESCALATIONS,
        "text": "The date slips.",
        "happened_at": HAPPENED,
        "noticed_at": NOTICED,
        **other,
    }
    return lambda log: log.raise_escalation(by(person, "2026-01-07", "12:00"), footing, FIRST, **content)


def test_an_escalation_keeps_when_it_happened_and_was_noticed_and_is_told_now() -> None:
    log().when(tell()).then(
        (
            events.EscalationRaised,
            {
                "incident_at": HAPPENED,
                "noticed_at": NOTICED,
                "effective_at": oslo("2026-01-07", "12:00"),
                "text": "The date slips.",
                "use": "reviewable",
            },
        )
    )


def test_when_it_was_noticed_may_be_left_out() -> None:
    log().when(tell(noticed_at=None)).then((events.EscalationRaised, {"noticed_at": None}))


@pytest.mark.parametrize(
    ("command", "refusal", "field"),
    [
        (tell(BORIS), NotYourAct, None),
        (tell(CARLA), NotYourAct, None),
        (tell(term_id=UPDATES), Invalid, "term_id"),
        (tell(happened_at=oslo("2026-01-07", "12:01")), Invalid, "happened_at"),
        (tell(noticed_at=oslo("2026-01-07", "12:01")), Invalid, "noticed_at"),
        (tell(noticed_at=oslo("2026-01-07", "07:59")), Invalid, "noticed_at"),
        (tell(happened_at=datetime(2026, 1, 7, 8)), Invalid, "happened_at"),  # noqa: DTZ001
        (tell(text=""), Invalid, "text"),
    ],
)
def test_an_escalation_is_refused(command: Any, refusal: Any, field: str | None) -> None:
    log().when(command).then_refused(refusal, field=field)


def test_after_the_end_nothing_is_escalated() -> None:
    log().when(tell(footing=ENDED)).then_refused(WrongState, "ended")
