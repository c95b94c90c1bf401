"""The lines of a history from elsewhere, told: each with its own id in the record and who it names."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from domain.agreements import imported_events as e
from domain.agreements.imported_events import ImportedFact, NamedParty
from domain.base import Fact
from services.audit.telling import Told, later, say, who
from services.audit.word_diff import word_hunks

_WHY = {
    "outcome": "an outcome was reported",
    "not_known_yet": "nobody had proposed it yet",
    "by_nobody": "the record names nobody who said it",
    "after_end": "it was over already",
    "incomplete": "it lacks what such a record needs",
    "other_type": "it is of a kind that an agreement does not have",
}


class ImportTeller:
    """Tells the facts of one imported agreement; it must be given all of them, in recorded order."""

    def __init__(self) -> None:
        self._fields: dict[str, str | None] = {}

    def tell(self, fact: Fact) -> Told | None:
        """What one line of the record says."""
        if not isinstance(fact, ImportedFact):
            return None
        told = self._told(fact)
        self._remember(fact)
        line = {"line_id": fact.line_id, "record": fact.record, "said_by": fact.said_by, "imported": True}
        return Told(told.parts, {**told.details, **line})

    def _remember(self, fact: ImportedFact) -> None:
        if isinstance(fact, e.ImportedProposed):
            self._fields = {"title": fact.title, **{field.name: field.text for field in fact.fields}}
        elif isinstance(fact, e.ImportedTermChanged):
            self._fields[fact.field] = fact.new

    def _told(self, fact: ImportedFact) -> Told:
        by = who(fact)
        match fact:
            case e.ImportedProposed():
                return say(
                    by,
                    " proposed it.",
                    title=fact.title,
                    status=fact.status,
                    parties=_parties(fact.parties),
                    terms=[{"name": field.name, "text": field.text} for field in fact.fields],
                )
            case e.ImportedAccepted():
                return say("It was accepted.", status=fact.status)
            case e.ImportedEnded():
                return say(f"It ended: {fact.word}.", word=fact.word, status=fact.status)
            case e.ImportedReopened():
                return say("It was reopened.", status=fact.status)
            case e.ImportedTermChanged():
                return self._changed(fact)
            case e.ImportedPartiesChanged():
                role = fact.role or fact.field or "party"
                old, new = _parties(fact.old), _parties(fact.new)
                return say(
                    by,
                    f" changed who stands in it as {role}.",
                    role=role,
                    fields={
                        "parties": {
                            "from": old,
                            "to": new,
                            "added": [p for p in new if p not in old],
                            "removed": [p for p in old if p not in new],
                        }
                    },
                )
            case e.ImportedRelocated():
                return say("The document moved.", fields={"location": {"from": fact.old, "to": fact.new}})
            case e.ImportedCarriedOver():
                to = fact.to_external_id
                return say(f"It goes on in {to}.", agreement_id=str(fact.to_id), external_id=to)
            case e.ImportedUpdateGiven():
                return say(by, " gave an update.", text=fact.text, text_format=fact.text_format, kind=fact.kind)
            case e.ImportedProgressReported():
                return say(
                    by,
                    f" reported {fact.steps} of {fact.of_steps} steps done.",
                    steps_done=fact.steps,
                    steps_in_all=fact.of_steps,
                )
            case e.ImportedAnnotated():
                why = _WHY.get(fact.why, fact.why)
                return say(f"The record also says {fact.record}: {why}.", why=fact.why, says=json.loads(fact.rest))
            case _:
                return say("The record says something of it.")

    def _changed(self, fact: e.ImportedTermChanged) -> Told:
        old = fact.old if fact.old is not None else self._fields.get(fact.field)
        new = fact.new
        verb = "removed" if new is None else "wrote" if old is None else "changed"
        return say(
            who(fact),
            f" {verb} “{fact.field}”.",
            term_id=str(fact.term_id) if fact.field != "title" else None,
            name=fact.field,
            fields=later(lambda: {"text": _change(old, new)}),
        )


def _change(old: str | None, new: str | None) -> dict[str, Any]:
    return {"from": old, "to": new, "hunks": [hunk.shown() for hunk in word_hunks(old or "", new or "")]}


def _parties(named: Iterable[NamedParty]) -> list[dict[str, str]]:
    return [{"name": p.name, "role": p.role, **({"of": p.of} if p.of else {})} for p in named]
