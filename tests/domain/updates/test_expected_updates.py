"""What was expected when, and what came of it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from domain.cadence import Cadence
from domain.refusals import Invalid
from domain.updates.expectation import (
    STATUSES,
    Away,
    Excuses,
    Expected,
    Given,
    Key,
    Pause,
    SetAside,
    TermSpan,
    expected,
    slot_of,
)
from tests.domain.spec import ANNA, BORIS, OSLO
from tests.domain.updates.stage import BEGUN, DAILY, FIRST, MONDAYS, UPDATES, oslo, span, thing

MONDAY = Key(UPDATES, ANNA, date(2026, 1, 5))


def on(day: str) -> date:
    return date.fromisoformat(day)


def look(
    *spans: TermSpan,
    now: datetime,
    excuses: Excuses | None = None,
    given: dict[Key, Given] | None = None,
    window: tuple[str, str] = ("2026-01-01", "2026-01-31"),
    zone: ZoneInfo = OSLO,
) -> list[Expected]:
    return expected(
        spans or (span(cadence=MONDAYS),),
        excuses or Excuses(),
        given or {},
        from_on=on(window[0]),
        until_on=on(window[1]),
        now=now,
        zone=zone,
    )


def status(of: list[Expected], day: str = "2026-01-05") -> str:
    (found,) = [one for one in of if one.slot.key.on == on(day)]
    return found.status


@pytest.mark.parametrize(
    ("now", "given_at", "becomes"),
    [
        ("2026-01-05T09:59", None, "ahead"),
        ("2026-01-05T10:00", None, "due"),
        ("2026-01-06T10:00", None, "due"),
        ("2026-01-06T10:01", None, "missed"),
        ("2026-01-05T09:00", "2026-01-05T08:00", "on_time"),
        ("2026-01-06T10:00", "2026-01-06T10:00", "on_time"),
        ("2026-01-06T10:01", "2026-01-06T10:01", "late"),
        ("2026-03-01T10:00", "2026-02-01T10:00", "late"),
    ],
)
def test_an_update_is_on_time_by_due_and_grace_late_after_that_and_missed_when_nothing_came(
    now: str, given_at: str | None, becomes: str
) -> None:
    given = {MONDAY: Given(FIRST, oslo(*given_at.split("T")))} if given_at else {}
    assert status(look(now=oslo(*now.split("T")), given=given)) == becomes


@pytest.mark.parametrize(
    ("grace", "late_after"),
    [
        (None, "2026-03-30T10:00"),
        ("PT24H", "2026-03-30T10:00"),
        ("PT2H", "2026-03-29T12:00"),
        ("P3D", "2026-04-01T10:00"),
        ("PT0S", "2026-03-29T10:00"),
    ],
)
def test_the_grace_is_what_was_agreed_else_a_day(grace: str | None, late_after: str) -> None:
    sundays = Cadence("FREQ=WEEKLY;BYDAY=SU", "Europe/Oslo", "2026-01-04T10:00")
    (found,) = look(span(cadence=sundays, grace=grace), now=oslo("2026-03-01"), window=("2026-03-29", "2026-03-29"))
    assert found.slot.late_after == oslo(*late_after.split("T"))


def test_hours_of_grace_are_exact_over_the_night_in_which_the_clocks_change() -> None:
    saturdays = Cadence("FREQ=WEEKLY;BYDAY=SA", "Europe/Oslo", "2026-01-03T10:00")
    (by_hours,) = look(span(cadence=saturdays), now=oslo("2026-03-01"), window=("2026-03-28", "2026-03-28"))
    (by_day,) = look(span(cadence=saturdays, grace="P1D"), now=oslo("2026-03-01"), window=("2026-03-28", "2026-03-28"))
    assert by_hours.slot.late_after == oslo("2026-03-29", "11:00")
    assert by_day.slot.late_after == oslo("2026-03-29", "10:00")


@pytest.mark.parametrize(
    ("zone", "due_at"),
    [
        ("Europe/Oslo", ["2026-03-27T09:00Z", "2026-03-28T09:00Z", "2026-03-29T08:00Z"]),
        ("America/New_York", ["2026-03-27T14:00Z", "2026-03-28T14:00Z", "2026-03-29T14:00Z"]),
        ("Australia/Lord_Howe", ["2026-03-26T23:00Z", "2026-03-27T23:00Z", "2026-03-28T23:00Z"]),
        ("Asia/Kolkata", ["2026-03-27T04:30Z", "2026-03-28T04:30Z", "2026-03-29T04:30Z"]),
    ],
)
def test_due_is_a_wall_time_in_the_zone_of_the_cadence(zone: str, due_at: list[str]) -> None:
    daily = Cadence("FREQ=DAILY", zone, "2026-01-05T10:00")
    found = look(span(cadence=daily), now=oslo("2026-01-01"), window=("2026-03-27", "2026-03-29"))
    assert [one.slot.due_at for one in found] == [datetime.fromisoformat(at) for at in due_at]


# From when until when a term is expected ----------------------------------------------------------


def expected_days(*spans: TermSpan, window: tuple[str, str] = ("2026-01-01", "2026-01-31")) -> list[str]:
    return [f"{one.slot.key.on:%m-%d}" for one in look(*spans, now=oslo("2026-01-01"), window=window)]


def test_occurrences_run_from_the_day_the_term_took_effect_to_the_day_it_stopped() -> None:
    term = span(cadence=DAILY, from_at=oslo("2026-01-10", "00:00"), until_at=oslo("2026-01-13", "00:00"))
    assert expected_days(term) == ["01-10", "01-11", "01-12"]


def test_the_first_day_counts_although_the_last_consent_came_after_it_was_due() -> None:
    term = span(cadence=DAILY, from_at=oslo("2026-01-10", "00:00"), agreed_at=oslo("2026-01-10", "15:00"))
    assert expected_days(term, window=("2026-01-01", "2026-01-11")) == ["01-10", "01-11"]


def test_what_could_no_longer_be_given_in_time_when_it_was_agreed_is_not_expected() -> None:
    at_once = span(
        cadence=DAILY, grace="PT1H", from_at=oslo("2026-01-10", "00:00"), agreed_at=oslo("2026-01-10", "15:00")
    )
    assert expected_days(at_once, window=("2026-01-01", "2026-01-11")) == ["01-11"]


def test_one_version_after_another_makes_one_row_of_occurrences() -> None:
    weekly = span(cadence=MONDAYS, until_at=oslo("2026-01-14", "00:00"))
    fridays = Cadence("FREQ=WEEKLY;BYDAY=FR", "Europe/Oslo", "2026-01-16T10:00")
    changed = span(cadence=fridays, from_at=oslo("2026-01-14", "00:00"))
    assert expected_days(weekly, changed) == ["01-05", "01-12", "01-16", "01-23", "01-30"]


def test_a_day_that_two_versions_name_is_expected_once() -> None:
    """A cadence in Auckland, a day ahead: its Monday begins while the first version still holds."""
    auckland = Cadence("FREQ=DAILY", "Pacific/Auckland", "2026-01-05T10:00")
    before = span(cadence=auckland, until_at=oslo("2026-01-12", "00:00"))
    after = span(cadence=replace(auckland, first_due="2026-01-05T15:00"), from_at=oslo("2026-01-12", "00:00"))
    days = expected_days(before, after, window=("2026-01-10", "2026-01-14"))
    assert days == ["01-10", "01-11", "01-12", "01-13", "01-14"]


def test_each_debtor_owes_it_severally_and_only_while_they_do() -> None:
    both = span(cadence=MONDAYS, owed_by=(ANNA, BORIS), until_at=oslo("2026-01-12", "00:00"))
    only_boris = span(cadence=MONDAYS, owed_by=(BORIS,), from_at=oslo("2026-01-12", "00:00"))
    found = look(both, only_boris, now=oslo("2026-01-01"), window=("2026-01-01", "2026-01-20"))
    assert [(one.slot.key.debtor_id, one.slot.key.on.day) for one in found] == [
        (ANNA, 5),
        (BORIS, 5),
        (BORIS, 12),
        (BORIS, 19),
    ]


def test_terms_of_other_kinds_are_no_updates() -> None:
    assert look(span(kind="support", cadence=MONDAYS), now=oslo("2026-01-01")) == []


# From when it may be given ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "opens_at"),
    [("2026-01-05", BEGUN), ("2026-01-12", oslo("2026-01-05")), ("2026-12-28", oslo("2026-12-21"))],
)
def test_an_occurrence_opens_when_the_one_before_it_falls_due(day: str, opens_at: datetime) -> None:
    slot = slot_of([span(cadence=MONDAYS)], Key(UPDATES, ANNA, on(day)), OSLO)
    assert slot is not None
    assert slot.opens_at == opens_at


def test_the_one_before_may_lie_years_back_or_in_an_earlier_version() -> None:
    leap = Cadence("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "Europe/Oslo", "2024-02-29T10:00")
    term = span(cadence=leap, from_at=oslo("2024-01-01", "00:00"), until_at=oslo("2027-01-01", "00:00"))
    later = replace(term, from_at=oslo("2027-01-01", "00:00"), until_at=None)
    slot = slot_of([term, later], Key(UPDATES, ANNA, date(2028, 2, 29)), OSLO)
    assert slot is not None
    assert slot.opens_at == oslo("2024-02-29")


def test_there_is_no_slot_on_a_day_without_an_occurrence_or_for_somebody_who_owes_nothing() -> None:
    spans = [span(cadence=MONDAYS)]
    assert slot_of(spans, Key(UPDATES, ANNA, date(2026, 1, 6)), OSLO) is None
    assert slot_of(spans, Key(UPDATES, BORIS, date(2026, 1, 5)), OSLO) is None
    assert slot_of(spans, Key(thing(77), ANNA, date(2026, 1, 5)), OSLO) is None


# What sets it aside -------------------------------------------------------------------------------

ABSENCE = Excuses(absences={ANNA: (Away(on("2026-01-04"), on("2026-01-05")),)})
PAUSE = Excuses(pauses=(Pause(oslo("2026-01-05", "10:00"), oslo("2026-01-05", "10:01")),))
IMBALANCE = Excuses(imbalances=(SetAside(UPDATES, ANNA, oslo("2026-01-05", "00:00"), oslo("2026-01-06", "00:00")),))


@pytest.mark.parametrize(("excuses", "cause"), [(ABSENCE, "absence"), (PAUSE, "pause"), (IMBALANCE, "imbalance")])
@pytest.mark.parametrize(
    ("now", "given_at", "becomes"),
    [
        ("2026-01-01", None, "excused"),
        ("2026-01-20", None, "excused"),
        ("2026-01-20", "2026-01-05", "on_time"),
        ("2026-01-20", "2026-01-19", "excused"),
    ],
)
def test_what_is_set_aside_is_excused_unless_it_came_in_time_all_the_same(
    excuses: Excuses, cause: str, now: str, given_at: str | None, becomes: str
) -> None:
    given = {MONDAY: Given(FIRST, oslo(given_at))} if given_at else {}
    (found,) = look(now=oslo(now), excuses=excuses, given=given, window=("2026-01-05", "2026-01-05"))
    assert (found.status, found.cause) == (becomes, cause if becomes == "excused" else None)
    assert (found.given is None) == (given_at is None)


@pytest.mark.parametrize(
    "excuses",
    [
        Excuses(absences={ANNA: (Away(on("2026-01-06"), on("2026-01-31")), Away(on("2026-01-01"), on("2026-01-04")))}),
        Excuses(absences={BORIS: (Away(on("2026-01-01"), on("2026-01-31")),)}),
        Excuses(pauses=(Pause(oslo("2026-01-05", "10:01"), None), Pause(BEGUN, oslo("2026-01-05", "10:00")))),
        Excuses(imbalances=(SetAside(UPDATES, BORIS, BEGUN, None), SetAside(thing(9), ANNA, BEGUN, None))),
        Excuses(imbalances=(SetAside(UPDATES, ANNA, BEGUN, oslo("2026-01-05", "10:00")),)),
    ],
)
def test_what_does_not_touch_the_day_the_person_or_the_term_excuses_nothing(excuses: Excuses) -> None:
    assert status(look(now=oslo("2026-01-31"), excuses=excuses)) == "missed"


def test_a_pause_without_an_end_sets_everything_to_come_aside() -> None:
    found = look(now=oslo("2026-01-06"), excuses=Excuses(pauses=(Pause(oslo("2026-01-06"), None),)))
    assert [one.status for one in found] == ["due", "excused", "excused", "excused"]


# Bounds -------------------------------------------------------------------------------------------


def test_more_than_twenty_thousand_occurrences_are_refused_and_not_counted_out() -> None:
    many = [span(thing(n), cadence=DAILY) for n in range(200)]
    begun = time.perf_counter()
    with pytest.raises(Invalid, match="shorter") as refused:
        look(*many, now=oslo("2026-01-01"), window=("2026-01-01", "2035-12-31"))
    assert set(refused.value.errors) == {"to"}
    assert time.perf_counter() - begun < 3


# For any agreement, any window, any excuses -------------------------------------------------------

moments = st.integers(0, 24 * 120).map(lambda hours: BEGUN + timedelta(hours=hours))
cadences = st.builds(
    Cadence,
    st.sampled_from(("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=DAILY;INTERVAL=3")),
    st.sampled_from(("Europe/Oslo", "Pacific/Auckland", "America/Los_Angeles", "Australia/Lord_Howe")),
    st.sampled_from(("2026-01-05T10:00", "2026-02-01T00:00", "2025-12-31T23:59")),
)


@st.composite
def rows_of_spans(draw: Any) -> list[TermSpan]:
    """One term through up to four versions, each following the one before it, or after a gap."""
    cuts = sorted(draw(st.sets(moments, min_size=2, max_size=5)))
    owed_by = st.sampled_from(((ANNA,), (BORIS,), (ANNA, BORIS)))
    grace = st.sampled_from((None, "PT1H", "P2D"))
    rows = [
        span(cadence=draw(cadences), owed_by=draw(owed_by), grace=draw(grace), from_at=a, until_at=b)
        for a, b in pairwise(cuts)
    ]
    return [row for row in rows if draw(st.booleans())] or rows[:1]


@st.composite
def some_excuses(draw: Any) -> Excuses:
    day = st.dates(date(2026, 1, 1), date(2026, 5, 1))
    aways = draw(st.lists(st.builds(lambda a, n: Away(a, a + timedelta(days=n)), day, st.integers(0, 20)), max_size=3))
    pauses = draw(
        st.lists(st.builds(lambda a, n: Pause(a, a + timedelta(hours=n)), moments, st.integers(1, 300)), max_size=3)
    )
    return Excuses(tuple(pauses), {ANNA: tuple(aways)})


@settings(max_examples=80, deadline=None)
@for_all(rows_of_spans(), some_excuses(), moments, st.data())
def test_every_occurrence_has_one_status_and_lies_where_its_term_stood(
    spans: list[TermSpan], excuses: Excuses, now: datetime, data: st.DataObject
) -> None:
    def all_of(given: dict[Key, Given]) -> list[Expected]:
        return expected(spans, excuses, given, from_on=date(2026, 1, 1), until_on=date(2026, 6, 1), now=now, zone=OSLO)

    everything = all_of({})
    keys = [one.slot.key for one in everything]
    assert len(set(keys)) == len(keys)
    chosen = data.draw(st.lists(st.sampled_from(keys), unique=True) if keys else st.just([]))
    given = {key: Given(FIRST, data.draw(moments)) for key in chosen}
    for one in all_of(given):
        slot = one.slot
        assert one.status in STATUSES
        assert slot.opens_at <= slot.late_after
        assert slot.due_at < slot.late_after
        assert any(
            slot.key.debtor_id in s.owed_by and s.until_at is not None and slot.due_at < s.until_at for s in spans
        )
        assert (one.status == "excused") == (one.cause is not None)
        if one.status in ("ahead", "due", "missed"):
            assert one.given is None
            assert one.status == ("ahead" if now < slot.due_at else "due" if now <= slot.late_after else "missed")
        if one.status in ("on_time", "late"):
            assert one.given is not None
            assert (one.status == "on_time") == (one.given.at <= slot.late_after)


@settings(max_examples=60, deadline=None)
@for_all(rows_of_spans(), st.integers(1, 150))
def test_two_windows_side_by_side_expect_what_the_whole_expects(spans: list[TermSpan], days: int) -> None:
    begin, end = date(2025, 12, 20), date(2026, 6, 1)
    cut = begin + timedelta(days=days)

    def part(first: date, last: date) -> list[Expected]:
        now = datetime(2026, 3, 1, tzinfo=UTC)
        return expected(spans, Excuses(), {}, from_on=first, until_on=last, now=now, zone=OSLO)

    by_key = {one.slot.key: one for one in (*part(begin, cut), *part(cut + timedelta(days=1), end))}
    assert by_key == {one.slot.key: one for one in part(begin, end)}
