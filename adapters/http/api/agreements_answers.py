"""What the routes of an agreement answer, for the OpenAPI description.

The answers themselves are made by `services/agreements/view.py`; these models say what is in them.
What a viewer may not see is left out or empty, so most fields may be absent.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from adapters.http.api.agreements_bodies import ADA, BEN, TERM

State = Literal["drafting", "in_force", "paused", "ending", "ended", "expired", "abandoned"]

AGREEMENT = "0197a2c0-0000-7000-8000-000000000001"
_PARTIES = [{"person_id": ADA, "role": "leader"}, {"person_id": BEN, "role": "report"}]
_HEAD = {
    "title": "Ada and Ben, platform",
    "purpose_text": "So that both of us know what to expect while the platform is being rebuilt.",
    "use": "reviewable",
    "parties": _PARTIES,
    "notice_period": "P14D",
    "review_every": "P3M",
}
_TERM = {"id": TERM, "kind": "expectation", "owed_by": [BEN], "text": "I raise scope doubts before work starts."}
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class Answered(BaseModel):
    """Base of what is only described here: more fields may come, none goes away."""

    model_config = ConfigDict(extra="allow", defer_build=True)


class PartyShown(Answered):
    """Somebody who is bound by the agreement."""

    person_id: UUID = Field(description="Who.", examples=[ADA])
    role: str = Field(description="What they are in it: leader, report, peer, mentor or member.", examples=["leader"])


class CadenceShown(Answered):
    """When something falls due again and again."""

    rrule: str = Field(description="An RFC 5545 recurrence rule.", examples=["FREQ=WEEKLY;BYDAY=MO"])
    time_zone: str = Field(description="The IANA time zone whose wall clock counts.", examples=["Europe/Oslo"])
    first_due: str = Field(
        description="The first local time it is due: YYYY-MM-DDTHH:MM.", examples=["2027-01-04T10:00"]
    )


class HeadShown(Answered):
    """The part of the text that is not terms; absent fields are left out."""

    title: str = Field(description="What it is called.", examples=["Ada and Ben, platform"])
    purpose_text: str | None = Field(
        None, description="What it is for, in Markdown.", examples=["So that nobody guesses."]
    )
    use: str | None = Field(None, description="`coaching` or `reviewable`.", examples=["reviewable"])
    parties: list[PartyShown] = Field(description="Who is bound by it.", examples=[_PARTIES])
    effective_on: date | None = Field(None, description="The day it takes effect.", examples=["2027-01-04"])
    ends_on: date | None = Field(None, description="Its last day.", examples=["2027-12-31"])
    notice_period: str | None = Field(None, description="ISO 8601 duration.", examples=["P14D"])
    review_every: str | None = Field(None, description="ISO 8601 duration.", examples=["P3M"])


class TermShown(Answered):
    """One term; only the fields that its kind carries are there."""

    id: UUID = Field(description="The term's id, the same for life.", examples=[TERM])
    kind: str = Field(description="Which of the eight kinds it is.", examples=["expectation"])
    owed_by: list[UUID] | None = Field(None, description="The parties that owe it.", examples=[[BEN]])
    topic: str | None = Field(None, description="update: what about.", examples=["Progress"])
    channel: str | None = Field(None, description="update, escalation: by which way.", examples=["chat"])
    cadence: CadenceShown | None = Field(None, description="update, support: when it is due.")
    good_looks_like: str | None = Field(
        None, description="How one knows that it is done well.", examples=["Three lines."]
    )
    grace: str | None = Field(
        None, description="update: ISO 8601 duration after due that is still on time.", examples=["PT4H"]
    )
    trigger: str | None = Field(None, description="escalation: what sets it off.", examples=["A date slips"])
    within: str | None = Field(None, description="escalation: ISO 8601 duration until it is told.", examples=["PT8H"])
    text: str | None = Field(None, description="What it says, in Markdown.", examples=["I raise doubts early."])
    triggers: list[str] | None = Field(
        None, description="hands_off: when stepping in is allowed.", examples=[["At risk"]]
    )
    decides: list[UUID] | None = Field(None, description="decision: who decides.", examples=[[BEN]])
    consulted: list[UUID] | None = Field(None, description="decision: who is asked first.", examples=[[ADA]])
    limits: str | None = Field(None, description="decision: where it ends.", examples=["Above 10 k together."])
    reason: str | None = Field(None, description="given: why it is so.", examples=["The board fixed it."])
    set_by: UUID | None = Field(None, description="given: the party that set it.", examples=[ADA])
    name: str | None = Field(None, description="Imported sections: what the source calls it.", examples=["Goals"])
    stopped: bool | None = Field(None, description="True when all who owed it have left.", examples=[False])


class ConsentShown(Answered):
    """A yes to one exact text."""

    person_id: UUID = Field(description="Whose yes.", examples=[BEN])
    revision: int = Field(description="The revision it was given to.", examples=[7])
    at: datetime = Field(description="When (UTC).", examples=["2027-01-03T09:00:00.000000Z"])


class ProposalShown(Answered):
    """The text under negotiation."""

    number: int = Field(
        description="0 leads to version 1, each later one is an amendment of that version.", examples=[0]
    )
    revision: int = Field(description="Counts every edit; a consent names it.", examples=[7])
    content_hash: str = Field(
        description='SHA-256, lower-case hex, of the RFC 8785 JSON {"head": head, "terms": terms by id}.',
        examples=[_HASH],
    )
    opened_by: UUID | None = Field(None, description="Who opened it.", examples=[ADA])
    reason: str | None = Field(None, description="Why the text should change.", examples=["The team moved."])
    clerical: bool = Field(False, description="Labelled as a small correction.", examples=[False])
    head: HeadShown = Field(description="The proposed head.", examples=[_HEAD])
    terms: list[TermShown] = Field(description="The proposed terms, by kind, then age.", examples=[[_TERM]])
    consents: list[ConsentShown] = Field(description="Who has consented to this revision.", examples=[[]])
    voided: list[ConsentShown] = Field(
        default_factory=list,
        description="Who had consented to an earlier revision, which an edit made void.",
        examples=[[]],
    )
    changes: list[dict[str, Any]] = Field(
        default_factory=list,
        description="The edits, oldest first: the revision each made, by, at, what, term_id, reason.",
        examples=[
            [
                {
                    "revision": 7,
                    "by": BEN,
                    "at": "2027-01-03T09:00:00.000000Z",
                    "what": "term_revised",
                    "term_id": TERM,
                    "reason": None,
                }
            ]
        ],
    )
    waiting_on: list[UUID] = Field(description="Whose consent is missing.", examples=[[ADA, BEN]])
    owing_nothing: list[UUID] = Field(description="Who owes nothing under this text yet.", examples=[[]])


class AgreementShown(Answered):
    """An agreement, as far as this viewer may see it."""

    id: UUID = Field(description="The agreement's id.", examples=[AGREEMENT])
    state: str = Field(
        description="drafting, in_force, paused, ending, ended, expired or abandoned; imported: its own word.",
        examples=["in_force"],
    )
    imported: bool | None = Field(
        None, description="True when it came from elsewhere and is history only.", examples=[False]
    )
    withheld: bool | None = Field(
        None, description="True when only its existence is shown, to a steward who is not a party.", examples=[False]
    )
    title: str | None = Field(None, description="What it is called.", examples=["Ada and Ben, platform"])
    use: str | None = Field(None, description="`coaching` or `reviewable`.", examples=["reviewable"])
    parties: list[PartyShown] = Field(description="Who is bound by it now.", examples=[_PARTIES])
    version: int | None = Field(
        None, description="The number of the version shown: the one in force; null while none is.", examples=[1]
    )
    head: HeadShown | None = Field(
        None, description="The head in force (of the draft, before version 1).", examples=[_HEAD]
    )
    terms: list[TermShown] | None = Field(
        None, description="The terms in force, by kind, then age.", examples=[[_TERM]]
    )
    upcoming: dict[str, Any] | None = Field(
        None, description="The agreed version whose day has not come yet.", examples=[None]
    )
    proposal: ProposalShown | None = Field(None, description="The text under negotiation, if any.")
    prompts: list[dict[str, Any]] | None = Field(
        None, description="The opening questions, with the answers that are shown to you.", examples=[[]]
    )
    motions: list[dict[str, Any]] | None = Field(
        None, description="What was put to a decision, and its state.", examples=[[]]
    )
    comments: list[dict[str, Any]] | None = Field(None, description="What was said about the terms.", examples=[[]])
    reviews: list[dict[str, Any]] | None = Field(
        None, description="The reviews, with the answers that are shown to you.", examples=[[]]
    )
    next_review_on: date | None = Field(None, description="The day of the next review.", examples=["2027-04-04"])
    allowed_actions: list[str] = Field(
        description='What you may send now: method and path after the resource; "{...}" stands for an id that fits.',
        examples=[["DELETE consents/mine", "POST changes-asked"]],
    )


class TermAddedAnswer(AgreementShown):
    """The agreement, and the term that was added to it."""

    term: TermShown = Field(description="The new term, with its id.", examples=[_TERM])


class AgreementListed(Answered):
    """An agreement in a list."""

    id: UUID = Field(description="The agreement's id.", examples=[AGREEMENT])
    state: str = Field(description="Its state.", examples=["in_force"])
    parties: list[PartyShown] = Field(description="Who is bound by it.", examples=[_PARTIES])
    next_review_on: date | None = Field(None, description="The day of the next review.", examples=["2027-04-04"])
    title: str | None = Field(None, description="What it is called.", examples=["Ada and Ben, platform"])
    use: str | None = Field(None, description="`coaching` or `reviewable`.", examples=["reviewable"])
    version: int | None = Field(None, description="The version in force; null before the first is.", examples=[1])
    waiting_on: list[dict[str, Any]] = Field(
        default_factory=list,
        description="Who must move: person_id, and what (consent, motion, prompt, review).",
        examples=[[{"person_id": BEN, "what": "consent"}]],
    )
    external_id: str | None = Field(None, description="Its name in the source it was imported from.", examples=[None])
    imported: bool | None = Field(None, description="True when it came from elsewhere.", examples=[False])
    withheld: bool | None = Field(None, description="True when its content is not for your eyes.", examples=[False])


class AgreementPage(Answered):
    """One page of agreements, newest first."""

    items: list[AgreementListed] = Field(description="The agreements of this page.", examples=[[]])
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=[None]
    )
