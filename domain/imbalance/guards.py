"""How much imbalance is too much: the organisation's limits, and what they say of one more period for a person.

"When everything is critical all the time, nothing is." Each limit refuses with its figures. A written
reason lifts length, gap and share; two periods at once are never lifted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from uuid import UUID

from domain.refusals import ImbalanceBudget, ImbalanceGap, ImbalanceOverlap, ImbalanceTooLong, RuleRefusal

RESULTS = "results"
"""The focus that gap and share are about."""


@dataclass(frozen=True)
class Limits:
    """An organisation's policy, as it is where nothing else was decided; spans in days, shares as fractions."""

    longest: int = 90
    gap_share: Fraction = Fraction(1, 2)
    budget_share: Fraction = Fraction(1, 4)
    budget_window: int = 365

    @property
    def most_share(self) -> int:
        """How many days of a window may be in periods for results."""
        return int(self.budget_share * self.budget_window)


@dataclass(frozen=True)
class Booking:
    """The days, first and last included, on which a period counts for a person."""

    period_id: UUID
    focus: str
    first_on: date
    last_on: date

    @property
    def days(self) -> int:
        """How many days it counts."""
        return (self.last_on - self.first_on).days + 1

    def days_within(self, first_on: date, last_on: date) -> int:
        """How many of its days lie between these two, both included."""
        return max((min(self.last_on, last_on) - max(self.first_on, first_on)).days + 1, 0)


@dataclass(frozen=True)
class Figures:
    """What one more period comes to for a person, in days, beside what `Limits` allows.

    `gap` is the time without a period for results that would be shortest for what is asked of it, and `gap_needed` what
    is asked, both None where no other such period is; `share` the days for results in the fullest window that it falls
    into, itself included, `most_share` how many are allowed. Of a period that is not for results only `days` is said.
    `beyond` holds the codes of the refusals that stand.
    """

    days: int
    gap: int | None = None
    gap_needed: int | None = None
    share: int | None = None
    most_share: int | None = None
    beyond: tuple[str, ...] = ()


def figures(new: Booking, others: Sequence[Booking], person_id: UUID, limits: Limits) -> Figures:
    """The figures that `check` judges by, also where nothing is refused."""
    beyond = tuple(dict.fromkeys(refusal.code for refusal in _refusals(new, others, person_id, limits)))
    if new.focus != RESULTS:
        return Figures(new.days, beyond=beyond)
    for_results = [other for other in others if other.focus == RESULTS]
    gaps = [(free, needed) for _, _, free, needed in _free_around(new, for_results, limits)]
    gap, needed = min(gaps, key=lambda one: one[0] - one[1]) if gaps else (None, None)
    _, share = _fullest(new, for_results, limits)
    return Figures(new.days, gap, needed, share, limits.most_share, beyond)


def check(new: Booking, others: Sequence[Booking], person_id: UUID, limits: Limits, *, lift: bool) -> tuple[str, ...]:
    """Raises the first refusal that stands; with `lift`, answers the codes of those that were lifted."""
    lifted: list[str] = []
    for refusal in _refusals(new, others, person_id, limits):
        if not lift or isinstance(refusal, ImbalanceOverlap):
            raise refusal
        lifted.append(refusal.code)
    return tuple(lifted)


def _refusals(new: Booking, others: Sequence[Booking], person_id: UUID, limits: Limits) -> Iterator[RuleRefusal]:
    for other in others:
        if new.days_within(other.first_on, other.last_on):
            yield ImbalanceOverlap(
                f"{{{person_id}}} is in a period from {other.first_on} to {other.last_on} already; "
                f"this one would run from {new.first_on} to {new.last_on}, and nobody is in two at once."
            )
    if new.days > limits.longest:
        yield ImbalanceTooLong(
            f"It would last {new.days} days, from {new.first_on} to {new.last_on}; "
            f"at most {limits.longest} are allowed."
        )
    if new.focus == RESULTS:
        for_results = [other for other in others if other.focus == RESULTS]
        yield from _gaps(new, for_results, person_id, limits)
        yield from _budget(new, for_results, person_id, limits)


def _gaps(new: Booking, others: Iterable[Booking], person_id: UUID, limits: Limits) -> Iterator[ImbalanceGap]:
    for before, after, free, needed in _free_around(new, others, limits):
        if free < needed:
            yield ImbalanceGap(
                f"A period of {before.days} days for results needs {needed} days without one after it; for "
                f"{{{person_id}}} there would be {free}, between {before.last_on} and {after.first_on}."
            )


def _free_around(
    new: Booking, others: Iterable[Booking], limits: Limits
) -> Iterator[tuple[Booking, Booking, int, int]]:
    """The new one beside each other one, in their order in time: how many days are free between, of how many needed."""
    for other in others:
        before, after = (other, new) if other.first_on < new.first_on else (new, other)
        free = (after.first_on - before.last_on).days - 1
        if free >= 0:  # two at once are refused as such
            yield before, after, free, ceil(before.days * limits.gap_share)


def _budget(new: Booking, others: Sequence[Booking], person_id: UUID, limits: Limits) -> Iterator[ImbalanceBudget]:
    fullest, days = _fullest(new, others, limits)
    span, most = timedelta(days=limits.budget_window - 1), limits.most_share
    if days > most:
        yield ImbalanceBudget(
            f"{{{person_id}}} would be in periods for results on {days} of the {limits.budget_window} days from "
            f"{fullest} to {fullest + span}; at most {most} ({float(limits.budget_share):.0%}) are allowed."
        )


def _fullest(new: Booking, others: Sequence[Booking], limits: Limits) -> tuple[date, int]:
    """The first day of the window with most days in periods among those that the new one falls into, and how many.

    Such a window begins or ends where some period begins or ends.
    """
    span = timedelta(days=limits.budget_window - 1)
    bookings = [new, *others]
    starts = {b.first_on for b in bookings} | {b.last_on - span for b in bookings}
    touching = [s for s in starts if new.days_within(s, s + span)]
    days = {s: sum(b.days_within(s, s + span) for b in bookings) for s in touching}
    fullest = max(touching, key=lambda s: (days[s], s))
    return fullest, days[fullest]
