"""What the identity stores have in common: how a secret is looked up, and how a standing is read."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from services.ports import Standing


def hash_of(secret: str) -> str:
    """What is kept of a secret; it has 256 bits, so a plain hash tells nobody anything."""
    return hashlib.sha256(secret.encode()).hexdigest()


def standing_in(row: Any) -> Standing:
    """The standing that a row of `log_standings` holds."""
    return Standing(
        UUID(row.person_id),
        UUID(row.organisation_id),
        row.kind,
        UUID(row.leader_id) if row.leader_id else None,
        tuple(json.loads(row.roles)),
        bool(row.active),
    )
