"""How long: ISO 8601 durations on the calendar and on the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import durations
from domain.durations import Duration
from domain.refusals import Invalid

OSLO = ZoneInfo("Europe/Oslo")


@pytest.mark.parametrize(
    "nonsense",
    ["", "P", "PT", "14D", "P14", "P1.5D", "P1,5D", "-P1D", "P-1D", "P1DT", "p14d", "P1W2D", "P1H", "PT1D", "P 1D",
     "P٣D", "P1D\n", "P101Y", "P99999D", "P999999D", "two weeks", "P1D\x00"],
)  # fmt: skip
def test_what_is_no_duration_is_refused(nonsense: str) -> None:
    with pytest.raises(Invalid) as refused:
        durations.checked(nonsense, field="grace")
    assert set(refused.value.errors) == {"grace"}


@pytest.mark.parametrize(
    ("given", "normal"),
    [("P14D", "P14D"), ("PT24H", "PT24H"), ("P3M", "P3M"), ("P2W", "P2W"), ("P0014D", "P14D"), ("P0D", "PT0S"),
     ("P1Y2M3DT4H5M6S", "P1Y2M3DT4H5M6S"), ("P0Y1M", "P1M")],
)  # fmt: skip
def test_a_duration_has_one_normal_form(given: str, normal: str) -> None:
    assert durations.checked(given) == normal


@pytest.mark.parametrize(
    ("day", "length", "later"),
    [
        (date(2026, 1, 31), "P1M", date(2026, 2, 28)),
        (date(2028, 1, 31), "P1M", date(2028, 2, 29)),
        (date(2026, 1, 31), "P3M", date(2026, 4, 30)),
        (date(2028, 2, 29), "P1Y", date(2029, 2, 28)),
        (date(2026, 12, 15), "P2M14D", date(2027, 3, 1)),
        (date(2026, 1, 5), "P2W", date(2026, 1, 19)),
        (date(2026, 1, 5), "PT24H", date(2026, 1, 6)),
        (date(2026, 1, 5), "PT25H", date(2026, 1, 7)),
        (date(9999, 12, 1), "P3M", date.max),
    ],
)
def test_months_and_days_are_steps_on_the_calendar(day: date, length: str, later: date) -> None:
    assert durations.parse(length).after_day(day) == later


@pytest.mark.parametrize(
    ("length", "until"),
    [
        ("P1D", datetime(2026, 3, 29, 8, 0, tzinfo=UTC)),
        ("PT24H", datetime(2026, 3, 29, 9, 0, tzinfo=UTC)),
        ("P1DT1H", datetime(2026, 3, 29, 9, 0, tzinfo=UTC)),
        ("PT0S", datetime(2026, 3, 28, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_day_keeps_the_wall_time_where_hours_are_exact(length: str, until: datetime) -> None:
    """The clocks go forward in Oslo in the night to 29 March 2026."""
    assert durations.parse(length).after_instant(datetime(2026, 3, 28, 9, 0, tzinfo=UTC), OSLO) == until


@pytest.mark.parametrize(
    ("length", "longest", "fits"),
    [("P90D", "P90D", True), ("P91D", "P90D", False), ("P3M", "P90D", False), ("P2M", "P90D", True),
     ("P12W", "P90D", True), ("PT2160H", "P90D", True), ("PT2161H", "P90D", False), ("P24M", "P2Y", True)],
)  # fmt: skip
def test_a_longest_is_compared_with_the_longest_that_it_can_be(length: str, longest: str, fits: bool) -> None:
    if fits:
        assert durations.checked(length, longest=longest)
    else:
        with pytest.raises(Invalid, match="at most"):
            durations.checked(length, longest=longest)


def test_a_shortest_is_kept_too() -> None:
    with pytest.raises(Invalid, match="at least P1D"):
        durations.checked("PT23H", shortest="P1D")
    assert durations.checked("PT24H", shortest="P1D") == "PT24H"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 50), st.integers(0, 11), st.integers(0, 400))
def test_later_is_never_earlier_and_never_beyond_the_longest(day: date, years: int, months: int, days: int) -> None:
    length = Duration(years=years, months=months, days=days)
    later = length.after_day(day)
    assert day <= later <= day + length.most_days()
    assert length.before_day(day) <= day
