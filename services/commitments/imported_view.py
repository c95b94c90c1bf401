"""How a commitment from elsewhere is shown: what its record says, marked as imported, with nothing left out."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from domain.commitments.imported import ImportedCommitment, NamedWho
from domain.commitments.imported_events import StatedDue
from domain.commitments.outcome_elsewhere import outcome_elsewhere
from domain.refusals import NotThere
from services.agreements.view import at
from services.commitments.reading import Reading
from services.commitments.view import id_shown

Shown = dict[str, Any]


def show_imported(reading: Reading) -> Shown:
    """The imported commitment as JSON-ready values; it is history, and nothing can be done to it."""
    commitment = reading.imported
    if commitment is None:
        raise NotThere
    content = commitment.content
    outcome = outcome_elsewhere(commitment.happened, reading.act.at.astimezone(UTC).date())
    return {
        "id": str(commitment.id),
        "imported": True,
        "external_id": commitment.external_id,
        "state": commitment.state,
        "revision": commitment.version,
        "owed_by": [_named(named) for named in content.debtors],
        "owed_to": [_named(named) for named in content.creditors],
        "outcome": commitment.title,
        "conditions": [],
        "level": content.level,
        "kind": content.kind,
        "section": content.section,
        "source_notes": content.notes,
        "others": dict(content.others),
        "due_at": _day(content.due),
        "due_as_stated": None if content.due is None else content.due.raw,
        "cadence": None,
        "use": commitment.use,
        "agreement_id": id_shown(commitment.agreement_id),
        "agreement_external_id": commitment.agreement_external_id,
        "serves": None,
        "follows": None,
        "promised_at": None if commitment.promised_at is None else at(commitment.promised_at),
        "waiting_on": [],
        "facets": [],
        "due_history": [
            {
                "due_at": _day(entry.due),
                "due_as_stated": None if entry.due is None else entry.due.raw,
                "in_force_from": at(entry.effective_at),
                "cause": entry.record,
                "by": id_shown(entry.by),
                "external_id": entry.line_id,
            }
            for entry in commitment.due_log
        ],
        "records": _records(commitment),
        "outcome_class": outcome.outcome_class,
        "first_due": None if outcome.first_due is None else outcome.first_due.isoformat(),
        "missed_on": None if outcome.missed_on is None else outcome.missed_on.isoformat(),
        "allowed_actions": [],
        "changes_to_propose": [],
    }


def _records(commitment: ImportedCommitment) -> list[Shown]:
    """Every line that was said of it, in recorded order; `why` where it stands beside the life cycle."""
    return [
        {
            "external_id": told.line_id,
            "record": told.record,
            "at": at(told.effective_at),
            "by": id_shown(told.by),
            "due_at": _day(told.due),
            "words": told.words,
            "why": told.why,
            "says": dict(told.says),
        }
        for told in commitment.records
    ]


def _named(named: NamedWho) -> dict[str, str]:
    shown = {"name": named.name}
    return {f"{named.who.kind}_id": str(named.who.id), **shown}


def _day(due: StatedDue | None) -> str | None:
    return None if due is None or due.on is None else due.on.isoformat()
