"""What the routes of updates, escalations and notes take and answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field

from adapters.http.api.agreements_answers import Answered
from adapters.http.api.agreements_bodies import ADA, BEN, TERM, Text
from adapters.http.conventions import Body

ENTRY = "0197a2c0-0000-7000-8000-0000000000e1"
_INSTANT = "2027-01-04T09:00:00Z"


class GiveUpdateBody(Body):
    """An update under a term."""

    term_id: UUID = Field(description="The update term that you owe.", examples=[TERM])
    occurrence_on: date | None = Field(
        None, description="The local day it was due (YYYY-MM-DD); without it, it is ad hoc.", examples=["2027-01-04"]
    )
    text: Text = Field(
        description="The update, in Markdown, at most 20,000 characters.",
        examples=["Schema done. Risk: the index. Ask: an hour with Cy."],
    )
    confidence: Annotated[int, Field(ge=1, le=5)] | None = Field(
        None, description="How sure you are that it goes well, from 1 (not at all) to 5 (wholly).", examples=[4]
    )


class AnswerBody(Body):
    """An answer."""

    text: Text = Field(
        description="What you answer, in Markdown, at most 20,000 characters.",
        examples=["Thank you. Wednesday at two?"],
    )


class AskBody(Body):
    """A request for an update outside the cadence."""

    term_id: UUID = Field(description="The update term that others owe.", examples=[TERM])
    text: Text | None = Field(None, description="What you would like to know.", examples=["How did the demo go?"])


class EscalationBody(Body):
    """Something the others are told out of turn."""

    term_id: UUID = Field(description="The escalation term that you owe.", examples=[TERM])
    happened_at: AwareDatetime = Field(description="When it happened (RFC 3339 with offset or Z).", examples=[_INSTANT])
    noticed_at: AwareDatetime | None = Field(
        None, description="When it was noticed (RFC 3339), where that was later.", examples=[_INSTANT]
    )
    text: Text = Field(
        description="What happened, in Markdown, at most 20,000 characters.", examples=["The date slips by three days."]
    )


class NoteBody(Body):
    """How a support, hands_off, expectation or norm went, as one side saw it."""

    term_id: UUID = Field(description="The term that it is about.", examples=[TERM])
    on: date = Field(description="The day that it is about (YYYY-MM-DD).", examples=["2027-01-04"])
    kept: bool = Field(description="Whether it was kept, as you saw it.", examples=[True])
    text: Text | None = Field(None, description="In what way.", examples=["Half an hour, not a word about status."])


class EntryShown(Answered):
    """What one person said under an agreement."""

    id: UUID = Field(description="Its id.", examples=[ENTRY])
    agreement_id: UUID | None = Field(None, description="The agreement it was said under.", examples=[ENTRY])
    term_id: UUID | None = Field(None, description="The term it was said under.", examples=[TERM])
    by: UUID | None = Field(description="Who said it.", examples=[BEN])
    at: datetime = Field(description="When (UTC).", examples=[_INSTANT])
    text: str | None = Field(None, description="The words; null when they were withdrawn.", examples=["Schema done."])
    use: str | None = Field(None, description="`coaching` or `reviewable`, as it held then.", examples=["reviewable"])
    corrected_at: datetime | None = Field(None, description="When its author corrected it (UTC).", examples=[None])
    withdrawn_at: datetime | None = Field(None, description="When its author withdrew it (UTC).", examples=[None])
    allowed_actions: list[str] | None = Field(
        None, description="What you may send now: method and path after it.", examples=[["POST acknowledge"]]
    )
    answers: list[dict[str, Any]] | None = Field(None, description="What the others answered.", examples=[[]])


class EntryPage(Answered):
    """One page of entries, newest first."""

    items: list[EntryShown] = Field(description="The entries of this page.", examples=[[]])
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=[None]
    )


class ExpectedPage(Answered):
    """What was expected over a window of days, by due time."""

    from_: date = Field(alias="from", description="The first day.", examples=["2027-01-01"])
    to: date = Field(description="The last day, included.", examples=["2027-01-31"])
    items: list[dict[str, Any]] = Field(
        description="Each occurrence: term_id, owed_by, occurrence_on, due_at, late_after, status, update_id.",
        examples=[[]],
    )
    next_cursor: str | None = Field(None, description="Always null: a window is one page.", examples=[None])


class AdherenceShown(Answered):
    """How updates and support went over a window of days, for every party alike."""

    from_: date = Field(alias="from", description="The first day.", examples=["2027-01-01"])
    to: date = Field(description="The last day, included.", examples=["2027-01-31"])
    people: list[dict[str, Any]] = Field(
        description="For each party: counts by status, times to acknowledge and answer, and what was noted.",
        examples=[[{"person_id": ADA}]],
    )
