"""ImportedCommitment: the history of a commitment that was made elsewhere, as its public record tells it.

It is history, not commands: today's rules refuse nothing of it and the clock does nothing to it. It is
`noted` until a record offers it or asks for it, then `offered`, `requested`, `promised`, `reported`
(delivery claimed), `kept` (delivered or confirmed) or `cancelled`. What was delivered stays so until a
record reopens it. What the life cycle cannot hold is kept as an annotation.

Records may come in any order and each says when it happened. So nothing here is computed once and
kept: state and content at an instant are folded, in recorded order, from what had happened by then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Self
from uuid import UUID, uuid5

from domain.agreements.imported import imported_agreement_id, imported_person_id
from domain.agreements.imported_events import NamedParty
from domain.base import Act, Aggregate
from domain.commitments import imported_events as e
from domain.commitments.content import Who
from domain.commitments.imported_events import ImportedCommitmentFact, StatedDue
from domain.commitments.outcome_elsewhere import CONFIRMING, Happened
from domain.commitments.state import CANCELLED, KEPT, OFFERED, PROMISED, REPORTED, REQUESTED

NOTED = "noted"
"""The state of a commitment that something was said of before anything offered it or asked for it."""

ALSO_CONFIRMING = "commitment.delivery_confirmed"
_STATED_BESIDE = ("support_level", "help_wanted", "flags")
_SHORT_NAMES = {"sec": "section", "support": "support_level", "help": "help_wanted"}
"""What sources call a field when it changes, where that differs from what they call it when it is stated."""

_DUE_FIELDS = ("due", "due_at")

_NEEDS_SOMEBODY = (e.ImportedCommitmentUpdateGiven, e.ImportedCommitmentProgressReported)
_OVER_AT_THE_END = (*_NEEDS_SOMEBODY, e.ImportedExtensionRequested, e.ImportedExtensionDecided)
_OVER_WITH_DELIVERY = (e.ImportedCommitmentPromised, e.ImportedCommitmentCancelled)


def imported_commitment_id(organisation_id: UUID, external_id: str) -> UUID:
    """The id of an imported commitment: the same at every import into this organisation."""
    return uuid5(organisation_id, f"commitment:{external_id}")


@dataclass(frozen=True)
class NamedWho:
    """Somebody or some team on a side, as the record names them; a name with `@` is a person's."""

    who: Who
    name: str


@dataclass(frozen=True)
class ImportedContent:
    """What the record says of a commitment at one moment; `others` are fields that have no place of their own."""

    text: str | None = None
    level: str | None = None
    kind: str | None = None
    section: str | None = None
    notes: str | None = None
    debtors: tuple[NamedWho, ...] = ()
    creditors: tuple[NamedWho, ...] = ()
    due: StatedDue | None = None
    others: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """One record, whole: its type as written, when it happened, and why it stands only as an annotation, if so.

    `due` is the due date that it sets or asks for. `words` is what somebody said in it: an update, a
    reason, a decision. `rest` is a JSON object with everything that has no field of its own here.
    """

    line_id: str
    record: str
    effective_at: datetime
    recorded_at: datetime
    by: UUID | None
    why: str | None
    due: StatedDue | None
    words: str | None
    rest: str

    @property
    def day(self) -> date:
        """The day on which it happened, in UTC."""
        return self.effective_at.astimezone(UTC).date()

    @property
    def says(self) -> Mapping[str, Any]:
        """Everything in the line that has no field of its own here."""
        found: dict[str, Any] = json.loads(self.rest)
        return found


@dataclass(frozen=True)
class DueStated:
    """A due date that a record set (`due` is None where it took one off), in force until the next one."""

    due: StatedDue | None
    effective_at: datetime
    by: UUID | None
    record: str
    line_id: str


@dataclass(frozen=True)
class Saying:
    """What one line says in the terms of this house: a fact, its content, and the line's own words in full.

    `everything` gives the JSON object of all that the line holds beside id, type, time, actor and names:
    what an annotation keeps when the fact cannot stand.
    """

    fact: type[ImportedCommitmentFact]
    content: Mapping[str, Any]
    everything: Callable[[], str]


@dataclass(frozen=True)
class _Move:
    effective_at: datetime
    word: str


@dataclass(frozen=True)
class _Written:
    effective_at: datetime
    fields: Mapping[str, Any]


class ImportedCommitment(Aggregate):
    """What a public record tells of one commitment, with everything that was said beside it."""

    TOPIC = "concord.imported_commitment"

    def __init__(self) -> None:
        """Prepares the empty state; whichever fact comes first fills it."""
        self.organisation_id: UUID
        self.external_id: str
        self.agreement_external_id: str | None = None
        self.records: list[Told] = []
        self.due_log: list[DueStated] = []
        self._moves: list[_Move] = []
        self._writings: list[_Written] = []

    # Taking in what a line says -------------------------------------------------------------------

    @classmethod
    def hear(cls, commitment: Self | None, act: Act, id: UUID, said: Saying) -> tuple[Self, bool]:
        """Records what one line says of the commitment `id`, of which nothing may be known yet (None).

        Answers the commitment, and whether the line stands as what it is (True) or as an annotation.
        """
        why = cls._why_not(commitment, act, said)
        fact, content = said.fact, dict(said.content)
        if why is not None:
            common = ("external_id", "agreement", "line_id", "record", "at", "said_by")
            content = {name: content[name] for name in common} | {"rest": said.everything(), "why": why}
            fact = e.ImportedCommitmentAnnotated
        if commitment is None:
            commitment = cls.begin(fact, act, id, **content)
        else:
            commitment.record(fact, act, originator_topic=cls.TOPIC, **content)
        return commitment, fact is not e.ImportedCommitmentAnnotated

    @classmethod
    def _why_not(cls, commitment: Self | None, act: Act, said: Saying) -> str | None:
        """Why the life cycle cannot hold this; None when it can."""
        if said.fact is e.ImportedCommitmentAnnotated:
            return str(said.content["why"])
        if issubclass(said.fact, e.ImportedCommitmentStated):
            return None
        if commitment is None or not commitment.is_known:
            return "not_known_yet"
        if issubclass(said.fact, _NEEDS_SOMEBODY) and act.by is None:
            return "by_nobody"
        if issubclass(said.fact, _OVER_AT_THE_END) and commitment.state_at(act.happened_at) in (KEPT, CANCELLED):
            return "after_end"
        if issubclass(said.fact, _OVER_WITH_DELIVERY) and commitment.state_at(act.happened_at) in (KEPT, REPORTED):
            return "after_end"
        return None

    # What it was, and when ------------------------------------------------------------------------

    @property
    def is_known(self) -> bool:
        """Whether any record offered it or asked for it."""
        return any(move.word in (OFFERED, REQUESTED) for move in self._moves)

    @property
    def state(self) -> str:
        """The state after everything recorded."""
        return _state(self._moves)

    def state_at(self, instant: datetime) -> str:
        """The state that what had happened by then makes, in recorded order."""
        return _state(m for m in self._moves if m.effective_at <= instant)

    @property
    def promised_at(self) -> datetime | None:
        """When it was first promised; None if it never was."""
        return min((m.effective_at for m in self._moves if m.word == PROMISED), default=None)

    @property
    def moments(self) -> list[datetime]:
        """When its state may have changed, in recorded order."""
        return [move.effective_at for move in self._moves]

    @property
    def ever_on_a_side(self) -> set[UUID]:
        """Everybody who was ever named on one of its sides, teams too."""
        named = (w.fields.get(side, ()) for w in self._writings for side in ("debtors", "creditors"))
        return {one.who.id for side in named for one in side}

    @property
    def content(self) -> ImportedContent:
        """What it says after everything recorded."""
        return _content(self._writings)

    def content_at(self, instant: datetime) -> ImportedContent:
        """What it said at an instant."""
        return _content(w for w in self._writings if w.effective_at <= instant)

    @property
    def title(self) -> str:
        """Its text, or its name in the source where the record gives none."""
        return self.content.text or self.external_id

    @property
    def debtors(self) -> tuple[NamedWho, ...]:
        """Who owes it."""
        return self.content.debtors

    @property
    def creditors(self) -> tuple[NamedWho, ...]:
        """To whom it is owed."""
        return self.content.creditors

    @property
    def use(self) -> str:
        """Always `reviewable`: it was a public record before it came here."""
        return "reviewable"

    @property
    def agreement_id(self) -> UUID | None:
        """The imported agreement that it lives under; None where no record names one."""
        name = self.agreement_external_id
        return imported_agreement_id(self.organisation_id, name) if name is not None else None

    @property
    def annotations(self) -> list[Told]:
        """The records that stand beside the life cycle."""
        return [record for record in self.records if record.why is not None]

    @property
    def happened(self) -> list[Happened]:
        """The records as what became of it is worked out from them, in recorded order, annotations included."""
        return [
            Happened(
                told.day,
                CONFIRMING if told.record == ALSO_CONFIRMING else told.record,
                told.due.on if told.due is not None else None,
            )
            for told in self.records
        ]

    # Appliers -------------------------------------------------------------------------------------

    def _imported_commitment_proposed(self, fact: e.ImportedCommitmentProposed) -> None:
        self._stated(fact, OFFERED)

    def _imported_commitment_requested(self, fact: e.ImportedCommitmentRequested) -> None:
        self._stated(fact, REQUESTED)

    def _imported_commitment_promised(self, fact: e.ImportedCommitmentPromised) -> None:
        self._tell_with_due(fact)
        self._move(fact, PROMISED)
        if fact.debtors:
            self._write(fact, debtors=self._named(fact, fact.debtors))

    def _imported_commitment_amended(self, fact: e.ImportedCommitmentAmended) -> None:
        changed = [StatedDue.read(_as_json(change.new)) for change in fact.changes if change.field in _DUE_FIELDS]
        self._tell_with_due(fact, changed[-1] if changed else None)
        for change in fact.changes:
            self._rewrite(fact, _SHORT_NAMES.get(change.field, change.field), change.new)

    def _imported_commitment_reassigned(self, fact: e.ImportedCommitmentReassigned) -> None:
        self._tell_with_due(fact)
        self._write(fact, debtors=self._named(fact, fact.new))

    def _imported_due_date_renegotiated(self, fact: e.ImportedDueDateRenegotiated) -> None:
        self._tell(fact, due=fact.new)
        self._set_due(fact, fact.new)

    def _imported_due_date_withdrawn(self, fact: e.ImportedDueDateWithdrawn) -> None:
        self._tell(fact)
        self._set_due(fact, None)

    def _imported_commitment_delivered(self, fact: e.ImportedCommitmentDelivered) -> None:
        self._tell(fact)
        self._move(fact, KEPT)

    def _imported_delivery_claimed(self, fact: e.ImportedDeliveryClaimed) -> None:
        self._tell(fact)
        self._move(fact, REPORTED)

    def _imported_delivery_confirmed(self, fact: e.ImportedDeliveryConfirmed) -> None:
        self._tell(fact)
        self._move(fact, KEPT)

    def _imported_commitment_cancelled(self, fact: e.ImportedCommitmentCancelled) -> None:
        self._tell(fact, words=fact.reason)
        self._move(fact, CANCELLED)

    def _imported_commitment_reopened(self, fact: e.ImportedCommitmentReopened) -> None:
        self._tell(fact)
        self._move(fact, "reopened")

    def _imported_approval_given(self, fact: e.ImportedApprovalGiven) -> None:
        self._tell(fact, words=fact.approver)

    def _imported_approver_changed(self, fact: e.ImportedApproverChanged) -> None:
        self._tell(fact, words=", ".join(p.name for p in fact.new) or None)

    def _imported_extension_requested(self, fact: e.ImportedExtensionRequested) -> None:
        self._tell(fact, due=fact.new or fact.due)

    def _imported_extension_decided(self, fact: e.ImportedExtensionDecided) -> None:
        self._tell(fact, due=fact.new or fact.due, words=fact.decision)

    def _imported_commitment_update_given(self, fact: e.ImportedCommitmentUpdateGiven) -> None:
        self._tell(fact, words=fact.text)

    def _imported_commitment_progress_reported(self, fact: e.ImportedCommitmentProgressReported) -> None:
        self._tell(fact, words=f"{fact.steps}/{fact.of_steps}")

    def _imported_commitment_annotated(self, fact: e.ImportedCommitmentAnnotated) -> None:
        said = json.loads(fact.rest)
        changes = said.get("changes")
        changed = [
            StatedDue.read(change.get("new"))
            for change in (changes if isinstance(changes, list) else ())
            if isinstance(change, dict) and change.get("field") in _DUE_FIELDS
        ]
        due = changed[-1] if changed else StatedDue.read(said.get("new")) or StatedDue.read(said.get("due"))
        self._tell(fact, due=due, why=fact.why)

    # Inside ---------------------------------------------------------------------------------------

    def _tell(
        self,
        fact: ImportedCommitmentFact,
        *,
        due: StatedDue | None = None,
        words: str | None = None,
        why: str | None = None,
    ) -> None:
        self.organisation_id = fact.organisation_id
        self.external_id = fact.external_id
        self.agreement_external_id = fact.agreement or self.agreement_external_id
        told = Told(
            fact.line_id, fact.record, fact.effective_at, fact.timestamp, fact.actor_id, why, due, words, fact.rest
        )
        self.records.append(told)

    def _tell_with_due(self, fact: ImportedCommitmentFact, changed: StatedDue | None = None) -> None:
        """Tells of a record that sets a due date by the way, where it states one."""
        beside = StatedDue.read(json.loads(fact.rest).get("due")) if '"due"' in fact.rest else None
        self._tell(fact, due=changed or beside)
        if beside is not None:
            self._set_due(fact, beside)

    def _stated(self, fact: e.ImportedCommitmentStated, word: str) -> None:
        self._tell(fact, due=fact.due)
        self._move(fact, word)
        said = json.loads(fact.rest)
        self._write(
            fact,
            **{name: _as_text(said[name]) for name in _STATED_BESIDE if name in said},
            text=fact.text,
            level=fact.level,
            kind=fact.kind,
            section=fact.section,
            notes=fact.notes,
            debtors=self._named(fact, fact.debtors),
            creditors=self._named(fact, fact.creditors),
        )
        if fact.due is not None:
            self._set_due(fact, fact.due)

    def _set_due(self, fact: ImportedCommitmentFact, due: StatedDue | None) -> None:
        self.due_log.append(DueStated(due, fact.effective_at, fact.actor_id, fact.record, fact.line_id))
        self._write(fact, due=due)

    def _rewrite(self, fact: ImportedCommitmentFact, field: str, written: str | None) -> None:
        if field in ("debtors", "creditors"):
            self._write(fact, **{field: self._named(fact, _names(field, written))})
        elif field in _DUE_FIELDS:
            self._set_due(fact, StatedDue.read(_as_json(written)))
        else:
            self._write(fact, **{field: written})

    def _move(self, fact: ImportedCommitmentFact, word: str) -> None:
        self._moves.append(_Move(fact.effective_at, word))

    def _write(self, fact: ImportedCommitmentFact, **fields: Any) -> None:
        self._writings.append(_Written(fact.effective_at, fields))

    @staticmethod
    def _named(fact: ImportedCommitmentFact, parties: Iterable[NamedParty]) -> tuple[NamedWho, ...]:
        return tuple(
            NamedWho(
                Who(
                    "person" if party.name.startswith("@") else "team",
                    imported_person_id(fact.organisation_id, party.name),
                ),
                party.name,
            )
            for party in parties
        )


def _state(moves: Iterable[_Move]) -> str:
    state, asked, ever_promised = NOTED, NOTED, False
    for move in moves:
        ever_promised = ever_promised or move.word == PROMISED
        if move.word in (OFFERED, REQUESTED):
            asked = move.word
            if state in (NOTED, OFFERED, REQUESTED, CANCELLED):
                state = asked
        elif move.word == "reopened":
            state = PROMISED if ever_promised else asked
        elif move.word == KEPT or state != KEPT:
            state = _next(state, move.word)
    return state


def _next(state: str, word: str) -> str:
    """What follows on a promise, a claim, a cancellation or a delivery of what is not kept yet."""
    return state if state == REPORTED and word in (PROMISED, CANCELLED) else word


def _content(writings: Iterable[_Written]) -> ImportedContent:
    fields: dict[str, Any] = {}
    for writing in writings:
        fields |= writing.fields
    own = {name: fields[name] for name in ImportedContent.__dataclass_fields__ if name in fields and name != "others"}
    others = {name: value for name, value in fields.items() if name not in own and value is not None}
    return ImportedContent(**own, others=others)


def _names(side: str, written: str | None) -> tuple[NamedParty, ...]:
    """Those whom a changed side names, as a JSON list or as one name."""
    named = _as_json(written)
    listed = named if isinstance(named, list) else [named]
    return tuple(NamedParty(name, side) for name in listed if isinstance(name, str) and name.strip())


def _as_json(written: str | None) -> Any:
    """The JSON value that a text is; the text itself where it is none."""
    try:
        return json.loads(written) if written is not None else None
    except ValueError:
        return written


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
