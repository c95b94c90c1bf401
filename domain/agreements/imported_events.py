"""What a record from elsewhere can say of an agreement: one fact for each line, with all that the line held.

Of an imported history one hears in any order, so every fact may be the one that the agreement begins
with. Its words are a public record and sealed jointly; what a person wrote themself is sealed with
that person's key. `rest` holds, as a JSON object, every field of the line that the fact's own fields
do not give back, so that the line can be written out again as it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from domain.base import FactInAnyOrder

_SEALED = {"external_id": "stream", "line_id": "stream", "said_by": "actor", "rest": "stream"}
_ERASED: dict[str, Any] = {"rest": "{}"}


@dataclass(frozen=True)
class StatedField:
    """One field of a document and what it says: `metadata.Teams`, `section:Motivation/The status quo`."""

    name: str
    text: str


@dataclass(frozen=True)
class NamedParty:
    """Somebody or some team that a record names, and as what; `of` is the team that a champion is of."""

    name: str
    role: str
    of: str | None = None


class ImportedFact(FactInAnyOrder):
    """What every line says: its own id, its type as written, when it entered the record, and who is named.

    `at` is the instant as the line writes it; the fact's `effective_at` is when it happened. `said_by` is
    the name of who acted, as written.
    """

    SEALED: ClassVar[dict[str, str]] = _SEALED
    ERASED: ClassVar[dict[str, Any]] = _ERASED

    external_id: str
    line_id: str
    record: str
    at: str
    said_by: str | None
    rest: str


class ImportedProposed(ImportedFact):
    """The first version of a document was public, with all its terms."""

    TOPIC = "concord.imported_agreement.proposed"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {
        "title": "stream",
        "status": "stream",
        "parties": "stream",
        "fields": "stream",
    }

    title: str | None
    status: str | None
    parties: tuple[NamedParty, ...]
    fields: tuple[StatedField, ...]


class ImportedAccepted(ImportedFact):
    """It was accepted: from here on it is in force."""

    TOPIC = "concord.imported_agreement.accepted"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"status": "stream"}

    status: str | None


class ImportedEnded(ImportedFact):
    """It ended; `word` says how: rejected, withdrawn, superseded, deferred, removed, orphaned or fulfilled."""

    TOPIC = "concord.imported_agreement.ended"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"status": "stream"}

    word: str
    status: str | None


class ImportedReopened(ImportedFact):
    """Its status went back: in force if it ever was accepted, else a draft again."""

    TOPIC = "concord.imported_agreement.reopened"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"status": "stream"}

    status: str | None


class ImportedTermChanged(ImportedFact):
    """One field was written, rewritten or taken away (`new` is None); `old` is what the record says it was."""

    TOPIC = "concord.imported_agreement.term_changed"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"field": "stream", "old": "stream", "new": "stream"}

    term_id: UUID
    field: str
    old: str | None
    new: str | None


class ImportedPartiesChanged(ImportedFact):
    """Who stands in one role changed; `field` is the source's own name for the role."""

    TOPIC = "concord.imported_agreement.parties_changed"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {
        "role": "stream",
        "field": "stream",
        "old": "stream",
        "new": "stream",
    }

    role: str | None
    field: str | None
    old: tuple[NamedParty, ...]
    new: tuple[NamedParty, ...]


class ImportedRelocated(ImportedFact):
    """The document moved; the agreement goes on."""

    TOPIC = "concord.imported_agreement.relocated"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"old": "stream", "new": "stream"}

    old: str | None
    new: str | None


class ImportedCarriedOver(ImportedFact):
    """It goes on in another agreement, of the next period."""

    TOPIC = "concord.imported_agreement.carried_over"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"to_external_id": "stream"}

    to_id: UUID
    to_external_id: str


class ImportedUpdateGiven(ImportedFact):
    """Somebody said how it goes."""

    TOPIC = "concord.imported_agreement.update_given"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"text": "actor", "kind": "stream", "text_format": "stream"}

    text: str
    kind: str | None
    text_format: str | None


class ImportedProgressReported(ImportedFact):
    """So many steps of so many were done."""

    TOPIC = "concord.imported_agreement.progress_reported"

    steps: int
    of_steps: int


class ImportedAnnotated(ImportedFact):
    """Something was said that the life cycle cannot hold; all of it is kept in `rest`, and `why` names the cause.

    `why` is `outcome` (a reported outcome changes nothing here), `not_known_yet` (nobody had proposed the
    agreement yet), `by_nobody`, `after_end`, `incomplete` (it lacks what its type needs) or `other_type`.
    """

    TOPIC = "concord.imported_agreement.annotated"

    why: str


class ImportedDatasetFact(FactInAnyOrder):
    """What a line says that belongs to no agreement; all of it is kept in `rest`."""

    SEALED: ClassVar[dict[str, str]] = {"name": "stream", "line_id": "stream", "said_by": "actor", "rest": "stream"}
    ERASED: ClassVar[dict[str, Any]] = _ERASED

    name: str
    line_id: str
    record: str
    at: str
    said_by: str | None
    rest: str


class ImportedDatasetDescribed(ImportedDatasetFact):
    """A dataset introduced itself: name, format, as of when, from which sources, under which licence."""

    TOPIC = "concord.imported_dataset.described"


class ImportedDatasetAnnotated(ImportedDatasetFact):
    """A fact of the calendar, or whatever else belongs to the dataset as a whole."""

    TOPIC = "concord.imported_dataset.annotated"


__all__ = [name for name in dir() if name.startswith("Imported")] + ["NamedParty", "StatedField"]
