"""What a line says of a commitment, read into a fact and its content."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.commitments import imported_events as e
from domain.commitments.imported import Saying
from domain.commitments.imported_events import FieldChange, ImportedCommitmentFact, StatedDue
from services.imports.fields import as_text, is_count, side, words_of
from services.imports.format import Line, nfc
from services.imports.writing import everything, rest_of

_Own = tuple[type[ImportedCommitmentFact], dict[str, Any]]
_INCOMPLETE: _Own = (e.ImportedCommitmentAnnotated, {"why": "incomplete"})


def commitment_said(line: Line) -> Saying:
    """What a line says of its commitment, as a fact and its content."""
    if line.commitment is None:
        raise ValueError("this line names no commitment")
    fact, own = _READERS.get(line.record, _other)(line)
    common = {
        "external_id": line.commitment,
        "agreement": line.agreement,
        "line_id": line.id,
        "record": line.record,
        "at": line.at,
        "said_by": line.actor,
    }
    content = common | own
    rest = everything if fact is e.ImportedCommitmentAnnotated else rest_of
    return Saying(fact, content | {"rest": rest(line, fact, content)}, lambda: everything(line, fact, content))


def _stated(fact: type[e.ImportedCommitmentStated]) -> Callable[[Line], _Own]:
    def read(line: Line) -> _Own:
        return fact, {
            **{name: words_of(line, name) for name in ("text", "level", "kind", "section", "notes")},
            "debtors": side("debtors", line.says.get("debtors")),
            "creditors": side("creditors", line.says.get("creditors")),
            "due": _due(line, "due"),
        }

    return read


def _promised(line: Line) -> _Own:
    return e.ImportedCommitmentPromised, {"debtors": side("debtors", line.says.get("debtors"))}


def _amended(line: Line) -> _Own:
    """Several fields under `changes`, or one as agreements have it: `field`, `old`, `new`."""
    listed = line.says.get("changes")
    if listed is None and "field" in line.says:
        listed = [line.says]
    if not isinstance(listed, list):
        return _INCOMPLETE
    changes = tuple(
        FieldChange(nfc(one["field"]), as_text(one.get("old")), as_text(one.get("new")))
        for one in listed
        if isinstance(one, dict) and isinstance(one.get("field"), str) and one["field"].strip()
    )
    return (e.ImportedCommitmentAmended, {"changes": changes}) if changes else _INCOMPLETE


def _reassigned(line: Line) -> _Own:
    old, new = (side("debtors", line.says.get(name)) for name in ("old", "new"))
    return e.ImportedCommitmentReassigned, {"old": old, "new": new}


def _due_renegotiated(line: Line) -> _Own:
    return e.ImportedDueDateRenegotiated, {"old": _due(line, "old"), "new": _due(line, "new")}


def _due_withdrawn(line: Line) -> _Own:
    return e.ImportedDueDateWithdrawn, {"old": _due(line, "old")}


def _plainly(fact: type[ImportedCommitmentFact]) -> Callable[[Line], _Own]:
    def read(_: Line) -> _Own:
        return fact, {}

    return read


def _not_delivered(_: Line) -> _Own:
    return e.ImportedCommitmentAnnotated, {"why": "not_delivered"}


def _cancelled(line: Line) -> _Own:
    return e.ImportedCommitmentCancelled, {"reason": words_of(line, "reason")}


def _approved(line: Line) -> _Own:
    return e.ImportedApprovalGiven, {"approver": words_of(line, "approver")}


def _approver_changed(line: Line) -> _Own:
    old, new = (side("approvers", line.says.get(name)) for name in ("old", "new"))
    return e.ImportedApproverChanged, {"old": old, "new": new}


def _extension_requested(line: Line) -> _Own:
    return e.ImportedExtensionRequested, {"due": _due(line, "due"), "new": _due(line, "new")}


def _extension_decided(line: Line) -> _Own:
    decision = words_of(line, "decision")
    return e.ImportedExtensionDecided, {"decision": decision, "due": _due(line, "due"), "new": _due(line, "new")}


def _update_given(line: Line) -> _Own:
    words = line.says.get("text")
    if not isinstance(words, str):
        return _INCOMPLETE
    more = {name: words_of(line, name) for name in ("kind", "text_format")}
    return e.ImportedCommitmentUpdateGiven, {"text": nfc(words), **more}


def _progress_reported(line: Line) -> _Own:
    steps, of_steps = line.says.get("value"), line.says.get("max")
    if not is_count(steps) or not is_count(of_steps):
        return _INCOMPLETE
    return e.ImportedCommitmentProgressReported, {"steps": steps, "of_steps": of_steps}


def _other(_: Line) -> _Own:
    return e.ImportedCommitmentAnnotated, {"why": "other_type"}


_READERS: dict[str, Callable[[Line], _Own]] = {
    "commitment.proposed": _stated(e.ImportedCommitmentProposed),
    "commitment.requested": _stated(e.ImportedCommitmentRequested),
    "commitment.promised": _promised,
    "commitment.amended": _amended,
    "commitment.reassigned": _reassigned,
    "commitment.due_date_renegotiated": _due_renegotiated,
    "commitment.due_date_withdrawn": _due_withdrawn,
    "commitment.delivered": _plainly(e.ImportedCommitmentDelivered),
    "commitment.delivery_claimed": _plainly(e.ImportedDeliveryClaimed),
    "commitment.confirmed": _plainly(e.ImportedDeliveryConfirmed),
    "commitment.delivery_confirmed": _plainly(e.ImportedDeliveryConfirmed),
    "commitment.not_delivered": _not_delivered,
    "commitment.cancelled": _cancelled,
    "commitment.reopened": _plainly(e.ImportedCommitmentReopened),
    "approval.given": _approved,
    "approval.approver_changed": _approver_changed,
    "extension.requested": _extension_requested,
    "extension.decided": _extension_decided,
    "update.given": _update_given,
    "progress.reported": _progress_reported,
}


def _due(line: Line, name: str) -> StatedDue | None:
    return StatedDue.read(line.says.get(name))
