"""What the routes of a commitment take: one body a command, every field said in words.

A body checks form only; what a promise must say, who may say it and when is the domain's to refuse.
Dates are days in the organisation's zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from adapters.http.api.agreements_answers import AGREEMENT
from adapters.http.api.agreements_bodies import ADA, BEN, CadenceBody, Heard, Reason, Text, Use
from adapters.http.conventions import Body
from adapters.http.form import invalid
from domain.commitments.content import MOST_CONDITIONS, MOST_OF_A_SIDE, Content, Due, Who

COMMITMENT = "0197a2c0-0000-7000-8000-000000000031"
EARLIER = "0197a2c0-0000-7000-8000-000000000030"
TEAM = "0197a2c0-0000-7000-8000-0000000000e1"
_WEEKLY = {"rrule": "FREQ=WEEKLY;BYDAY=FR", "time_zone": "Europe/Oslo", "first_due": "2027-07-02T16:00"}

Level = Literal["task", "result", "impact"]
AimedAt = Annotated[
    Level,
    Field(
        description="`task`: the work itself; `result`: what it brings about; `impact`: what lasts of it.",
        examples=["task"],
    ),
]
DueAt = Annotated[
    str | None,
    Field(
        description="By when: a day (YYYY-MM-DD, that day included), or an instant (RFC 3339). It lies ahead.",
        examples=["2027-07-01"],
        json_schema_extra={"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]},
    ),
]
Condition = Annotated[str, Field(json_schema_extra={"minLength": 1, "maxLength": 2_000, "pattern": r"\S"})]
Conditions = Annotated[
    list[Condition],
    Field(
        description="How one will know that it is done: ticked one by one at the end, numbered from 0.",
        max_length=MOST_CONDITIONS,
        examples=[["A file of 10,000 lines goes in", "No line is lost"]],
    ),
]
Recurring = Annotated[
    CadenceBody | None,
    Field(description="impact only, instead of `due_at`: when its periods fall due.", examples=[_WEEKLY]),
]
Outcome = Annotated[
    Text,
    Field(
        description="What will be so once it is done, in Markdown, at most 20,000 characters.",
        examples=["The import copes with ten thousand lines."],
    ),
]


class SideBody(Body):
    """A person or a team on one side: exactly one of the two."""

    person_id: UUID | None = Field(None, description="An active person of your organisation.", examples=[BEN])
    team_id: UUID | None = Field(None, description="A team of your organisation.", examples=[TEAM])

    def to_who(self, field: str) -> Who:
        """The same as the domain says it."""
        if self.person_id is not None and self.team_id is None:
            return Who("person", self.person_id)
        if self.team_id is not None and self.person_id is None:
            return Who("team", self.team_id)
        raise invalid({field: "Name either a person_id or a team_id."})


Side = Annotated[list[SideBody], Field(min_length=1, max_length=MOST_OF_A_SIDE)]


class MakeCommitmentBody(Body):
    """A promise to ask for, or to offer: that follows from the side on which you stand."""

    owed_by: Side = Field(
        description="Who owes it (debtors). It is promised once each of them has promised.",
        examples=[[{"person_id": BEN}]],
    )
    owed_to: Side = Field(description="To whom it is owed (creditors).", examples=[[{"person_id": ADA}]])
    outcome: Outcome
    conditions: Conditions = Field(default_factory=list)
    level: AimedAt = "task"
    due_at: DueAt = None
    cadence: Recurring = None
    serves: UUID | None = Field(
        None, description="The commitment that this one contributes to; you can see it.", examples=[EARLIER]
    )
    agreement_id: UUID | None = Field(
        None, description="The agreement of yours that it lives under.", examples=[AGREEMENT]
    )
    use: Use | None = Field(
        None,
        description="`coaching` never leaves the two sides (unless said), `reviewable` may enter a review packet; "
        "under an agreement it is that agreement's.",
        examples=["coaching"],
    )
    follows: UUID | None = Field(
        None, description="An earlier commitment that this one takes up again; you can see it.", examples=[EARLIER]
    )

    def to_content(self, zone: ZoneInfo) -> Content:
        """The same as the domain says it; its use is decided by the deed."""
        return Content(
            owed_by=tuple(side.to_who("owed_by") for side in self.owed_by),
            owed_to=tuple(side.to_who("owed_to") for side in self.owed_to),
            outcome=self.outcome,
            conditions=tuple(self.conditions),
            level=self.level,
            due=to_due(self.due_at, zone),
            cadence=None if self.cadence is None else self.cadence.to_cadence(),
            serves=self.serves,
            agreement_id=self.agreement_id,
            follows=self.follows,
        )


class CounterContentBody(Body):
    """What is to be said instead; what is left out stays as it is."""

    outcome: Outcome | None = Field(None, description="Another outcome.", examples=["The import copes with it."])
    conditions: Conditions | None = Field(
        None, description="All conditions as they should be.", examples=[["No line is lost"]]
    )
    level: Level | None = Field(None, description="task, result or impact.", examples=["task"])
    due_at: DueAt = None
    cadence: Recurring = None

    def to_said(self, zone: ZoneInfo) -> Mapping[str, Any]:
        """What is named here, as the domain calls it. Null takes a due date or a cadence away."""
        said: dict[str, Any] = {}
        given = self.model_fields_set
        if self.outcome is not None:
            said["outcome"] = self.outcome
        if self.conditions is not None:
            said["conditions"] = tuple(self.conditions)
        if self.level is not None:
            said["level"] = self.level
        if "due_at" in given:
            said["due"] = to_due(self.due_at, zone)
        if "cadence" in given:
            said["cadence"] = None if self.cadence is None else self.cadence.to_cadence()
        return said


class CounterBody(Body):
    """Another text in the place of the one that you were asked."""

    content: CounterContentBody = Field(
        description="What you put otherwise. Who owes whom, and what it belongs to, stays.",
        examples=[{"due_at": "2027-07-15"}],
    )
    heard: Heard = None


class RevisionBody(Body):
    """Which text your yes is to."""

    revision: int = Field(
        description="The `revision` that you read; refused with 409 `stale-consent` once there is another.",
        ge=1,
        le=1_000_000,
        examples=[1],
    )


class WhyBody(Body):
    """Why, if you care to say."""

    reason: Reason = None


class ReasonNeededBody(Body):
    """Why."""

    reason: Text = Field(
        description="Why, in a sentence; the other side reads it.", examples=["The vendor's interface is gone."]
    )


class NoteBody(Body):
    """How it goes."""

    text: Text = Field(
        description="What you say, in Markdown, at most 20,000 characters.",
        examples=["Half of it works; the vendor answers slowly."],
    )


class ChangeTerms(Body):
    """What a proposed change says, whatever its kind."""

    outcome: Outcome | None = Field(
        None, description="terms: another outcome.", examples=["The import copes with five thousand lines."]
    )
    conditions: Conditions | None = Field(
        None, description="terms: all conditions as they should be.", examples=[["No line is lost"]]
    )
    level: Level | None = Field(None, description="refocus: what it is to aim at.", examples=["task"])
    due_at: DueAt = None
    cadence: CadenceBody | None = Field(
        None, description="refocus to an impact: when its periods fall due.", examples=[_WEEKLY]
    )
    return_condition: Text | None = Field(
        None, description="refocus: when it is to come back to what it aimed at.", examples=["Once the release is out."]
    )
    until: date | None = Field(
        None, description="suspend: the last day (YYYY-MM-DD); it runs again by itself the day after.",
        examples=["2027-07-31"],
    )  # fmt: skip
    reason: Text = Field(
        description="Why, in a sentence; the other side reads it.", examples=["The vendor delivers two weeks late."]
    )

    def to_said(self, zone: ZoneInfo) -> dict[str, Any]:
        """What is named here, as the domain calls it."""
        return {
            "outcome": self.outcome,
            "conditions": None if self.conditions is None else tuple(self.conditions),
            "level": self.level,
            "due": to_due(self.due_at, zone),
            "cadence": None if self.cadence is None else self.cadence.to_cadence(),
            "return_condition": self.return_condition,
            "until": self.until,
        }


class ChangeBody(ChangeTerms):
    """A change to propose: of the fields, those that its kind names."""

    kind: Literal["terms", "refocus", "suspend", "delegate", "assign", "conclude"] = Field(
        description="`terms` (outcome, conditions, due_at), `refocus` (level with due_at or cadence), `suspend` "
        "(until), `delegate` (a debtor hands it on) or `assign` (a creditor does) with person_id, `conclude` (impact).",
        examples=["terms"],
    )
    person_id: UUID | None = Field(
        None, description="delegate, assign: who comes in, and agrees to that too.", examples=[ADA]
    )


class DoneBody(Body):
    """That it is done."""

    evidence: list[Condition] = Field(
        [],
        description="Where one can see it: addresses, or a few words; at most 50.",
        max_length=50,
        examples=[["https://ci.example.org/runs/812"]],
    )
    learned: Text | None = Field(
        None, description="What you learned, or what support was missing.", examples=["Ask for test data earlier."]
    )


class ConfirmBody(Body):
    """That it is kept."""

    conditions_met: list[Annotated[int, Field(ge=0, le=MOST_CONDITIONS)]] | None = Field(
        None,
        description="The numbers of the conditions that are met, from 0; all of them when absent.",
        max_length=MOST_CONDITIONS,
        examples=[[0, 1]],
    )
    thanks: Text | None = Field(None, description="Thanks.", examples=["Thank you, that saved the launch."])


class ReturnBody(Body):
    """That something is missing."""

    missing: Text = Field(
        description="What is missing; it runs again, and the time it waited for you is added.",
        examples=["Lines with emoji are refused."],
    )


class AttestBody(Body):
    """How a period of an impact went."""

    period: date = Field(
        description="A day on which its cadence fell due, or a day that is over where it has none (YYYY-MM-DD).",
        examples=["2027-07-02"],
    )
    kept: Literal["kept", "partly", "not"] = Field(
        description="What you say of it; what the other side says is stored beside it.", examples=["kept"]
    )
    text: Text | None = Field(None, description="In a few words.", examples=["Nobody was paged at night."])


def to_due(given: str | None, zone: ZoneInfo) -> Due | None:
    """The due date that is written there: the end of a day in that zone, or an instant."""
    if given is None:
        return None
    try:
        if len(given) == len("2027-07-01"):
            return Due.end_of_day(date.fromisoformat(given), zone)
        at = datetime.fromisoformat(given.upper())
        if at.tzinfo is not None and "T" in given.upper():
            return Due(at.astimezone(UTC))
    except (ValueError, OverflowError):
        pass
    raise invalid({"due_at": "Write a day like 2027-07-01, or an instant like 2027-07-01T09:00:00Z."})
