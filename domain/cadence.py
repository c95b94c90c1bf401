"""When something falls due again and again: a recurrence rule, a time zone and the first local time.

The rule is an RFC 5545 RRULE, daily or slower, with at most one occurrence on a day. It is read
against the wall clock of the zone, so "Mondays 10:00" stays 10:00 through summer and winter time:

- a wall time in the hour that a clock change leaves out is moved forward by the length of the
  change (02:30 becomes 03:30), as RFC 5545 section 3.3.5 says;
- a wall time in the hour that a clock change repeats is taken the first time it comes;
- a day that a zone leaves out altogether (Samoa, 30 December 2011) has no occurrence.

Occurrences are the days that the rule names from the first due day on, that day included when the
rule names it. dateutil does the counting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from dateutil import rrule as rules

from domain.refusals import Invalid

LONGEST_RULE = 300
MOST_COUNT = 10_000
MOST_INTERVAL = 1_000
FIRST_YEAR, LAST_YEAR = 2000, 2199
"""The years in which a first due day may lie."""
FIRST_WITHIN = timedelta(days=366 * 10)
"""A rule that names no day this long after its first due day is refused: nobody waits for it."""

_FREQUENCIES = {"DAILY": rules.DAILY, "WEEKLY": rules.WEEKLY, "MONTHLY": rules.MONTHLY, "YEARLY": rules.YEARLY}
_TOO_FAST = frozenset({"HOURLY", "MINUTELY", "SECONDLY"})
_TIME_OF_DAY = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_DAYS = {"MO": rules.MO, "TU": rules.TU, "WE": rules.WE, "TH": rules.TH, "FR": rules.FR, "SA": rules.SA, "SU": rules.SU}
_NUMBER_LISTS = {
    "BYMONTH": ("bymonth", 1, 12, False),
    "BYMONTHDAY": ("bymonthday", 1, 31, True),
    "BYYEARDAY": ("byyearday", 1, 366, True),
    "BYWEEKNO": ("byweekno", 1, 53, True),
    "BYSETPOS": ("bysetpos", 1, 366, True),
}
"""Part -> (dateutil's word, least, most, whether it may count from the end)."""
_WHERE_ALLOWED = {
    "BYMONTHDAY": frozenset({"DAILY", "MONTHLY", "YEARLY"}),
    "BYYEARDAY": frozenset({"YEARLY"}),
    "BYWEEKNO": frozenset({"YEARLY"}),
}
"""RFC 5545 section 3.3.10: these parts mean nothing under other frequencies."""

# The Gregorian calendar repeats after 400 years, weekdays included. dateutil looks for a match
# until the year 9999 and cannot be told to stop earlier where there is none; counting nineteen
# cycles later leaves it a few hundred years instead of eight thousand.
_CYCLES = 19
_DAYS_LATER = timedelta(days=_CYCLES * 146_097)
_LAST_COUNTED = date(2398, 12, 31)


class Occurrence(NamedTuple):
    """One time that it falls due: the local day that names it, and the instant (UTC)."""

    on: date
    due_at: datetime


@dataclass(frozen=True)
class Cadence:
    """A rule (`FREQ=WEEKLY;BYDAY=MO`), an IANA zone (`Europe/Oslo`) and the first due time (`2026-01-05T10:00`)."""

    rrule: str
    time_zone: str
    first_due: str

    def checked(self) -> Cadence:
        """Returns the cadence in normal form; raises Invalid with a sentence that names what is wrong."""
        zone = zone_named(self.time_zone)
        first = _local_time(self.first_due)
        if _to_instant(first, zone).astimezone(zone).replace(tzinfo=None) != first:
            raise Invalid(
                f"{self.first_due} does not exist in {self.time_zone}: the clocks skip it that day.", field="first_due"
            )
        cadence = replace(self, rrule=_normal_form(self.rrule))
        _parts(cadence.rrule)
        if not any(True for _ in cadence.occurrences(first.date(), first.date() + FIRST_WITHIN)):
            raise Invalid("This rule names no day in the ten years after its first due day.", field="rrule")
        return cadence

    def occurrences(self, from_on: date, until_on: date) -> Iterator[Occurrence]:
        """The occurrences whose local day lies in the window, first and last day included, in order.

        Work is bounded by the days from the first due day to the end of the window.
        """
        zone = zone_named(self.time_zone)
        first = _local_time(self.first_due)
        until_on = min(until_on, _LAST_COUNTED)
        if until_on < max(from_on, first.date()):
            return
        parts = _parts(self.rrule)
        last_instant = parts.until_at
        rule = rules.rrule(dtstart=first + _DAYS_LATER, **parts.for_dateutil)
        for later in rule:
            local = later - _DAYS_LATER
            on = local.date()
            if on > until_on or (parts.until_on is not None and on > parts.until_on):
                return
            if on < from_on:
                continue
            due_at = _to_instant(local, zone)
            if last_instant is not None and due_at > last_instant:
                return
            if _exists(on, zone):
                yield Occurrence(on, due_at)

    def starts_at(self) -> datetime:
        """The first due local time as an instant (UTC)."""
        return _to_instant(_local_time(self.first_due), zone_named(self.time_zone))


class _Parts(NamedTuple):
    for_dateutil: dict[str, Any]
    until_on: date | None
    until_at: datetime | None


def zone_named(name: str, *, field: str = "time_zone") -> ZoneInfo:
    """The zone of that IANA name; raises Invalid when there is none."""
    if name not in _zone_names():
        raise Invalid(f"There is no time zone called {_quoted(name)}; use an IANA name like Europe/Oslo.", field=field)
    return ZoneInfo(name)


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    # These two are a machine's own setting, not names that mean the same everywhere.
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _local_time(value: str) -> datetime:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}", value):
        raise Invalid("The first due time is a local time like 2026-01-05T10:00.", field="first_due")
    try:
        local = datetime.fromisoformat(value)
    except ValueError:
        raise Invalid(f"{value} is no day and time of the calendar.", field="first_due") from None
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise Invalid(f"The first due day lies between {FIRST_YEAR} and {LAST_YEAR}.", field="first_due")
    return local


def _to_instant(local: datetime, zone: ZoneInfo) -> datetime:
    # fold=0 reads a repeated hour the first time, and a left-out one with the offset before the
    # change, which moves it forward.
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _exists(day: date, zone: ZoneInfo) -> bool:
    noon = datetime.combine(day, time(12))
    return _to_instant(noon, zone).astimezone(zone).date() == day


def _normal_form(rule: str) -> str:
    if len(rule) > LONGEST_RULE:
        raise Invalid(f"A rule has at most {LONGEST_RULE} characters.", field="rrule")
    normal = rule.strip().upper()
    normal = normal.removeprefix("RRULE:").rstrip(";")
    if re.search(r"(^|[^A-Z])(DTSTART|EXDATE|RDATE|EXRULE)\b", normal):
        raise Invalid("Give the rule alone: its start is the first due time, and it has no exceptions.", field="rrule")
    if not re.fullmatch(r"[A-Z0-9=;,+-]+", normal):
        raise Invalid(f"{_quoted(rule)} is no recurrence rule; write for example FREQ=WEEKLY;BYDAY=MO.", field="rrule")
    return normal


@lru_cache(maxsize=1024)
def _parts(rule: str) -> _Parts:
    given: dict[str, str] = {}
    for part in rule.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value:
            raise Invalid(f"{_quoted(part)} is no part of a recurrence rule.", field="rrule")
        if name in given:
            raise Invalid(f"{name} is said twice in this rule.", field="rrule")
        given[name] = value
    frequency = given.pop("FREQ", None)
    if frequency is None:
        raise Invalid("The rule does not say how often: it needs FREQ.", field="rrule")
    if frequency in _TOO_FAST:
        raise Invalid("Daily is as often as a rule can be here.", field="rrule")
    if frequency not in _FREQUENCIES:
        raise Invalid(f"FREQ is DAILY, WEEKLY, MONTHLY or YEARLY, not {_quoted(frequency)}.", field="rrule")
    if _TIME_OF_DAY & given.keys():
        raise Invalid(
            "The time of day comes from the first due time, once a day: leave out BYHOUR, BYMINUTE and BYSECOND.",
            field="rrule",
        )
    words: dict[str, Any] = {"freq": _FREQUENCIES[frequency]}
    until_on: date | None = None
    until_at: datetime | None = None
    for name, value in given.items():
        if name == "INTERVAL":
            words["interval"] = _number(name, value, 1, MOST_INTERVAL)
        elif name == "COUNT":
            words["count"] = _number(name, value, 1, MOST_COUNT)
        elif name == "WKST":
            words["wkst"] = _weekday(name, value, numbered=False)
        elif name == "BYDAY":
            numbered = frequency in ("MONTHLY", "YEARLY") and "BYWEEKNO" not in given
            words["byweekday"] = [_weekday(name, item, numbered=numbered) for item in value.split(",")]
        elif name in _NUMBER_LISTS:
            if frequency not in _WHERE_ALLOWED.get(name, _FREQUENCIES):
                raise Invalid(f"{name} does not go with FREQ={frequency}.", field="rrule")
            word, least, most, from_the_end = _NUMBER_LISTS[name]
            words[word] = [_number(name, n, least, most, from_the_end=from_the_end) for n in value.split(",")]
        elif name == "UNTIL":
            until_on, until_at = _until(value)
        else:
            raise Invalid(f"{_quoted(name)} is no part of a recurrence rule.", field="rrule")
    if "COUNT" in given and "UNTIL" in given:
        raise Invalid("A rule ends by COUNT or by UNTIL, not by both.", field="rrule")
    if "BYSETPOS" in given and not any(name.startswith("BY") and name != "BYSETPOS" for name in given):
        raise Invalid("BYSETPOS picks from what another BY part names; this rule has none.", field="rrule")
    return _Parts(words, until_on, until_at)


def _number(name: str, value: str, least: int, most: int, *, from_the_end: bool = False) -> int:
    if re.fullmatch(r"[+-]?[0-9]{1,5}", value):
        number = int(value)
        if least <= number <= most or (from_the_end and least <= -number <= most):
            return number
    span = f"{least} to {most}" + (f" or -{most} to -{least}" if from_the_end else "")
    raise Invalid(f"{name} takes {span}, not {_quoted(value)}.", field="rrule")


def _weekday(name: str, value: str, *, numbered: bool) -> Any:
    match = re.fullmatch(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)", value)
    if match is None:
        raise Invalid(f"{name} takes MO, TU, WE, TH, FR, SA or SU, not {_quoted(value)}.", field="rrule")
    number, day = match.groups()
    if number is None:
        return _DAYS[day]
    if not numbered:
        raise Invalid(f"{_quoted(value)}: a number before a weekday needs FREQ=MONTHLY or YEARLY.", field="rrule")
    return _DAYS[day](_number(name, number, 1, 53, from_the_end=True))


def _until(value: str) -> tuple[date | None, datetime | None]:
    """The last local day, or the last instant: UNTIL is a day (`20261231`) or a UTC instant (`20261231T235959Z`)."""
    try:
        if re.fullmatch(r"[0-9]{8}", value):
            return datetime.strptime(value, "%Y%m%d").date(), None  # noqa: DTZ007  a bare local day
        if re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", value):
            return None, datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        pass
    raise Invalid(
        f"UNTIL takes a day like 20261231 or an instant like 20261231T225959Z, not {_quoted(value)}.", field="rrule"
    )


def _quoted(value: str) -> str:
    shown = "".join(islice((c if c.isprintable() else "?" for c in value), 40))
    return f"“{shown}{'…' if len(value) > 40 else ''}”"
