"""What an agreement says: its head and its terms, their form, and the hash that consent names.

A text is a head and terms. A term has one of eight kinds; which fields a kind carries is in KINDS.
The content hash is the lower-case hex SHA-256 of the RFC 8785 (JSON Canonicalization Scheme) form
of {"head": {...}, "terms": [by id]} with absent fields left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from domain import durations
from domain.cadence import Cadence
from domain.refusals import Invalid
from domain.values import text

USES = ("coaching", "reviewable")
ROLES = ("leader", "report", "peer", "mentor", "member")
SHORT = 200
"""Most code points of a title, a topic, a channel or a trigger."""


@dataclass(frozen=True)
class Party:
    """Somebody who is bound by the agreement, and as what."""

    person_id: UUID
    role: str


@dataclass(frozen=True)
class Head:
    """The part of the text that is not terms. Durations are ISO 8601 (`P14D`, `P3M`)."""

    title: str
    purpose_text: str
    use: str
    parties: tuple[Party, ...]
    effective_on: date | None = None
    ends_on: date | None = None
    notice_period: str = "P14D"
    review_every: str = "P3M"

    @property
    def people(self) -> tuple[UUID, ...]:
        """The parties' ids, in the order in which they are named."""
        return tuple(p.person_id for p in self.parties)


@dataclass(frozen=True)
class Words:
    """The personal part of a term: what somebody wrote."""

    topic: str | None = None
    channel: str | None = None
    good_looks_like: str | None = None
    trigger: str | None = None
    text: str | None = None
    triggers: tuple[str, ...] | None = None
    limits: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Term:
    """One term of an agreement. Which fields it carries follows from its kind (see KINDS).

    `owed_by` lists parties, each of whom owes it severally; a norm is owed by all and lists none.
    `grace` and `within` are ISO 8601 durations. `set_by` is the party that set a given. `name` and
    kind `section` occur in imported histories only.
    """

    id: UUID
    kind: str
    owed_by: tuple[UUID, ...] = ()
    topic: str | None = None
    channel: str | None = None
    cadence: Cadence | None = None
    good_looks_like: str | None = None
    grace: str | None = None
    trigger: str | None = None
    within: str | None = None
    text: str | None = None
    triggers: tuple[str, ...] | None = None
    decides: tuple[UUID, ...] | None = None
    consulted: tuple[UUID, ...] | None = None
    limits: str | None = None
    reason: str | None = None
    set_by: UUID | None = None
    name: str | None = None

    @property
    def words(self) -> Words:
        """The part of the term that is personal text."""
        return Words(**{f: getattr(self, f) for f in WORDS})


WORDS = tuple(f.name for f in fields(Words))

KINDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "update": (frozenset({"owed_by", "topic", "channel", "cadence"}), frozenset({"good_looks_like", "grace"})),
    "escalation": (frozenset({"owed_by", "trigger", "within", "channel"}), frozenset()),
    "expectation": (frozenset({"owed_by", "text"}), frozenset({"good_looks_like"})),
    "support": (frozenset({"owed_by", "text"}), frozenset({"cadence"})),
    "hands_off": (frozenset({"owed_by", "text", "triggers"}), frozenset()),
    "decision": (frozenset({"text", "decides"}), frozenset({"consulted", "limits"})),
    "given": (frozenset({"text", "reason"}), frozenset()),
    "norm": (frozenset({"text"}), frozenset()),
}
"""Kind -> (fields it must carry, fields it may carry), beside id and kind; who writes a `given` is its set_by."""

OWING_KINDS = frozenset({"update", "escalation", "expectation", "support", "hands_off"})
"""Kinds that make a party owe something; a norm counts only where three or more are parties."""

EDITABLE = frozenset(f.name for f in fields(Term)) - {"id", "kind", "set_by", "name"}
HEAD_FIELDS = tuple(f.name for f in fields(Head))
CLEARABLE_HEAD_FIELDS = frozenset({"effective_on", "ends_on"})

_SHORT_FIELDS = {"topic": SHORT, "channel": SHORT, "trigger": 2_000}


def checked_term(term: Term, parties: Iterable[UUID]) -> Term:
    """Returns the term in normal form; raises Invalid naming every field that is missing, foreign or wrong."""
    if term.kind not in KINDS:
        raise Invalid(f"There is no kind of term called {term.kind!r}; use one of {', '.join(KINDS)}.", field="kind")
    must, may = KINDS[term.kind]
    errors: dict[str, str] = {}
    changes: dict[str, Any] = {}
    people = set(parties)
    for name in sorted(EDITABLE):
        value = getattr(term, name)
        if value is None or value == ():
            if name in must:
                errors[name] = f"A term of kind {term.kind} needs this."
            elif name != "owed_by":
                changes[name] = None  # an empty list says what an absent one says
            continue
        if name not in must and name not in may:
            errors[name] = f"A term of kind {term.kind} does not carry this."
            continue
        try:
            changes[name] = _checked_field(name, value, people)
        except Invalid as problem:
            errors.update(problem.errors or {name: problem.sentence})
    if errors:
        raise Invalid("This term is not complete, or says more than its kind carries.", errors=errors)
    return replace(term, **changes)


def _checked_field(name: str, value: Any, people: set[UUID]) -> Any:
    if name in ("owed_by", "decides", "consulted"):
        if len(set(value)) != len(value):
            raise Invalid("Somebody is named twice here.", field=name)
        if not set(value) <= people:
            raise Invalid("Only parties of the agreement can be named here.", field=name)
        return tuple(value)
    if name == "cadence":
        try:
            return value.checked()
        except Invalid as problem:
            inside = {f"cadence.{part}": said for part, said in problem.errors.items()}
            raise Invalid(problem.sentence, errors=inside or {"cadence": problem.sentence}) from None
    if name in ("grace", "within"):
        return durations.checked(value, field=name)
    if name == "triggers":
        return tuple(text(item, name, most=2_000) for item in value)
    return text(value, name, most=_SHORT_FIELDS.get(name, 20_000))


def term_without(term: Term, people: Collection[UUID]) -> Term | None:
    """The term without these people; None where nobody is left to owe it, or to decide."""

    def staying(named: tuple[UUID, ...]) -> tuple[UUID, ...]:
        return tuple(p for p in named if p not in people)

    owed_by, decides, consulted = staying(term.owed_by), staying(term.decides or ()), staying(term.consulted or ())
    if (term.owed_by and not owed_by) or (term.decides and not decides):
        return None
    return replace(term, owed_by=owed_by, decides=decides or None, consulted=consulted or None)


def checked_head(head: Head) -> Head:
    """Returns the head in normal form; raises Invalid naming every field that is wrong.

    Two parties or more, each named once; at most P90D of notice; it may not end before it begins.
    """
    errors: dict[str, str] = {}
    changes: dict[str, Any] = {}
    for name, most in (("title", SHORT), ("purpose_text", 20_000)):
        try:
            changes[name] = text(getattr(head, name), name, most=most)
        except Invalid as problem:
            errors.update(problem.errors)
    if head.use not in USES:
        errors["use"] = "An agreement is for coaching or reviewable."
    if len(head.parties) < 2:
        errors["parties"] = "An agreement has two parties or more."
    elif len(head.parties) > 50:
        errors["parties"] = "An agreement has at most 50 parties."
    elif len(set(head.people)) != len(head.people):
        errors["parties"] = "Somebody is named as a party twice."
    elif any(p.role not in ROLES for p in head.parties):
        errors["parties"] = f"A party's role is one of {', '.join(ROLES)}."
    for name, longest in (("notice_period", "P90D"), ("review_every", "P2Y")):
        try:
            changes[name] = durations.checked(getattr(head, name), field=name, longest=longest)
        except Invalid as problem:
            errors.update(problem.errors)
    if head.ends_on and head.effective_on and head.ends_on < head.effective_on:
        errors["ends_on"] = "The agreement would end before it takes effect."
    if errors:
        raise Invalid("The head of the agreement is not acceptable as it stands.", errors=errors)
    return replace(head, **changes)


def plain(value: Any) -> Any:
    """A head, term or party as JSON-ready values with absent fields left out; ids as strings, dates ISO."""
    if isinstance(value, Head | Term | Party | Cadence):
        shown = {f.name: plain(getattr(value, f.name)) for f in fields(value)}
        return {
            k: v
            for k, v in shown.items()
            if v is not None and not (k in ("owed_by", "decides", "consulted") and v == [])
        }
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def canonical_json(head: Head, terms: Mapping[UUID, Term]) -> bytes:
    """The RFC 8785 form of the text: what a consent's hash is taken over.

    With string values and ASCII keys only, the standard encoder with sorted keys and no spaces is
    exactly that form.
    """
    document = {"head": plain(head), "terms": [plain(terms[i]) for i in sorted(terms, key=str)]}
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def content_hash(head: Head, terms: Mapping[UUID, Term]) -> str:
    """Lower-case hex SHA-256 of the canonical text."""
    return hashlib.sha256(canonical_json(head, terms)).hexdigest()


def in_reading_order(terms: Mapping[UUID, Term]) -> list[Term]:
    """Terms by kind, then age (ids are UUIDv7, so they sort by age)."""
    order = {kind: n for n, kind in enumerate(KINDS)}
    return sorted(terms.values(), key=lambda t: (order.get(t.kind, len(order)), str(t.id)))
