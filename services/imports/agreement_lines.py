"""What a line says of an agreement, read into a fact and its content."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from domain.agreements import imported_events as e
from domain.agreements.imported import END_WORDS, Said, imported_agreement_id, imported_term_id
from domain.agreements.imported_events import ImportedFact, NamedParty, StatedField
from services.imports.fields import as_text, is_count, named, words_of
from services.imports.format import Line, nfc
from services.imports.writing import everything, rest_of


def agreement_said(line: Line, organisation_id: UUID) -> Said:
    """What a line says of its agreement, as a fact and its content."""
    if line.agreement is None:
        raise ValueError("this line names no agreement")
    read = _READERS.get(line.record)
    if read is None:
        ended = line.family == "agreement" and line.record.partition(".")[2] in END_WORDS
        read = _ended if ended else _other
    fact, own = read(line, organisation_id)
    common = {
        "external_id": line.agreement,
        "line_id": line.id,
        "record": line.record,
        "at": line.at,
        "said_by": line.actor,
    }
    content = common | own
    rest = everything if fact is e.ImportedAnnotated else rest_of
    return Said(fact, content | {"rest": rest(line, fact, content)}, lambda: everything(line, fact, content))


_Own = tuple[type[ImportedFact], dict[str, Any]]
_INCOMPLETE: _Own = (e.ImportedAnnotated, {"why": "incomplete"})


def _proposed(line: Line, _: UUID) -> _Own:
    return e.ImportedProposed, {
        "title": words_of(line, "title"),
        "status": words_of(line, "status"),
        "parties": _parties(line.says.get("parties")),
        "fields": _fields(line.says.get("terms")),
    }


def _accepted(line: Line, _: UUID) -> _Own:
    return e.ImportedAccepted, {"status": words_of(line, "status")}


def _ended(line: Line, _: UUID) -> _Own:
    return e.ImportedEnded, {"word": line.record.partition(".")[2], "status": words_of(line, "status")}


def _reopened(line: Line, _: UUID) -> _Own:
    return e.ImportedReopened, {"status": words_of(line, "status")}


def _term_changed(line: Line, organisation_id: UUID) -> _Own:
    field = words_of(line, "field")
    if field is None or line.agreement is None:
        return _INCOMPLETE
    return e.ImportedTermChanged, {
        "term_id": imported_term_id(imported_agreement_id(organisation_id, line.agreement), field),
        "field": field,
        "old": as_text(line.says.get("old")),
        "new": as_text(line.says.get("new")),
    }


def _parties_changed(line: Line, _: UUID) -> _Own:
    field = words_of(line, "field")
    role = words_of(line, "role")
    known_as = role or field
    if known_as is None:
        return _INCOMPLETE
    return e.ImportedPartiesChanged, {
        "role": role,
        "field": field,
        "old": named(known_as, line.says.get("old")),
        "new": named(known_as, line.says.get("new")),
    }


def _relocated(line: Line, _: UUID) -> _Own:
    return e.ImportedRelocated, {"old": words_of(line, "old"), "new": words_of(line, "new")}


def _carried_over(line: Line, organisation_id: UUID) -> _Own:
    to = words_of(line, "to_agreement_id")
    if to is None:
        return _INCOMPLETE
    return e.ImportedCarriedOver, {"to_id": imported_agreement_id(organisation_id, to), "to_external_id": to}


def _outcome(_: Line, __: UUID) -> _Own:
    return e.ImportedAnnotated, {"why": "outcome"}


def _update_given(line: Line, _: UUID) -> _Own:
    words = line.says.get("text")
    if not isinstance(words, str):
        return _INCOMPLETE
    return e.ImportedUpdateGiven, {
        "text": nfc(words),
        "kind": words_of(line, "kind"),
        "text_format": words_of(line, "text_format"),
    }


def _progress_reported(line: Line, _: UUID) -> _Own:
    steps, of_steps = line.says.get("value"), line.says.get("max")
    if not is_count(steps) or not is_count(of_steps):
        return _INCOMPLETE
    return e.ImportedProgressReported, {"steps": steps, "of_steps": of_steps}


def _other(line: Line, _: UUID) -> _Own:
    # What speaks of a commitment, and does not say of which, is kept with the agreement.
    return _INCOMPLETE if line.family == "commitment" else (e.ImportedAnnotated, {"why": "other_type"})


_READERS: dict[str, Callable[[Line, UUID], _Own]] = {
    "agreement.proposed": _proposed,
    "agreement.accepted": _accepted,
    "agreement.reopened": _reopened,
    "agreement.term_amended": _term_changed,
    "agreement.term_stated": _term_changed,
    "agreement.party_changed": _parties_changed,
    "agreement.relocated": _relocated,
    "agreement.carried_over": _carried_over,
    "agreement.outcome_reported": _outcome,
    "update.given": _update_given,
    "progress.reported": _progress_reported,
}


def _parties(value: Any) -> tuple[NamedParty, ...]:
    if not isinstance(value, dict):
        return ()
    return tuple(party for role, held in value.items() for party in named(nfc(role), held))


def _fields(terms: Any) -> tuple[StatedField, ...]:
    """The document's fields under the names that later changes use for them."""
    if not isinstance(terms, dict):
        return ()
    fields: dict[str, str] = {}
    for group, held in terms.items():
        if held is None:
            continue
        if not isinstance(held, dict):
            fields[nfc(group)] = as_text(held) or ""
            continue
        prefix = "section:" if group == "sections" else f"{nfc(group)}."
        fields |= {prefix + nfc(name): as_text(value) or "" for name, value in held.items() if value is not None}
    return tuple(StatedField(name, text) for name, text in fields.items())
