"""How a fact is told: a sentence in which people are named later, and what it holds beside that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.agreements.terms import Term
from domain.base import Fact
from services.agreements.view import QUESTIONS, at
from services.ports import Recorded

Shown = dict[str, Any]
Part = str | UUID

SOMEBODY = "Somebody"
LONGEST_LABEL = 60

KIND_WORDS = {
    "update": "update",
    "escalation": "escalation",
    "expectation": "expectation",
    "support": "support",
    "hands_off": "hands-off",
    "decision": "decision",
    "given": "given",
    "norm": "norm",
    "section": "section",
}
FIELD_WORDS = {
    "purpose_text": "purpose",
    "effective_on": "when it takes effect",
    "ends_on": "when it ends",
    "notice_period": "notice period",
    "review_every": "how often it is reviewed",
    "owed_by": "who owes it",
    "good_looks_like": "what good looks like",
    "within": "within what time",
    "decides": "who decides",
    "consulted": "who is consulted",
    "set_by": "who set it",
}
"""Fields whose name is no word of its own."""


@dataclass(frozen=True)
class Told:
    """One fact as one viewer is told it.

    `parts` make the sentence: text as it is, and people by id. A value of `details` that can be called
    is worked out when it is shown. `what` and `by` stand in for the fact's own where these are not for
    this viewer (`unsaid_by`).
    """

    parts: tuple[Part, ...]
    details: Mapping[str, Any] = field(default_factory=dict)
    what: str | None = None
    unsaid_by: bool = False


@dataclass(frozen=True)
class Entry:
    """One entry of a history."""

    recorded: Recorded
    told: Told

    @property
    def by(self) -> UUID | None:
        """Who acted; None where nobody did, or it is not said."""
        return None if self.told.unsaid_by else self.recorded.fact.actor_id

    @property
    def people(self) -> tuple[UUID, ...]:
        """Everybody whom the entry names, once each."""
        named = (p for p in self.told.parts if isinstance(p, UUID))
        return tuple(dict.fromkeys([*([self.by] if self.by else []), *named]))

    def shown(self, names: Mapping[UUID, str]) -> Shown:
        """The entry as plain values, its people named."""
        fact = self.recorded.fact
        return {
            "position": self.recorded.position,
            "at": at(fact.timestamp),
            "effective_at": at(fact.effective_at),
            "by": None if self.by is None else str(self.by),
            "what": self.told.what or what(fact),
            "sentence": "".join(p if isinstance(p, str) else names.get(p, SOMEBODY) for p in self.told.parts),
            "people": [str(p) for p in self.people],
            "details": {k: v() if callable(v) else v for k, v in self.told.details.items()},
        }


def what(fact: Fact) -> str:
    """The stable short name of what happened: the fact's topic without the house's name."""
    return fact.TOPIC.removeprefix("concord.")


def say(*parts: Part, **details: Any) -> Told:
    """A fact told in these words; details that are None are left out."""
    return Told(parts, {name: value for name, value in details.items() if value is not None})


def who(fact: Fact) -> Part:
    """Who acted, for the beginning of a sentence."""
    return fact.actor_id or SOMEBODY


def a_term(term: Term | None) -> str:
    """A term in words: its kind with an article, and how it begins."""
    if term is None:
        return "a term"
    kind = KIND_WORDS.get(term.kind, term.kind)
    article = "an" if kind[0] in "aeiou" else "a"
    label = _label(term.name or term.topic or term.text or term.trigger or "")
    return f"{article} {kind} (“{label}”)" if label else f"{article} {kind}"


def the_question(key: str) -> str:
    """An opening question in quotes."""
    return f"“{QUESTIONS.get(key, key)}”"


def in_words(fields: Iterable[str]) -> str:
    """Names of fields as words, in a list."""
    return ", ".join(FIELD_WORDS.get(name, name) for name in fields)


def listed(people: Iterable[UUID]) -> list[Part]:
    """People in a list: parts of a sentence."""
    parts: list[Part] = []
    for person in people:
        parts += [", ", person] if parts else [person]
    return parts


def later(make: Callable[[], Any]) -> Callable[[], Any]:
    """Something that costs time and is only worked out for the page that shows it."""
    return make


def _label(words: str) -> str:
    one_line = " ".join(words[: 4 * LONGEST_LABEL].split())
    return one_line if len(one_line) <= LONGEST_LABEL else one_line[: LONGEST_LABEL - 1].rstrip() + "…"
