"""What the routes of an imbalance period take: one body a command, every field said in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from adapters.http.api.agreements_bodies import ADA, BEN, TERM, Duration, Text
from adapters.http.conventions import Body
from domain.imbalance.content import Content, Recovery
from services.imbalance.things import Named

Focus = Literal["results", "relationships", "self"]
Question = Literal["milestones", "trust", "ego"]
THING = "0197a2c0-0000-7000-8000-0000000000d1"

OverrideReason = Annotated[
    Text | None,
    Field(
        description="Why a limit on length, gap or share is gone beyond; all named see it. Never lifts two at once.",
        examples=["The regulator moved the date; there is no other way."],
    ),
]


class NamedBody(Body):
    """Somebody whom it is for."""

    person_id: UUID = Field(description="An active person whom the declarer leads, directly or above.", examples=[BEN])
    asked_for: Text | None = Field(
        None, description="What they are asked for; they and the declarer see it.", examples=["Ten hours a day."]
    )


class ThingBody(Body):
    """One thing that is set aside: exactly one of the three."""

    term_id: UUID | None = Field(None, description="A term of an agreement in force.", examples=[TERM])
    commitment_id: UUID | None = Field(None, description="A commitment that was promised.", examples=[THING])
    text: Text | None = Field(None, description="In your own words.", examples=["The reading circle."])

    def to_named(self) -> Named:
        """The same as the deed takes it."""
        return Named(self.term_id, self.commitment_id, self.text)


class RecoveryBody(Body):
    """What the declarer will offer somebody afterwards."""

    outcome: Text = Field(description="What they will do.", examples=["Two days off for you, whenever you like."])
    to: UUID = Field(description="For whom: somebody named.", examples=[BEN])
    due_within: Duration = Field(description="How long after the end, ISO 8601: a day to a year.", examples=["P14D"])


_STAKES = "Why this is truly extraordinary."
_PEOPLE: Any = [{"person_id": BEN, "asked_for": "Ten hours a day."}]


class DraftPeriodBody(Body):
    """A period before it is declared."""

    declarer_id: UUID | None = Field(
        None, description="Who is to declare it: yourself unless said, or somebody who leads you.", examples=[ADA]
    )
    focus: Focus = Field(description="What is put first.", examples=["results"])
    stakes: Text = Field(description=_STAKES, examples=["The launch cannot move: the fair is on the 30th."])
    people: list[NamedBody] = Field(description="Those whom it is for, or only the declarer.", examples=[_PEOPLE])
    starts_on: date = Field(description="The first day (YYYY-MM-DD).", examples=["2027-03-01"])
    ends_on: date = Field(description="The last day (YYYY-MM-DD), included.", examples=["2027-03-14"])
    set_aside: list[ThingBody] = Field(
        description="What gives way for it: one thing at least.", examples=[[{"text": "The reading circle."}]]
    )
    milestone: Text | None = Field(None, description="What ends it early once it is met.", examples=["The launch."])
    gives_up: Text | None = Field(None, description="What the declarer gives up themself.", examples=["My holiday."])
    support: Text | None = Field(None, description="What is added as support.", examples=["Dinner, and a taxi home."])
    safe_to_fail: Text | None = Field(
        None, description="Where mistakes are fine (relationships).", examples=["Any conversation that goes wrong."]
    )
    recovery: list[RecoveryBody] = Field(
        [], description="What the declarer will offer afterwards.", examples=[[{"outcome": "A free day", "to": BEN,
        "due_within": "P14D"}]]
    )  # fmt: skip

    def to_content(self) -> Content:
        """The text, without the things that are set aside."""
        return Content(
            focus=self.focus,
            stakes=self.stakes,
            people=tuple(p.person_id for p in self.people),
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            set_aside=(),
            milestone=self.milestone,
            asked_for=_asked_for(self.people),
            gives_up=self.gives_up,
            support=self.support,
            safe_to_fail=self.safe_to_fail,
            recovery=_recovery(self.recovery),
        )


class EditDraftBody(Body):
    """The fields that change; what is left out stays, null takes an optional one away."""

    focus: Focus | None = Field(None, description="What is put first.", examples=["results"])
    stakes: Text | None = Field(None, description=_STAKES, examples=["The launch cannot move."])
    people: list[NamedBody] | None = Field(
        None, description="Those whom it is for, or only the declarer.", examples=[_PEOPLE]
    )
    starts_on: date | None = Field(None, description="The first day (YYYY-MM-DD).", examples=["2027-03-01"])
    ends_on: date | None = Field(None, description="The last day (YYYY-MM-DD), included.", examples=["2027-03-14"])
    set_aside: list[ThingBody] | None = Field(
        None, description="What gives way for it, all of it.", examples=[[{"text": "The reading circle."}]]
    )
    milestone: Text | None = Field(None, description="What ends it early once it is met.", examples=["The launch."])
    gives_up: Text | None = Field(None, description="What the declarer gives up themself.", examples=["My holiday."])
    support: Text | None = Field(None, description="What is added as support.", examples=["Dinner."])
    safe_to_fail: Text | None = Field(None, description="Where mistakes are fine.", examples=["Any conversation."])
    recovery: list[RecoveryBody] | None = Field(
        None, description="What the declarer will offer afterwards, all of it.", examples=[[]]
    )

    def to_changed(self) -> dict[str, Any]:
        """What was said, by the names of the text's fields."""
        said = {name: getattr(self, name) for name in self.model_fields_set - {"set_aside"}}
        # Without these there is no period: null is as if nothing were said of them.
        said = {n: value for n, value in said.items() if value is not None or n not in _NEEDED}
        if self.people is not None:
            said |= {"people": tuple(p.person_id for p in self.people), "asked_for": _asked_for(self.people)}
        if "recovery" in said:
            said["recovery"] = _recovery(self.recovery or ())
        return said

    def to_named(self) -> list[Named] | None:
        """The things, where they change."""
        return None if self.set_aside is None else [thing.to_named() for thing in self.set_aside]


_NEEDED = frozenset({"focus", "stakes", "people", "starts_on", "ends_on"})


class SelfCheckBody(Body):
    """Answers to the three questions: `milestones`, `trust`, `ego`."""

    answers: dict[Question, Text] = Field(
        description="The answers, some or all, by question.", examples=[{"trust": "On a good day."}]
    )
    share: bool = Field(False, description="Whether all named may see them.", examples=[False])


class DeclareBody(Body):
    """What a declaration may need."""

    override_reason: OverrideReason = None


class AcknowledgeBody(Body):
    """What somebody does not want set aside."""

    objects_to: list[UUID] = Field(
        [], description="Things set aside, by their `id`, that you object to.", max_length=100, examples=[[THING]]
    )


class ObjectBody(Body):
    """Why somebody objects."""

    reason: Text = Field(description="Why; only you and the declarer see it.", examples=["It is the third this year."])


class AskBody(Body):
    """A question to the declarer."""

    text: Text = Field(description="The question; only you and the declarer see it.", examples=["Whose idea was it?"])


class AnswerBody(Body):
    """The declarer's answer."""

    ask_id: UUID = Field(description="Which question, by its `id`.", examples=[THING])
    text: Text = Field(description="The answer.", examples=["Mine, and I stand by it."])


class JoinBody(Body):
    """Who is to come in."""

    person_id: UUID = Field(
        description="Whom the declarer asks to come in; yourself, once you were asked.", examples=[BEN]
    )
    override_reason: OverrideReason = None


class ExtendBody(Body):
    """Going on for a while."""

    ends_on: date = Field(description="The new last day: at most half the first length later.", examples=["2027-03-21"])
    stakes: Text = Field(description="What is at stake now.", examples=["The vendor is a week late."])
    override_reason: OverrideReason = None


class RefuseToEndBody(Body):
    """Why it does not end early."""

    reason: Text = Field(description="Why, in writing; all named see it.", examples=["Three more days settle it."])


class ClosingReviewBody(Body):
    """What came of it."""

    kept: bool = Field(description="Whether it was kept to as declared.", examples=[True])
    restored: bool = Field(description="Whether what was set aside was made good.", examples=[False])
    cost: Text = Field(description="What it cost.", examples=["Two weekends, and some trust."])


def _asked_for(people: Sequence[NamedBody]) -> dict[str, str]:
    return {str(p.person_id): p.asked_for for p in people if p.asked_for is not None}


def _recovery(said: Sequence[RecoveryBody]) -> tuple[Recovery, ...]:
    return tuple(Recovery(one.outcome, one.to, one.due_within) for one in said)
