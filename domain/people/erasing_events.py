"""What can happen on the way to a person's erasure, and that it was done."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.base import Fact


class ErasureAsked(Fact):
    """The person, or a steward, asked that the person be erased."""

    TOPIC = "concord.person.erasure_asked"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    erasure_id: UUID
    reason: str | None


class ErasureApproved(Fact):
    """Somebody else agreed to it (nobody is named where it was who runs the installation); so it comes then."""

    TOPIC = "concord.person.erasure_approved"

    erasure_id: UUID
    erases_at: datetime


class ErasureObjected(Fact):
    """The person objected, so it does not come; nobody is named where their word was passed on."""

    TOPIC = "concord.person.erasure_objected"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    erasure_id: UUID
    reason: str | None


class PersonErased(Fact):
    """From here on the person is nobody: `asked`, or `again` where an older copy of the log had come back."""

    TOPIC = "concord.person.erased"

    cause: str


class ErasureCompleted(Fact):
    """Key, identity and rows are gone; `keys` are the SHA-256 of what was destroyed, as far as it was still there."""

    TOPIC = "concord.person.erasure_completed"

    keys: tuple[str, ...]
