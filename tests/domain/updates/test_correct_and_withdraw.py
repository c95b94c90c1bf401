"""Slips: authors put their own words right or take them back; times and adherence stay as they were."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain.refusals import Invalid, NotThere, NotYourAct, WrongState
from domain.updates import events
from domain.updates.entries import Answer, Entry, Update
from domain.updates.expectation import Given, Key
from domain.updates.update_log import UpdateLog
from tests.domain.spec import ANNA, BORIS, CARLA, Recalled, fact
from tests.domain.updates.stage import (
    ENDED,
    FIRST,
    FOOTING,
    SECOND,
    THIRD,
    UPDATES,
    by,
    escalated,
    gave,
    log,
    noted,
    oslo,
)

ANSWERED = fact(
    events.UpdateAnswered,
    by(BORIS, "2026-01-05", "12:00"),
    answer_id=SECOND,
    update_id=FIRST,
    text="Good.",
    use="reviewable",
)
ASKED = fact(
    events.UpdateAskedFor,
    by(BORIS, "2026-01-05", "12:00"),
    ask_id=SECOND,
    term_id=UPDATES,
    asked_of=(ANNA,),
    text="?",
    use="reviewable",
)
WITHDRAWN = fact(events.EntryWithdrawn, by(ANNA, "2026-01-06"), entry_id=FIRST, reason=None)


def correct(person: UUID = ANNA, entry: UUID = FIRST, text: str = "One of three is done.", **other: Any) -> Any:
    footing = other.pop("footing", FOOTING)
    return lambda log: log.correct(by(person, "2026-01-07"), footing, entry, text=text, **other)


def withdraw(person: UUID = ANNA, entry: UUID = FIRST, reason: str | None = None, **other: Any) -> Any:
    return lambda log: log.withdraw(by(person, "2026-01-07"), FOOTING, entry, reason=reason, **other)


@pytest.mark.parametrize("history", [gave(), escalated(), noted("2026-01-05", kept=True)])
def test_an_author_corrects_their_own_words(history: Recalled) -> None:
    corrected = log(history).when(correct())
    corrected.then((events.EntryCorrected, {"entry_id": FIRST, "text": "One of three is done."}))
    entry = corrected.aggregate.entry(FIRST, Entry)
    assert (entry.text, entry.corrected_at) == ("One of three is done.", oslo("2026-01-07"))


def test_an_answer_is_corrected_by_who_answered() -> None:
    corrected = log(gave(), ANSWERED).when(correct(BORIS, SECOND, "Very good.", kind=Answer))
    corrected.then(events.EntryCorrected)
    assert [a.text for a in corrected.aggregate.entry(FIRST, Update).answers] == ["Very good."]


def test_an_author_withdraws_with_or_without_a_reason() -> None:
    log(gave()).when(withdraw(reason="Wrong week.")).then((events.EntryWithdrawn, {"reason": "Wrong week."}))
    withdrawn = log(gave()).when(withdraw())
    withdrawn.then((events.EntryWithdrawn, {"reason": None}))
    entry = withdrawn.aggregate.entry(FIRST, Update)
    assert (entry.text, entry.withdrawn_at) == (None, oslo("2026-01-07"))


def test_a_slip_may_be_put_right_after_the_end() -> None:
    log(gave()).when(correct(footing=ENDED)).then(events.EntryCorrected)


@pytest.mark.parametrize("command", [correct(), withdraw()])
def test_times_stay_as_they_were(command: Any) -> None:
    on_day = Key(UPDATES, ANNA, gave().content["occurrence_on"])
    aggregate: UpdateLog = log(gave()).when(command).aggregate
    assert aggregate.given == {on_day: Given(FIRST, oslo("2026-01-05", "09:30"))}
    assert aggregate.entry(FIRST, Update).at == oslo("2026-01-05", "09:30")


def test_giving_again_after_a_withdrawal_moves_no_time() -> None:
    later = gave("2026-01-05", update_id=THIRD, at=by(ANNA, "2026-01-20"))
    aggregate = log(gave(), WITHDRAWN, later).aggregate
    assert list(aggregate.given.values()) == [Given(THIRD, oslo("2026-01-05", "09:30"))]


@pytest.mark.parametrize("act", [correct, withdraw])
@pytest.mark.parametrize(
    ("history", "other", "refusal"),
    [
        ((gave(),), {"person": BORIS}, NotYourAct),
        ((gave(),), {"person": CARLA}, NotYourAct),
        ((gave(), ANSWERED), {"entry": SECOND}, NotYourAct),
        ((gave(), ASKED), {"person": BORIS, "entry": SECOND}, NotYourAct),
        ((gave(), WITHDRAWN), {}, WrongState),
        ((gave(),), {"entry": THIRD}, NotThere),
        ((gave(),), {"kind": Answer}, NotThere),
    ],
)
def test_a_correction_or_withdrawal_is_refused(
    act: Any, history: tuple[Recalled, ...], other: dict[str, Any], refusal: Any
) -> None:
    log(*history).when(act(**other)).then_refused(refusal)


def test_new_words_follow_the_rules_of_words() -> None:
    log(gave()).when(correct(text="\x00")).then_refused(Invalid, "NUL")
    log(gave()).when(withdraw(reason=" ")).then_refused(Invalid, "blank")
