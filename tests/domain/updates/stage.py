"""The scene of the update log's tests: Anna reports to Boris on Mondays at ten, Oslo time, from 5 January 2026."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from domain.base import Act
from domain.cadence import Cadence
from domain.updates import events
from domain.updates.expectation import TermSpan
from domain.updates.footing import Footing
from domain.updates.update_log import UpdateLog, update_log_id
from tests.domain.spec import ANNA, BORIS, OSLO, Given, Recalled, act, fact, given

AGREEMENT = UUID(int=0x01900000_0000_7000_8000_00000000A000)
LOG = update_log_id(AGREEMENT)


def thing(number: int) -> UUID:
    """The id of a term or an entry of this number."""
    return UUID(int=0x01900000_0000_7000_8000_00000000B000 + number)


UPDATES, ESCALATIONS, SUPPORT, HANDS_OFF, NORM, DECISION = (thing(n) for n in range(6))
FIRST, SECOND, THIRD = (thing(n) for n in range(100, 103))

BEGUN = datetime(2026, 1, 4, 23, tzinfo=UTC)
"""Midnight in Oslo at the beginning of Monday, 5 January 2026."""
MONDAYS = Cadence("FREQ=WEEKLY;BYDAY=MO", "Europe/Oslo", "2026-01-05T10:00")
DAILY = Cadence("FREQ=DAILY", "Europe/Oslo", "2026-01-05T10:00")


def oslo(day: str, at: str = "10:00") -> datetime:
    """An instant by Oslo's wall clock, for example oslo("2026-01-12", "10:00")."""
    return datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=OSLO).astimezone(UTC)


def by(person: UUID | None, day: str, at: str = "10:00") -> Act:
    """An act of this person at this wall time in Oslo."""
    return act(person, oslo(day, at))


def span(term_id: UUID = UPDATES, kind: str = "update", **other: Any) -> TermSpan:
    """A term in force since the beginning, owed by Anna unless said."""
    return TermSpan(**{"term_id": term_id, "kind": kind, "owed_by": (ANNA,), "from_at": BEGUN, **other})


SPANS = (
    span(cadence=MONDAYS),
    span(ESCALATIONS, "escalation", within="PT8H"),
    span(SUPPORT, "support", owed_by=(BORIS,), cadence=MONDAYS),
    span(HANDS_OFF, "hands_off", owed_by=(BORIS,)),
    span(NORM, "norm", owed_by=(ANNA, BORIS)),
    span(DECISION, "decision", owed_by=()),
)
FOOTING = Footing("in_force", "reviewable", (ANNA, BORIS), SPANS)
ENDED = replace(
    FOOTING, state="ended", spans=tuple(replace(s, until_at=oslo("2026-01-20", "00:00")) for s in SPANS)
)  # its last day was Monday, 19 January


def opened() -> Recalled:
    return fact(events.UpdateLogOpened, by(ANNA, "2026-01-05", "09:00"), agreement_id=AGREEMENT)


def gave(
    on: str | None = "2026-01-05",
    *,
    update_id: UUID = FIRST,
    at: Act | None = None,
    text: str = "Two of three are done.",
    term_id: UUID = UPDATES,
) -> Recalled:
    return fact(
        events.UpdateGiven,
        at or by(ANNA, on or "2026-01-05", "09:30"),
        update_id=update_id,
        term_id=term_id,
        occurrence_on=date.fromisoformat(on) if on else None,
        text=text,
        confidence=None,
        use="reviewable",
    )


def noted(on: str, *, kept: bool, by_whom: UUID = ANNA, note_id: UUID = FIRST, term_id: UUID = SUPPORT) -> Recalled:
    return fact(
        events.NoteMade,
        by(by_whom, on, "18:00"),
        note_id=note_id,
        term_id=term_id,
        noted_on=date.fromisoformat(on),
        kept=kept,
        text=None,
        use="reviewable",
    )


def escalated(
    *, at: Act | None = None, happened: str = "08:00", noticed: str | None = None, escalation_id: UUID = FIRST
) -> Recalled:
    return fact(
        events.EscalationRaised,
        at or by(ANNA, "2026-01-07", "12:00"),
        escalation_id=escalation_id,
        term_id=ESCALATIONS,
        incident_at=oslo("2026-01-07", happened),
        noticed_at=oslo("2026-01-07", noticed) if noticed else None,
        text="The date slips by three days.",
        use="reviewable",
    )


def log(*recalled: Recalled) -> Given[UpdateLog]:
    """A log with this history."""
    return given(UpdateLog, LOG, opened(), *recalled)


Command = Callable[[UpdateLog], None]
