"""What one should know of a commitment at a moment beside its state: derived whenever it is read, never stored."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.commitments.commitment import Commitment
from domain.commitments.state import PROMISED

DUE_SOON = timedelta(days=7)
SILENT_AFTER = timedelta(days=14)


def facets(commitment: Commitment, now: datetime) -> list[str]:
    """Those that hold at `now`, in this order.

    `due_soon`: due within seven days. `overdue`: the due date in force has passed. `at_risk`: a warning is
    the last note, and no new date was agreed since. `change_pending`: a change waits for an answer.
    `silent`: neither side has said anything for fourteen days. All but the change ask for a running clock.
    """
    found: list[str] = []
    due = commitment.content.due
    if commitment.state == PROMISED:
        if due is not None and due.at <= now:
            found.append("overdue")
        elif due is not None and due.at <= now + DUE_SOON:
            found.append("due_soon")
        if is_at_risk(commitment):
            found.append("at_risk")
    if commitment.change is not None:
        found.append("change_pending")
    if commitment.state == PROMISED and now - commitment.last_word_at >= SILENT_AFTER:
        found.append("silent")
    return found


def is_at_risk(commitment: Commitment) -> bool:
    """Whether a warning is the last note, and no new date was agreed since."""
    notes = [note for note in commitment.notes.values() if not note.withdrawn]
    if not notes or notes[-1].kind != "risk":
        return False
    agreed = [entry.set_at for entry in commitment.due_log if entry.cause == "change"]
    return not agreed or agreed[-1] < notes[-1].at
