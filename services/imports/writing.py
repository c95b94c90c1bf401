"""Writing a fact back as the line that it came from.

Reading and writing are one another's reverse by construction: what writing a fact would not give back
as it came is kept in its `rest`. Only `seq`, the line's place in its file, is not kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from domain.agreements import imported_events as a
from domain.agreements.imported_events import ImportedFact, NamedParty, StatedField
from domain.commitments import imported_events as c
from domain.commitments.imported_events import FieldChange, ImportedCommitmentFact, StatedDue
from services.imports.format import NOT_KEPT, Line, as_it_came

_STATED = ("text", "level", "kind", "section", "notes", "debtors", "creditors", "due")
_OWN_FIELDS: dict[type[Any], tuple[str, ...]] = {
    a.ImportedProposed: ("title", "status", "parties", "fields"),
    a.ImportedAccepted: ("status",),
    a.ImportedEnded: ("status",),
    a.ImportedReopened: ("status",),
    a.ImportedTermChanged: ("field", "old", "new"),
    a.ImportedPartiesChanged: ("role", "field", "old", "new"),
    a.ImportedRelocated: ("old", "new"),
    a.ImportedCarriedOver: ("to_external_id",),
    a.ImportedUpdateGiven: ("text", "kind", "text_format"),
    a.ImportedProgressReported: ("steps", "of_steps"),
    c.ImportedCommitmentProposed: _STATED,
    c.ImportedCommitmentRequested: _STATED,
    c.ImportedCommitmentPromised: ("debtors",),
    c.ImportedCommitmentAmended: ("changes",),
    c.ImportedCommitmentReassigned: ("old", "new"),
    c.ImportedDueDateRenegotiated: ("old", "new"),
    c.ImportedDueDateWithdrawn: ("old",),
    c.ImportedCommitmentCancelled: ("reason",),
    c.ImportedApprovalGiven: ("approver",),
    c.ImportedApproverChanged: ("old", "new"),
    c.ImportedExtensionRequested: ("due", "new"),
    c.ImportedExtensionDecided: ("decision", "due", "new"),
    c.ImportedCommitmentUpdateGiven: ("text", "kind", "text_format"),
    c.ImportedCommitmentProgressReported: ("steps", "of_steps"),
}
_WRITTEN_AS = {
    "to_external_id": "to_agreement_id",
    "steps": "value",
    "of_steps": "max",
    "fields": "terms",
    "line_id": "id",
    "record": "type",
    "said_by": "actor",
}
_DUE = {"at": "due_at", "basis": "due_basis"}
_SAID_BY_ALL = ("line_id", "record", "at", "said_by")


def write_line(fact: ImportedFact | a.ImportedDatasetFact | ImportedCommitmentFact) -> dict[str, Any]:
    """The line that a fact came from, without its place in the file."""
    rest = json.loads(fact.rest)
    own = {name: getattr(fact, name) for name in (*_SAID_BY_ALL, *_own_fields(type(fact), rest))}
    line: dict[str, Any] = _written(own | _names(fact)) | rest
    return line


def rest_of(line: Line, fact: type[Any], content: Mapping[str, Any]) -> str:
    """As JSON, what a fact with this content would not give back of a line as it came."""
    own = {name: content[name] for name in (*_SAID_BY_ALL, *_own_fields(fact, line.says))}
    return _beside(line, _written(own | _names_in(fact, content)))


def everything(line: Line, fact: type[Any], content: Mapping[str, Any]) -> str:
    """As JSON, all that a line holds beside what every fact of its kind says."""
    return _beside(line, _written({name: content[name] for name in _SAID_BY_ALL} | _names_in(fact, content)))


def _own_fields(fact: type[Any], says: Mapping[str, Any]) -> tuple[str, ...]:
    """The fact's fields that are written under a name of their own.

    A change of one field may also be said as agreements say it: `field`, `old`, `new`, which is in `rest` then.
    """
    if fact is c.ImportedCommitmentAmended and "field" in says:
        return ()
    return _OWN_FIELDS.get(fact, ())


def _beside(line: Line, written: Mapping[str, Any]) -> str:
    given_back = {name for name, value in line.says.items() if name in written and written[name] == value}
    return as_it_came({name: line.says[name] for name in sorted(line.says.keys() - NOT_KEPT - given_back)})


def _names(fact: Any) -> dict[str, Any]:
    return _names_in(type(fact), {name: getattr(fact, name, None) for name in ("external_id", "agreement")})


def _names_in(fact: type[Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """The names of what a line belongs to, under which the format gives them."""
    if issubclass(fact, ImportedCommitmentFact):
        return {"agreement_id": content["agreement"], "commitment_id": content["external_id"]}
    return {"agreement_id": content["external_id"]} if issubclass(fact, ImportedFact) else {}


def _written(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as a line holds them; what is None or empty is none."""
    line = {_WRITTEN_AS.get(name, name): _plain(name, value) for name, value in fields.items()}
    return {name: value for name, value in line.items() if value is not None and value not in ({}, [])}


def _plain(name: str, value: Any) -> Any:
    if name == "fields":
        return _terms_of(value)
    if name == "parties":
        roles = dict.fromkeys(p.role for p in value)
        return {role: _names_of(p for p in value if p.role == role) for role in roles}
    if name == "changes":
        return [_change(change) for change in value]
    if isinstance(value, StatedDue):
        return _due(value)
    return _names_of(value) if isinstance(value, tuple) else value


def _change(change: FieldChange) -> dict[str, str]:
    held = {"field": change.field, "old": change.old, "new": change.new}
    return {name: value for name, value in held.items() if value is not None}


def _due(due: StatedDue) -> dict[str, str | None]:
    held = {_DUE.get(name, name): getattr(due, name) for name in ("at", "basis", "raw", "release", "precision")}
    return {name: value for name, value in held.items() if value is not None or name == "due_at"}


def _names_of(parties: Iterable[NamedParty]) -> Any:
    parties = list(parties)
    if not any(p.of is not None for p in parties):
        return [p.name for p in parties]
    teams: dict[str, list[str]] = {}
    for party in parties:
        teams.setdefault(party.of or "", []).append(party.name)
    return teams


def _terms_of(fields: Iterable[StatedField]) -> dict[str, Any]:
    terms: dict[str, Any] = {}
    for field in fields:
        if field.name.startswith("section:"):
            terms.setdefault("sections", {})[field.name.removeprefix("section:")] = field.text
        elif "." in field.name:
            group, _, name = field.name.partition(".")
            held = terms.setdefault(group, {})
            if isinstance(held, dict):
                held[name] = field.text
        else:
            terms[field.name] = field.text
    return terms
