"""How a commitment is shown to somebody of its two sides, at a moment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from domain.cadence import Cadence
from domain.commitments.commitment import Commitment
from domain.commitments.content import Due, Who, written
from domain.commitments.outcome import outcome_of
from domain.commitments.state import CREDITORS, DEBTORS, Attestation, Change, DueEntry, Report
from domain.refusals import NotThere
from services.agreements.view import at
from services.commitments.actions import allowed_actions, kinds_of_change
from services.commitments.facets import facets
from services.commitments.reading import FORMER_PARTY, Reading
from services.follow_through.card import waiting_in

Shown = dict[str, Any]

SIDES = {DEBTORS: "owed_by", CREDITORS: "owed_to"}
"""A side by the name that the API gives it."""


def show(reading: Reading) -> Shown:
    """The commitment as JSON-ready values: its text, where it stands, all that was said, and what one may do."""
    commitment = reading.commitment
    if commitment is None:
        raise NotThere
    act, content = reading.act, commitment.content
    former = reading.sight == FORMER_PARTY
    # For who handed it on it is not counted, whatever comes of it.
    handed_on = next((who for who in commitment.left if who.id in {act.by, *act.teams}), None) if former else None
    outcome = outcome_of(commitment, act.at, act.zone, handed_on)
    return {
        "id": str(commitment.id),
        "imported": False,
        "state": commitment.state,
        "revision": commitment.revision,
        "owed_by": [who_shown(who) for who in content.owed_by],
        "owed_to": [who_shown(who) for who in content.owed_to],
        "outcome": content.outcome,
        "conditions": list(content.conditions),
        "level": content.level,
        "due_at": due_shown(content.due),
        "cadence": cadence_shown(content.cadence),
        "use": content.use,
        "agreement_id": id_shown(reading.agreement_id),
        "serves": id_shown(reading.serves),
        "follows": id_shown(reading.follows),
        "heard": commitment.heard,
        "opened_by": id_shown(commitment.opened_by),
        "opened_at": at(commitment.opened_at),
        "promised_at": None if commitment.promised_at is None else at(commitment.promised_at),
        "promised_by": [who_shown(who) for who in sorted(commitment.promised_by)],
        "waiting_on": _waiting(commitment),
        "facets": facets(commitment, act.at),
        "due_history": _due_history(commitment),
        "levels": [
            {"level": entry.level, "from": at(entry.from_at), "return_condition": entry.return_condition}
            for entry in commitment.level_log
        ],
        "suspensions": [
            {
                "cause": stop.cause,
                "cause_id": id_shown(stop.cause_id),
                "from": at(stop.from_at),
                "until_on": None if stop.until is None else stop.until.isoformat(),
                "ended_at": None if stop.until_at is None else at(stop.until_at),
            }
            for stop in commitment.stops
        ],
        "notes": [
            {
                "id": str(note.id),
                "kind": note.kind,
                "by": id_shown(note.by),
                "at": at(note.at),
                "text": None if note.withdrawn else note.text,
                "corrected": bool(note.earlier),
                "withdrawn": note.withdrawn,
            }
            for note in commitment.notes.values()
        ],
        "change": None if commitment.change is None else _change(commitment.change),
        "changes": [_change(change) for change in commitment.changes.values() if change.state != "pending"],
        "reports": [_report(commitment, report) for report in commitment.reports],
        "reopened": [{"at": at(when), "by": id_shown(by), "reason": why} for when, by, why in commitment.reopened],
        "attestations": _attestations(commitment.attestations.values()),
        "remarks": [
            {"id": str(r.id), "kind": r.kind, "by": id_shown(r.by), "at": at(r.at), "text": r.text}
            for r in commitment.remarks
        ],
        "contested": commitment.contested,
        "ended": _ended(commitment),
        "outcome_class": outcome.outcome_class,
        "first_due": None if outcome.first_due is None else outcome.first_due.isoformat(),
        "missed_on": None if outcome.missed_on is None else outcome.missed_on.isoformat(),
        "allowed_actions": []
        if former
        else allowed_actions(commitment, act, reading.away, creditors_left=reading.creditors_left),
        "changes_to_propose": [] if former else kinds_of_change(commitment, act, reading.away),
    }


def who_shown(who: Who) -> dict[str, str]:
    """A person or a team, by id."""
    return {f"{who.kind}_id": str(who.id)}


def id_shown(id: UUID | None) -> str | None:
    """An id as text, where there is one."""
    return None if id is None else str(id)


def due_shown(due: Due | None) -> str | None:
    """A due date as the API takes and gives it: a day, or an instant."""
    return None if due is None else written(due)


def cadence_shown(cadence: Cadence | None) -> dict[str, str] | None:
    """A cadence as the API takes and gives it."""
    if cadence is None:
        return None
    return {"rrule": cadence.rrule, "time_zone": cadence.time_zone, "first_due": cadence.first_due}


def _waiting(commitment: Commitment) -> list[dict[str, str]]:
    content = commitment.content
    teams = {who.id for who in (*content.owed_by, *content.owed_to) if who.kind == "team"}
    return [
        {"team_id" if w.person_id in teams else "person_id": str(w.person_id), "what": w.what}
        for w in dict.fromkeys(waiting_in(commitment))
    ]


def _due_history(commitment: Commitment) -> list[Shown]:
    """Every due date that ever held, oldest first; `moved` says whether its setting was a renegotiation."""
    return [_due_entry(entry) for entry in commitment.due_log]


def _due_entry(entry: DueEntry) -> Shown:
    return {
        "due_at": due_shown(entry.due),
        "in_force_from": at(entry.from_at),
        "set_at": at(entry.set_at),
        "cause": entry.cause,
        "change_id": id_shown(entry.change_id),
        "timing": entry.timing,
    }


def _change(change: Change) -> Shown:
    return {
        "id": str(change.id),
        "kind": change.kind,
        "state": change.state,
        "by": str(change.by),
        "side": SIDES[change.side],
        "at": at(change.at),
        "reason": change.reason,
        "timing": change.timing,
        "outcome": change.outcome,
        "conditions": None if change.conditions is None else list(change.conditions),
        "level": change.level,
        "due_at": due_shown(change.due),
        "cadence": cadence_shown(change.cadence),
        "return_condition": change.return_condition,
        "until": None if change.until is None else change.until.isoformat(),
        "person_id": id_shown(change.person_id),
        "instead_of": None if change.leaving is None else who_shown(change.leaving),
        "counters": id_shown(change.counters),
        "agreed_by": sorted(str(person) for person in change.agreed.values()),
        "closed_at": None if change.closed_at is None else at(change.closed_at),
        "closed_by": id_shown(change.closed_by),
        "answer": change.answer,
    }


def _report(commitment: Commitment, report: Report) -> Shown:
    met = report.conditions_met
    many = len(commitment.content.conditions)
    return {
        "by": id_shown(report.by),
        "at": at(report.at),
        "evidence": list(report.evidence),
        "learned": report.learned,
        "answer": report.answer,
        "answered_at": None if report.answered_at is None else at(report.answered_at),
        "answered_by": id_shown(report.answered_by),
        "conditions_met": None if met is None else list(met),
        "met": None if met is None or not many else f"{len(met)} of {many}",
        "missing": report.missing,
        "thanks": report.thanks,
    }


def _attestations(attested: Iterable[Attestation]) -> list[Shown]:
    """Period by period what each side says, side by side and never merged."""
    periods: dict[str, Shown] = {}
    for one in sorted(attested, key=lambda a: (a.period, a.side)):
        shown = periods.setdefault(
            one.period.isoformat(), {"period": one.period.isoformat(), "owed_by": None, "owed_to": None}
        )
        shown[SIDES[one.side]] = {"kept": one.kept, "text": one.text, "by": id_shown(one.by), "at": at(one.at)}
    return list(periods.values())


def _ended(commitment: Commitment) -> Shown | None:
    if commitment.ended_at is None:
        return None
    return {
        "at": at(commitment.ended_at),
        "by": id_shown(commitment.ended_by),
        "cause": commitment.end_cause,
        "reason": commitment.end_reason,
    }
