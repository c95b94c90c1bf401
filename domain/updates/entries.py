"""What an update log holds: updates, answers, asks, escalations, notes, and progress from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(kw_only=True)
class Entry:
    """Words that somebody put into the log; `text` is None where none were given or they were withdrawn."""

    id: UUID
    by: UUID | None
    at: datetime
    text: str | None
    use: str | None
    corrected_at: datetime | None = None
    withdrawn_at: datetime | None = None


@dataclass(kw_only=True)
class Answer(Entry):
    """An answer to an update, an escalation or a note."""

    to: UUID


@dataclass(kw_only=True)
class Answerable(Entry):
    """An entry that others may answer."""

    answers: list[Answer] = field(default_factory=list)


@dataclass(frozen=True)
class Elsewhere:
    """Where an entry of an imported history comes from and what else its source says, as it says it."""

    external_id: str
    kind: str | None
    day_only: bool
    source: Mapping[str, Any]
    also_said: Mapping[str, Any]


@dataclass(kw_only=True)
class Update(Answerable):
    """An update: for an occurrence, ad hoc (no occurrence), or from elsewhere (no term either)."""

    term_id: UUID | None
    occurrence_on: date | None
    confidence: int | None
    text_format: str = "markdown"
    acknowledged: dict[UUID, datetime] = field(default_factory=dict)
    elsewhere: Elsewhere | None = None


@dataclass(kw_only=True)
class Ask(Entry):
    """Somebody asked for an update outside the cadence."""

    term_id: UUID
    asked_of: tuple[UUID, ...]


@dataclass(kw_only=True)
class Escalation(Answerable):
    """Something that a trigger names: when it happened, when it was noticed; told at `at`."""

    term_id: UUID
    happened_at: datetime
    noticed_at: datetime | None


@dataclass(kw_only=True)
class Note(Answerable):
    """How a term went on a day, as one side saw it."""

    term_id: UUID
    on: date
    kept: bool


@dataclass(frozen=True)
class Progress:
    """Steps done of steps in all, as reported elsewhere."""

    id: UUID
    by: UUID | None
    at: datetime
    steps_done: int
    steps_in_all: int
    elsewhere: Elsewhere


@dataclass
class Aside:
    """A time in which an imbalance period sets a term aside for a debtor; `until_at` is None while it lasts."""

    term_id: UUID
    period_id: UUID
    debtor_id: UUID
    from_at: datetime
    until: date
    until_at: datetime | None = None
