"""What became of a commitment, told by its class: kept on time, kept late, open, not counted, and so on.

A class is what may be counted; it says nothing of anybody. `n`, of which shares are taken, is what was
kept, reneged and lapsed. Whatever depends on the present is asked with `now`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

KEPT_ON_TIME, KEPT_RENEGOTIATED, KEPT_LATE = "kept_on_time", "kept_renegotiated", "kept_late"
RENEGED_WARNED, RENEGED, LAPSED = "reneged_warned", "reneged", "lapsed"
NOT_COUNTED, OPEN, OPEN_OVERDUE = "not_counted", "open", "open_overdue"
ONGOING, CONCLUDED = "ongoing", "concluded"

CONCLUSIVE = (KEPT_ON_TIME, KEPT_RENEGOTIATED, KEPT_LATE, RENEGED_WARNED, RENEGED, LAPSED)
"""The classes that make up `n`."""
CLASSES = (*CONCLUSIVE, OPEN, OPEN_OVERDUE, NOT_COUNTED, ONGOING, CONCLUDED)
"""Every class, in the order in which counts are written; the last two are those of impacts without a due date."""


@dataclass(frozen=True)
class Outcome:
    """What became of a commitment by some moment.

    It belongs to the day `first_due`, its first due date in force. `changes_before` and `changes_after`
    count the changes of its date by whether the old one had passed. `why` says of one that is not counted
    what ended it, or `retrospective`. `promised` is False while it is only asked for or offered, and after
    that came to nothing. `passes_at` is the first instant after the due date in force while that is open.
    """

    outcome_class: str
    first_due: date | None
    changes_before: int = 0
    changes_after: int = 0
    missed_on: date | None = None
    promised: bool = True
    why: str | None = None
    passes_at: datetime | None = None

    @property
    def moved_after_due(self) -> bool:
        """Whether a new date was agreed after one had passed."""
        return self.changes_after > 0

    @property
    def counts(self) -> bool:
        """Whether it is one of the n that shares are taken of."""
        return self.promised and self.outcome_class in CONCLUSIVE


def kept_class(*, missed: bool, moved: bool) -> str:
    """The class of a kept one: late after a miss, however it was agreed; else by whether its date was moved."""
    if missed:
        return KEPT_LATE
    return KEPT_RENEGOTIATED if moved else KEPT_ON_TIME
