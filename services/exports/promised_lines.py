"""A commitment that was made here, as lines of a history: from the promise on, what was changed and what came of it.

How it was negotiated before is left out, and so is what the format has no place for: suspensions,
attestations, what was said after the end. Where the format's words are not the same, the line says in
`native` which one was meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.base import Fact
from domain.commitments import events as e
from domain.commitments.content import Content, Due, Who, written
from domain.commitments.state import CommitmentState
from services.exports.wording import Handles, instant, line


def named_in(facts: Sequence[Fact]) -> set[Who]:
    """Everybody, and every team, whom the lines name."""
    named = {Who("person", fact.actor_id) for fact in facts if fact.actor_id is not None}
    for fact in facts:
        if isinstance(fact, e.CommitmentRequested | e.CommitmentOffered | e.ChangeMade):
            named |= {*fact.owed_by, *fact.owed_to}
    return named


def promised_lines(
    commitment: CommitmentState, facts: Sequence[Fact], handles: Handles, agreement: str | None
) -> Iterator[dict[str, Any]]:
    """What happened to it since it was promised; `agreement` is what the agreement that it lives under is called."""
    return _Telling(commitment, handles, agreement).lines(facts)


class _Telling:
    """One commitment while it is told, fact by fact; it knows what the lines so far say."""

    def __init__(self, commitment: CommitmentState, handles: Handles, agreement: str | None) -> None:
        self._commitment = commitment
        self._content: Content = commitment.content
        self._handles = handles
        self._agreement = agreement
        self._due: Due | None = None
        self._sides: tuple[tuple[Who, ...], tuple[Who, ...]] = ((), ())
        self._text: dict[str, Any] = {}
        self._asked: e.CommitmentRequested | e.CommitmentOffered | None = None
        self._proposed_at: dict[UUID, datetime] = {}

    def lines(self, facts: Sequence[Fact]) -> Iterator[dict[str, Any]]:
        for fact in facts:
            yield from self._told(fact)

    def _told(self, fact: Fact) -> Iterator[dict[str, Any]]:
        match fact:
            case e.CommitmentRequested() | e.CommitmentOffered():
                self._asked = fact
                self._sides = (fact.owed_by, fact.owed_to)
            case e.CommitmentMade():
                yield from self._made(fact)
            case e.ChangeProposed():
                self._proposed_at[fact.change_id] = fact.effective_at
            case e.ChangeMade():
                yield from self._changed(fact)
            case e.ProgressNoted() | e.RiskFlagged():
                note = self._commitment.notes[fact.note_id]
                if not note.withdrawn:
                    kind = "risk" if isinstance(fact, e.RiskFlagged) else "progress"
                    # Without the agreement's name, so that it stays with the commitment.
                    yield self._line(fact, "update.given", agreement_id=None, text=note.text, kind=kind)
            case e.DoneReported():
                evidence = {"links": list(fact.evidence)} if fact.evidence else None
                yield self._line(fact, "commitment.delivery_claimed", evidence=evidence, learned=fact.learned)
            case e.DoneConfirmed():
                yield self._line(fact, "commitment.confirmed", thanks=fact.thanks)
            case e.DoneUnanswered():
                yield self._line(fact, "commitment.confirmed", native="unanswered", inferred=True)
            case e.CommitmentConcluded():
                yield self._line(fact, "commitment.confirmed", native="concluded")
            case e.DoneReturned():
                yield self._line(fact, "commitment.reopened", native="returned", missing=fact.missing)
                yield from self._moved(fact, fact.due)
            case e.DoneRetracted():
                yield self._line(fact, "commitment.reopened", native="retracted")
                yield from self._moved(fact, fact.due)
            case e.CommitmentReopened():
                # What is open again is the question whether it is done, which the debtors go on saying.
                yield self._line(fact, "commitment.reopened", reason=fact.reason)
                yield self._line(fact, "commitment.delivery_claimed", native="reopened")
            case e.ReopeningRefused():
                yield self._line(fact, "commitment.confirmed", native="reopening_refused", text=fact.text)
            case e.CommitmentResumed():
                yield from self._moved(fact, fact.due)
            case e.CommitmentReleased() | e.CommitmentCancelled() | e.CommitmentReneged():
                native = self._commitment.state
                yield self._line(fact, "commitment.cancelled", native=native, reason=fact.reason)
            case e.CommitmentLapsed():
                yield self._line(fact, "commitment.cancelled", native="lapsed")

    def _line(self, fact: Fact, record: str, **more: Any) -> dict[str, Any]:
        common: dict[str, Any] = {
            "agreement_id": self._agreement,
            "commitment_id": str(self._commitment.id),
            "actor": self._handles.of(fact.actor_id),
        }
        if fact.effective_at != fact.timestamp:
            common["effective_at"] = instant(fact.effective_at)
        return line(self._commitment.id, fact.originator_version, record, fact.timestamp, **(common | more))

    def _made(self, fact: e.CommitmentMade) -> Iterator[dict[str, Any]]:
        """Its text stands from the promise on; the line says when it was asked for or offered, and by whom."""
        asked = self._asked
        requested = isinstance(asked, e.CommitmentRequested)
        self._due = fact.due
        level = self._commitment.level_log[0].level if self._commitment.level_log else self._content.level
        self._text = {"text": fact.outcome, "level": level, "conditions": list(fact.conditions)}
        debtors, creditors = (self._handles.side(side) for side in self._sides)
        yield self._line(
            fact,
            "commitment.requested" if requested else "commitment.proposed",
            actor=self._handles.of(asked.actor_id) if asked is not None else None,
            opened_at=instant(asked.effective_at) if asked is not None else None,
            debtors=debtors,
            creditors=creditors,
            due=_due(fact.due),
            **self._text,
        )
        yield self._line(fact, "commitment.promised", debtors=debtors)

    def _changed(self, fact: e.ChangeMade) -> Iterator[dict[str, Any]]:
        text = {"text": fact.outcome, "level": fact.level, "conditions": list(fact.conditions)}
        changes = [
            {"field": name, "old": self._text[name], "new": text[name]}
            for name in text
            if text[name] != self._text[name]
        ]
        if fact.owed_to != self._sides[1]:
            old, new = self._handles.side(self._sides[1]), self._handles.side(fact.owed_to)
            changes.append({"field": "creditors", "old": old, "new": new})
        if changes:
            yield self._line(fact, "commitment.amended", changes=changes)
        if fact.owed_by != self._sides[0]:
            old, new = self._handles.side(self._sides[0]), self._handles.side(fact.owed_by)
            yield self._line(fact, "commitment.reassigned", old=old, new=new)
        self._text, self._sides = text, (fact.owed_by, fact.owed_to)
        if fact.due != self._due:
            # A change that was proposed in time holds from its proposal.
            proposed_at = self._proposed_at.get(fact.change_id)
            held = instant(proposed_at) if proposed_at is not None and fact.timing == "before_due" else None
            yield self._renegotiated(fact, fact.due, timing=fact.timing.replace("_", "-"), effective_at=held)

    def _moved(self, fact: Fact, due: Due | None) -> Iterator[dict[str, Any]]:
        """The date that the clock moved by standing still: no renegotiation here, but the format has no other word."""
        if due is not None and due != self._due:
            yield self._renegotiated(fact, due, native="stood_still")

    def _renegotiated(self, fact: Fact, due: Due | None, **more: Any) -> dict[str, Any]:
        old, self._due = self._due, due
        record = "commitment.due_date_renegotiated" if due is not None else "commitment.due_date_withdrawn"
        return self._line(fact, record, old=_due(old), new=_due(due), **more)


def _due(due: Due | None) -> dict[str, Any] | None:
    if due is None:
        return None
    return {"due_at": written(due), "due_basis": "stated"} | ({"precision": "day"} if due.on is not None else {})
