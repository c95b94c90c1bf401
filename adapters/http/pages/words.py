"""How days, spans and rhythms are said on the pages: short, and the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAYS = {
    "MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday", "SA": "Saturday",
    "SU": "Sunday",
}  # fmt: skip
_EVERY = {"DAILY": ("day", "days"), "WEEKLY": ("week", "weeks"), "MONTHLY": ("month", "months"),
          "YEARLY": ("year", "years")}  # fmt: skip
_SPAN = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")


FIRST = {
    "results": "Results come first",
    "relationships": "Relationships come first",
    "self": "Oneself comes first",
}
"""What an imbalance period puts first, by its focus."""


def local(value: str | datetime, zone: ZoneInfo) -> datetime:
    """An instant in a zone."""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant.astimezone(zone)


def day_of(value: str | date, zone: ZoneInfo) -> date:
    """The day that a day or an instant is on."""
    if isinstance(value, datetime):
        return value.astimezone(zone).date()
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if is_day(value) else local(value, zone).date()


def is_day(value: str | date) -> bool:
    """Whether it is a bare day, and no instant."""
    return len(value) == len("2027-01-04") if isinstance(value, str) else not isinstance(value, datetime)


def last_day_before(instant: str, zone: ZoneInfo, reader: ZoneInfo) -> date:
    """The last day on which something is in time that must be done before an instant.

    Midnight in the zone that days are of ends the day before, wherever it is read: that day was agreed on. Any
    other instant is on the day that it is where the reader is.
    """
    there = local(instant, zone)
    if there.time() == time():
        return there.date() - timedelta(days=1)
    return (there - timedelta(microseconds=1)).astimezone(reader).date()


def day(on: date, today: date) -> str:
    """A day with its weekday; the year only where it is another."""
    said = f"{on:%a} {on.day} {on:%b}"
    return said if on.year == today.year else f"{said} {on.year}"


def near(on: date, today: date, here: date | None = None) -> str:
    """A day as one says it when it is near; by its name where it is another day `here` than where the day is of."""
    away = (on - today).days
    if here not in (None, today):
        return f"on {day(on, today)}"
    if away in (-1, 0, 1):
        return ("yesterday", "today", "tomorrow")[away + 1]
    if 1 < away < 7:
        return f"on {on:%A}"
    return f"on {day(on, today)}"


def how_far(on: date, today: date, here: date | None = None) -> str:
    """How many days lie between; close by it is named where it is another day `here` than where the day is of."""
    away = (on - today).days
    if abs(away) <= 1 and here not in (None, today):
        return near(on, today, here)
    if away == 0:
        return "today"
    count = f"{abs(away)} day{'s' if abs(away) != 1 else ''}"
    return f"in {count}" if away > 0 else f"{count} ago"


def span(written: str | None) -> str:
    """A duration in words."""
    match = _SPAN.fullmatch(written or "")
    if match is None:
        return written or ""
    parts = [(int(count), unit) for count, unit in zip(match.groups(), _UNITS, strict=True) if count]
    return " ".join(f"{count} {unit}{'s' if count != 1 else ''}" for count, unit in parts)


def spans(usual: Sequence[str], now: str) -> list[tuple[str, str]]:
    """Durations to choose from, the one of now among them, each with its words."""
    return [(written, span(written)) for written in ([] if now in usual else [now]) + list(usual)]


def place(zone: ZoneInfo) -> str:
    """The place that a zone is called after."""
    return zone.key.rsplit("/", 1)[-1].replace("_", " ")


def rhythm(cadence: dict[str, str]) -> str:
    """A cadence in words; a rule of a rarer kind is said as it is written."""
    rule = dict(part.split("=", 1) for part in cadence["rrule"].upper().split(";") if "=" in part)
    first = datetime.fromisoformat(cadence["first_due"])
    every = int(rule.get("INTERVAL", "1"))
    named = _EVERY.get(rule.get("FREQ", ""))
    if named is None or set(rule) - {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "WKST"}:
        return f"{cadence['rrule']}, first {day(first.date(), first.date())} {first.year}"
    said = f"every {named[0]}" if every == 1 else f"every {every} {named[1]}"
    on = _on(rule, first)
    if rule["FREQ"] == "WEEKLY" and every == 1 and on:
        said, on = f"every {on}", ""
    return f"{said}{f' on {on}' if on else ''} at {first:%H:%M} ({cadence['time_zone'].rsplit('/', 1)[-1]})"


def _on(rule: dict[str, str], first: datetime) -> str:
    if "BYDAY" in rule:
        named = [_DAYS.get(one, one) for one in rule["BYDAY"].split(",")]
        return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    if "BYMONTHDAY" in rule:
        return "the last day" if rule["BYMONTHDAY"] == "-1" else f"day {rule['BYMONTHDAY']}"
    if rule["FREQ"] == "WEEKLY":
        return f"{first:%A}"
    return f"day {first.day}" if rule["FREQ"] == "MONTHLY" else ""
