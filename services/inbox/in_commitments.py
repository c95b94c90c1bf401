"""What waits for the two sides of a commitment; what waits for a team waits for each of its members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.agreements.state import end_of
from domain.commitments.away import NOBODY, Away
from domain.commitments.commitment import Commitment
from domain.commitments.content import Who
from domain.commitments.state import CREDITORS, DEBTORS, PROMISED, REPORTED
from services.commitments.facets import DUE_SOON, is_at_risk
from services.follow_through.card import ACCEPT, CHANGE, CONFIRM, PROMISE, waiting_in
from services.inbox.wait import Ids, Wait

RETURNED, DUE, OVERDUE, AT_RISK, REOPENED, ATTEST = "returned", "due", "overdue", "at_risk", "reopened", "attest"

_FAR = timedelta(days=366 * 4)
"""How far ahead the next period of an impact is looked for."""


def waits_in_commitment(commitment: Commitment, zone: ZoneInfo, away: Away = NOBODY) -> Iterator[Wait]:
    """Yeses that are asked for, reports to answer, what is due soon or overdue, and early warnings."""
    following = commitment.next_due(zone, away)
    by = following.at if following is not None else None
    for waiting in dict.fromkeys(waiting_in(commitment)):
        yield from _answer(commitment, str(waiting.person_id), waiting.what, by)
    if commitment.state == REPORTED and commitment.was_reopened:
        at, person, _ = commitment.reopened[-1]
        yield from _each(commitment.content.owed_by, REOPENED, at, by, by_person=person)
    if commitment.state == PROMISED:
        yield from _due(commitment)
        yield from _to_attest(commitment, zone)
        yield from _at_risk(commitment)


def _answer(commitment: Commitment, who: str, what: str, by: datetime | None) -> Iterator[Wait]:
    change, report = commitment.change, commitment.report
    revision = ("revision", str(commitment.revision))
    if what in (PROMISE, ACCEPT):
        yield Wait(who, what, commitment.turn_at, by, (revision,), by_person=_text(commitment.turn_by))
    elif what == CHANGE and change is not None:
        ids: Ids = (revision, ("change_id", str(change.id)), ("kind", change.kind))
        yield Wait(who, CHANGE, change.at, ids=ids, by_person=str(change.by))
    elif what == CONFIRM and report is not None:
        since = max([report.at, *(at for at, _, _ in commitment.reopened)])
        ids = (("report", str(len(commitment.reports))), ("reopened", str(len(commitment.reopened))))
        yield Wait(who, CONFIRM, since, by, ids, by_person=_text(report.by))


def _due(commitment: Commitment) -> Iterator[Wait]:
    """For who owes it, that it is due, or came back; for whom it is owed to, that it is overdue."""
    due, report = commitment.content.due, commitment.report
    at = due.at if due is not None else None
    if report is not None and report.answer == "returned" and report.answered_at is not None:
        ids = (("report", str(len(commitment.reports))),)
        yield from _each(commitment.content.owed_by, RETURNED, report.answered_at, at, ids, report.answered_by)
    elif at is not None:
        since = commitment.promised_at or commitment.opened_at
        ids = (("due_at", at.isoformat()),)
        yield from _each(commitment.content.owed_by, DUE, since, at, ids, from_at=max(since, at - DUE_SOON))
    if at is not None:
        yield from _each(commitment.content.owed_to, OVERDUE, at, at, (("due_at", at.isoformat()),))


def _at_risk(commitment: Commitment) -> Iterator[Wait]:
    """The early warning, for whom it is owed to."""
    if is_at_risk(commitment):
        warning = [note for note in commitment.notes.values() if not note.withdrawn][-1]
        due = commitment.content.due
        ids = (("note_id", str(warning.id)),)
        by = due.at if due is not None else None
        yield from _each(commitment.content.owed_to, AT_RISK, warning.at, by, ids, warning.by)


def _to_attest(commitment: Commitment, zone: ZoneInfo) -> Iterator[Wait]:
    """For each side the first period of an impact that it has not spoken of since the last of which it has."""
    cadence, since = commitment.content.cadence, commitment.promised_at
    if cadence is None or since is None:
        return
    for side, members in ((DEBTORS, commitment.content.owed_by), (CREDITORS, commitment.content.owed_to)):
        first = since.astimezone(zone).date()
        spoken = [period for period, of in commitment.attestations if of == side]
        after = max(spoken) + timedelta(days=1) if spoken else first
        period = next(iter(cadence.occurrences(after, after + _FAR)), None)
        if period is not None:
            over = end_of(period.on, zone)
            yield from _each(members, ATTEST, over, None, (("period", period.on.isoformat()),))


def _each(
    side: Iterable[Who],
    what: str,
    since: datetime,
    by: datetime | None,
    ids: Ids = (),
    by_person: UUID | None = None,
    from_at: datetime | None = None,
) -> Iterator[Wait]:
    for who in side:
        yield Wait(str(who.id), what, since, by, ids, from_at, by_person=_text(by_person))


def _text(person: UUID | None) -> str | None:
    return None if person is None else str(person)
