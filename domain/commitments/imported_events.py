"""What a record from elsewhere can say of a commitment: one fact for each line, with all that the line held.

As with an agreement from elsewhere, one hears in any order, so every fact may be the first. The words
are a public record and sealed jointly; what a person wrote themself is sealed with that person's key.
`rest` holds, as a JSON object, every field of the line that the fact's own fields do not give back.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from domain.agreements.imported_events import NamedParty
from domain.base import FactInAnyOrder

_SEALED = {
    "external_id": "stream",
    "agreement": "stream",
    "line_id": "stream",
    "said_by": "actor",
    "rest": "stream",
}


@dataclass(frozen=True)
class StatedDue:
    """A due date as a record states it. `at` is as written; where that is no date, `raw` says what was spoken of."""

    at: str | None
    basis: str | None = None
    raw: str | None = None
    release: str | None = None
    precision: str | None = None

    @classmethod
    def read(cls, value: Any) -> StatedDue | None:
        """What a line holds in the place of a due date; None where it holds nothing that could be one."""
        if isinstance(value, str) and value.strip():
            return cls(_nfc(value))
        if not isinstance(value, dict) or not value:
            return None
        at, basis, raw, release, precision = (
            _nfc(words) if isinstance(words := value.get(name), str) else None
            for name in ("due_at", "due_basis", "raw", "release", "precision")
        )
        return cls(at, basis, raw, release, precision)

    @property
    def on(self) -> date | None:
        """The day on which it is due, in UTC; None where what is stated is no date."""
        try:
            instant = datetime.fromisoformat(self.at or "")
            return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC).date()
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True)
class FieldChange:
    """One field that changed, under the source's own name; what is no text is written as JSON."""

    field: str
    old: str | None = None
    new: str | None = None


def _nfc(words: str) -> str:
    return words if words.isascii() else unicodedata.normalize("NFC", words)


class ImportedCommitmentFact(FactInAnyOrder):
    """What every line says: its id, its type as written, when it entered the record, and who acted.

    `at` is the instant as the line writes it; the fact's `effective_at` is when it happened. `agreement`
    is the agreement that it lives under, by its name in the source.
    """

    SEALED: ClassVar[dict[str, str]] = _SEALED
    ERASED: ClassVar[dict[str, Any]] = {"rest": "{}"}

    external_id: str
    agreement: str | None
    line_id: str
    record: str
    at: str
    said_by: str | None
    rest: str


class ImportedCommitmentStated(ImportedCommitmentFact):
    """What a first statement of a commitment holds: who owes what to whom, and by when."""

    SEALED: ClassVar[dict[str, str]] = _SEALED | {
        "text": "stream",
        "level": "stream",
        "kind": "stream",
        "section": "stream",
        "notes": "stream",
        "debtors": "stream",
        "creditors": "stream",
        "due": "stream",
    }

    text: str | None
    level: str | None
    kind: str | None
    section: str | None
    notes: str | None
    debtors: tuple[NamedParty, ...]
    creditors: tuple[NamedParty, ...]
    due: StatedDue | None


class ImportedCommitmentProposed(ImportedCommitmentStated):
    """The debtors' side offered it."""

    TOPIC = "concord.imported_commitment.proposed"


class ImportedCommitmentRequested(ImportedCommitmentStated):
    """The creditors' side asked for it."""

    TOPIC = "concord.imported_commitment.requested"


class ImportedCommitmentPromised(ImportedCommitmentFact):
    """It became binding; `debtors` are those whom the record names with the promise."""

    TOPIC = "concord.imported_commitment.promised"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"debtors": "stream"}

    debtors: tuple[NamedParty, ...]


class ImportedCommitmentAmended(ImportedCommitmentFact):
    """Some of its fields were written anew."""

    TOPIC = "concord.imported_commitment.amended"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"changes": "stream"}

    changes: tuple[FieldChange, ...]


class ImportedCommitmentReassigned(ImportedCommitmentFact):
    """Others owe it now."""

    TOPIC = "concord.imported_commitment.reassigned"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"old": "stream", "new": "stream"}

    old: tuple[NamedParty, ...]
    new: tuple[NamedParty, ...]


class ImportedDueDateRenegotiated(ImportedCommitmentFact):
    """Its due date changed; `new` is None where none was named."""

    TOPIC = "concord.imported_commitment.due_date_renegotiated"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"old": "stream", "new": "stream"}

    old: StatedDue | None
    new: StatedDue | None


class ImportedDueDateWithdrawn(ImportedCommitmentFact):
    """Its due date was taken off."""

    TOPIC = "concord.imported_commitment.due_date_withdrawn"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"old": "stream"}

    old: StatedDue | None


class ImportedCommitmentDelivered(ImportedCommitmentFact):
    """It was delivered; the line's evidence is in `rest`."""

    TOPIC = "concord.imported_commitment.delivered"


class ImportedDeliveryClaimed(ImportedCommitmentFact):
    """The debtors' side said that it was delivered."""

    TOPIC = "concord.imported_commitment.delivery_claimed"


class ImportedDeliveryConfirmed(ImportedCommitmentFact):
    """The creditors' side said that it was delivered."""

    TOPIC = "concord.imported_commitment.delivery_confirmed"


class ImportedCommitmentCancelled(ImportedCommitmentFact):
    """It was given up, or what it stood in is gone."""

    TOPIC = "concord.imported_commitment.cancelled"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"reason": "stream"}

    reason: str | None


class ImportedCommitmentReopened(ImportedCommitmentFact):
    """Its end was taken back."""

    TOPIC = "concord.imported_commitment.reopened"


class ImportedApprovalGiven(ImportedCommitmentFact):
    """Somebody who had to approve it did."""

    TOPIC = "concord.imported_commitment.approval_given"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"approver": "stream"}

    approver: str | None


class ImportedApproverChanged(ImportedCommitmentFact):
    """Others have to approve it now."""

    TOPIC = "concord.imported_commitment.approver_changed"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"old": "stream", "new": "stream"}

    old: tuple[NamedParty, ...]
    new: tuple[NamedParty, ...]


class ImportedExtensionRequested(ImportedCommitmentFact):
    """More time was asked for; `due` and `new` are what the record states of the date, if anything."""

    TOPIC = "concord.imported_commitment.extension_requested"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"due": "stream", "new": "stream"}

    due: StatedDue | None
    new: StatedDue | None


class ImportedExtensionDecided(ImportedCommitmentFact):
    """It was decided whether there is more time; `decision` is as the source put it."""

    TOPIC = "concord.imported_commitment.extension_decided"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"decision": "stream", "due": "stream", "new": "stream"}

    decision: str | None
    due: StatedDue | None
    new: StatedDue | None


class ImportedCommitmentUpdateGiven(ImportedCommitmentFact):
    """Somebody said how it goes."""

    TOPIC = "concord.imported_commitment.update_given"
    SEALED: ClassVar[dict[str, str]] = _SEALED | {"text": "actor", "kind": "stream", "text_format": "stream"}

    text: str
    kind: str | None
    text_format: str | None


class ImportedCommitmentProgressReported(ImportedCommitmentFact):
    """So many steps of so many were done."""

    TOPIC = "concord.imported_commitment.progress_reported"

    steps: int
    of_steps: int


class ImportedCommitmentAnnotated(ImportedCommitmentFact):
    """Something was said that the life cycle cannot hold; all of it is kept in `rest`, and `why` names the cause.

    `why` is `not_delivered` (the word changes nothing here), `not_known_yet` (nobody had offered it or
    asked for it yet), `by_nobody`, `after_end`, `incomplete` (it lacks what its type needs) or
    `other_type`.
    """

    TOPIC = "concord.imported_commitment.annotated"

    why: str


__all__ = [name for name in dir() if name.startswith("Imported")] + ["FieldChange", "StatedDue"]
