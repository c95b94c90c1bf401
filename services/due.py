"""What the clock has to do next, worked out from what is recorded and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.commitments.away import NOBODY, Away
from domain.updates import expectation
from domain.updates.expectation import AHEAD, Excuses, Slot, TermSpan
from domain.updates.footing import Footing
from domain.updates.update_log import UpdateLog
from services.timed import Timed, next_due

UPDATES = "updates"
"""The part of an agreement that its update log is; every other part is the thing itself, named after its kind."""
MISSED = "update_missed"
"""The kind of a deadline at which an update turns to missed; the others are named after their facts."""

_YEAR = timedelta(days=365)
_FAR = 100
"""How many steps ahead an occurrence is looked for: a cadence may rest, but not for ever."""


@dataclass(frozen=True)
class NextAct:
    """When, which fact it will be, and of what: ids, never words."""

    due_at: datetime
    kind: str
    detail: str


def next_act(thing: Timed, zone: ZoneInfo, away: Away = NOBODY) -> NextAct | None:
    """The next thing that the clock does to the thing itself; None when nothing waits for it."""
    due = next_due(thing, zone, away)
    if due is None:
        return None
    return NextAct(due.at, due.fact.TOPIC.rsplit(".", 1)[-1], " ".join(_words(due.content.values())))


def _words(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, tuple):
            yield from _words(value)
        else:
            yield str(value)


def next_missed(footing: Footing, excuses: Excuses, log: UpdateLog | None, zone: ZoneInfo) -> NextAct | None:
    """The first occurrence whose grace ends with nothing given, excused or recorded as missed; None without one.

    It may long be over, where the clock was not running: then it is still the next thing to do.
    """
    cadenced = [span for span in footing.spans if span.kind == "update" and span.cadence]
    slot = first_open(cadenced, excuses, log, zone)
    if slot is None:
        return None
    key = slot.key
    # At the last instant of its grace it is not late yet.
    return NextAct(slot.late_after + timedelta.resolution, MISSED, f"{key.term_id} {key.debtor_id} {key.on}")


def first_open(
    spans: Sequence[TermSpan],
    excuses: Excuses,
    log: UpdateLog | None,
    zone: ZoneInfo,
    *,
    step: timedelta = _YEAR,
) -> Slot | None:
    """The occurrence of these spans that is late first, of those neither given, excused nor recorded as missed.

    It is looked for `step` by `step`, and from a step before what was settled last: a step must cover the
    differences between the graces of these spans.
    """
    if not spans:
        return None
    given = log.given if log is not None else {}
    recorded = log.missed if log is not None else {}
    for from_on, until_on in _windows(spans, _settled_until(log, step), zone, step):
        # Judged as of before everything: what is neither given nor excused is then still ahead.
        judged = expectation.expected(
            spans, excuses, given, from_on=from_on, until_on=until_on, now=_BEFORE_EVERYTHING, zone=zone
        )
        open_ones = [one.slot for one in judged if one.status == AHEAD and one.slot.key not in recorded]
        if open_ones:
            return min(open_ones, key=lambda s: (s.late_after, s.key))
    return None


_BEFORE_EVERYTHING = datetime(1, 1, 2, tzinfo=ZoneInfo("UTC"))


def _settled_until(log: UpdateLog | None, step: timedelta) -> datetime:
    """Everything up to here is given, excused or recorded as missed.

    The clock records what was missed in order, so only graces of very different lengths can leave
    something open behind.
    """
    if log is None:
        return _BEFORE_EVERYTHING
    last = max([*log.missed.values(), *(given.at for given in log.given.values())], default=None)
    return _BEFORE_EVERYTHING if last is None else last - step


def _windows(
    spans: Sequence[TermSpan], settled_until: datetime, zone: ZoneInfo, step: timedelta
) -> Iterator[tuple[date, date]]:
    """A step at a time from the first day that may hold something open to the last day of all spans."""
    begin = max(min(span.from_at for span in spans), settled_until).astimezone(zone).date()
    ends = [span.until_at for span in spans if span.until_at is not None]
    last = max(ends).astimezone(zone).date() if len(ends) == len(spans) else None
    for _ in range(_FAR):
        if last is not None and begin > last:
            return
        yield begin, begin + step
        begin += step + timedelta(days=1)
