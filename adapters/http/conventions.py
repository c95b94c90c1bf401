"""The conventions of every route: bodies, versions, keys, positions, instants, pages.

`Body` is what a command's body derives from. `Asking` (adapters/http/deps.py) carries a request
through them; the functions here read and write the single headers and parameters.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from adapters.http.form import invalid
from adapters.http.problems import Problem

API = "/api/v1"
MOST_ITEMS = 200
USUAL_ITEMS = 50
A_LINE: dict[str, Any] = {
    "minLength": 1,
    "maxLength": 200,
    "pattern": r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*[^\s\u0000-\u001f\u007f-\u009f]"
    r"[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$",
}
"""What the description says of a name; the deeds look closer."""
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_VERSION = re.compile(r'\s*(?:W/)?"(\d{1,9})(?:\.[0-9a-f]+)?"\s*')
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:[Zz]|[+-]\d\d:\d\d)")


class Body(BaseModel):
    """A command's body: read from JSON with its types taken strictly; a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True)
class Shown:
    """A resource as one viewer is shown it, with the version of the aggregate behind it."""

    version: int
    document: Any

    @property
    def body(self) -> bytes:
        """The document in JSON."""
        return self.document if isinstance(self.document, bytes) else orjson.dumps(self.document)


def etag(version: int, body: bytes) -> str:
    """A strong tag: the version, and a digest of what this viewer is shown."""
    return f'"{version}.{hashlib.sha256(body).hexdigest()[:16]}"'


def json_response(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON bytes as they are."""
    return Response(body, status, dict(headers or {}), media_type="application/json")


def idempotency_key(headers: Mapping[str, str]) -> str | None:
    """The `Idempotency-Key`, or None; 422 when it cannot be one."""
    key = headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise invalid({"Idempotency-Key": "A key has 1 to 200 visible ASCII characters."})
    return key


def command_id(key: str | None, *who_and_where: object) -> str:
    """64 hex digits: from the key with who sends it where, else random."""
    if key is None:
        return secrets.token_hex(32)
    return hashlib.sha256("\n".join([*map(str, who_and_where), key]).encode()).hexdigest()


def seen_version(headers: Mapping[str, str], *, required: bool) -> int | None:
    """The version in `If-Match`; None when it is absent or `*`. 428 when it is required and absent."""
    given = headers.get("if-match")
    if given is None:
        if required:
            raise Problem(
                428, "precondition-required", 'Say which version you saw: If-Match: "VERSION", from the ETag.'
            )
        return None
    if given.strip() == "*":
        return None
    match = _VERSION.fullmatch(given)
    if match is None:
        raise invalid({"If-Match": 'It holds one version in quotes, as the ETag gives it: "7" or "7.0123abcd".'})
    return int(match[1])


def not_modified(headers: Mapping[str, str], tag: str) -> bool:
    """Whether `If-None-Match` names what would be answered."""
    given = headers.get("if-none-match", "")
    return given.strip() == "*" or any(part.strip().removeprefix("W/") == tag for part in given.split(","))


def instant(value: str | None, field: str, now: datetime) -> datetime | None:
    """An RFC 3339 instant of the past or present, in UTC; 422 for anything else."""
    if value is None:
        return None
    message = "Write an instant like 2026-03-01T09:00:00Z."
    written = value.replace(" ", "+")  # what an unescaped plus sign in an address is read as
    if _INSTANT.fullmatch(written):
        try:
            found = datetime.fromisoformat(written.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            found = None
        if found is not None:
            if found <= now:
                return found
            message = "This lies in the future; what will have been said then is not known."
    raise invalid({field: message})


def position(request: Request) -> int | None:
    """The position that a query waits for, from `Concord-Min-Position` or `min_position`."""
    header = request.headers.get("concord-min-position")
    given = request.query_params.get("min_position") if header is None else header
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) <= 18):
        field = "min_position" if header is None else "Concord-Min-Position"
        raise invalid({field: "A position is a whole number, as Concord-Position gives it."})
    return int(given)


def cursor(values: list[Any]) -> str:
    """An opaque cursor over keyset values."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).rstrip(b"=").decode()


def from_cursor(given: str | None, length: int) -> list[Any] | None:
    """The keyset values of a cursor; 422 when it is none of ours."""
    if given is None:
        return None
    try:
        values = orjson.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    except (ValueError, orjson.JSONDecodeError):
        values = None
    if not isinstance(values, list) or len(values) != length:
        raise invalid({"cursor": "This is not a cursor that a list gave."})
    return values


def id_in_cursor(given: str | None) -> UUID | None:
    """The id of a cursor over ids alone; 422 when it is none of ours."""
    values = from_cursor(given, 1)
    if values is None:
        return None
    try:
        return UUID(values[0])
    except (ValueError, TypeError, AttributeError):
        raise invalid({"cursor": "This is not a cursor that a list gave."}) from None
