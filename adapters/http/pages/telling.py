"""How days and instants are told to one reader, who may be far from where the days are of.

A day is the same day wherever it is read: what is agreed on, due or excused is so in the organisation's zone. An
instant is told as the clocks go where the reader is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from adapters.http.pages import words


@dataclass(frozen=True)
class Telling:
    """Tells it to whom `now` it is this late in `zone`; bare days are of `days_zone`."""

    now: datetime
    zone: ZoneInfo
    days_zone: ZoneInfo

    @property
    def here(self) -> date:
        """Which day it is for the reader."""
        return words.day_of(self.now, self.zone)

    @property
    def today(self) -> date:
        """Which day it is where the days are of."""
        return words.day_of(self.now, self.days_zone)

    def day(self, value: str | date) -> str:
        """The day, with its weekday."""
        return words.day(words.day_of(value, self.zone), self.here)

    def near(self, value: str | date) -> str:
        """The day as one says it when it is near."""
        on = words.day_of(value, self.zone)
        return words.near(on, self.today, self.here) if words.is_day(value) else words.near(on, self.here)

    def how_far(self, value: str | date) -> str:
        """How many days lie between."""
        on = words.day_of(value, self.zone)
        return words.how_far(on, self.today, self.here) if words.is_day(value) else words.how_far(on, self.here)

    def last_day(self, instant: str) -> str:
        """The last day on which something is in time."""
        return words.day(words.last_day_before(instant, self.days_zone, self.zone), self.here)

    def time_of(self, instant: str) -> str:
        """The time of day."""
        return f"{words.local(instant, self.zone):%H:%M}"
