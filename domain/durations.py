"""How long: ISO 8601 durations (`P14D`, `PT24H`, `P3M`, `P2W`), read by the calendar.

Years, months, weeks and days are steps on the wall calendar; hours, minutes and seconds are exact
time. A month later than the 31st is the last day of a shorter month.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.refusals import Invalid

_FORM = re.compile(
    r"P(?:(?P<weeks>[0-9]{1,5})W|(?:(?P<years>[0-9]{1,5})Y)?(?:(?P<months>[0-9]{1,5})M)?(?:(?P<days>[0-9]{1,5})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,5})H)?(?:(?P<minutes>[0-9]{1,5})M)?(?:(?P<seconds>[0-9]{1,5})S)?)?)",
    re.ASCII,
)
_MOST_YEARS = 100


@dataclass(frozen=True)
class Duration:
    """A length of time in calendar steps (years, months, weeks, days) and exact time (hours, minutes, seconds)."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0
    seconds: int = 0

    def __str__(self) -> str:
        """The ISO 8601 form; nothing at all is `PT0S`."""
        steps = ((self.years, "Y"), (self.months, "M"), (self.weeks, "W"), (self.days, "D"))
        exact = ((self.hours, "H"), (self.minutes, "M"), (self.seconds, "S"))
        calendar = "".join(f"{number}{letter}" for number, letter in steps if number)
        clock = "".join(f"{number}{letter}" for number, letter in exact if number)
        return f"P{calendar}{'T' + clock if clock else ''}" if calendar or clock else "PT0S"

    @property
    def exact(self) -> timedelta:
        """The hours, minutes and seconds."""
        return timedelta(hours=self.hours, minutes=self.minutes, seconds=self.seconds)

    def after_day(self, day: date) -> date:
        """The day this long after `day`; a part of a day counts as a whole one."""
        return _days_after(self._calendar_after(day), self._whole_days())

    def before_day(self, day: date) -> date:
        """The day this long before `day`; a part of a day counts as a whole one."""
        earlier = _months_after(day, -(self.years * 12 + self.months))
        return _days_after(earlier, -(self.weeks * 7 + self.days + self._whole_days()))

    def after_instant(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """The instant (UTC) this long after `instant`: calendar steps on the zone's wall clock, then exact time."""
        if self.years or self.months or self.weeks or self.days:
            local = instant.astimezone(zone)
            later = datetime.combine(self._calendar_after(local.date()), local.timetz().replace(fold=0))
            instant = later.astimezone(UTC)
        return instant.astimezone(UTC) + self.exact

    def most_days(self) -> timedelta:
        """The longest that this can be, whichever month it starts in."""
        return _longest(self.years * 12 + self.months) + timedelta(days=self.weeks * 7 + self.days) + self.exact

    def _calendar_after(self, day: date) -> date:
        return _days_after(_months_after(day, self.years * 12 + self.months), self.weeks * 7 + self.days)

    def _whole_days(self) -> int:
        return -(-self.exact // timedelta(days=1))


def parse(value: str, *, field: str = "duration") -> Duration:
    """Reads an ISO 8601 duration of whole numbers; raises Invalid on anything else."""
    match = _FORM.fullmatch(value) if len(value) <= 50 else None
    found = {name: int(n) for name, n in match.groupdict().items() if n is not None} if match else {}
    if not found:
        raise Invalid("Say how long in ISO 8601, for example P14D, P2W, P3M or PT24H.", field=field)
    duration = Duration(**found)
    if duration.years > _MOST_YEARS or duration.most_days() > timedelta(days=366 * _MOST_YEARS):
        raise Invalid(f"That is longer than {_MOST_YEARS} years.", field=field)
    return duration


def checked(value: str, *, field: str = "duration", longest: str | None = None, shortest: str | None = None) -> str:
    """Returns the duration in its normal form; raises Invalid when it is none, too long or too short."""
    duration = parse(value, field=field)
    if longest is not None and duration.most_days() > parse(longest).most_days():
        raise Invalid(f"{duration} is too long here: at most {longest}.", field=field)
    if shortest is not None and duration.most_days() < parse(shortest).most_days():
        raise Invalid(f"{duration} is too short here: at least {shortest}.", field=field)
    return str(duration)


def _days_after(day: date, days: int) -> date:
    # Past either end of the calendar, its end is the answer: "for ever" is a day that never comes.
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.max if months > 0 else date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=512)
def _longest(months: int) -> timedelta:
    # Every month of four years with one leap day among them starts a span; the longest one counts.
    starts = (date(2000 + m // 12, m % 12 + 1, 1) for m in range(48))
    return max(_months_after(start, months) - start for start in starts)
