"""ImportedAgreement: the history of an agreement that was made elsewhere, as its public record tells it.

It is history, not commands: today's rules refuse nothing of it and the clock does nothing to it. It
is `noted` until a record proposes it; then its state is what the last status record says: `drafting`
(proposed), `in_force` (accepted), `ended` with a word, and back by `reopened`. What the life cycle
cannot hold is kept as an annotation.

Records may come in any order and each says when it happened. So nothing here is computed once and
kept: state and text at an instant are folded, in recorded order, from what had happened by then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Self
from uuid import UUID, uuid5

from domain.agreements import imported_events as e
from domain.agreements.imported_events import ImportedFact, NamedParty, StatedField
from domain.agreements.state import DRAFTING, ENDED, IN_FORCE, Version
from domain.agreements.terms import Head, Party, Term
from domain.base import Act, Aggregate

NOTED = "noted"
"""The state of an agreement that something was said of before anything proposed it."""

END_WORDS = frozenset({"rejected", "withdrawn", "superseded", "deferred", "removed", "orphaned", "fulfilled"})

_TITLE = "title"
_NEEDS_SOMEBODY = (e.ImportedUpdateGiven, e.ImportedProgressReported)
_OVER_AT_THE_END = (e.ImportedUpdateGiven, e.ImportedProgressReported)


def imported_agreement_id(organisation_id: UUID, external_id: str) -> UUID:
    """The id of an imported agreement: the same at every import into this organisation."""
    return uuid5(organisation_id, f"agreement:{external_id}")


def imported_dataset_id(organisation_id: UUID, name: str) -> UUID:
    """The id of a dataset, for what belongs to no agreement of it."""
    return uuid5(organisation_id, f"dataset:{name}")


@lru_cache(maxsize=10_000)
def imported_person_id(organisation_id: UUID, handle: str) -> UUID:
    """The id of whoever bears a name in the record: `@alice`, a pseudonym, an organisation or a team."""
    return uuid5(organisation_id, f"handle:{handle}")


def imported_term_id(agreement_id: UUID, field: str) -> UUID:
    """The id of a field's term: the same for as long as the field keeps its name."""
    return uuid5(agreement_id, f"field:{field}")


@dataclass(frozen=True)
class ImportedParty(Party):
    """A party as the record names it; `of` is the team that a champion is of."""

    name: str = ""
    of: str | None = None


@dataclass(frozen=True)
class Change:
    """One record that changed the text: what it set, and where it comes from.

    `title`, `parties` and `terms` are None where it left them alone; `whole` says that it stated the
    document anew. A term that is None was taken away.
    """

    effective_at: datetime
    recorded_at: datetime
    by: UUID | None
    line_id: str
    record: str
    whole: bool = False
    title: str | None = None
    role: str | None = None
    parties: tuple[ImportedParty, ...] | None = None
    terms: tuple[tuple[UUID, Term | None], ...] = ()


@dataclass(frozen=True)
class Word:
    """One status record: `proposed`, `accepted`, an end word or `reopened`; `status` is how the source put it."""

    effective_at: datetime
    by: UUID | None
    word: str
    status: str | None
    line_id: str


@dataclass(frozen=True)
class Annotation:
    """Something that is kept beside the life cycle; `says` is everything else that the line held."""

    effective_at: datetime
    recorded_at: datetime
    by: UUID | None
    line_id: str
    record: str
    why: str
    says: Mapping[str, Any]


@dataclass(frozen=True)
class ImportedUpdate:
    """An update that was given elsewhere."""

    id: UUID
    effective_at: datetime
    by: UUID | None
    text: str
    kind: str | None
    text_format: str | None
    line_id: str
    says: Mapping[str, Any]


@dataclass(frozen=True)
class ImportedProgress:
    """Steps done of steps in all, as reported elsewhere."""

    id: UUID
    effective_at: datetime
    by: UUID | None
    steps: int
    of_steps: int
    line_id: str
    says: Mapping[str, Any]


@dataclass(frozen=True)
class Text:
    """What the document said at one moment: title, parties, and its fields in the document's order."""

    title: str | None
    parties: tuple[ImportedParty, ...]
    terms: Mapping[UUID, Term]


@dataclass(frozen=True)
class Said:
    """What one line says in the terms of this house: a fact, its content, and the line's own words in full.

    `everything` gives the JSON object of all that the line holds beside id, type, time and actor: what
    an annotation keeps when the fact cannot stand.
    """

    fact: type[ImportedFact]
    content: Mapping[str, Any]
    everything: Callable[[], str]


class ImportedAgreement(Aggregate):
    """What a public record tells of one agreement, with everything that was said beside it."""

    TOPIC = "concord.imported_agreement"

    def __init__(self) -> None:
        """Prepares the empty state; whichever fact comes first fills it."""
        self.organisation_id: UUID
        self.external_id: str
        self.words: list[Word] = []
        self.changes: list[Change] = []
        self.annotations: list[Annotation] = []
        self.updates: list[ImportedUpdate] = []
        self.progress: list[ImportedProgress] = []
        self.locations: list[tuple[datetime, str | None]] = []
        self.carried_to: list[tuple[datetime, UUID, str]] = []
        self._made_versions: list[Version] | None = None

    # Taking in what a line says -------------------------------------------------------------------

    @classmethod
    def hear(cls, agreement: Self | None, act: Act, id: UUID, said: Said) -> tuple[Self, bool]:
        """Records what one line says of the agreement `id`, of which nothing may be known yet (None).

        Answers the agreement, and whether the line stands as what it is (True) or as an annotation.
        """
        why = cls._why_not(agreement, act, said)
        fact, content = said.fact, dict(said.content)
        if why is not None:
            common = ("external_id", "line_id", "record", "at", "said_by")
            content = {name: content[name] for name in common} | {"rest": said.everything(), "why": why}
            fact = e.ImportedAnnotated
        if agreement is None:
            agreement = cls.begin(fact, act, id, **content)
        else:
            agreement.record(fact, act, originator_topic=cls.TOPIC, **content)
        return agreement, fact is not e.ImportedAnnotated

    @classmethod
    def _why_not(cls, agreement: Self | None, act: Act, said: Said) -> str | None:
        """Why the life cycle cannot hold this; None when it can."""
        if said.fact is e.ImportedAnnotated:
            return str(said.content["why"])
        if said.fact is not e.ImportedProposed and (agreement is None or not agreement.words):
            return "not_known_yet"
        if said.fact in _NEEDS_SOMEBODY and act.by is None:
            return "by_nobody"
        if said.fact in _OVER_AT_THE_END and agreement is not None and agreement.state_at(act.happened_at) == ENDED:
            return "after_end"
        return None

    # What it was, and when ------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """`noted`, `drafting`, `in_force` or `ended`, after everything recorded."""
        return _state(self.words)

    def state_at(self, instant: datetime) -> str:
        """The state that what had happened by then makes, in recorded order."""
        return _state(w for w in self.words if w.effective_at <= instant)

    @property
    def ended_as(self) -> str | None:
        """The word that it ended with; None unless it is ended."""
        return self.words[-1].word if self.state == ENDED else None

    @property
    def status(self) -> str | None:
        """The status as the source last put it."""
        return next((w.status for w in reversed(self.words) if w.status is not None), None)

    @property
    def use(self) -> str:
        """Always `reviewable`: it was a public record before it came here."""
        return "reviewable"

    @property
    def location(self) -> str | None:
        """Where the document last was, as far as the record says that it moved."""
        return self.locations[-1][1] if self.locations else None

    # What it said, and when -----------------------------------------------------------------------

    @property
    def text(self) -> Text:
        """What it says after everything recorded."""
        return _text(self.changes)

    @property
    def head(self) -> Head:
        """Title and parties as a head; the title is the external id where the record gives none."""
        return self.head_of(self.text)

    def head_of(self, text: Text) -> Head:
        """A text's title and parties as a head; purpose and periods stay empty: no record states them."""
        return Head(text.title or self.external_id, "", self.use, text.parties, notice_period="", review_every="")

    @property
    def terms(self) -> Mapping[UUID, Term]:
        """The fields as terms of kind `section`, in the document's order."""
        return self.text.terms

    @property
    def parties(self) -> tuple[ImportedParty, ...]:
        """Everybody whom the record names, each with a role in it."""
        return self.text.parties

    @property
    def versions(self) -> list[Version]:
        """One version for each time at which the text changed, oldest first, each as it stood at that time.

        `made_at` is when it took effect; `opened_by` is who is named first for it. Nobody here consented.
        """
        if self._made_versions is None:
            self._made_versions = [
                self._make_version(number, text, first) for number, (text, first) in enumerate(_texts(self.changes), 1)
            ]
        return self._made_versions

    def version_at(self, instant: datetime) -> Version | None:
        """The version that held at an instant; None before the first."""
        holding = [v for v in self.versions if v.made_at <= instant]
        return holding[-1] if holding else None

    def _make_version(self, number: int, text: Text, first: Change) -> Version:
        head, terms = self.head_of(text), dict(text.terms)
        return Version(
            number=number,
            head=head,
            terms=terms,
            takes_effect_on=first.effective_at.date(),
            made_at=first.effective_at,
            consented_hash=None,
            consents=(),
            opened_by=first.by,
            reason=None,
            clerical=False,
        )

    # Appliers -------------------------------------------------------------------------------------

    def _imported_proposed(self, fact: e.ImportedProposed) -> None:
        self._note(fact)
        self._word(fact, "proposed", fact.status)
        terms = tuple(self._term(field) for field in fact.fields)
        self._change(fact, whole=True, title=fact.title, parties=self._named(fact, fact.parties), terms=terms)

    def _imported_accepted(self, fact: e.ImportedAccepted) -> None:
        self._note(fact)
        self._word(fact, "accepted", fact.status)

    def _imported_ended(self, fact: e.ImportedEnded) -> None:
        self._note(fact)
        self._word(fact, fact.word, fact.status)

    def _imported_reopened(self, fact: e.ImportedReopened) -> None:
        self._note(fact)
        self._word(fact, "reopened", fact.status)

    def _imported_term_changed(self, fact: e.ImportedTermChanged) -> None:
        self._note(fact)
        if fact.field == _TITLE:
            self._change(fact, title=fact.new or "")
            return
        term = None if fact.new is None else Term(fact.term_id, "section", text=fact.new, name=fact.field)
        self._change(fact, terms=((fact.term_id, term),))

    def _imported_parties_changed(self, fact: e.ImportedPartiesChanged) -> None:
        self._note(fact)
        self._change(fact, role=fact.role or fact.field, parties=self._named(fact, fact.new))

    def _imported_relocated(self, fact: e.ImportedRelocated) -> None:
        self._note(fact)
        self.locations.append((fact.effective_at, fact.new))

    def _imported_carried_over(self, fact: e.ImportedCarriedOver) -> None:
        self._note(fact)
        self.carried_to.append((fact.effective_at, fact.to_id, fact.to_external_id))

    def _imported_update_given(self, fact: e.ImportedUpdateGiven) -> None:
        self._note(fact)
        self.updates.append(
            ImportedUpdate(
                self._entry_id(fact),
                fact.effective_at,
                fact.actor_id,
                fact.text,
                fact.kind,
                fact.text_format,
                fact.line_id,
                json.loads(fact.rest),
            )
        )

    def _imported_progress_reported(self, fact: e.ImportedProgressReported) -> None:
        self._note(fact)
        self.progress.append(
            ImportedProgress(
                self._entry_id(fact),
                fact.effective_at,
                fact.actor_id,
                fact.steps,
                fact.of_steps,
                fact.line_id,
                json.loads(fact.rest),
            )
        )

    def _imported_annotated(self, fact: e.ImportedAnnotated) -> None:
        self._note(fact)
        self.annotations.append(
            Annotation(
                fact.effective_at,
                fact.timestamp,
                fact.actor_id,
                fact.line_id,
                fact.record,
                fact.why,
                json.loads(fact.rest),
            )
        )

    # Inside ---------------------------------------------------------------------------------------

    def _note(self, fact: ImportedFact) -> None:
        self.organisation_id = fact.organisation_id
        self.external_id = fact.external_id

    def _entry_id(self, fact: ImportedFact) -> UUID:
        return uuid5(self.id, f"line:{fact.line_id}")

    def _word(self, fact: ImportedFact, word: str, status: str | None) -> None:
        self.words.append(Word(fact.effective_at, fact.actor_id, word, status, fact.line_id))

    def _change(self, fact: ImportedFact, **what: Any) -> None:
        self._made_versions = None
        self.changes.append(Change(fact.effective_at, fact.timestamp, fact.actor_id, fact.line_id, fact.record, **what))

    def _term(self, field: StatedField) -> tuple[UUID, Term]:
        term_id = imported_term_id(self.id, field.name)
        return term_id, Term(term_id, "section", text=field.text, name=field.name)

    @staticmethod
    def _named(fact: ImportedFact, parties: Iterable[NamedParty]) -> tuple[ImportedParty, ...]:
        return tuple(
            ImportedParty(imported_person_id(fact.organisation_id, p.name), p.role, name=p.name, of=p.of)
            for p in parties
        )


class ImportedDataset(Aggregate):
    """What one dataset says of itself, and of the calendar around its agreements."""

    TOPIC = "concord.imported_dataset"

    def __init__(self) -> None:
        """Prepares the empty state; whichever fact comes first fills it."""
        self.organisation_id: UUID
        self.name: str
        self.descriptions: list[e.ImportedDatasetDescribed] = []
        self.annotations: list[Annotation] = []

    @classmethod
    def hear(
        cls,
        dataset: Self | None,
        act: Act,
        id: UUID,
        fact: type[e.ImportedDatasetFact],
        content: Mapping[str, Any],
    ) -> Self:
        """Records what one line says of the dataset `id`, of which nothing may be known yet (None)."""
        if dataset is None:
            return cls.begin(fact, act, id, **content)
        dataset.record(fact, act, originator_topic=cls.TOPIC, **content)
        return dataset

    def _imported_dataset_described(self, fact: e.ImportedDatasetDescribed) -> None:
        self.organisation_id, self.name = fact.organisation_id, fact.name
        self.descriptions.append(fact)

    def _imported_dataset_annotated(self, fact: e.ImportedDatasetAnnotated) -> None:
        self.organisation_id, self.name = fact.organisation_id, fact.name
        self.annotations.append(
            Annotation(
                fact.effective_at,
                fact.timestamp,
                fact.actor_id,
                fact.line_id,
                fact.record,
                "reference",
                json.loads(fact.rest),
            )
        )


def _state(words: Iterable[Word]) -> str:
    state, ever_accepted = NOTED, False
    for word in words:
        ever_accepted = ever_accepted or word.word == "accepted"
        if word.word == "accepted":
            state = IN_FORCE
        elif word.word == "proposed":
            state = DRAFTING
        elif word.word == "reopened":
            state = IN_FORCE if ever_accepted else DRAFTING
        else:
            state = ENDED
    return state


class _Composed:
    """A text put together from changes in any order of time; each place holds what was recorded last for it."""

    def __init__(self) -> None:
        self._title: tuple[int, str | None] = (-1, None)
        self._roles: dict[str, tuple[int, tuple[ImportedParty, ...]]] = {}
        self._fields: dict[UUID, tuple[int, Term | None]] = {}
        self._anew = -1

    def add(self, n: int, change: Change) -> None:
        """Takes in the change that was recorded as number `n`."""
        if change.whole:
            self._anew = max(self._anew, n)
        if change.whole or change.title is not None:
            self._title = max(self._title, (n, change.title or None), key=lambda one: one[0])
        if change.whole:
            for role in dict.fromkeys(p.role for p in change.parties or ()):
                self._set_role(role, n, tuple(p for p in change.parties or () if p.role == role))
        elif change.role is not None:
            self._set_role(change.role, n, change.parties or ())
        for term_id, term in change.terms:
            held = self._fields.get(term_id)
            if held is None or held[0] < n:
                self._fields[term_id] = (n, term)

    def _set_role(self, role: str, n: int, parties: tuple[ImportedParty, ...]) -> None:
        held = self._roles.get(role)
        if held is None or held[0] < n:
            self._roles[role] = (n, parties)

    def text(self) -> Text:
        """The text as it stands: what was said before the document was last stated anew does not count."""
        anew = self._anew
        return Text(
            self._title[1],
            tuple(p for n, parties in self._roles.values() if n >= anew for p in parties),
            {i: term for i, (n, term) in self._fields.items() if n >= anew and term is not None},
        )


def _text(changes: Iterable[Change]) -> Text:
    composed = _Composed()
    for n, change in enumerate(changes):
        composed.add(n, change)
    return composed.text()


def _texts(changes: list[Change]) -> Iterator[tuple[Text, Change]]:
    """The text at each time at which it changed, oldest first, with the change recorded first for that time."""
    in_time = sorted(range(len(changes)), key=lambda n: (changes[n].effective_at, n))
    composed = _Composed()
    first: Change | None = None
    for n in in_time:
        change = changes[n]
        if first is not None and change.effective_at != first.effective_at:
            yield composed.text(), first
            first = None
        first = first or change
        composed.add(n, change)
    if first is not None:
        yield composed.text(), first
