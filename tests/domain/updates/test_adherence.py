"""The counts for both sides."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.updates import events
from domain.updates.adherence import PersonAdherence, TermNoted, UpdatesReceived, adherence
from domain.updates.expectation import Away, Excuses
from domain.updates.footing import Footing
from tests.domain.spec import ANNA, BORIS, OSLO, Recalled, fact
from tests.domain.updates.stage import (
    DAILY,
    ESCALATIONS,
    FIRST,
    FOOTING,
    HANDS_OFF,
    NORM,
    SECOND,
    SUPPORT,
    THIRD,
    UPDATES,
    by,
    escalated,
    gave,
    log,
    noted,
    oslo,
    span,
    thing,
)


def count(
    *history: Recalled,
    now: str = "2026-01-27",
    footing: Footing = FOOTING,
    excuses: Excuses | None = None,
    window: tuple[str, str] = ("2026-01-01", "2026-01-31"),
) -> dict[Any, PersonAdherence]:
    sides = adherence(
        log(*history).aggregate,
        footing,
        excuses or Excuses(),
        from_on=date.fromisoformat(window[0]),
        until_on=date.fromisoformat(window[1]),
        now=oslo(now, "09:00"),
        zone=OSLO,
    )
    return {side.person_id: side for side in sides}


def acknowledged(update_id: Any, at: str, hour: str) -> Recalled:
    return fact(events.UpdateAcknowledged, by(BORIS, at, hour), update_id=update_id)


def answered(update_id: Any, answer_id: Any, at: str, hour: str) -> Recalled:
    return fact(
        events.UpdateAnswered,
        by(BORIS, at, hour),
        answer_id=answer_id,
        update_id=update_id,
        text="Good.",
        use="coaching",
    )


def test_updates_owed_are_counted_by_what_came_of_them() -> None:
    away = Excuses(absences={ANNA: (Away(date(2026, 1, 19), date(2026, 1, 19)),)})
    sides = count(
        gave("2026-01-05"),
        gave("2026-01-12", update_id=SECOND, at=by(ANNA, "2026-01-14")),
        gave(None, update_id=THIRD, at=by(ANNA, "2026-01-15")),
        excuses=away,
        window=("2026-01-01", "2026-02-08"),
    )
    assert asdict(sides[ANNA].updates) == {
        "expected": 5, "on_time": 1, "late": 1, "missed": 0, "excused": 1, "due": 1, "ahead": 1, "ad_hoc": 1,
    }  # fmt: skip
    assert set(asdict(sides[BORIS].updates).values()) == {0}


def test_what_was_not_given_is_missed_whether_or_not_the_clock_has_recorded_it() -> None:
    recorded = fact(
        events.UpdateMissed,
        by(None, "2026-01-06"),
        term_id=UPDATES,
        debtor_id=ANNA,
        occurrence_on=date(2026, 1, 5),
        due_at=oslo("2026-01-05"),
    )
    assert count(recorded)[ANNA].updates == count()[ANNA].updates
    assert count()[ANNA].updates.missed == 3


def test_an_update_that_had_been_missed_counts_as_late() -> None:
    assert count(gave("2026-01-05", at=by(ANNA, "2026-01-08")))[ANNA].updates.late == 1


def test_the_other_side_is_counted_by_what_it_did_with_the_updates() -> None:
    sides = count(
        gave("2026-01-05"),
        gave("2026-01-12", update_id=SECOND),
        gave("2026-01-19", update_id=THIRD),
        acknowledged(FIRST, "2026-01-05", "10:30"),
        acknowledged(SECOND, "2026-01-12", "12:30"),
        answered(FIRST, thing(7), "2026-01-05", "11:30"),
        answered(FIRST, thing(8), "2026-01-06", "11:30"),
    )
    assert sides[BORIS].received == UpdatesReceived(3, 2, 1, 2.0, 2.0)
    assert sides[ANNA].received == UpdatesReceived(0, 0, 0, None, None)


def test_asking_outside_the_cadence_is_counted_on_both_sides() -> None:
    asked = fact(
        events.UpdateAskedFor,
        by(BORIS, "2026-01-08"),
        ask_id=FIRST,
        term_id=UPDATES,
        asked_of=(ANNA,),
        text=None,
        use="reviewable",
    )
    sides = count(asked)
    assert (sides[BORIS].asked_outside_cadence, sides[BORIS].was_asked_outside_cadence) == (1, 0)
    assert (sides[ANNA].asked_outside_cadence, sides[ANNA].was_asked_outside_cadence) == (0, 1)
    outside = count(asked, window=("2026-01-09", "2026-01-31"))
    assert outside[BORIS].asked_outside_cadence == 0


def test_support_is_kept_or_not_as_noted_and_unnoted_is_never_missed() -> None:
    away = Excuses(absences={BORIS: (Away(date(2026, 1, 26), date(2026, 1, 26)),)})
    sides = count(
        noted("2026-01-05", kept=True),
        noted("2026-01-12", kept=True, note_id=SECOND),
        noted("2026-01-12", kept=False, by_whom=BORIS, note_id=THIRD),
        noted("2026-01-14", kept=False, note_id=thing(9)),
        excuses=away,
    )
    support, hands_off, norm = sides[BORIS].noted
    assert support == TermNoted(SUPPORT, "support", kept=1, not_kept=1, noted_both_ways=1, not_noted=1, excused=1)
    assert hands_off == TermNoted(HANDS_OFF, "hands_off", 0, 0, 0, not_noted=1, excused=0)
    assert norm == TermNoted(NORM, "norm", 0, 0, 0, not_noted=1, excused=0)
    assert [term.term_id for term in sides[ANNA].noted] == [NORM]


def test_of_several_notes_by_one_person_on_a_day_the_last_counts() -> None:
    sides = count(noted("2026-01-05", kept=True), noted("2026-01-05", kept=False, note_id=SECOND))
    assert (sides[BORIS].noted[0].kept, sides[BORIS].noted[0].not_kept, sides[BORIS].noted[0].noted_both_ways) == (
        0,
        1,
        0,
    )


@pytest.mark.parametrize(
    ("noticed", "told", "within"),
    [(None, "16:00", True), (None, "16:01", False), ("09:00", "17:00", True), ("09:00", "17:01", False)],
)
def test_an_escalation_is_told_within_the_agreed_time_after_it_was_noticed(
    noticed: str | None, told: str, within: bool
) -> None:
    """The term says eight hours; it happened at eight."""
    of = count(escalated(noticed=noticed, at=by(ANNA, "2026-01-07", told)))[ANNA].escalations
    assert (of.told_within, of.told_later, of.no_time_agreed) == ((1, 0, 0) if within else (0, 1, 0))


def test_an_answered_escalation_is_counted_with_its_time() -> None:
    answer = fact(
        events.EscalationAnswered,
        by(BORIS, "2026-01-07", "15:00"),
        answer_id=SECOND,
        escalation_id=FIRST,
        text="Call me.",
        use="reviewable",
    )
    of = count(escalated(), answer)[ANNA].escalations
    assert (of.answered, of.median_hours_to_answer) == (1, 3.0)
    assert count(escalated(), footing=replace(FOOTING, spans=()))[ANNA].escalations.no_time_agreed == 1


@pytest.mark.parametrize(
    "slip",
    [
        fact(events.EntryCorrected, by(ANNA, "2026-01-20"), entry_id=FIRST, text="Otherwise."),
        fact(events.EntryWithdrawn, by(ANNA, "2026-01-20"), entry_id=FIRST, reason=None),
    ],
)
@pytest.mark.parametrize("said", [gave("2026-01-05"), gave(None), noted("2026-01-05", kept=True), escalated()])
def test_a_slip_changes_no_count(said: Recalled, slip: Recalled) -> None:
    assert count(said, slip) == count(said)


def test_somebody_who_left_is_counted_for_what_they_owed() -> None:
    left = replace(FOOTING, parties=(BORIS,))
    assert count(footing=left)[ANNA].updates.missed == 3


EVERY_DAY = replace(FOOTING, spans=(span(cadence=DAILY), span(ESCALATIONS, "escalation", within="PT8H")))
days_given = st.dictionaries(st.integers(0, 40), st.integers(-9, 90), max_size=25)
absences = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5)), max_size=3)


@settings(max_examples=60, deadline=None)
@for_all(days_given, absences, st.integers(0, 45), st.integers(0, 3))
def test_the_counts_add_up_to_the_occurrences(
    given: dict[int, int], aways: list[tuple[int, int]], today: int, ad_hoc: int
) -> None:
    first = date(2026, 1, 5)
    now: datetime = oslo("2026-01-05", "12:00") + timedelta(days=today)
    history = [
        gave(
            (first + timedelta(days=day)).isoformat(),
            update_id=thing(200 + day),
            at=replace(by(ANNA, "2026-01-05"), at=oslo("2026-01-05") + timedelta(days=day, hours=late)),
        )
        for day, late in given.items()
        if oslo("2026-01-05") + timedelta(days=day, hours=late) <= now
    ]
    history += [gave(None, update_id=thing(300 + n)) for n in range(ad_hoc)]
    excuses = Excuses(
        absences={ANNA: tuple(Away(first + timedelta(days=a), first + timedelta(days=a + n)) for a, n in aways)}
    )
    aggregate = log(*history).aggregate
    side, other = adherence(
        aggregate, EVERY_DAY, excuses, from_on=first, until_on=first + timedelta(days=40), now=now, zone=OSLO
    )
    owed = side.updates
    assert owed.expected == 41
    assert owed.on_time + owed.late + owed.missed + owed.excused + owed.due + owed.ahead == owed.expected
    assert owed.ad_hoc == ad_hoc
    statuses = Counter(
        one.status for one in aggregate.expected(EVERY_DAY, excuses, first, first + timedelta(days=40), now, OSLO)
    )
    assert statuses == {k: v for k, v in asdict(owed).items() if k not in ("expected", "ad_hoc") and v}
    assert other.updates.expected == 0
    assert other.received.received == sum(u.at <= oslo("2026-02-15", "00:00") for u in aggregate.updates)
