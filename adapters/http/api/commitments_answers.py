"""What the routes of a commitment answer, for the OpenAPI description.

The answers themselves are made by `services/commitments/view.py` and `imported_view.py`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from adapters.http.api.agreements_answers import AGREEMENT, Answered, CadenceShown
from adapters.http.api.agreements_bodies import ADA, BEN
from adapters.http.api.commitments_bodies import COMMITMENT, EARLIER

_AT = "2027-06-01T09:00:00.000000Z"
_NOTE = "0197a2c0-0000-7000-8000-000000000032"
_CHANGE = {
    "id": "0197a2c0-0000-7000-8000-000000000033", "kind": "terms", "state": "pending", "by": BEN, "side": "owed_by",
    "at": _AT, "reason": "The vendor delivers two weeks late.", "timing": "before_due", "due_at": "2027-07-15",
}  # fmt: skip
_REPORT = {
    "by": BEN, "at": _AT, "evidence": ["https://ci.example.org/runs/812"], "learned": None, "answer": "confirmed",
    "answered_at": _AT, "answered_by": ADA, "conditions_met": [0], "met": "1 of 2", "missing": None,
    "thanks": "Thank you.",
}  # fmt: skip


class CommitmentShown(Answered):
    """A commitment as it is for you; one from elsewhere (`imported`) has fewer fields, and its `records`."""

    id: UUID = Field(description="Its id.", examples=[COMMITMENT])
    imported: bool = Field(
        description="Whether it came from elsewhere: then nothing can be done to it.", examples=[False]
    )
    state: str = Field(
        description="requested, offered, countered, promised, suspended, reported, kept, released, cancelled, reneged, "
        "lapsed, declined, withdrawn or expired; imported ones may be `noted`.",
        examples=["promised"],
    )
    revision: int = Field(description="Counts its text; every yes names the one it means.", examples=[1])
    owed_by: list[dict[str, Any]] = Field(
        description="Who owes it: person_id or team_id; with a name where it was imported.",
        examples=[[{"person_id": BEN}]],
    )
    owed_to: list[dict[str, Any]] = Field(description="To whom it is owed.", examples=[[{"person_id": ADA}]])
    outcome: str = Field(
        description="What will be so once it is done.", examples=["The import copes with ten thousand lines."]
    )
    conditions: list[str] = Field(
        description="How one will know, numbered from 0.", examples=[["A file of 10,000 lines goes in"]]
    )
    level: str | None = Field(description="task, result or impact.", examples=["task"])
    due_at: str | None = Field(description="By when: a day, or an instant (UTC).", examples=["2027-07-01"])
    cadence: CadenceShown | None = Field(None, description="When the periods of an impact fall due.", examples=[None])
    use: str = Field(description="coaching or reviewable.", examples=["coaching"])
    agreement_id: UUID | None = Field(None, description="The agreement that it lives under.", examples=[AGREEMENT])
    serves: UUID | None = Field(None, description="What it contributes to, if you may see that.", examples=[EARLIER])
    follows: UUID | None = Field(None, description="What it takes up again, if you may see that.", examples=[None])
    heard: str | None = Field(None, description="What the last counter said it had heard.", examples=[None])
    opened_by: UUID | None = Field(None, description="Who asked for it or offered it.", examples=[ADA])
    opened_at: datetime | None = Field(None, description="When (UTC).", examples=[_AT])
    promised_at: datetime | None = Field(None, description="When it became binding (UTC).", examples=[_AT])
    promised_by: list[dict[str, Any]] = Field(
        [], description="Which debtors have promised this revision.", examples=[[{"person_id": BEN}]]
    )
    waiting_on: list[dict[str, Any]] = Field(
        description="Who must move, and what for: promise, accept, change or confirm.",
        examples=[[{"person_id": BEN, "what": "promise"}]],
    )
    facets: list[str] = Field(
        description="What holds at this moment: due_soon (within 7 days), overdue, at_risk, change_pending, "
        "silent (no word for 14 days).",
        examples=[["due_soon"]],
    )
    due_history: list[dict[str, Any]] = Field(
        description="Every due date that ever held, oldest first: since when, why (`cause`), and whether a change was "
        "proposed before or after the date passed (`timing`). Time that stood still is listed with its cause.",
        examples=[[{"due_at": "2027-07-01", "in_force_from": _AT, "set_at": _AT, "cause": "promise"}]],
    )
    levels: list[dict[str, Any]] = Field(
        [], description="What it aimed at since when, and when it is to come back.",
        examples=[[{"level": "task", "from": _AT, "return_condition": None}]],
    )  # fmt: skip
    suspensions: list[dict[str, Any]] = Field(
        [], description="When its clock stood still, for each cause.", examples=[[]]
    )
    notes: list[dict[str, Any]] = Field(
        [], description="Progress and early warnings (`kind` progress or risk), oldest first.",
        examples=[[{"id": _NOTE, "kind": "risk", "by": BEN, "at": _AT, "text": "The vendor is late."}]],
    )  # fmt: skip
    change: dict[str, Any] | None = Field(None, description="The change that waits for an answer.", examples=[_CHANGE])
    changes: list[dict[str, Any]] = Field(
        [],
        description="The changes that were answered, taken back or closed.",
        examples=[[{**_CHANGE, "state": "made"}]],
    )
    reports: list[dict[str, Any]] = Field(
        [], description="Each time it was said to be done, and what was answered; `met` reads `3 of 4`.",
        examples=[[_REPORT]],
    )  # fmt: skip
    attestations: list[dict[str, Any]] = Field(
        [], description="Period by period what each side says of an impact, side by side.",
        examples=[[{"period": "2027-07-02", "owed_by": {"kept": "kept"}, "owed_to": None}]],
    )  # fmt: skip
    remarks: list[dict[str, Any]] = Field(
        [], description="What was said of the end, or against it (`kind` annotation or contest).", examples=[[]]
    )
    contested: bool = Field(False, description="Whether somebody sees the end differently.", examples=[False])
    ended: dict[str, Any] | None = Field(
        None, description="When it ended, by whom, and why.", examples=[{"at": _AT, "by": ADA, "reason": None}]
    )
    records: list[dict[str, Any]] = Field(
        [], description="imported: every line that was said of it, in the order it came in.", examples=[[]]
    )
    external_id: str | None = Field(None, description="imported: what its source calls it.", examples=[None])
    outcome_class: str = Field(
        description="What became of it by now, as follow-through counts it.", examples=["kept_on_time"]
    )
    first_due: date | None = Field(None, description="The first day it was due.", examples=["2027-07-01"])
    missed_on: date | None = Field(None, description="The day on which it was missed, if it was.", examples=[None])
    allowed_actions: list[str] = Field(description="What you can do here now.", examples=[["POST promise"]])
    changes_to_propose: list[str] = Field(
        [], description="Which kinds of change you can propose.", examples=[["terms"]]
    )


class CommitmentHistoryPage(Answered):
    """One page of everything that happened, oldest first."""

    items: list[dict[str, Any]] = Field(
        description="Each event: position, when, by whom, what (a stable name), and a sentence.",
        examples=[[{"position": 12, "at": _AT, "by": BEN, "what": "commitment.promise_given",
                    "sentence": "Ben Okri promised it."}]],
    )  # fmt: skip
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=[None]
    )
