"""What became of a commitment that was made here, worked out from its state at any moment.

It is missed when a due date in force passes while its clock runs. A kept one is late after a miss,
whatever was agreed since; taken back it was warned of or not. For who passed it on, it is not counted.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from domain.commitments.classes import (
    CONCLUDED,
    LAPSED,
    NOT_COUNTED,
    ONGOING,
    OPEN,
    OPEN_OVERDUE,
    RENEGED,
    RENEGED_WARNED,
    Outcome,
    kept_class,
)
from domain.commitments.content import Due, Who
from domain.commitments.state import BINDING, DEBTORS, ENDS, KEPT, TALKING, CommitmentState, DueEntry
from domain.commitments.state import LAPSED as STATE_LAPSED
from domain.commitments.state import RENEGED as STATE_RENEGED

PASSED_ON = "passed_on"
"""Why it is not counted for somebody who stood on a side of it and handed that to another."""


def outcome_of(commitment: CommitmentState, now: datetime, zone: ZoneInfo, who: Who | None = None) -> Outcome:
    """The outcome by `now`; with `who`, as it is for one who stands or stood on a side of it."""
    due = commitment.content.due
    if not commitment.is_binding:
        over = commitment.state not in TALKING
        outcome_class = NOT_COUNTED if over else _open(due, now)
        day = due.day(zone) if due is not None else None
        why = commitment.state if over else None
        return Outcome(outcome_class, day, promised=False, why=why, passes_at=None if over or due is None else due.at)
    first = next((entry.due for entry in commitment.due_log if entry.due is not None), None)
    before, after = _moves(commitment)
    missed_at = commitment.missed_at(now)
    outcome_class = _class(commitment, now, first, missed=missed_at is not None, moved=before > 0)
    why = commitment.state if outcome_class == NOT_COUNTED else None
    if who is not None and who in commitment.left:
        outcome_class, why = NOT_COUNTED, PASSED_ON
    return Outcome(
        outcome_class,
        first.day(zone) if first is not None else None,
        before,
        after,
        missed_at.astimezone(zone).date() if missed_at is not None else None,
        promised=True,
        why=why,
        passes_at=_passes_at(commitment) if outcome_class in (OPEN, OPEN_OVERDUE) else None,
    )


def _class(commitment: CommitmentState, now: datetime, first: Due | None, *, missed: bool, moved: bool) -> str:
    state = commitment.state
    if state == STATE_RENEGED:
        return RENEGED_WARNED if _warned(commitment) else RENEGED
    if state == STATE_LAPSED:
        return LAPSED
    if state in ENDS and state != KEPT:
        return NOT_COUNTED
    if first is None:
        return CONCLUDED if state == KEPT else ONGOING
    if state == KEPT:
        return kept_class(missed=missed, moved=moved)
    passes_at = _passes_at(commitment)
    return OPEN_OVERDUE if passes_at is not None and passes_at <= now else OPEN


def _open(due: Due | None, now: datetime) -> str:
    return OPEN_OVERDUE if due is not None and due.at <= now else OPEN


def _passes_at(commitment: CommitmentState) -> datetime | None:
    """When the due date in force passes, or passed; None while the clock stands still before it."""
    due = commitment.content.due
    if due is None or commitment.state not in (*BINDING, *TALKING):
        return None
    still_since = commitment.still_since
    return due.at if still_since is None or due.at <= still_since else None


def _moves(commitment: CommitmentState) -> tuple[int, int]:
    """How often a change moved the due date before the old one had passed, and after; standing still is no change."""
    before = after = 0
    old: DueEntry | None = None
    for entry in commitment.due_log:
        if old is not None and entry.cause == "change" and entry.due != old.due and old.due is not None:
            if entry.timing == "after_due":
                after += 1
            else:
                before += 1
        old = entry
    return before, after


def _warned(commitment: CommitmentState) -> bool:
    """Whether the debtors said something of it, or proposed a change, before the due date in force had passed."""
    said = [note.at for note in commitment.notes.values()]
    said += [change.at for change in commitment.changes.values() if change.side == DEBTORS]
    due = commitment.content.due
    return any(due is None or at < due.at for at in said)
