"""What the questions of an audit answer, for the OpenAPI description."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from adapters.http.api.agreements_answers import AGREEMENT, Answered, HeadShown, TermShown
from adapters.http.api.agreements_bodies import ADA, BEN, TERM

_INSTANT = "2027-01-04T09:00:00.000000Z"
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_HUNKS = [{"op": "equal", "old": "On ", "new": "On "}, {"op": "replace", "old": "Mondays", "new": "Tuesdays"}]


class VersionListed(Answered):
    """One agreed text, without its words."""

    version: int = Field(description="Its number, from 1.", examples=[1])
    takes_effect_on: date = Field(description="The first day it holds.", examples=["2027-01-04"])
    made_at: datetime = Field(description="When the last consent made it (UTC).", examples=[_INSTANT])
    content_hash: str = Field(description="SHA-256 of the text that was consented to, hex.", examples=[_HASH])
    consents: list[dict[str, Any]] = Field(
        description="Who consented to which revision and hash, and when.",
        examples=[[{"person_id": BEN, "revision": 7, "content_hash": _HASH, "at": _INSTANT}]],
    )
    opened_by: UUID | None = Field(None, description="Who opened the proposal that led to it.", examples=[ADA])
    reason: str | None = Field(None, description="Why the text was to change.", examples=["The team moved."])
    clerical: bool = Field(False, description="Labelled as a small correction.", examples=[False])
    in_force: bool | None = Field(None, description="It holds at that moment.", examples=[True])
    upcoming: bool | None = Field(None, description="It is agreed and its day has not come yet.", examples=[False])
    title: str | None = Field(None, description="What the agreement was called then.", examples=["Ada and Ben"])


class VersionShown(VersionListed):
    """One agreed text, whole."""

    head: HeadShown = Field(description="Its head.")
    terms: list[TermShown] = Field(description="Its terms, by kind, then age.", examples=[[]])


class VersionPage(Answered):
    """One page of versions, oldest first."""

    items: list[VersionListed] = Field(description="The versions of this page.", examples=[[]])
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=[None]
    )


class DiffShown(Answered):
    """What changed between two texts, term by term and word by word."""

    agreement_id: UUID = Field(description="The agreement.", examples=[AGREEMENT])
    from_: dict[str, Any] = Field(
        alias="from", description="The text it starts from.", examples=[{"version": 1, "content_hash": _HASH}]
    )
    to: dict[str, Any] = Field(description="The text it leads to.", examples=[{"version": 2, "content_hash": _HASH}])
    head: dict[str, Any] = Field(
        description="Fields of the head that differ: from, to, and word hunks for texts.", examples=[{}]
    )
    added: list[TermShown] = Field(description="Terms that are only in the second.", examples=[[]])
    removed: list[TermShown] = Field(description="Terms that are only in the first.", examples=[[]])
    changed: list[dict[str, Any]] = Field(
        description="Terms that differ, field by field: from, to, and `hunks` (op equal, insert, delete, replace).",
        examples=[
            [
                {
                    "term_id": TERM,
                    "kind": "norm",
                    "name": None,
                    "fields": {"text": {"from": "On Mondays", "to": "On Tuesdays", "hunks": _HUNKS}},
                }
            ]
        ],
    )
    unchanged: int = Field(description="How many terms are the same in both.", examples=[4])


class LineageShown(Answered):
    """How one term came to be."""

    agreement_id: UUID = Field(description="The agreement.", examples=[AGREEMENT])
    term_id: UUID = Field(description="The term.", examples=[TERM])
    kind: str = Field(description="Its kind.", examples=["expectation"])
    name: str | None = Field(None, description="Imported sections: what the source calls it.", examples=[None])
    entries: list[dict[str, Any]] = Field(
        description="Each change, oldest first: act, by, at, why, fields (from, to, hunks), version, outcome.",
        examples=[[{"act": "added", "by": BEN, "at": _INSTANT, "why": None, "version": 1, "outcome": "agreed"}]],
    )
    in_versions: list[int] = Field(description="The versions that hold it.", examples=[[1, 2]])
    term: TermShown | None = Field(None, description="Its newest agreed wording; null when it holds none.")


class HistoryPage(Answered):
    """One page of everything that happened, oldest first."""

    items: list[dict[str, Any]] = Field(
        description="Each: position, at, effective_at, by, what, sentence, people, details.",
        examples=[
            [{"position": 12, "at": _INSTANT, "by": ADA, "what": "agreement.shared", "sentence": "Ada shared it."}]
        ],
    )
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=[None]
    )


class PromiseShown(Answered):
    """A commitment as it stood at the end of a day, or when it ended on that day."""

    commitment_id: UUID = Field(description="Which.", examples=["0197a2c0-0000-7000-8000-000000000031"])
    imported: bool = Field(description="Whether it came from elsewhere.", examples=[False])
    outcome: str = Field(description="What was to be brought about.", examples=["The invoices of May are out"])
    level: str | None = Field(description="`task`, `result` or `impact`; of a record what it says.", examples=["task"])
    use: str = Field(description="`coaching` or `reviewable`.", examples=["coaching"])
    state: str = Field(description="Where it stood.", examples=["promised"])
    owed_by: list[dict[str, Any]] = Field(
        description="Who owed it: person_id or team_id, of a record the name.", examples=[[{"person_id": BEN}]]
    )
    owed_to: list[dict[str, Any]] = Field(description="To whom.", examples=[[{"person_id": ADA}]])
    due_at: str | None = Field(description="When it was due: a day, or an instant.", examples=["2027-06-05"])
    agreement_id: UUID | None = Field(description="The agreement that it lived under.", examples=[None])
    from_at: datetime = Field(alias="from", description="Since when it was promised (UTC).", examples=[_INSTANT])


class ExpectationsShown(Answered):
    """What was expected of a person on a day, and what they expected."""

    person_id: UUID = Field(description="The person.", examples=[BEN])
    on: date = Field(description="The day, in the organisation's zone.", examples=["2027-01-04"])
    agreements: list[dict[str, Any]] = Field(
        description="The agreements that they were a party of that day, as far as you may see them.", examples=[[]]
    )
    owed_by_them: list[dict[str, Any]] = Field(description="The terms that they owed, and to whom.", examples=[[]])
    owed_to_them: list[dict[str, Any]] = Field(description="The terms that others owed them.", examples=[[]])
    updates_due: list[dict[str, Any]] = Field(description="The updates due that day, by due time.", examples=[[]])
    promised_by_them: list[PromiseShown] = Field(
        description="What they, or a team of theirs, had promised and still owed that day.", examples=[[]]
    )
    promised_to_them: list[PromiseShown] = Field(
        description="What had been promised to them, or to a team of theirs.", examples=[[]]
    )
