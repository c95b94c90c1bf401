"""When things fall due: what a rule may say, and what the wall clock makes of it."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.cadence import LONGEST_RULE, Cadence
from domain.refusals import Invalid

OSLO = "Europe/Oslo"


def cadence(rule: str, zone: str = OSLO, first: str = "2026-01-05T10:00") -> Cadence:
    return Cadence(rule, zone, first)


def days(rule: str, from_on: date, until_on: date, *, first: str = "2026-01-05T10:00") -> list[date]:
    return [one.on for one in cadence(rule, first=first).checked().occurrences(from_on, until_on)]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("", "no recurrence rule"),
        ("every Monday", "no recurrence rule"),
        ("FREQ", "no part"),
        ("FREQ=", "no part"),
        ("BYDAY=MO", "needs FREQ"),
        ("FREQ=FORTNIGHTLY", "DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=HOURLY", "as often as"),
        ("FREQ=MINUTELY", "as often as"),
        ("FREQ=SECONDLY;INTERVAL=86400", "as often as"),
        ("FREQ=DAILY;BYHOUR=9,17", "once a day"),
        ("FREQ=DAILY;BYMINUTE=0,30", "once a day"),
        ("FREQ=DAILY;BYSECOND=1", "once a day"),
        ("FREQ=DAILY;FREQ=WEEKLY", "said twice"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL takes 1"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL takes 1"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "INTERVAL takes 1"),
        ("FREQ=DAILY;INTERVAL=１", "no recurrence rule"),
        ("FREQ=DAILY;COUNT=0", "COUNT takes 1"),
        ("FREQ=DAILY;COUNT=10001", "COUNT takes 1"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20261231", "not by both"),
        ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL takes"),
        ("FREQ=DAILY;UNTIL=20260231", "UNTIL takes"),
        ("FREQ=DAILY;UNTIL=20261231T100000", "UNTIL takes"),
        ("FREQ=DAILY;UNTIL=20251231", "names no day"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY takes"),
        ("FREQ=WEEKLY;BYDAY=1MO", "FREQ=MONTHLY or YEARLY"),
        ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY takes 1 to 53"),
        ("FREQ=MONTHLY;BYDAY=6MO", "names no day"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "does not go with"),
        ("FREQ=MONTHLY;BYYEARDAY=1", "does not go with"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY takes"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY takes"),
        ("FREQ=MONTHLY;BYMONTH=13", "BYMONTH takes"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS picks"),
        ("FREQ=YEARLY;BYEASTER=0", "no part"),
        ("FREQ=DAILY;X-LUCK=GOOD", "no part"),
        ("FREQ=DAILY;DTSTART=20200101T000000", "the rule alone"),
        ("DTSTART:20200101T000000\nRRULE:FREQ=DAILY", "the rule alone"),
        ("FREQ=DAILY\nEXDATE:20260106T100000", "the rule alone"),
        ("FREQ=DAILY\nRDATE:20260106T100000", "the rule alone"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "names no day"),
        ("FREQ=WEEKLY;BYMONTH=2;BYDAY=MO;BYSETPOS=5", "names no day"),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", "names no day"),
        ("FREQ=DAILY;" + "BYMONTH=1," * 60 + "1", "at most"),
        ("\ud800", "no recurrence rule"),
        ("FREQ=DAILY\x00", "no recurrence rule"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_the_reason(rule: str, says: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(Invalid, match=says) as refused:
        cadence(rule).checked()
    assert set(refused.value.errors) == {"rrule"}
    assert time.perf_counter() - begun < 2, "a rule without a day must not be looked for at length"


@pytest.mark.parametrize(
    ("zone", "first", "field"),
    [
        ("Europe/Trondheim", "2026-01-05T10:00", "time_zone"),
        ("", "2026-01-05T10:00", "time_zone"),
        ("../../etc/passwd", "2026-01-05T10:00", "time_zone"),
        ("localtime", "2026-01-05T10:00", "time_zone"),
        ("europe/oslo", "2026-01-05T10:00", "time_zone"),
        ("Europe/Oslo\x00", "2026-01-05T10:00", "time_zone"),
        (OSLO, "2026-01-05", "first_due"),
        (OSLO, "2026-01-05T10:00:00", "first_due"),
        (OSLO, "2026-01-05T10:00Z", "first_due"),
        (OSLO, "2026-02-30T10:00", "first_due"),
        (OSLO, "2026-01-05T24:00", "first_due"),
        (OSLO, "1999-12-31T10:00", "first_due"),
        (OSLO, "2200-01-01T10:00", "first_due"),
        (OSLO, "٢٠٢٦-01-05T10:00", "first_due"),
        (OSLO, "2026-03-29T02:30", "first_due"),
        ("America/New_York", "2026-03-08T02:30", "first_due"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "first_due"),
        ("Pacific/Apia", "2011-12-30T10:00", "first_due"),
    ],
)
def test_a_zone_or_first_time_that_does_not_exist_is_refused(zone: str, first: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        cadence("FREQ=DAILY", zone, first).checked()
    assert set(refused.value.errors) == {field}


def test_checking_brings_a_rule_into_its_normal_form() -> None:
    assert cadence(" rrule:freq=weekly;byday=mo; ").checked() == cadence("FREQ=WEEKLY;BYDAY=MO")
    longest = cadence("FREQ=DAILY" + ";" * (LONGEST_RULE - len("FREQ=DAILY")))
    assert longest.checked().rrule == "FREQ=DAILY"


def test_the_first_of_a_repeated_hour_is_a_valid_first_time() -> None:
    only = next(iter(cadence("FREQ=DAILY", OSLO, "2026-10-25T02:30").checked().occurrences(date.min, date.max)))
    assert only.due_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "first", "on", "due_at"),
    [
        # In Oslo the hour from 02:00 is left out on 29 March and comes twice on 25 October 2026.
        (OSLO, "2026-01-01T10:00", date(2026, 3, 28), "2026-03-28T09:00Z"),
        (OSLO, "2026-01-01T10:00", date(2026, 3, 29), "2026-03-29T08:00Z"),
        (OSLO, "2026-01-01T02:30", date(2026, 3, 29), "2026-03-29T01:30Z"),
        (OSLO, "2026-01-01T02:30", date(2026, 10, 25), "2026-10-25T00:30Z"),
        ("America/New_York", "2026-01-01T02:30", date(2026, 3, 8), "2026-03-08T07:30Z"),
        ("America/New_York", "2026-01-01T01:30", date(2026, 11, 1), "2026-11-01T05:30Z"),
        # Lord Howe Island moves its clocks by half an hour.
        ("Australia/Lord_Howe", "2026-01-01T02:15", date(2026, 10, 4), "2026-10-03T15:45Z"),
        ("Australia/Lord_Howe", "2026-01-01T01:45", date(2026, 4, 5), "2026-04-04T14:45Z"),
        ("Asia/Kolkata", "2026-01-01T10:00", date(2026, 3, 29), "2026-03-29T04:30Z"),
        ("UTC", "2026-01-01T00:00", date(2026, 12, 31), "2026-12-31T00:00Z"),
    ],
)
def test_a_wall_time_is_kept_through_every_change_of_the_clocks(zone: str, first: str, on: date, due_at: str) -> None:
    (found,) = cadence("FREQ=DAILY", zone, first).checked().occurrences(on, on)
    assert (found.on, found.due_at) == (on, datetime.fromisoformat(due_at))


def test_a_time_in_the_hour_left_out_is_moved_forward_by_the_length_of_the_change() -> None:
    (found,) = (
        cadence("FREQ=DAILY", OSLO, "2026-01-01T02:30").checked().occurrences(date(2026, 3, 29), date(2026, 3, 29))
    )
    assert found.due_at.astimezone(ZoneInfo(OSLO)).isoformat() == "2026-03-29T03:30:00+02:00"


def test_a_day_that_the_zone_leaves_out_has_no_occurrence() -> None:
    found = cadence("FREQ=DAILY", "Pacific/Apia", "2011-12-28T10:00").occurrences(date(2011, 12, 29), date(2012, 1, 1))
    assert [one.on.day for one in found] == [29, 31, 1]


@pytest.mark.parametrize(
    ("rule", "until_on", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=MO", date(2026, 1, 26), ["01-05", "01-12", "01-19", "01-26"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", date(2026, 1, 30), ["01-05", "01-09", "01-19", "01-23"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", date(2026, 3, 31), ["01-31", "02-28", "03-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", date(2026, 5, 31), ["01-31", "03-31", "05-31"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", date(2026, 3, 31), ["01-30", "02-27", "03-27"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", date(2026, 3, 31), ["01-30", "02-27", "03-31"]),
        ("FREQ=DAILY;COUNT=3", date(2026, 12, 31), ["01-05", "01-06", "01-07"]),
        ("FREQ=DAILY;UNTIL=20260107", date(2026, 12, 31), ["01-05", "01-06", "01-07"]),
        ("FREQ=DAILY;UNTIL=20260107T090000Z", date(2026, 12, 31), ["01-05", "01-06", "01-07"]),
        ("FREQ=DAILY;UNTIL=20260107T085959Z", date(2026, 12, 31), ["01-05", "01-06"]),
        ("FREQ=WEEKLY;BYDAY=WE", date(2026, 1, 20), ["01-07", "01-14"]),
    ],
)
def test_the_days_are_those_that_the_rule_names_from_the_first_due_day_on(
    rule: str, until_on: date, expected: list[str]
) -> None:
    assert [f"{day:%m-%d}" for day in days(rule, date(2025, 1, 1), until_on)] == expected


def test_a_leap_day_comes_every_fourth_year() -> None:
    found = days("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", date(2026, 1, 1), date(2040, 1, 1))
    assert [day.year for day in found] == [2028, 2032, 2036]


def test_a_window_takes_its_first_and_its_last_day_in() -> None:
    assert days("FREQ=DAILY", date(2026, 2, 3), date(2026, 2, 4)) == [date(2026, 2, 3), date(2026, 2, 4)]
    assert days("FREQ=DAILY", date(2026, 2, 4), date(2026, 2, 3)) == []
    assert days("FREQ=DAILY", date(2000, 1, 1), date(2026, 1, 4)) == []


def test_ten_years_of_days_are_all_there() -> None:
    found = days("FREQ=DAILY", date(2026, 1, 1), date(2035, 12, 31))
    assert len(found) == (date(2036, 1, 1) - date(2026, 1, 5)).days


def test_a_window_without_end_comes_to_an_end() -> None:
    begun = time.perf_counter()
    assert len(days("FREQ=YEARLY", date.min, date.max)) == 2398 - 2026 + 1
    assert time.perf_counter() - begun < 1


WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
rules_of_all_sorts = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 40)),
    st.builds(
        lambda n, on: f"FREQ=WEEKLY;INTERVAL={n};BYDAY={','.join(sorted(on))}",
        st.integers(1, 5),
        st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    ),
    st.builds("FREQ=MONTHLY;BYMONTHDAY={}".format, st.integers(1, 31) | st.integers(-31, -1)),
    st.builds("FREQ=MONTHLY;BYDAY={}{}".format, st.sampled_from((-4, -1, 1, 2, 4)), st.sampled_from(WEEKDAYS)),
    st.builds("FREQ=YEARLY;BYMONTH={};BYMONTHDAY={}".format, st.integers(1, 12), st.integers(1, 28)),
    st.builds("FREQ=YEARLY;BYWEEKNO={};BYDAY=TU".format, st.integers(1, 52)),
)
zones = st.sampled_from((OSLO, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "UTC"))
first_times = st.builds("{:%Y-%m-%d}T{:%H:%M}".format, st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.times())
windows = st.tuples(st.dates(date(2019, 1, 1), date(2032, 1, 1)), st.integers(0, 800)).map(
    lambda w: (w[0], w[0] + timedelta(days=w[1]))
)


@settings(max_examples=150, deadline=None)
@given(rules_of_all_sorts, zones, first_times, windows)
def test_occurrences_increase_come_once_a_day_and_stay_in_the_window(
    rule: str, zone: str, first: str, window: tuple[date, date]
) -> None:
    found = list(Cadence(rule, zone, first).occurrences(*window))
    assert all(a.on < b.on and a.due_at < b.due_at for a, b in pairwise(found))
    assert all(window[0] <= one.on <= window[1] for one in found)
    assert all(one.on >= date.fromisoformat(first[:10]) for one in found)


@settings(max_examples=100, deadline=None)
@given(rules_of_all_sorts, first_times, windows)
def test_counting_in_a_later_calendar_cycle_names_the_same_days(
    rule: str, first: str, window: tuple[date, date]
) -> None:
    last = datetime.combine(window[1], datetime.max.time())
    plain = rrule.rrulestr(f"{rule};UNTIL={last:%Y%m%dT%H%M%S}", dtstart=datetime.fromisoformat(first))
    expected = [moment.date() for moment in plain if moment.date() >= window[0]]
    assert [one.on for one in Cadence(rule, "UTC", first).occurrences(*window)] == expected


@settings(max_examples=100, deadline=None)
@given(rules_of_all_sorts, zones, first_times, windows, st.integers(1, 700))
def test_two_windows_side_by_side_hold_what_the_whole_holds(
    rule: str, zone: str, first: str, window: tuple[date, date], cut: int
) -> None:
    begin, end = window
    middle = min(begin + timedelta(days=cut), end)
    of = Cadence(rule, zone, first)
    parts = [*of.occurrences(begin, middle), *of.occurrences(middle + timedelta(days=1), end)]
    assert parts == list(of.occurrences(begin, end))
