"""A read told to those whom it concerns: who, what, as what, and why."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from domain.agreements.events import EarlierVersionsGranted, GlassBroken
from domain.reads.access_log import GLASS, GRANT, HISTORY, LINE, LISTED, PERIOD, STEWARD, TEXT, UPDATES
from services.audit.kept_reads import BACKUP, EXPORT, FOLLOW_THROUGH, ORGANISATION, PERSON, KeptRead
from services.audit.telling import SOMEBODY, Part
from services.ports import Recorded

WHAT = {
    TEXT: "the text",
    HISTORY: "the agreed versions and what became of them",
    UPDATES: "updates",
    PERIOD: "the period",
    LISTED: "it in a list",
}
AS = {
    GLASS: "as a steward who gave a reason",
    GRANT: "by a leave that a party gave",
    LINE: "as the declarer's leader",
    STEWARD: "as a steward",
}
BY_THE_OPERATOR = {
    EXPORT: "Who runs the installation wrote out what was agreed and promised here, and what came from elsewhere.",
    FOLLOW_THROUGH: "Who runs the installation read what was kept of everything that was promised here.",
    BACKUP: "Who runs the installation made a copy of everything.",
}


def parts_of(read: KeptRead) -> tuple[Part, ...]:
    """The sentence; people in it are named later."""
    if read.kind == ORGANISATION:
        return (BY_THE_OPERATOR.get(read.what, "Who runs the installation read what many wrote."),)
    if read.kind == PERSON:
        return ("Who runs the installation reset the way in of ", read.thing_id, "; all their sessions ended.")
    what, seen_as = WHAT.get(read.what, read.what), AS.get(read.seen_as, read.seen_as)
    return (read.by or SOMEBODY, f" read {what}, {seen_as}.")


def why(read: KeptRead, recorded: Sequence[Recorded] = ()) -> tuple[str | None, UUID | None]:
    """The reason that was written, and who gave leave; from what was recorded of the agreement that was read."""
    before = [one.fact for one in recorded if one.position < read.position]
    for fact in reversed(before):
        if read.seen_as == GLASS and isinstance(fact, GlassBroken) and fact.actor_id == read.by:
            return fact.reason, None
        if read.seen_as == GRANT and isinstance(fact, EarlierVersionsGranted) and fact.person_id == read.by:
            return None, fact.actor_id
    return None, None
