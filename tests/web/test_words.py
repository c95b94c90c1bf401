"""How days and rhythms are said, and how a strip of time is divided: no browser is needed for that."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from adapters.http.pages import words
from adapters.http.pages.timeline import timeline_of, year_of

OSLO = ZoneInfo("Europe/Oslo")


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-11-27T23:00:00Z", date(2026, 11, 27)),  # midnight in Oslo: the day before was the last
        ("2026-11-27T23:00:01Z", date(2026, 11, 28)),
        ("2026-11-27T09:00:00Z", date(2026, 11, 27)),
    ],
)
def test_what_is_due_at_midnight_is_due_the_day_before(instant: str, day: date) -> None:
    assert words.last_day_before(instant, OSLO) == day


def test_a_day_is_said_by_how_near_it_is() -> None:
    today = date(2026, 11, 21)
    said = [words.near(date(2026, 11, day), today) for day in (20, 21, 22, 27, 28)]
    assert said == ["yesterday", "today", "tomorrow", "on Friday", "on Sat 28 Nov"]
    assert words.near(date(2027, 1, 4), today) == "on Mon 4 Jan 2027"


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
