"""What the routes of an agreement take: one body a command, every field said in words.

A body checks form only (types, known fields); what a text must say, who may say it and when is the
domain's to refuse. Times are local to the zone named beside them, dates are days in the
organisation's zone, durations are ISO 8601.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from adapters.http.conventions import Body
from domain.agreements.state import ReviewAnswer
from domain.agreements.terms import Head, Party
from domain.cadence import Cadence

ADA = "0197a2c0-0000-7000-8000-00000000000a"
BEN = "0197a2c0-0000-7000-8000-00000000000b"
TERM = "0197a2c0-0000-7000-8000-0000000000a1"

_A_TEXT = {"minLength": 1, "maxLength": 20_000, "pattern": r"\S"}
_A_SHORT_TEXT = {"minLength": 1, "maxLength": 200, "pattern": r"\S"}
_A_DURATION = {"format": "duration"}

Text = Annotated[str, Field(json_schema_extra=_A_TEXT)]
"""Markdown, Unicode, at most 20,000 code points in NFC: the domain counts, after normalising."""
ShortText = Annotated[str, Field(json_schema_extra=_A_SHORT_TEXT)]
Duration = Annotated[str, Field(json_schema_extra=_A_DURATION)]
Kind = Literal["update", "escalation", "expectation", "support", "hands_off", "decision", "given", "norm"]
Role = Literal["leader", "report", "peer", "mentor", "member"]
Use = Literal["coaching", "reviewable"]

Heard = Annotated[
    Text | None,
    Field(
        description='What you heard the other say, in your words ("what I heard you say"); they can mark it right.',
        examples=["You want to hear about a slip the same day, not on Monday."],
    ),
]
Reason = Annotated[
    Text | None,
    Field(description="Why, in a sentence; kept in the history.", examples=["Mondays are full of other meetings."]),
]


class PartyBody(Body):
    """Somebody who is bound by the agreement, and as what."""

    person_id: UUID = Field(description="An active person of your organisation.", examples=[ADA])
    role: Role = Field(description="What they are to the others in this agreement.", examples=["leader"])

    def to_party(self) -> Party:
        """The same as the domain says it."""
        return Party(self.person_id, self.role)


class CadenceBody(Body):
    """When something falls due again and again."""

    rrule: str = Field(
        description="An RFC 5545 recurrence rule, daily or slower, at most one occurrence a day.",
        examples=["FREQ=WEEKLY;BYDAY=MO"],
    )
    time_zone: str = Field(description="The IANA time zone whose wall clock counts.", examples=["Europe/Oslo"])
    first_due: str = Field(
        description="The first time it is due, local to `time_zone`: YYYY-MM-DDTHH:MM.", examples=["2027-01-04T10:00"]
    )

    def to_cadence(self) -> Cadence:
        """The same as the domain says it."""
        return Cadence(self.rrule, self.time_zone, self.first_due)


class OpenAgreementBody(Body):
    """The head of a new draft."""

    title: ShortText = Field(
        description="What it is called, at most 200 characters.", examples=["Ada and Ben, platform"]
    )
    purpose_text: Text = Field(
        description="What it is for, in Markdown, at most 20,000 characters.",
        examples=["So that both of us know what to expect while the platform is being rebuilt."],
    )
    use: Use = Field(
        description="`coaching` never leaves the parties; `reviewable` may enter a review packet.",
        examples=["reviewable"],
    )
    parties: list[PartyBody] = Field(
        description="Who is bound by it, yourself included: two people or more, each once.",
        examples=[[{"person_id": ADA, "role": "leader"}, {"person_id": BEN, "role": "report"}]],
    )
    effective_on: date | None = Field(
        None,
        description="The day it takes effect (YYYY-MM-DD); without it, the day of the last consent.",
        examples=["2027-01-04"],
    )
    ends_on: date | None = Field(
        None, description="Its last day (YYYY-MM-DD), if it is to end by itself.", examples=["2027-12-31"]
    )
    notice_period: Duration = Field(
        "P14D", description="How long before its last day notice is given: ISO 8601, at most P90D.", examples=["P14D"]
    )
    review_every: Duration = Field(
        "P3M", description="How often it is reviewed, unless a review asks for another day: ISO 8601.", examples=["P3M"]
    )

    def to_head(self) -> Head:
        """The same as the domain says it."""
        return Head(
            self.title,
            self.purpose_text,
            self.use,
            tuple(p.to_party() for p in self.parties),
            self.effective_on,
            self.ends_on,
            self.notice_period,
            self.review_every,
        )


class ChangeHeadBody(Body):
    """The fields of the head that change; what is left out stays, null takes a date away."""

    title: ShortText | None = Field(
        None, description="Another title, at most 200 characters.", examples=["Ada and Ben"]
    )
    purpose_text: Text | None = Field(
        None,
        description="Another purpose, in Markdown, at most 20,000 characters.",
        examples=["So that nobody guesses."],
    )
    use: Use | None = Field(None, description="Another use: `coaching` or `reviewable`.", examples=["coaching"])
    parties: list[PartyBody] | None = Field(
        None,
        description="All parties as they should be; who is new consents to the text like all others.",
        examples=[[{"person_id": ADA, "role": "leader"}, {"person_id": BEN, "role": "report"}]],
    )
    effective_on: date | None = Field(
        None,
        description="The day the text takes effect (YYYY-MM-DD), not past; null: the last consent.",
        examples=["2027-02-01"],
    )
    ends_on: date | None = Field(
        None, description="Its last day (YYYY-MM-DD), not past; null: it goes on.", examples=["2027-12-31"]
    )
    notice_period: Duration | None = Field(
        None, description="Another notice period: ISO 8601, at most P90D.", examples=["P30D"]
    )
    review_every: Duration | None = Field(None, description="Another rhythm of reviews: ISO 8601.", examples=["P6M"])
    reason: Reason = None
    heard: Heard = None

    def to_changes(self) -> dict[str, Any]:
        """Only what was sent, beside why and what was heard."""
        changes = _sent(self)
        if self.parties is not None:
            changes["parties"] = tuple(p.to_party() for p in self.parties)
        return changes


class TermFields(Body):
    """The fields that terms carry; which of them a kind must and may carry is said at `kind`."""

    owed_by: list[UUID] | None = Field(
        None,
        description="The parties that owe it, each severally; left out for decision, given and norm.",
        examples=[[BEN]],
    )
    topic: ShortText | None = Field(
        None, description="update: what about, at most 200 characters.", examples=["Progress on the platform"]
    )
    channel: ShortText | None = Field(
        None, description="update, escalation: by which way, at most 200 characters.", examples=["chat"]
    )
    cadence: CadenceBody | None = Field(
        None,
        description="update: when it is due; support: when it happens.",
        examples=[{"rrule": "FREQ=WEEKLY;BYDAY=MO", "time_zone": "Europe/Oslo", "first_due": "2027-01-04T10:00"}],
    )
    good_looks_like: Text | None = Field(
        None,
        description="update, expectation: how one knows that it is done well.",
        examples=["Three lines: progress, risk, ask."],
    )
    grace: Duration | None = Field(
        None,
        description="update: how long after due it still is on time: ISO 8601; PT24H unless agreed.",
        examples=["PT4H"],
    )
    trigger: Text | None = Field(
        None, description="escalation: what sets it off.", examples=["A date slips by more than two days"]
    )
    within: Duration | None = Field(
        None, description="escalation: how soon after it was noticed it is told: ISO 8601.", examples=["PT8H"]
    )
    text: Text | None = Field(
        None,
        description="expectation, support, hands_off, decision, given, norm: what it says, in Markdown.",
        examples=["I raise scope doubts before work starts."],
    )
    triggers: list[Text] | None = Field(
        None,
        description="hands_off: on which occasions stepping in is allowed.",
        examples=[["The release is at risk"]],
    )
    decides: list[UUID] | None = Field(None, description="decision: the parties that decide.", examples=[[BEN]])
    consulted: list[UUID] | None = Field(
        None, description="decision: the parties that are asked first.", examples=[[ADA]]
    )
    limits: Text | None = Field(
        None, description="decision: where it ends.", examples=["Above 10 k we decide together."]
    )

    def to_content(self) -> dict[str, Any]:
        """What was sent, as the domain says it; fields that only accompany the edit are left out."""
        content = _sent(self)
        for name in ("owed_by", "triggers", "decides", "consulted"):
            if content.get(name) is not None:
                content[name] = tuple(content[name])
        if self.cadence is not None:
            content["cadence"] = self.cadence.to_cadence()
        return content


class AddTermBody(TermFields):
    """A new term: its kind, the fields that the kind carries, and what was heard."""

    kind: Kind = Field(
        description=(
            "update: owed_by, topic, channel, cadence, good_looks_like?, grace?; "
            "escalation: owed_by, trigger, within, channel; "
            "expectation: owed_by, text, good_looks_like?; support: owed_by, text, cadence?; "
            "hands_off: owed_by, text, triggers; decision: text, decides, consulted?, limits?; "
            "given: text, reason (set by who writes it); norm: text (owed by all)."
        ),
        examples=["expectation"],
    )
    reason: Text | None = Field(
        None, description="given: why it is so.", examples=["The board fixed the budget until June."]
    )
    heard: Heard = None

    def to_content(self) -> dict[str, Any]:
        """The term's own fields; a null says the same as leaving the field out."""
        content = super().to_content()
        if self.reason is not None:
            content["reason"] = self.reason
        return {name: value for name, value in content.items() if value is not None}


class ReviseTermBody(TermFields):
    """The fields of the term that change; what is left out stays, null takes an optional field away."""

    reason: Text | None = Field(
        None,
        description="Why it changes; kept in the lineage. For a given it is the given's own reason as well.",
        examples=["Mondays are full of other meetings."],
    )
    heard: Heard = None


class CommentBody(Body):
    """A comment."""

    text: Text = Field(
        description="What you say about the term, in Markdown, at most 20,000 characters.",
        examples=["Would Tuesday do as well?"],
    )


class CorrectTextBody(Body):
    """What it should have said."""

    text: Text = Field(
        description="The text as it should have been; the old one stays in the history.",
        examples=["Would Thursday do?"],
    )


class ReasonBody(Body):
    """Why, if you care to say."""

    reason: Reason = None


class PromptAnswerBody(Body):
    """An answer to an opening question."""

    text: Text = Field(
        description="Your answer, in Markdown, at most 20,000 characters.",
        examples=["Short and written, before lunch."],
    )
    show_now: bool = Field(
        False,
        description="True shows it to the others at once; otherwise when all who are asked have answered.",
        examples=[False],
    )


class ConsentBody(Body):
    """The exact text that you consent to, as `proposal` showed it to you."""

    revision: int = Field(description="The proposal's `revision` that you read.", examples=[7], ge=0, le=2**31 - 1)
    content_hash: str = Field(
        description="The proposal's `content_hash` that you read: 64 lower-case hex digits (SHA-256).",
        pattern=r"^[0-9a-f]{64}$",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )


class ChangesAskedBody(Body):
    """What should be different before you consent."""

    note: Text = Field(
        description="What should change, in Markdown, at most 20,000 characters.",
        examples=["The update on Mondays should be shorter."],
    )


class OpenAmendmentBody(Body):
    """Why the text should change."""

    reason: Text = Field(
        description="Why the text in force should change, at most 2,000 characters.",
        examples=["The team moved; Mondays no longer work."],
    )
    clerical: bool = Field(
        False, description="A label for small corrections; all parties consent all the same.", examples=[False]
    )


class MotionBody(Body):
    """What is to be decided together."""

    kind: Literal["pause", "end", "invite_contributor"] = Field(
        description="`pause` (with `until`), `end` (now), or `invite_contributor` (with `person_id`).",
        examples=["pause"],
    )
    until: date | None = Field(
        None,
        description="pause: its last day (YYYY-MM-DD); it resumes by itself the day after.",
        examples=["2027-03-31"],
    )
    person_id: UUID | None = Field(
        None,
        description="invite_contributor: who is to read and comment; an active person of your organisation.",
        examples=[ADA],
    )
    reason: Reason = None


class ReviewAnswerBody(Body):
    """How the agreement works, as one party sees it."""

    what_works: Text = Field(
        description="What works, in Markdown, at most 20,000 characters.", examples=["The Monday lines."]
    )
    what_to_change: Text = Field(
        description="What to change, in Markdown, at most 20,000 characters.", examples=["Escalate by phone, not chat."]
    )
    fits: dict[UUID, Annotated[int, Field(ge=1, le=5)]] = Field(
        default_factory=dict,
        description="How well each term fits, from 1 (not at all) to 5 (wholly), by term id.",
        examples=[{TERM: 4}],
    )
    outcome: Literal["still_right", "needs_change"] = Field(
        description="Whether the text is still right; one `needs_change` makes it so for all.",
        examples=["still_right"],
    )
    entrust_next: Text | None = Field(
        None,
        description="What could be let go of, or entrusted next.",
        examples=["The release notes are Ben's from now on."],
    )
    next_review_on: date | None = Field(
        None,
        description="When to look again (YYYY-MM-DD); the earliest that is asked for counts.",
        examples=["2027-06-30"],
    )

    def to_answer(self) -> ReviewAnswer:
        """The same as the domain says it."""
        return ReviewAnswer(
            self.what_works,
            self.what_to_change,
            {str(term_id): fit for term_id, fit in self.fits.items()},
            self.outcome,
            self.entrust_next,
            self.next_review_on,
        )


class BreakGlassBody(Body):
    """Why a steward has to read it."""

    reason: Text = Field(
        description="Why you have to read it, at most 2,000 characters; all parties see it at once.",
        examples=["A complaint names this agreement."],
    )


class NoticeBody(Body):
    """Notice by one party alone."""

    ends_on: date = Field(
        description="The last day (YYYY-MM-DD), at least the notice period away.", examples=["2027-12-31"]
    )
    reason: Reason = None


class CarryOverBody(Body):
    """Which terms to begin a draft with a new leader with."""

    term_ids: list[UUID] = Field(
        description="Terms of a text that you consented to, in the order in which they are to be added.",
        examples=[[TERM]],
    )
    with_person_id: UUID = Field(description="The new leader: an active person of your organisation.", examples=[ADA])


def _sent(body: Body) -> dict[str, Any]:
    """The fields that were sent, without those that only accompany an edit."""
    return {name: getattr(body, name) for name in body.model_fields_set - {"reason", "heard", "kind"}}
