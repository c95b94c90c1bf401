"""What the routes of an imbalance period answer, for the OpenAPI description.

The answers themselves are made by `services/imbalance/view.py`; what a viewer may not see is left out.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from adapters.http.api.agreements_answers import Answered
from adapters.http.api.agreements_bodies import ADA, BEN, TERM
from adapters.http.api.imbalance_bodies import THING

State = Literal["draft", "dropped", "declared", "withdrawn", "active", "ended", "closed"]
PERIOD = "0197a2c0-0000-7000-8000-000000000002"
_AT = "2027-03-01T09:00:00.000000Z"


class PersonInPeriod(Answered):
    """Somebody whom it is for; what they are asked for and answered is for them and the declarer."""

    person_id: UUID = Field(description="Who.", examples=[BEN])
    answered: bool = Field(description="Whether they acknowledged or objected.", examples=[True])
    joined_at: datetime | None = Field(None, description="When they came in, if later (UTC).", examples=[_AT])
    left_at: datetime | None = Field(None, description="When they went out (UTC).", examples=[_AT])
    asked_for: str | None = Field(None, description="What they are asked for.", examples=["Ten hours a day."])
    answer: dict[str, Any] | None = Field(
        None,
        description="acknowledged_at, objected_at, reason, objects_to (things, by id).",
        examples=[{"acknowledged_at": _AT, "objected_at": None, "reason": None, "objects_to": []}],
    )


class ThingShown(Answered):
    """One thing that is set aside."""

    id: UUID = Field(description="The thing, in this period; what `objects_to` names.", examples=[THING])
    kind: Literal["term", "commitment", "text"] = Field(description="What it is.", examples=["term"])
    term_id: UUID | None = Field(None, description="The term.", examples=[TERM])
    agreement_id: UUID | None = Field(None, description="The term's agreement.", examples=[PERIOD])
    commitment_id: UUID | None = Field(None, description="The commitment.", examples=[THING])
    text: str | None = Field(None, description="In the declarer's words.", examples=["The reading circle."])
    owed_by: list[UUID] | None = Field(None, description="Who owes it.", examples=[[BEN]])
    owed_to: list[UUID] | None = Field(None, description="Who is owed it.", examples=[[ADA]])
    set_aside_for: list[UUID] | None = Field(
        None, description="Those of who owe it for whom it is set aside right now.", examples=[[BEN]]
    )


class PeriodShown(Answered):
    """An imbalance period, cut to what you may see."""

    id: UUID = Field(description="The period.", examples=[PERIOD])
    state: State = Field(description="Where it stands.", examples=["active"])
    focus: str = Field(description="What is put first: results, relationships or self.", examples=["results"])
    stakes: str = Field(description="Why this is truly extraordinary.", examples=["The launch cannot move."])
    declarer_id: UUID = Field(description="Who declares it now.", examples=[ADA])
    declared_by: UUID = Field(description="Who declared it, or is to.", examples=[ADA])
    people: list[PersonInPeriod] = Field(
        description="Those whom it is for.", examples=[[{"person_id": BEN, "answered": True}]]
    )
    starts_on: date = Field(description="The first day.", examples=["2027-03-01"])
    ends_on: date = Field(description="The last day, included.", examples=["2027-03-14"])
    milestone: str | None = Field(None, description="What ends it early.", examples=["The launch."])
    gives_up: str | None = Field(None, description="What the declarer gives up.", examples=["My holiday."])
    support: str | None = Field(None, description="What is added as support.", examples=["Dinner."])
    safe_to_fail: str | None = Field(None, description="Where mistakes are fine.", examples=["Any conversation."])
    not_said: list[str] = Field(description="What was asked for and left empty.", examples=[["gives_up"]])
    objected: int = Field(description="How many objected.", examples=[0])
    set_aside: list[ThingShown] = Field(
        description="The things that you may see.", examples=[[{"id": THING, "kind": "text", "text": "The circle."}]]
    )
    set_aside_more: int = Field(description="How many more there are.", examples=[0])
    lifted: list[str] = Field(description="The limits that a written reason lifted.", examples=[["imbalance-gap"]])
    override_reason: str | None = Field(None, description="That reason.", examples=["There is no other way."])
    declared_at: datetime | None = Field(None, description="When (UTC).", examples=[_AT])
    started_at: datetime | None = Field(None, description="When it became active (UTC).", examples=[_AT])
    ended_at: datetime | None = Field(None, description="When it was over (UTC).", examples=[_AT])
    end_cause: str | None = Field(
        None, description="date, declarer, milestone, majority or nobody_left.", examples=["date"]
    )
    closed_at: datetime | None = Field(None, description="When it was closed (UTC).", examples=[_AT])
    extension: dict[str, Any] | None = Field(
        None,
        description="from_on, ends_on, stakes, at, lifted, answered; answers that you may see.",
        examples=[{"from_on": "2027-03-14", "ends_on": "2027-03-21", "stakes": "The vendor is late."}],
    )
    recovery: list[dict[str, Any]] | None = Field(
        None,
        description="outcome, to, due_within; commitment_id once it was offered.",
        examples=[[{"outcome": "A free day", "to": BEN, "due_within": "P14D"}]],
    )
    questions: list[dict[str, Any]] | None = Field(
        None,
        description="What was asked of the declarer, by you or, to the declarer, by all: id, by, at, text, answer.",
        examples=[[{"id": THING, "by": BEN, "text": "Whose idea was it?", "answer": None}]],
    )
    self_check: dict[str, Any] | None = Field(
        None,
        description="The three questions, and the declarer's answers where they are for you.",
        examples=[{"questions": {"trust": "..."}, "answers": None, "shared": None}],
    )
    invited: list[dict[str, Any]] | None = Field(
        None, description="Who was asked to come in and has not.", examples=[[{"person_id": BEN}]]
    )
    asked_to_end: list[dict[str, Any]] | None = Field(
        None, description="Who asks for an early end, since when.", examples=[[{"person_id": BEN, "at": _AT}]]
    )
    ends_unless_refused_by: datetime | None = Field(
        None, description="When it ends because a majority asks (UTC).", examples=[_AT]
    )
    refused_to_end: list[dict[str, Any]] | None = Field(
        None, description="The declarer's refusals: at, reason.", examples=[[{"at": _AT, "reason": "Soon."}]]
    )
    closing_reviews: list[dict[str, Any]] | None = Field(
        None,
        description="person_id, at, kept, restored, cost.",
        examples=[[{"person_id": BEN, "at": _AT, "kept": True, "restored": True, "cost": "Two weekends."}]],
    )
    allowed_actions: list[str] = Field(description="What you may do now.", examples=[["POST acknowledge"]])


class PersonBesideLimits(Answered):
    """What a draft comes to for one person, beside the limits; all in days."""

    person_id: UUID = Field(description="Who.", examples=[BEN])
    gap: int | None = Field(
        description="How many days without a period for results would lie between this one and the nearest that asks "
        "for more; null where there is none, or it is not for results.",
        examples=[12],
    )
    gap_needed: int | None = Field(description="How many such days are asked for.", examples=[15])
    share: int | None = Field(
        description="How many days for results the fullest year that it falls into would have with it.", examples=[51]
    )
    beyond: list[str] = Field(
        description="The limits that it goes beyond, as the refusals are called.", examples=[["imbalance-gap"]]
    )


class BesideLimits(Answered):
    """What declaring a draft would come to."""

    days: int = Field(description="How many days it lasts.", examples=[21])
    most_days: int = Field(description="How many days are allowed.", examples=[90])
    most_share: int = Field(description="How many days for results are allowed in any year.", examples=[91])
    share_of: int = Field(description="How many days such a year has.", examples=[365])
    people: list[PersonBesideLimits] = Field(
        description="Each person named.",
        examples=[[{"person_id": BEN, "gap": 12, "gap_needed": 15, "share": 51, "beyond": ["imbalance-gap"]}]],
    )


class PeriodListed(Answered):
    """A period in a list."""

    id: UUID = Field(description="The period.", examples=[PERIOD])
    state: State = Field(description="Where it stands.", examples=["active"])
    focus: str = Field(description="What is put first.", examples=["results"])
    declarer_id: UUID = Field(description="Who declares it.", examples=[ADA])
    starts_on: date = Field(description="The first day.", examples=["2027-03-01"])
    ends_on: date = Field(description="The last day, included.", examples=["2027-03-14"])
    people: list[UUID] = Field(description="Who is in it.", examples=[[BEN]])
    waiting_on: list[dict[str, Any]] = Field(
        description="Who is waited for (person_id) and for `what`: declare, acknowledge, join, answer, end or "
        "closing_review; empty where it is not for you.",
        examples=[[{"person_id": BEN, "what": "acknowledge"}]],
    )


class PeriodPage(Answered):
    """A page of periods, newest first."""

    items: list[PeriodListed] = Field(
        description="The periods.",
        examples=[
            [
                {
                    "id": PERIOD,
                    "state": "active",
                    "focus": "results",
                    "declarer_id": ADA,
                    "starts_on": "2027-03-01",
                    "ends_on": "2027-03-14",
                    "people": [BEN],
                    "waiting_on": [],
                }
            ]
        ],
    )
    next_cursor: str | None = Field(None, description="Where the next page begins; null on the last.", examples=[None])
