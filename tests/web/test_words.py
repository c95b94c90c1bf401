"""How days and rhythms are said, and how a strip of time is divided: no browser is needed for that."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from adapters.http.pages import words
from adapters.http.pages.telling import Telling
from adapters.http.pages.timeline import timeline_of, year_of

OSLO = ZoneInfo("Europe/Oslo")
AUCKLAND = ZoneInfo("Pacific/Auckland")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("instant", "reader", "day"),
    [
        ("2026-11-27T23:00:00Z", OSLO, 27),  # midnight in Oslo: the day before was the last
        ("2026-11-27T23:00:01Z", OSLO, 28),
        ("2026-11-27T09:00:00Z", OSLO, 27),
        # Midnight in Oslo is noon of the next day in Auckland, afternoon in Los Angeles, and ends the same due day.
        ("2026-11-27T23:00:00Z", AUCKLAND, 27),
        ("2026-11-27T23:00:00Z", LOS_ANGELES, 27),
        # The day before clocks went back: midnight is an hour earlier then.
        ("2026-10-24T22:00:00Z", AUCKLAND, 24),
        # What is due at an hour is due then, as the clocks go where it is read.
        ("2026-11-27T12:00:00Z", AUCKLAND, 28),
        ("2026-11-28T02:00:00Z", LOS_ANGELES, 27),
        # Midnight in Auckland is no midnight of the organisation: a day has ended nowhere but for the reader.
        ("2026-11-27T11:00:00Z", AUCKLAND, 27),
    ],
)
def test_what_is_due_at_midnight_is_due_the_day_before_wherever_it_is_read(
    instant: str, reader: ZoneInfo, day: int
) -> None:
    assert words.last_day_before(instant, OSLO, reader).day == day


def test_a_day_is_said_by_how_near_it_is() -> None:
    today = date(2026, 11, 21)
    said = [words.near(date(2026, 11, day), today) for day in (20, 21, 22, 27, 28)]
    assert said == ["yesterday", "today", "tomorrow", "on Friday", "on Sat 28 Nov"]
    assert words.near(date(2027, 1, 4), today) == "on Mon 4 Jan 2027"


def test_a_day_of_elsewhere_is_named_where_it_is_another_day_here() -> None:
    today, here = date(2026, 11, 21), date(2026, 11, 22)
    assert [words.near(date(2026, 11, day), today, here) for day in (21, 22, 28)] == [
        "on Sat 21 Nov", "on Sun 22 Nov", "on Sat 28 Nov",
    ]  # fmt: skip
    assert [words.how_far(date(2026, 11, day), today, here) for day in (20, 21, 22, 23)] == [
        "on Fri 20 Nov", "on Sat 21 Nov", "on Sun 22 Nov", "in 2 days",
    ]  # fmt: skip
    assert [words.near(today, today, today), words.how_far(today, today, today)] == ["today", "today"]


def test_instants_are_told_where_the_reader_is_and_days_as_they_are() -> None:
    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)  # Sunday has begun in Auckland
    telling = Telling(now, AUCKLAND, OSLO)
    instant = "2026-11-21T11:30:00Z"
    assert [telling.day(instant), telling.time_of(instant), telling.near(instant)] == ["Sun 22 Nov", "00:30", "today"]
    assert [telling.day("2026-11-21"), telling.near("2026-11-21"), telling.how_far("2026-11-25")] == [
        "Sat 21 Nov", "on Sat 21 Nov", "in 4 days",
    ]  # fmt: skip
    assert telling.last_day("2026-11-21T23:00:00Z") == "Sat 21 Nov"


def test_a_strip_holds_the_draft_and_each_text_for_as_long_as_it_held() -> None:
    versions = [{"takes_effect_on": "2026-01-11", "version": 1}, {"takes_effect_on": "2026-01-21", "version": 2}]
    strip = timeline_of(versions, [(date(2026, 1, 6), "shared")], date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 9))
    assert [(one.label, one.x, one.width) for one in strip.stretches] == [
        ("Draft", 0.0, 25.0), ("Version 1", 25.0, 25.0), ("Version 2", 50.0, 25.0), ("Ended", 75.0, 25.0),
    ]  # fmt: skip
    assert [mark.x for mark in strip.marks] == [13.75]
    assert [one.label for one in strip.stretches if one.holds(date(2026, 1, 20))] == ["Version 1"]


def test_what_began_before_a_year_is_cut_to_it() -> None:
    spans = [("results", date(2025, 12, 1), date(2026, 1, 11)), ("self", date(2025, 1, 1), date(2025, 2, 1))]
    strip = year_of(spans, date(2026, 1, 1), date(2026, 4, 10))
    assert [(one.label, one.x, one.width) for one in strip.stretches] == [("results", 0.0, 10.0)]
