"""Instants as text that sorts as time does."""

from __future__ import annotations

from datetime import UTC, datetime

NEVER = "9999"
"""Comes after every instant: what ends, or is due, at no time comes last."""


def instant_key(instant: datetime) -> str:
    """The instant in UTC, to the microsecond."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def key_or_none(instant: datetime | None) -> str | None:
    """The same; None for none."""
    return None if instant is None else instant_key(instant)
