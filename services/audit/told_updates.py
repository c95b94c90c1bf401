"""What was said under an agreement (updates, asks, escalations, notes) told to one viewer.

The parties are told all of it; a contributor nothing; somebody granted the earlier versions the words
of the report who granted it. What was put right or taken back stays told where it was first said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from domain.agreements.terms import Term
from domain.base import Fact
from domain.updates import events as e
from services.agreements.view import at
from services.audit.audience import FORMER_PARTY, GRANT, PARTY, Audience
from services.audit.telling import Told, a_term, later, listed, say, who
from services.audit.word_diff import word_hunks

OWN_WORDS: frozenset[type[Fact]] = frozenset(
    {
        e.UpdateGiven,
        e.UpdateAnswered,
        e.EscalationRaised,
        e.EscalationAnswered,
        e.NoteMade,
        e.NoteAnswered,
        e.EntryCorrected,
        e.EntryWithdrawn,
    }
)
"""What is somebody's own words, of which others may be let read."""

_OWN_IDS: dict[type[Fact], str] = {
    e.UpdateGiven: "update_id",
    e.UpdateAskedFor: "ask_id",
    e.UpdateAnswered: "answer_id",
    e.EscalationRaised: "escalation_id",
    e.EscalationAnswered: "answer_id",
    e.NoteMade: "note_id",
    e.NoteAnswered: "answer_id",
    e.EntryCorrected: "entry_id",
}
"""By which name each fact calls the words that it holds."""


class UpdateTeller:
    """Tells the facts of one update log to one viewer; it must be given all of them, in recorded order."""

    def __init__(self, audience: Audience, term_of: Callable[[UUID], Term | None]) -> None:
        self._audience = audience
        self._term_of = term_of
        self._words: dict[UUID, str] = {}

    def tell(self, fact: Fact) -> Told | None:
        """The fact as this viewer is told it; None when it is not for them, or says nothing."""
        told = self._told(fact) if self._is_for_viewer(fact) else None
        self._remember(fact)
        return told

    def _is_for_viewer(self, fact: Fact) -> bool:
        audience = self._audience
        if audience.sight == GRANT:
            return type(fact) in OWN_WORDS and fact.actor_id == audience.words_of
        return audience.sight in (PARTY, FORMER_PARTY)

    def _remember(self, fact: Fact) -> None:
        own_id = _OWN_IDS.get(type(fact))
        if own_id is not None:
            self._words[getattr(fact, own_id)] = getattr(fact, "text", None) or ""

    def _told(self, fact: Fact) -> Told | None:
        by = who(fact)
        match fact:
            case e.UpdateGiven():
                day = fact.occurrence_on.isoformat() if fact.occurrence_on is not None else None
                return say(
                    by,
                    f" gave an update for {day}." if day else " gave an update.",
                    update_id=str(fact.update_id),
                    term_id=str(fact.term_id),
                    occurrence_on=day,
                    text=fact.text,
                    confidence=fact.confidence,
                )
            case e.UpdateMissed():
                day = fact.occurrence_on.isoformat()
                return say(
                    "No update had come from ",
                    fact.debtor_id,
                    f" for {day} when its time was over.",
                    term_id=str(fact.term_id),
                    owed_by=str(fact.debtor_id),
                    occurrence_on=day,
                    due_at=at(fact.due_at),
                )
            case e.UpdateAskedFor():
                return say(
                    by,
                    " asked ",
                    *listed(fact.asked_of),
                    f" about {self._a_term(fact.term_id)}.",
                    ask_id=str(fact.ask_id),
                    term_id=str(fact.term_id),
                    text=fact.text,
                )
            case e.UpdateAcknowledged():
                return say(by, " said that they have read an update.", update_id=str(fact.update_id))
            case e.UpdateAnswered():
                return say(by, " answered an update.", **_answer(fact, update_id=str(fact.update_id)))
            case e.EscalationRaised():
                return say(
                    by,
                    f" raised an escalation under {self._a_term(fact.term_id)}.",
                    escalation_id=str(fact.escalation_id),
                    term_id=str(fact.term_id),
                    happened_at=at(fact.incident_at),
                    noticed_at=at(fact.noticed_at) if fact.noticed_at is not None else None,
                    text=fact.text,
                )
            case e.EscalationAnswered():
                return say(by, " answered an escalation.", **_answer(fact, escalation_id=str(fact.escalation_id)))
            case _:
                return self._note_or_slip(fact)

    def _note_or_slip(self, fact: Fact) -> Told | None:
        by = who(fact)
        match fact:
            case e.NoteMade():
                day, kept = fact.noted_on.isoformat(), "kept" if fact.kept else "not kept"
                return say(
                    by,
                    f" noted that {self._a_term(fact.term_id)} was {kept} on {day}.",
                    note_id=str(fact.note_id),
                    term_id=str(fact.term_id),
                    on=day,
                    kept=fact.kept,
                    text=fact.text,
                )
            case e.NoteAnswered():
                return say(by, " answered a note.", **_answer(fact, note_id=str(fact.note_id)))
            case e.EntryCorrected():
                was, now = self._words.get(fact.entry_id, ""), fact.text
                return say(
                    by,
                    " put what they had said right.",
                    entry_id=str(fact.entry_id),
                    fields=later(lambda: _words(was, now)),
                )
            case e.EntryWithdrawn():
                return say(by, " took back what they had said.", entry_id=str(fact.entry_id), reason=fact.reason)
            case e.TermSetAside():
                return say(
                    f"An imbalance period set {self._a_term(fact.term_id)} aside for ",
                    *listed(fact.debtors),
                    f", until {fact.until.isoformat()} at the latest.",
                    **_aside(fact),
                    until=fact.until.isoformat(),
                )
            case e.TermTakenUpAgain():
                sentence = f"What an imbalance period had set aside, {self._a_term(fact.term_id)}, holds again for "
                return say(sentence, *listed(fact.debtors), ".", **_aside(fact))
            case _:
                return None

    def _a_term(self, term_id: UUID) -> str:
        # What a term says is text that a grant covers only as far as a version holds it.
        return a_term(self._term_of(term_id))


def _answer(fact: e.UpdateAnswered | e.EscalationAnswered | e.NoteAnswered, **to: str) -> dict[str, Any]:
    return {"answer_id": str(fact.answer_id), **to, "text": fact.text}


def _aside(fact: e.TermSetAside | e.TermTakenUpAgain) -> dict[str, Any]:
    return {
        "term_id": str(fact.term_id),
        "imbalance_period_id": str(fact.period_id),
        "owed_by": [str(person) for person in fact.debtors],
    }


def _words(old: str, new: str) -> dict[str, Any]:
    return {"text": {"from": old, "to": new, "hunks": [hunk.shown() for hunk in word_hunks(old, new)]}}
