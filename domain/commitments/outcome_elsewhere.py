"""What became of a commitment that was made elsewhere, worked out from what its public record tells.

Everything is compared by day, by when it happened; what happened on one day counts in the order in
which it was recorded. A due date that had already passed when it was set only corrects the record: it
begins nothing, moves nothing and is not missed. Once a date is taken off (or replaced by words that
name none), the old one can no longer be missed, and setting it again to that same day moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from domain.commitments.classes import NOT_COUNTED, OPEN, OPEN_OVERDUE, Outcome, kept_class

RETROSPECTIVE, WITHDRAWN = "retrospective", "withdrawn"

PROPOSING = frozenset({"commitment.proposed", "commitment.requested"})
PROMISING = "commitment.promised"
DELIVERING = frozenset({"commitment.delivered", "commitment.delivery_claimed"})
CONFIRMING = "commitment.confirmed"
REOPENING = "commitment.reopened"
CANCELLING = "commitment.cancelled"
MOVING = "commitment.due_date_renegotiated"
TAKING_OFF = "commitment.due_date_withdrawn"
SETTING = PROPOSING | {PROMISING, MOVING, "commitment.amended", "commitment.reassigned"}
"""What sets the due date that it names; an extension that is asked for does not, nor what reports an end."""


_OF_LIFE = SETTING | DELIVERING | {CONFIRMING, REOPENING, CANCELLING, TAKING_OFF, "commitment.not_delivered"}


@dataclass(frozen=True)
class Happened:
    """One record of a commitment: its type as written, the day on which it happened, and the due date it sets.

    `due` is None where it speaks of no date, or of one that is no date.
    """

    day: date
    record: str
    due: date | None = None


def is_commitment(records: Iterable[Happened]) -> bool:
    """Whether the records tell of a commitment's life, and not only what was said beside it: an approval, an update."""
    return any(r.record in _OF_LIFE for r in records)


def outcome_elsewhere(records: Iterable[Happened], today: date) -> Outcome:
    """The outcome by `today` of a commitment of which these records tell, given in recorded order."""
    told = sorted(records, key=lambda r: r.day)
    start = next((r for r in told if _sets(r)), None)
    delivered_on, cancelled = _end(told)
    promised = any(r.record == PROMISING for r in told)
    if start is None or (delivered_on is not None and delivered_on < start.day):
        return Outcome(NOT_COUNTED, start.due if start is not None else None, promised=promised, why=RETROSPECTIVE)
    dates = _Dates(told, start, delivered_on)
    missed_on = dates.missed_by(delivered_on or today)
    common = (start.due, dates.before, dates.after, missed_on, promised)
    if delivered_on is not None:
        return Outcome(kept_class(missed=missed_on is not None, moved=dates.before > 0), *common)
    if cancelled or dates.in_force is None:
        return Outcome(NOT_COUNTED, *common, why=WITHDRAWN)
    overdue = dates.in_force < today
    return Outcome(OPEN_OVERDUE if overdue else OPEN, *common, passes_at=end_of_day(dates.in_force))


class _Dates:
    """The due dates that were in force from the start up to delivery, and how they were moved."""

    def __init__(self, told: Sequence[Happened], start: Happened, delivered_on: date | None) -> None:
        assert start.due is not None
        self.before = self.after = 0
        self.in_force: date | None = start.due
        self._last: date = start.due
        self._missed_on: date | None = None
        for record in told[told.index(start) + 1 :]:
            if delivered_on is not None and record.day > delivered_on:
                break
            if _takes_off(record):
                self._take_off(record.day)
            elif _sets(record) and record.due is not None:
                self._set(record.day, record.due)

    def missed_by(self, day: date) -> date | None:
        """The first due date in force that passed before that day without delivery."""
        self._pass(day)
        return self._missed_on

    def _take_off(self, day: date) -> None:
        self._pass(day)
        self.in_force = None

    def _set(self, day: date, due: date) -> None:
        self._pass(day)
        if due != self._last:
            if self._last < day:
                self.after += 1
            else:
                self.before += 1
        self.in_force = self._last = due

    def _pass(self, day: date) -> None:
        if self._missed_on is None and self.in_force is not None and self.in_force < day:
            self._missed_on = self.in_force


def _sets(record: Happened) -> bool:
    return record.due is not None and record.due >= record.day and record.record in SETTING


def _takes_off(record: Happened) -> bool:
    return record.record == TAKING_OFF or (record.record == MOVING and record.due is None)


def _end(told: Iterable[Happened]) -> tuple[date | None, bool]:
    """The day of the delivery that stands, if any, and whether it is cancelled.

    Where nobody says that it was delivered, but its creditors confirm it, it was by then.
    """
    delivered_on: date | None = None
    confirmed_on: date | None = None
    cancelled = False
    for record in told:
        if record.record in DELIVERING:
            delivered_on = delivered_on or record.day
        elif record.record == CONFIRMING:
            confirmed_on = confirmed_on or record.day
        elif record.record == REOPENING:
            delivered_on, confirmed_on, cancelled = None, None, False
        elif record.record == CANCELLING:
            cancelled = True
        elif record.record == PROMISING or record.record in PROPOSING:
            cancelled = False
    return delivered_on or confirmed_on, cancelled


def end_of_day(day: date) -> datetime:
    """The first instant after a day, in UTC."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(day + timedelta(days=1), time(), UTC)
