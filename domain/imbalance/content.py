"""What an imbalance period says: what is put first for a while, why, for whom, and what is set aside for it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date
from uuid import UUID

from domain import durations
from domain.refusals import Invalid
from domain.values import optional_text, text

FOCUSES = ("results", "relationships", "self")
"""What is put first."""
TERM, COMMITMENT, FREE = "term", "commitment", "text"
MOST_PEOPLE = 100
MOST_THINGS = 100
MOST_RECOVERIES = 50

NOT_SAID = ("milestone", "asked_for", "gives_up", "support", "safe_to_fail", "recovery")
"""What is asked for and need not be said; where it is empty it is shown as not said."""

QUESTIONS = {
    "milestones": "Am I open about which milestones are critical, or do I expect heroics without end?",
    "trust": "Can I put trust first when it is needed?",
    "ego": "Am I ready to set my ego aside and allow mistakes?",
}
"""What the declarer is asked before declaring; the answers are theirs unless they share them."""


@dataclass(frozen=True)
class Thing:
    """One thing that is set aside: a `term`, a `commitment`, or something in free words (`text`).

    `owed_by` and `owed_to` are people. A term is owed severally: each debtor owes it to the other parties,
    who are `owed_to`, debtors included. A commitment is owed jointly. Free words name nobody.
    """

    id: UUID
    kind: str
    term_id: UUID | None = None
    agreement_id: UUID | None = None
    commitment_id: UUID | None = None
    owed_by: tuple[UUID, ...] = ()
    owed_to: tuple[UUID, ...] = ()

    @property
    def concerns(self) -> frozenset[UUID]:
        """Everybody who owes it or is owed it."""
        return frozenset((*self.owed_by, *self.owed_to))


@dataclass(frozen=True)
class Recovery:
    """What the declarer will offer somebody afterwards, and how long after the end it is due (ISO 8601)."""

    outcome: str
    to: UUID
    due_within: str


@dataclass(frozen=True)
class Content:
    """The text of a period. First and last day are included; `asked_for` is by person, `texts` by thing."""

    focus: str
    stakes: str
    people: tuple[UUID, ...]
    starts_on: date
    ends_on: date
    set_aside: tuple[Thing, ...]
    milestone: str | None = None
    asked_for: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    gives_up: str | None = None
    support: str | None = None
    safe_to_fail: str | None = None
    recovery: tuple[Recovery, ...] = ()

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.ends_on - self.starts_on).days + 1

    def checked(self, declarer_id: UUID) -> Content:
        """The text in normal form; raises Invalid when it cannot be declared as it stands."""
        if self.focus not in FOCUSES:
            raise Invalid(f"A focus is one of {', '.join(FOCUSES)}.", field="focus")
        self._check_people(declarer_id)
        if self.ends_on < self.starts_on:
            raise Invalid("The end comes before the start.", field="ends_on")
        self._check_things(declarer_id)
        return replace(
            self,
            stakes=text(self.stakes, "stakes"),
            asked_for={who: text(said, "people.asked_for") for who, said in self.asked_for.items()},
            texts={thing: text(said, "set_aside.text") for thing, said in self.texts.items()},
            recovery=tuple(self._checked_recovery(one, declarer_id) for one in self.recovery),
            milestone=optional_text(self.milestone, "milestone"),
            gives_up=optional_text(self.gives_up, "gives_up"),
            support=optional_text(self.support, "support"),
            safe_to_fail=optional_text(self.safe_to_fail, "safe_to_fail"),
        )

    def _check_people(self, declarer_id: UUID) -> None:
        if not self.people:
            raise Invalid("Somebody has to be named.", field="people")
        if len(self.people) > MOST_PEOPLE:
            raise Invalid(f"At most {MOST_PEOPLE} people, please.", field="people")
        if len(set(self.people)) != len(self.people):
            raise Invalid("Somebody is named twice here.", field="people")
        if declarer_id in self.people and len(self.people) > 1:
            raise Invalid("Name those whom you lead, or only yourself.", field="people")

    def _check_things(self, declarer_id: UUID) -> None:
        if not self.set_aside:
            raise Invalid("At least one thing has to be set aside: what gives way?", field="set_aside")
        if len(self.set_aside) > MOST_THINGS:
            raise Invalid(f"At most {MOST_THINGS} things are set aside by one period.", field="set_aside")
        named = [(t.term_id, t.commitment_id) for t in self.set_aside if t.kind != FREE]
        if len(set(named)) != len(named):
            raise Invalid("The same thing is set aside twice here.", field="set_aside")
        if any(not thing.concerns <= {declarer_id, *self.people} for thing in self.set_aside):
            raise Invalid(
                "A period sets aside only what stands between the people it names and who declares it.",
                field="set_aside",
            )

    def _checked_recovery(self, one: Recovery, declarer_id: UUID) -> Recovery:
        if len(self.recovery) > MOST_RECOVERIES:
            raise Invalid(f"At most {MOST_RECOVERIES} things are promised for afterwards.", field="recovery")
        if one.to not in self.people or one.to == declarer_id:
            raise Invalid("What comes afterwards is offered to somebody else whom the period names.", field="recovery")
        within = durations.checked(one.due_within, field="recovery.due_within", longest="P1Y", shortest="P1D")
        return replace(one, outcome=text(one.outcome, "recovery.outcome"), due_within=within)


CONTENT_FIELDS = tuple(f.name for f in fields(Content))
