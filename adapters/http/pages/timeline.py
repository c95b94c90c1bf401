"""A strip of time: what lasted is a stretch of it, what happened on a day a mark, in per cent of its width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_MOST_TICKS = 7


@dataclass(frozen=True)
class Stretch:
    """Something that lasted from one day until before another. `x` and `width` are per cent of the strip."""

    label: str
    first: date
    until: date
    x: float
    width: float
    number: int | None = None

    def holds(self, on: date) -> bool:
        """Whether it lasted on that day."""
        return self.first <= on < self.until


@dataclass(frozen=True)
class Mark:
    """Something that happened on a day."""

    on: date
    x: float
    what: str


@dataclass(frozen=True)
class Timeline:
    """A strip from its first day to its last, both included."""

    first: date
    last: date
    stretches: Sequence[Stretch]
    marks: Sequence[Mark]
    ticks: Sequence[Mark]

    def x(self, on: date) -> float:
        """Where the middle of a day is."""
        return _part(self.first, self.last, on, 0.5)


def timeline_of(
    versions: Iterable[dict[str, Any]],
    happened: Iterable[tuple[date, str]],
    opened_on: date,
    ended_on: date | None,
    today: date,
) -> Timeline:
    """The strip of an agreement: its draft, each agreed text as long as it held, and what happened in between."""
    last = max(today, opened_on)
    over = ended_on or last + timedelta(days=1)
    begins = [(date.fromisoformat(one["takes_effect_on"]), int(one["version"])) for one in versions]
    stretches = []
    if not begins or begins[0][0] > opened_on:
        stretches.append(_stretch(opened_on, last, "Draft", opened_on, begins[0][0] if begins else over, None))
    for (first, number), (until, _) in zip(begins, [*begins[1:], (over, 0)], strict=True):
        stretches.append(_stretch(opened_on, last, f"Version {number}", first, until, number))
    if ended_on is not None and ended_on < last:
        stretches.append(_stretch(opened_on, last, "Ended", ended_on, last + timedelta(days=1), None))
    marks = [Mark(on, _part(opened_on, last, on, 0.5), what) for on, what in happened if opened_on <= on <= last]
    return Timeline(opened_on, last, [one for one in stretches if one.width > 0], marks, _ticks(opened_on, last))


def _stretch(first: date, last: date, label: str, begins: date, until: date, number: int | None) -> Stretch:
    begins, until = max(begins, first), min(until, last + timedelta(days=1))
    x = _part(first, last, begins, 0)
    return Stretch(label, begins, until, x, max(0.0, round(_part(first, last, until, 0) - x, 2)), number)


def _ticks(first: date, last: date) -> list[Mark]:
    """First days of months, few enough to be read."""
    found: list[date] = []
    month = first.replace(day=1)
    while (month := (month + timedelta(days=32)).replace(day=1)) <= last:
        found.append(month)
    every = -(-len(found) // _MOST_TICKS) or 1
    # The last ones lie too near to the edge for their label.
    return [
        Mark(on, x, f"{on:%b}" if on.month != 1 else f"{on:%Y}")
        for on in found[every - 1 :: every]
        if 6 < (x := _part(first, last, on, 0)) < 92
    ]


def _part(first: date, last: date, on: date, of_the_day: float) -> float:
    days = (last - first).days + 1
    return round(min(100.0, max(0.0, ((on - first).days + of_the_day) * 100 / days)), 2)


def year_of(spans: Iterable[tuple[str, date, date]], first: date, last: date) -> Timeline:
    """A strip with what lasted in it (its label, its first day, the first day after it), cut to the strip."""
    stretches = [_stretch(first, last, label, begins, until, None) for label, begins, until in spans]
    return Timeline(first, last, [one for one in stretches if one.width > 0], [], _ticks(first, last))
