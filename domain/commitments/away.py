"""Timers that wait for somebody stand still while they are away, thirty days at most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.agreements.state import end_of, start_of
from domain.commitments.content import Who

MOST = timedelta(days=30)

Away = Mapping[UUID, Sequence[tuple[date, date]]]
"""When each person is away: first and last day, both included."""
NOBODY: Away = {}
Span = tuple[datetime, datetime]


def waits_until(since: datetime, length: timedelta, side: Iterable[Who], away: Away, zone: ZoneInfo) -> datetime:
    """When a timer of that length is over that began at `since` and waits for a side.

    It stands still while everybody of the side is away; of a team somebody is always taken to be there.
    """
    return stretched(since, length, side_away(side, away, zone))


def side_away(side: Iterable[Who], away: Away, zone: ZoneInfo) -> list[Span]:
    """The spans in which nobody of a side is there, in order, not overlapping."""
    common: list[Span] | None = None
    for who in side:
        days = away.get(who.id, ()) if who.kind == "person" else ()
        theirs = _joined((start_of(first, zone), end_of(last, zone)) for first, last in days)
        common = theirs if common is None else _both(common, theirs)
        if not common:
            return []
    return common or []


def either(first: Iterable[Span], second: Iterable[Span]) -> list[Span]:
    """The spans of both together, joined."""
    return _joined([*first, *second])


def stretched(since: datetime, length: timedelta, spans: Sequence[Span]) -> datetime:
    """The end of a timer that stands still in these spans, thirty days of them at most."""
    at, left, stood = since, length, timedelta()
    for begin, end in spans:
        if end <= at:
            continue
        runs_until = max(begin, at)
        if runs_until - at >= left:
            break
        left -= runs_until - at
        still = min(end - runs_until, MOST - stood)
        stood += still
        at = runs_until + still
    return at + left


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _both(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    both = ((max(a[0], b[0]), min(a[1], b[1])) for a in first for b in second)
    return sorted(span for span in both if span[0] < span[1])
