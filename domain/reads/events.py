"""What is kept of reading: who, what of which thing, and as what. No fact here holds a word of what was read."""

from __future__ import annotations

from uuid import UUID

from domain.base import FactInAnyOrder


class ContentRead(FactInAnyOrder):
    """Somebody who is no party of a thing read some of it, or read on after a while.

    `kind` is agreement or imbalance_period; `seen_as` says what let them, and `what` which part of it it was
    (see domain/reads/access_log.py).
    """

    TOPIC = "concord.access.content_read"

    thing_id: UUID
    kind: str
    seen_as: str
    what: str
