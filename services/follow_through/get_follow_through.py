"""What was kept of what somebody owes, and of what is owed to them: counts, each with what it counts.

A viewer's counts cover the commitments that they may see: all of their own and of their teams, and of
anybody else those that the two share, or that a history opened to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.durations import Duration
from domain.refusals import Invalid, NotThere
from services.follow_through.statistics import Group, grouped, median
from services.queries import NONE, Cell, CommitmentCount, Counted, CreditorsSide, Viewer

DIRECTIONS = ("owed_by", "owed_to")
GROUPINGS = ("level", "counterpart", "agreement", "month", "year", "imbalance", "use")


@dataclass(frozen=True)
class GetFollowThrough:
    """Whose, over which days (of the first due date), on which side (both unless said), grouped by what."""

    of: UUID
    from_on: date | None = None
    to_on: date | None = None
    direction: str | None = None
    group_by: tuple[str, ...] = ()
    proposed: bool = False


@dataclass(frozen=True)
class CountedGroup:
    """A group under its key, and the question whose list is exactly what it counts."""

    key: dict[str, str | None]
    group: Group
    counted: Counted


@dataclass(frozen=True)
class Total:
    """All of one direction, and how the creditors of it acted."""

    counted: CountedGroup
    creditors: CreditorsSide


@dataclass(frozen=True)
class FollowThrough:
    """The totals by direction, and the groups in the order of their keys."""

    totals: tuple[Total, ...]
    groups: tuple[CountedGroup, ...]


async def get_follow_through(
    counts: CommitmentCount, viewer: Viewer, now: datetime, asked: GetFollowThrough
) -> FollowThrough:
    """Counts what this viewer may see; NotThere where that is nothing, of somebody else or a team not theirs."""
    _check(asked)
    totals: list[Total] = []
    groups: list[CountedGroup] = []
    for direction in DIRECTIONS if asked.direction is None else (asked.direction,):
        counted = Counted(asked.of, direction, asked.proposed, asked.from_on, asked.to_on)
        cells = await counts.count(viewer, now, counted, asked.group_by)
        groups += _groups(counted, asked.group_by, cells)
        if "counterpart" in asked.group_by:
            # A joint one counts for each counterpart, and once in all.
            cells = await counts.count(viewer, now, counted, ())
        totals.append(_total(counted, cells))
    own = asked.of == viewer.person_id or asked.of in viewer.teams
    if not own and not await _shares_anything(counts, viewer, now, asked.of):
        raise NotThere
    return FollowThrough(tuple(totals), tuple(groups))


def _check(asked: GetFollowThrough) -> None:
    if asked.from_on is not None and asked.to_on is not None and asked.from_on > asked.to_on:
        raise Invalid("The first day lies after the last.", field="from")
    if len(set(asked.group_by)) != len(asked.group_by):
        raise Invalid("Name each thing to group by once.", field="group_by")
    unknown = [name for name in asked.group_by if name not in GROUPINGS]
    if unknown:
        raise Invalid(f"Groups are by {', '.join(GROUPINGS)}.", field="group_by")


async def _shares_anything(counts: CommitmentCount, viewer: Viewer, now: datetime, of: UUID) -> bool:
    for direction in DIRECTIONS:
        if await counts.count(viewer, now, Counted(of, direction, proposed=True), ()):
            return True
    return False


def _total(counted: Counted, cells: Sequence[Cell]) -> Total:
    (group,) = grouped(((), cell.outcome_class, cell.number) for cell in cells) or [Group(())]
    creditors = CreditorsSide.together([cell.creditors for cell in cells])
    return Total(CountedGroup({"direction": counted.direction}, group, counted), creditors)


def _groups(counted: Counted, names: Sequence[str], cells: Sequence[Cell]) -> list[CountedGroup]:
    groups = []
    for group in grouped((cell.key, cell.outcome_class, cell.number) for cell in cells):
        parts = dict(zip(names, group.key, strict=True))
        narrowed: dict[str, Any] = {name: part or NONE for name, part in parts.items()}
        groups.append(CountedGroup({"direction": counted.direction, **parts}, group, replace(counted, **narrowed)))
    return groups


def show_creditors(side: CreditorsSide) -> dict[str, Any]:
    """How the creditors acted, in words; a median of nothing is not there."""
    attested: dict[str, dict[str, int]] = {}
    for (of, kept), number in sorted(Counter(side.attested).items()):
        attested.setdefault(of, {})[kept] = number
    return {
        "answered": len(side.answered_in),
        "median_time_to_answer": _duration(median(side.answered_in)),
        "confirmed_or_returned": len(side.confirmed_in),
        "median_time_to_confirm": _duration(median(side.confirmed_in)),
        "left_unanswered": side.unanswered,
        "changes_asked": side.changes_asked,
        "cancelled": side.cancelled,
        "attested": attested,
    }


def _duration(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return str(Duration(days=days, hours=hours, minutes=minutes, seconds=rest))
