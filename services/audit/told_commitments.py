"""What was recorded of a commitment, told: made here between two sides, or elsewhere line by line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from domain.base import Fact
from domain.cadence import Cadence
from domain.commitments import events as e
from domain.commitments.content import Due, Who, written
from domain.commitments.imported_events import ImportedCommitmentFact
from services.audit.telling import SOMEBODY, Part, Told, listed, say, who

_CHANGES = {
    "terms": "a change of its terms",
    "refocus": "that it aims at something else",
    "suspend": "to suspend it",
    "delegate": "to hand it on",
    "assign": "that it is owed to somebody else",
    "conclude": "to conclude it",
}
_RAN_AGAIN = {"date": "the day until which it was suspended is over", "period": "the imbalance period is over"}
_KEPT = {"kept": "kept", "partly": "kept in part", "not": "not kept"}


class CommitmentTeller:
    """Tells the facts of one commitment; it must be given all of them, in recorded order."""

    def __init__(self) -> None:
        self._proposed_by: dict[UUID, UUID | None] = {}
        self._notes: dict[UUID, str] = {}

    def tell(self, fact: Fact) -> Told:
        """The fact in a sentence, with what it holds beside that."""
        told = self._talk(fact) or self._underway(fact) or self._changing(fact) or self._end(fact)
        self._remember(fact)
        return told or say("Something was recorded.")

    def _remember(self, fact: Fact) -> None:
        if isinstance(fact, e.ChangeProposed):
            self._proposed_by[fact.change_id] = fact.actor_id
        elif isinstance(fact, e.ProgressNoted | e.RiskFlagged | e.NoteCorrected):
            self._notes[fact.note_id] = fact.text

    def _talk(self, fact: Fact) -> Told | None:
        by = who(fact)
        match fact:
            case e.CommitmentRequested():
                return say(by, " asked ", *_sides(fact.owed_by), f" for {_quoted(fact.outcome)}.", **_content(fact))
            case e.CommitmentOffered():
                return say(by, " offered ", *_sides(fact.owed_to), f" {_quoted(fact.outcome)}.", **_content(fact))
            case e.CommitmentCountered():
                said = {"outcome": fact.outcome, "conditions": list(fact.conditions), "level": fact.level}
                return say(by, " put it otherwise.", heard=fact.heard, **said, **_time(fact.due, fact.cadence))
            case e.PromiseGiven():
                return say(by, " promised it.", revision=fact.revision)
            case e.AcceptanceGiven():
                return say(by, " accepted it.", revision=fact.revision)
            case e.CommitmentMade():
                return say("It was promised.", revision=fact.revision, due_at=fact.due and written(fact.due))
            case e.CommitmentDeclined():
                return say(by, " declined it.", reason=fact.reason)
            case e.CommitmentWithdrawn():
                return say(by, " took it back.", reason=fact.reason)
            case e.CommitmentExpired():
                why = "its due date passed" if fact.cause == "due" else "nobody answered for 30 days"
                return say(f"It expired: {why}.")
        return None

    def _underway(self, fact: Fact) -> Told | None:
        by = who(fact)
        match fact:
            case e.ProgressNoted():
                return say(by, " said how it goes.", note_id=str(fact.note_id), text=fact.text)
            case e.RiskFlagged():
                return say(by, " warned that it is at risk.", note_id=str(fact.note_id), text=fact.text)
            case e.NoteCorrected():
                old = self._notes.get(fact.note_id)
                return say(by, " put a note right.", note_id=str(fact.note_id), text=fact.text, before=old)
            case e.NoteWithdrawn():
                return say(by, " took a note back.", note_id=str(fact.note_id), reason=fact.reason)
            case e.PeriodAttested():
                day = fact.period.isoformat()
                return say(by, f" said of {day}: {_KEPT.get(fact.kept, fact.kept)}.", period=day, text=fact.text)
        return None

    def _changing(self, fact: Fact) -> Told | None:
        by = who(fact)
        match fact:
            case e.ChangeProposed():
                words = "another change" if fact.counters is not None else _CHANGES.get(fact.kind, "a change")
                return say(by, f" proposed {words}.", **_change(fact))
            case e.ChangeAgreed():
                return say(by, " agreed to the change; another's yes is still missing.", change_id=str(fact.change_id))
            case e.ChangeMade():
                proposer = self._proposed_by.get(fact.change_id) or SOMEBODY
                return say(
                    "The change that ", proposer, " proposed was made: ", by, " agreed.",
                    change_id=str(fact.change_id), revision=fact.revision, timing=fact.timing, outcome=fact.outcome,
                    conditions=list(fact.conditions), level=fact.level, return_condition=fact.return_condition,
                    owed_by=_ids(fact.owed_by), owed_to=_ids(fact.owed_to), **_time(fact.due, fact.cadence),
                )  # fmt: skip
            case e.ChangeRefused():
                return say(by, " refused the change.", change_id=str(fact.change_id), reason=fact.reason)
            case e.ChangeRetracted():
                return say(by, " took the change back.", change_id=str(fact.change_id))
            case e.CommitmentSuspended(cause="imbalance"):
                return say("An imbalance period set it aside.", period_id=str(fact.cause_id), until=_day(fact.until))
            case e.CommitmentSuspended():
                return say(by, " agreed that it is suspended.", change_id=str(fact.cause_id), until=_day(fact.until))
            case e.CommitmentResumed():
                due = fact.due and written(fact.due)
                if fact.actor_id is not None:
                    return say(by, " ended the suspension.", due_at=due)
                return say(f"It runs again: {_RAN_AGAIN.get(fact.how, 'the suspension is over')}.", due_at=due)
        return None

    def _end(self, fact: Fact) -> Told | None:
        by = who(fact)
        match fact:
            case e.DoneReported():
                return say(by, " said that it is done.", evidence=list(fact.evidence), learned=fact.learned)
            case e.DoneRetracted():
                return say(by, " took back that it is done.", due_at=fact.due and written(fact.due))
            case e.DoneConfirmed():
                thanks = ", and said thanks" if fact.thanks else ""
                met = list(fact.conditions_met)
                return say(by, f" confirmed that it is kept{thanks}.", conditions_met=met, thanks=fact.thanks)
            case e.DoneUnanswered():
                return say("It counts as kept: nobody answered for seven days that it is done.")
            case e.DoneReturned():
                due = fact.due and written(fact.due)
                return say(by, " returned it: something is missing.", missing=fact.missing, due_at=due)
            case e.CommitmentReopened():
                return say(by, " reopened it.", reason=fact.reason)
            case e.ReopeningRefused():
                return say(by, " stands by it: it is kept, and contested.", text=fact.text)
            case e.CommitmentReleased():
                return say(by, " let it go.", reason=fact.reason, cause=fact.cause)
            case e.CommitmentCancelled():
                return say(by, " cancelled it: the need is gone.", reason=fact.reason, cause=fact.cause)
            case e.CommitmentReneged():
                return say(by, " took the promise back.", reason=fact.reason)
            case e.CommitmentConcluded():
                return say(by, " agreed that it is concluded.", change_id=str(fact.change_id))
            case e.CommitmentLapsed():
                return say("It lapsed: 30 days after its due date nobody had said a word.")
            case e.WordsErased():
                return say("The time was over for which it is kept: what was promised cannot be read any more.")
            case e.EndAnnotated():
                return say(by, " added something to the end.", text=fact.text)
            case e.EndContested():
                return say(by, " sees the end differently.", text=fact.text)
        return None


class ImportedCommitmentTeller:
    """Tells the lines of a commitment from elsewhere, each with its own id in the record."""

    def tell(self, fact: Fact) -> Told:
        """What one line of the record says."""
        if not isinstance(fact, ImportedCommitmentFact):
            return say("Something was recorded.")
        word = fact.record.rpartition(".")[2].replace("_", " ")
        return say(
            who(fact), f": {word}.",
            line_id=fact.line_id, record=fact.record, said_by=fact.said_by, imported=True,
        )  # fmt: skip


def _quoted(words: str) -> str:
    one_line = " ".join(words.split())
    return f"“{one_line if len(one_line) <= 60 else one_line[:59].rstrip() + '…'}”"


def _sides(side: Iterable[Who]) -> list[Part]:
    return listed(one.id for one in side)


def _ids(side: Iterable[Who]) -> list[dict[str, str]]:
    return [{f"{one.kind}_id": str(one.id)} for one in side]


def _content(fact: e.CommitmentBegun) -> dict[str, Any]:
    return {
        "outcome": fact.outcome,
        "conditions": list(fact.conditions),
        "level": fact.level,
        "use": fact.use,
        "owed_by": _ids(fact.owed_by),
        "owed_to": _ids(fact.owed_to),
        **_time(fact.due, fact.cadence),
    }


def _change(fact: e.ChangeProposed) -> dict[str, Any]:
    return {
        "change_id": str(fact.change_id),
        "kind": fact.kind,
        "timing": fact.timing,
        "reason": fact.reason,
        "outcome": fact.outcome,
        "conditions": None if fact.conditions is None else list(fact.conditions),
        "level": fact.level,
        "return_condition": fact.return_condition,
        "until": _day(fact.until),
        "person_id": None if fact.person_id is None else str(fact.person_id),
        **_time(fact.due, fact.cadence),
    }


def _time(due: Due | None, cadence: Cadence | None) -> dict[str, Any]:
    return {"due_at": None if due is None else written(due), "cadence": None if cadence is None else cadence.rrule}


def _day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()
