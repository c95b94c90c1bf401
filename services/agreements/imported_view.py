"""How an agreement from elsewhere is shown: what its record says, marked as imported, with nothing left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.agreements.imported import Annotation, ImportedAgreement
from domain.agreements.terms import Term, plain
from domain.refusals import NotThere
from services.agreements.reading import Reading
from services.agreements.view import at


def show_imported(reading: Reading, *, version: int | None = None) -> dict[str, Any]:
    """The imported agreement as JSON-ready values: text, state and everything annotated beside it.

    `terms` are the document's fields, in its order; `version` counts the times at which the text
    changed. It is history: nothing can be done to it.
    """
    agreement = reading.imported
    if agreement is None:
        raise NotThere
    if reading.sight == "steward":
        # Who imported it has not opened it: a steward sees that it is there, and nothing of what it says.
        return {
            "id": str(agreement.id),
            "state": agreement.state,
            "parties": [],
            "next_review_on": None,
            "withheld": True,
            "allowed_actions": [],
        }
    versions = agreement.versions
    number = version if version is not None else len(versions)
    if version is not None and not 1 <= version <= len(versions):
        raise NotThere(f"This agreement has no version {version}.")
    head = versions[number - 1].head if number else agreement.head
    terms = versions[number - 1].terms if number else agreement.terms
    return {
        "id": str(agreement.id),
        "imported": True,
        "external_id": agreement.external_id,
        "state": agreement.state,
        "ended_as": agreement.ended_as,
        "status": agreement.status,
        "title": head.title,
        "use": agreement.use,
        "parties": [plain(p) for p in head.parties],
        "version": number or None,
        "versions": len(versions),
        "head": {name: value for name, value in plain(head).items() if value != ""},
        "terms": _terms(terms),
        "location": agreement.location,
        **_beside(agreement),
        "upcoming": None,
        "proposal": None,
        "prompts": [],
        "motions": [],
        "next_review_on": None,
        "allowed_actions": [],
    }


def _terms(terms: Mapping[Any, Term]) -> list[dict[str, Any]]:
    return [plain(term) for term in terms.values()]


def _beside(agreement: ImportedAgreement) -> dict[str, Any]:
    return {
        "said_of_it": [
            {
                "word": word.word,
                "status": word.status,
                "by": None if word.by is None else str(word.by),
                "at": at(word.effective_at),
                "external_id": word.line_id,
            }
            for word in agreement.words
        ],
        "carried_to": [
            {"agreement_id": str(to), "external_id": external_id, "at": at(when)}
            for when, to, external_id in agreement.carried_to
        ],
        "annotations": [_annotation(a) for a in agreement.annotations],
    }


def _annotation(annotation: Annotation) -> dict[str, Any]:
    return {
        "external_id": annotation.line_id,
        "record": annotation.record,
        "why": annotation.why,
        "by": None if annotation.by is None else str(annotation.by),
        "at": at(annotation.effective_at),
        "says": dict(annotation.says),
    }
