"""What schemathesis does not know by itself: how lines of JSON are sent."""

from __future__ import annotations

import json
from typing import Any

import schemathesis


@schemathesis.serializer("application/jsonl")
def as_lines(_: Any, value: Any) -> bytes:
    """A line as it stands, and anything else as JSON."""
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "replace")
