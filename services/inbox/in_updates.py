"""What waits for the parties of an agreement in the updates under it: to give, to read, to answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.updates.entries import Ask, Update
from domain.updates.expectation import Excuses, Slot, TermSpan
from domain.updates.footing import Footing
from domain.updates.update_log import UpdateLog
from services.due import first_open
from services.inbox.wait import Wait

UPDATE_DUE, UPDATE_MISSED, UPDATE_ASKED = "update_due", "update_missed", "update_asked"
UPDATE_GIVEN, ESCALATION = "update_given", "escalation"

AHEAD = timedelta(days=1)
"""How long before it is due an update is shown as due."""
_STEP = timedelta(days=60)
"""How far the next update of one term and debtor is looked for at a time."""


def waits_in_updates(footing: Footing, excuses: Excuses, log: UpdateLog | None, zone: ZoneInfo) -> Iterator[Wait]:
    """Updates that are due, missed, asked for, or given and not read yet, and escalations nobody has answered."""
    if footing.goes_on:
        yield from _to_give(footing, excuses, log, zone)
    if log is not None:
        yield from _asked(footing, log)
        yield from _given(footing, log)
        for escalation in log.escalations:
            if escalation.withdrawn_at is None and all(a.withdrawn_at is not None for a in escalation.answers):
                ids = (("escalation_id", str(escalation.id)),)
                for person in footing.parties:
                    if person != escalation.by:
                        yield Wait(str(person), ESCALATION, escalation.at, ids=ids, by_person=_text(escalation.by))


def _to_give(footing: Footing, excuses: Excuses, log: UpdateLog | None, zone: ZoneInfo) -> Iterator[Wait]:
    """The next of each term and debtor; until that is shown, the last that was missed."""
    by_debtor: dict[tuple[UUID, UUID], list[TermSpan]] = {}
    for span in footing.spans:
        if span.kind == "update" and span.cadence:
            for debtor in span.owed_by:
                by_debtor.setdefault((span.term_id, debtor), []).append(span.of(debtor))
    for (term_id, debtor), spans in by_debtor.items():
        following = first_open(spans, excuses, log, zone, step=_STEP)
        shown_from = _shown_from(following) if following is not None else None
        if following is not None and shown_from is not None:
            yield Wait(
                str(debtor), UPDATE_DUE, following.opens_at, following.due_at,
                (("term_id", str(term_id)), ("occurrence_on", following.key.on.isoformat())), shown_from,
            )  # fmt: skip
        missed = _last_missed(log, term_id, debtor)
        if missed is not None:
            on, at = missed
            yield Wait(
                str(debtor), UPDATE_MISSED, at, at,
                (("term_id", str(term_id)), ("occurrence_on", on)), at, shown_from,
            )  # fmt: skip


def _shown_from(slot: Slot) -> datetime:
    return max(slot.opens_at, slot.due_at - AHEAD)


def _last_missed(log: UpdateLog | None, term_id: UUID, debtor: UUID) -> tuple[str, datetime] | None:
    """The newest day of this debtor under this term, where it was missed and nothing has come since."""
    if log is None:
        return None
    days = [key for key in (*log.missed, *log.given) if key.term_id == term_id and key.debtor_id == debtor]
    newest = max(days, key=lambda key: key.on, default=None)
    if newest is None or newest in log.given:
        return None
    return newest.on.isoformat(), log.missed[newest]


def _asked(footing: Footing, log: UpdateLog) -> Iterator[Wait]:
    """The last time that each was asked under each term, unless they have given one since."""
    last: dict[tuple[UUID, UUID], Ask] = {}
    for ask in log.asks:
        if ask.withdrawn_at is None:
            last.update({(ask.term_id, person): ask for person in ask.asked_of})
    given = {(u.term_id, u.by): u.at for u in log.updates if u.withdrawn_at is None}
    for (term_id, person), ask in last.items():
        answered_at = given.get((term_id, person))
        if footing.goes_on and person in footing.parties and (answered_at is None or answered_at < ask.at):
            ids = (("term_id", str(term_id)), ("ask_id", str(ask.id)))
            yield Wait(str(person), UPDATE_ASKED, ask.at, ids=ids, by_person=_text(ask.by))


def _given(footing: Footing, log: UpdateLog) -> Iterator[Wait]:
    """The newest update of each under each term, for whoever has neither read nor answered it; it stands for all."""
    newest: dict[tuple[UUID | None, UUID | None], Update] = {}
    for update in log.updates:
        if update.withdrawn_at is None:
            newest[update.term_id, update.by] = update
    for update in newest.values():
        for person in footing.parties:
            answered = any(a.by == person and a.withdrawn_at is None for a in update.answers)
            if person != update.by and person not in update.acknowledged and not answered:
                ids = (("update_id", str(update.id)),)
                yield Wait(str(person), UPDATE_GIVEN, update.at, ids=ids, by_person=_text(update.by))


def _text(person: UUID | None) -> str | None:
    return None if person is None else str(person)
