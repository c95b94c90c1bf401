"""What a commitment says: who owes whom what, by when, and how one will know that it is done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.agreements.state import end_of
from domain.agreements.terms import USES
from domain.cadence import Cadence
from domain.refusals import DatePast, Invalid
from domain.values import text

LEVELS = ("task", "result", "impact")
"""What a promise aims at: the work itself, what the work brings about, and what lasts of it."""
MOST_CONDITIONS = 50
MOST_OF_A_SIDE = 50
FURTHEST_AHEAD = timedelta(days=366 * 20)
_KINDS = ("person", "team")


@dataclass(frozen=True, order=True)
class Who:
    """A person or a team, on one side of a commitment."""

    kind: str
    id: UUID


@dataclass(frozen=True)
class Due:
    """When something is due: an instant, or the end of a day in the organisation's zone.

    `on` is the day where a day was named; `at` is then the first instant after it. What happens before
    `at` is in time.
    """

    at: datetime
    on: date | None = None

    @classmethod
    def end_of_day(cls, on: date, zone: ZoneInfo) -> Due:
        """Due on a day, that day included."""
        return cls(end_of(on, zone), on)

    def day(self, zone: ZoneInfo) -> date:
        """The day on which it is due, in that zone."""
        return self.on if self.on is not None else self.at.astimezone(zone).date()

    def moved(self, spans: list[tuple[datetime, datetime]], zone: ZoneInfo) -> Due:
        """The due date after the clock stood still for these spans, which do not overlap.

        An instant moves by their length, a day by the days that they went over.
        """
        if self.on is None:
            return Due(self.at + sum((until - since for since, until in spans), timedelta()))
        days = sum((until.astimezone(zone).date() - since.astimezone(zone).date()).days for since, until in spans)
        return Due.end_of_day(self.on + timedelta(days=days), zone)


@dataclass(frozen=True)
class Content:
    """The text of a commitment; every yes names its revision.

    `conditions` are what will be ticked one by one at the end. A `task` or a `result` has a due date, an
    `impact` has a cadence, a due date or neither. `serves` is the commitment that this one contributes
    to, `follows` an earlier one that it takes up again.
    """

    owed_by: tuple[Who, ...]
    owed_to: tuple[Who, ...]
    outcome: str
    conditions: tuple[str, ...] = ()
    level: str = "task"
    due: Due | None = None
    cadence: Cadence | None = None
    serves: UUID | None = None
    agreement_id: UUID | None = None
    use: str = "coaching"
    follows: UUID | None = None

    def checked(self, now: datetime) -> Content:
        """The content in normal form; raises Invalid or DatePast when it cannot be promised as it stands."""
        _check_sides(self.owed_by, self.owed_to)
        if self.use not in USES:
            raise Invalid(f"Use is one of {', '.join(USES)}.", field="use")
        outcome, conditions = text(self.outcome, "outcome"), checked_conditions(self.conditions)
        cadence = self.cadence.checked() if self.cadence is not None else None
        checked = replace(self, outcome=outcome, conditions=conditions, cadence=cadence)
        checked.check_time(now)
        return checked

    def check_time(self, now: datetime) -> None:
        """Refuses a level that is none, a time that does not fit it, and a due date that has passed."""
        if self.level not in LEVELS:
            raise Invalid(f"A level is one of {', '.join(LEVELS)}.", field="level")
        if self.level != "impact":
            if self.cadence is not None:
                raise Invalid("Only an impact has a cadence; a task or a result is due once.", field="cadence")
            if self.due is None:
                raise Invalid("Please say by when: a task or a result has a due date.", field="due_at")
        elif self.cadence is not None and self.due is not None:
            raise Invalid("An impact has a cadence or a due date, not both.", field="cadence")
        if self.due is not None:
            check_ahead(self.due, now)


def check_ahead(due: Due, now: datetime) -> None:
    """Refuses a due date that has passed or lies absurdly far ahead."""
    if due.at <= now:
        raise DatePast(f"The due date {written(due)} has passed already; please name one that is ahead.")
    if due.at > now + FURTHEST_AHEAD:
        raise Invalid("A due date lies at most twenty years ahead.", field="due_at")


def written(due: Due) -> str:
    """A due date as people and the API write it: `2026-12-01`, or an instant in UTC."""
    if due.on is not None:
        return due.on.isoformat()
    return due.at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def checked_conditions(conditions: tuple[str, ...]) -> tuple[str, ...]:
    """The conditions in normal form; raises Invalid when one is blank or there are too many."""
    if len(conditions) > MOST_CONDITIONS:
        raise Invalid(f"At most {MOST_CONDITIONS} conditions, please.", field="conditions")
    return tuple(text(c, "conditions", most=2_000) for c in conditions)


def _check_sides(owed_by: tuple[Who, ...], owed_to: tuple[Who, ...]) -> None:
    for side, field in ((owed_by, "owed_by"), (owed_to, "owed_to")):
        if not side:
            raise Invalid("Somebody has to stand on this side.", field=field)
        if len(side) > MOST_OF_A_SIDE:
            raise Invalid(f"At most {MOST_OF_A_SIDE} people and teams on a side, please.", field=field)
        if any(who.kind not in _KINDS for who in side):
            raise Invalid("Each is a person or a team.", field=field)
        if len({who.id for who in side}) != len(side):
            raise Invalid("Somebody is named twice here.", field=field)
    if {who.id for who in owed_by} & {who.id for who in owed_to}:
        raise Invalid("Nobody owes something to themselves: name each on one side only.", field="owed_to")
