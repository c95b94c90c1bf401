"""Updates, asks, escalations, notes and what was expected, as plain values for whoever shows them.

Ids are strings, instants RFC 3339 UTC with Z, days YYYY-MM-DD. Each entry says what this viewer may
do with it now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from domain.updates import expectation
from domain.updates.adherence import PersonAdherence
from domain.updates.entries import Answer, Answerable, Ask, Elsewhere, Entry, Escalation, Note, Progress, Update
from domain.updates.expectation import Expected, Key
from services.updates.reading import Reading

Shown = dict[str, Any]


def instant(at: datetime) -> str:
    """An instant as RFC 3339 in UTC with Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def show_update(update: Update, reading: Reading, statuses: Mapping[Key, Expected]) -> Shown:
    """An update: its words, whether it came in time (`status`), who has read it and who answered."""
    return {
        **_entry(update, reading),
        "term_id": _id(update.term_id),
        "occurrence_on": _plain(update.occurrence_on),
        "status": _status(update, statuses),
        "confidence": update.confidence,
        "text_format": update.text_format,
        "acknowledged": [
            {"person_id": str(person), "at": instant(at)}
            for person, at in update.acknowledged.items()
            if reading.only_by is None
        ],
        "answers": _answers(update, reading),
        **_elsewhere(update.elsewhere),
    }


def show_ask(ask: Ask, reading: Reading) -> Shown:
    """A request for an update outside the cadence."""
    return {
        **_entry(ask, reading),
        "term_id": str(ask.term_id),
        "asked_of": [str(person) for person in ask.asked_of],
    }


def show_escalation(escalation: Escalation, reading: Reading) -> Shown:
    """An escalation: when it happened, was noticed and was told, and whether that was within the agreed time."""
    span = reading.footing.term_at(escalation.term_id, escalation.at)
    noticed_at = escalation.noticed_at or escalation.happened_at
    within = expectation.told_within(span, noticed_at, escalation.at, reading.act.zone) if span else None
    return {
        **_entry(escalation, reading),
        "term_id": str(escalation.term_id),
        "happened_at": instant(escalation.happened_at),
        "noticed_at": _plain(escalation.noticed_at),
        "told_at": instant(escalation.at),
        "told_within_agreed_time": within,
        "answers": _answers(escalation, reading),
    }


def show_note(note: Note, reading: Reading) -> Shown:
    """A note: how a term went on a day, as its author saw it."""
    return {
        **_entry(note, reading),
        "term_id": str(note.term_id),
        "on": note.on.isoformat(),
        "kept": note.kept,
        "answers": _answers(note, reading),
    }


def show_progress(progress: Progress) -> Shown:
    """Steps done of steps in all, as reported elsewhere."""
    return {
        "id": str(progress.id),
        "by": _id(progress.by),
        "at": instant(progress.at),
        "steps_done": progress.steps_done,
        "steps_in_all": progress.steps_in_all,
        **_elsewhere(progress.elsewhere),
    }


def show_expected(one: Expected, reading: Reading) -> Shown:
    """An occurrence and what came of it."""
    key, given = one.slot.key, one.given
    cause = {"cause": one.cause, "from": _plain(one.cause_from), "until": _plain(one.cause_until)}
    missed_at = reading.log.missed.get(key) if reading.log is not None else None
    return {
        "term_id": str(key.term_id),
        "owed_by": str(key.debtor_id),
        "occurrence_on": key.on.isoformat(),
        "opens_at": instant(one.slot.opens_at),
        "due_at": instant(one.slot.due_at),
        "late_after": instant(one.slot.late_after),
        "status": one.status,
        "update_id": _id(given.update_id) if given else None,
        "given_at": _plain(given.at) if given else None,
        "missed_at": _plain(missed_at),
        "excused_by": cause if one.cause else None,
    }


def show_adherence(of: PersonAdherence) -> Shown:
    """One side's counts."""
    shown = asdict(of)
    shown["person_id"] = str(of.person_id)
    shown["noted"] = [{**asdict(term), "term_id": str(term.term_id)} for term in of.noted]
    return shown


def _entry(entry: Entry, reading: Reading) -> Shown:
    acts: list[str] = []
    if reading.acting and reading.log is not None:
        acts = reading.log.entry_acts(reading.footing, reading.act, entry.id)
    return {
        "id": str(entry.id),
        "agreement_id": str(reading.agreement_id),
        "by": _id(entry.by),
        "at": instant(entry.at),
        "text": entry.text,
        "use": entry.use,
        "corrected_at": _plain(entry.corrected_at),
        "withdrawn_at": _plain(entry.withdrawn_at),
        "allowed_actions": [f"POST {act}" for act in acts],
    }


def _answers(entry: Answerable, reading: Reading) -> list[Shown]:
    return [_answer(a, reading) for a in entry.answers if reading.only_by in (None, a.by)]


def _answer(answer: Answer, reading: Reading) -> Shown:
    shown = _entry(answer, reading)
    del shown["agreement_id"]
    return shown


def _status(update: Update, statuses: Mapping[Key, Expected]) -> str | None:
    if update.term_id is None or update.by is None:
        return None
    if update.occurrence_on is None:
        return "ad_hoc"
    found = statuses.get(Key(update.term_id, update.by, update.occurrence_on))
    return found.status if found is not None else "ad_hoc"


def _elsewhere(elsewhere: Elsewhere | None) -> Shown:
    if elsewhere is None:
        return {"imported": False, "external_id": None, "source": None}
    return {
        "imported": True,
        "external_id": elsewhere.external_id,
        "source": {**elsewhere.source},
        "kind": elsewhere.kind,
        "day_only": elsewhere.day_only,
        "also_said": {**elsewhere.also_said},
    }


def _id(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _plain(value: date | datetime | None) -> str | None:
    if value is None:
        return None
    return instant(value) if isinstance(value, datetime) else value.isoformat()
