"""What is allowed comes from the guards that refuse: the two never differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from domain.refusals import Refusal
from domain.updates import events
from domain.updates.footing import Footing
from domain.updates.update_log import UpdateLog
from tests.domain.spec import ANNA, BORIS, CARLA, Recalled, fact
from tests.domain.updates.stage import (
    ENDED,
    ESCALATIONS,
    FIRST,
    FOOTING,
    SECOND,
    SUPPORT,
    THIRD,
    UPDATES,
    by,
    escalated,
    gave,
    log,
    noted,
)

DAY = ("2026-01-07", "14:00")


@pytest.mark.parametrize(
    ("person", "footing", "acts"),
    [
        (ANNA, FOOTING, ["give_update", "raise_escalation", "note"]),
        (BORIS, FOOTING, ["ask_for_update", "note"]),
        (CARLA, FOOTING, []),
        (ANNA, replace(FOOTING, state="paused"), ["give_update", "raise_escalation", "note"]),
        (ANNA, replace(ENDED, state="ended"), []),
        (ANNA, replace(FOOTING, spans=()), []),
    ],
)
def test_each_side_is_offered_what_it_may_begin(person: UUID, footing: Footing, acts: list[str]) -> None:
    assert log().aggregate.allowed_acts(footing, by(person, "2026-01-27")) == acts


def test_after_the_end_the_last_update_is_offered_until_its_grace_is_over() -> None:
    assert log().aggregate.allowed_acts(ENDED, by(ANNA, "2026-01-20", "09:00")) == ["give_update"]
    assert log().aggregate.allowed_acts(ENDED, by(ANNA, "2026-01-20", "10:01")) == []


READ = fact(events.UpdateAcknowledged, by(BORIS, "2026-01-05", "11:00"), update_id=FIRST)
WITHDRAWN = fact(events.EntryWithdrawn, by(ANNA, "2026-01-07", "13:00"), entry_id=FIRST, reason=None)


@pytest.mark.parametrize(
    ("history", "person", "acts"),
    [
        ((gave(),), ANNA, ["correct", "withdraw"]),
        ((gave(),), BORIS, ["acknowledge", "answer"]),
        ((gave(), READ), BORIS, ["answer"]),
        ((gave(), WITHDRAWN), ANNA, []),
        ((gave(), WITHDRAWN), BORIS, []),
        ((escalated(),), BORIS, ["answer"]),
        ((noted("2026-01-05", kept=True),), BORIS, ["answer"]),
        ((noted("2026-01-05", kept=True),), ANNA, ["correct", "withdraw"]),
        ((gave(),), CARLA, []),
    ],
)
def test_each_side_is_offered_what_it_may_do_with_an_entry(
    history: tuple[Recalled, ...], person: UUID, acts: list[str]
) -> None:
    assert log(*history).aggregate.entry_acts(FOOTING, by(person, *DAY), FIRST) == acts


def attempts(person: UUID, footing: Footing) -> dict[str, Any]:
    """Every act on the first entry or on the terms of the scene, as a command that is whole in itself."""
    at = by(person, *DAY)
    return {
        "give_update": lambda log: log.give_update(at, footing, SECOND, term_id=UPDATES, text="x"),
        "ask_for_update": lambda log: log.ask(at, footing, SECOND, term_id=UPDATES),
        "raise_escalation": lambda log: log.raise_escalation(
            at, footing, SECOND, term_id=ESCALATIONS, text="x", happened_at=at.at
        ),
        "note": lambda log: log.note(at, footing, SECOND, term_id=SUPPORT, on=at.today, kept=True),
        "acknowledge": lambda log: log.acknowledge(at, footing, FIRST),
        "correct": lambda log: log.correct(at, footing, FIRST, text="x"),
        "withdraw": lambda log: log.withdraw(at, footing, FIRST),
    }


def accepted(history: tuple[Recalled, ...], command: Any) -> bool:
    aggregate: UpdateLog = log(*history).aggregate
    try:
        command(aggregate)
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("state", ["drafting", "in_force", "paused", "ending", "ended", "expired", "abandoned"])
@pytest.mark.parametrize("person", [ANNA, BORIS, CARLA])
@pytest.mark.parametrize(
    "history", [(gave(),), (gave(), READ), (gave(), WITHDRAWN), (escalated(),), (noted("2026-01-05", kept=True),)]
)
def test_what_is_offered_is_accepted_and_what_is_not_is_refused(
    history: tuple[Recalled, ...], person: UUID, state: str
) -> None:
    footing = replace(FOOTING, state=state)
    aggregate = log(*history).aggregate
    at = by(person, *DAY)
    offered = {*aggregate.allowed_acts(footing, at), *aggregate.entry_acts(footing, at, FIRST)} - {"answer"}
    acts = attempts(person, footing)
    if state not in ("in_force", "paused", "ending"):
        # The footing's terms never stop here, so the update of 5 January may still come in its grace.
        acts.pop("give_update")
        offered.discard("give_update")
    assert offered == {name for name, command in acts.items() if accepted(history, command)}


@pytest.mark.parametrize(
    ("said", "act"),
    [(gave(), "answer_update"), (escalated(), "answer_escalation"), (noted("2026-01-05", kept=True), "answer_note")],
)
@pytest.mark.parametrize("person", [ANNA, BORIS, CARLA])
def test_an_answer_is_offered_exactly_where_it_is_accepted(said: Recalled, act: str, person: UUID) -> None:
    offered = "answer" in log(said).aggregate.entry_acts(FOOTING, by(person, *DAY), FIRST)
    at = by(person, *DAY)
    assert accepted((said,), lambda log: getattr(log, act)(at, FOOTING, FIRST, THIRD, text="x")) == offered
