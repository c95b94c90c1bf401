"""Reading and answering what another gave, told or noted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain.refusals import Invalid, NotThere, NotYourAct, WrongState
from domain.updates import events
from tests.domain.spec import ANNA, BORIS, CARLA, Recalled, fact
from tests.domain.updates.stage import ENDED, FIRST, FOOTING, SECOND, THIRD, by, escalated, gave, log, noted

LATER = ("2026-01-07", "14:00")
WITHDRAWN = fact(events.EntryWithdrawn, by(ANNA, "2026-01-07", "13:00"), entry_id=FIRST, reason=None)
READ = fact(events.UpdateAcknowledged, by(BORIS, "2026-01-05", "11:00"), update_id=FIRST)

ANSWERS = {"update": events.UpdateAnswered, "escalation": events.EscalationAnswered, "note": events.NoteAnswered}
HISTORY = {"update": gave(), "escalation": escalated(), "note": noted("2026-01-05", kept=True)}


def answer(what: str, person: UUID, *, entry: UUID = FIRST, text: str = "Thank you.") -> Any:
    return lambda log: getattr(log, f"answer_{what}")(by(person, *LATER), FOOTING, entry, SECOND, text=text)


def acknowledge(person: UUID, *, entry: UUID = FIRST, footing: Any = FOOTING) -> Any:
    return lambda log: log.acknowledge(by(person, *LATER), footing, entry)


def test_another_party_acknowledges_an_update() -> None:
    log(gave()).when(acknowledge(BORIS)).then((events.UpdateAcknowledged, {"update_id": FIRST, "actor_id": BORIS}))


def test_the_last_update_may_be_acknowledged_after_the_end() -> None:
    log(gave()).when(acknowledge(BORIS, footing=ENDED)).then(events.UpdateAcknowledged)


@pytest.mark.parametrize(
    ("history", "command", "refusal"),
    [
        ((gave(),), acknowledge(ANNA), NotYourAct),
        ((gave(),), acknowledge(CARLA), NotYourAct),
        ((gave(), READ), acknowledge(BORIS), WrongState),
        ((gave(), WITHDRAWN), acknowledge(BORIS), WrongState),
        ((gave(),), acknowledge(BORIS, entry=THIRD), NotThere),
        ((escalated(),), acknowledge(BORIS), NotThere),
    ],
)
def test_an_acknowledgement_is_refused(history: tuple[Recalled, ...], command: Any, refusal: Any) -> None:
    log(*history).when(command).then_refused(refusal)


@pytest.mark.parametrize("what", list(ANSWERS))
def test_another_party_answers(what: str) -> None:
    log(HISTORY[what]).when(answer(what, BORIS)).then(
        (ANSWERS[what], {"answer_id": SECOND, f"{what}_id": FIRST, "text": "Thank you.", "use": "reviewable"})
    )


@pytest.mark.parametrize("what", list(ANSWERS))
@pytest.mark.parametrize(
    ("more", "person", "other", "refusal"),
    [
        ((), ANNA, {}, NotYourAct),
        ((), CARLA, {}, NotYourAct),
        ((WITHDRAWN,), BORIS, {}, WrongState),
        ((), BORIS, {"entry": THIRD}, NotThere),
        ((), BORIS, {"text": ""}, Invalid),
    ],
)
def test_an_answer_is_refused(what: str, more: tuple[Recalled, ...], person: UUID, other: Any, refusal: Any) -> None:
    log(HISTORY[what], *more).when(answer(what, person, **other)).then_refused(refusal)


def test_an_update_is_not_answered_where_an_escalation_is_named() -> None:
    log(gave()).when(answer("escalation", BORIS)).then_refused(NotThere)


def test_an_update_may_be_answered_twice_and_answering_is_no_acknowledgement() -> None:
    from domain.updates.entries import Update

    twice = log(gave()).when(answer("update", BORIS))
    twice.when(
        lambda log: log.answer_update(by(BORIS, "2026-01-08"), FOOTING, FIRST, THIRD, text="One more thing.")
    ).then(events.UpdateAnswered)
    update = twice.aggregate.entry(FIRST, Update)
    assert [a.text for a in update.answers] == ["Thank you.", "One more thing."]
    assert update.acknowledged == {}
