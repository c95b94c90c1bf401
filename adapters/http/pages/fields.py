"""What a form's fields say, as the API takes it. The name of a field says where its value goes, and how it is read.

| name | value |
|---|---|
| `text`, `cadence.rrule`, `parties.0.role` | the text at that place; nothing when it is blank |
| `owed_by[]` | a list of all values of that name |
| `conditions[lines]` | a list of the lines |
| `ends_on?` | null when it is blank: it takes away what was there |
| `happened_at@` | a local time where the reader is, as an instant |
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request

from adapters.http.problems import Problem
from adapters.http.routing import MOST_BYTES

Given = Mapping[str, Sequence[str]]
"""The values of each field, in the order in which they came."""

_MARKED = re.compile(r"(.*?)(\[\]|\[lines\]|\?|@)?")
# Each byte of a text may take three in a form; the API says itself what is too much for it.
_MOST_BYTES = 3 * MOST_BYTES
_MOST_FIELDS = 500
_DEEPEST = 8
"""What the API takes lies no deeper than half of this."""
_DIGITS = 5


async def read_fields(request: Request) -> Given:
    """The fields of the form that was sent."""
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > _MOST_BYTES:
            raise Problem(413, "too-large", f"A form may have at most {_MOST_BYTES // 1024} KiB.")
    try:
        return parse(raw.decode("utf-8"))
    except ValueError:
        raise unreadable() from None


def unreadable() -> Problem:
    """400: these are not the fields of any form of ours."""
    return Problem(400, "malformed", "This is not what a form of these pages sends, so nothing was done.")


def parse(written: str) -> Given:
    """The fields of a form as a browser writes them; lines end as everywhere here."""
    found = parse_qs(written, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    return {name: [value.replace("\r\n", "\n") for value in values] for name, values in found.items()}


def write(given: Given) -> str:
    """The same the other way round."""
    return urlencode(given, doseq=True)


def one(given: Given, name: str) -> str:
    """The last value of a field; empty without one."""
    return given[name][-1] if given.get(name) else ""


def base(name: str) -> str:
    """A field's name without what says how it is read."""
    match = _MARKED.fullmatch(name)
    return match[1] if match else name


def content(given: Given, zone: ZoneInfo) -> dict[str, Any]:
    """What the fields say, nested; those whose name begins with an underscore are about the form itself.

    Raises a Problem for names that no form has: one value inside of another one, or too deep.
    """
    root: dict[str, Any] = {}
    for path, value in _said(given, zone):
        at, *steps = path.split(".")
        if len(steps) >= _DEEPEST:
            raise unreadable()
        place = root
        for step in steps:
            place = place.setdefault(at, {})
            if not isinstance(place, dict):
                raise unreadable()
            at = step
        place[at] = value
    return {name: _listed(value) for name, value in root.items()}


def _said(given: Given, zone: ZoneInfo) -> Iterator[tuple[str, Any]]:
    for name, values in given.items():
        if name.startswith("_"):
            continue
        path, mark = base(name), name.removeprefix(base(name))
        last = values[-1]
        if mark == "[]":
            yield path, [value for value in values if value]
        elif mark == "[lines]":
            yield path, [line.strip() for line in last.splitlines() if line.strip()]
        elif mark == "?" and not last.strip():
            yield path, None
        elif mark == "@" and last:
            yield path, _instant(last, zone)
        elif last.strip():
            yield path, last


def _instant(local: str, zone: ZoneInfo) -> str:
    try:
        return datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return local  # what reads it says what is wrong with it


def _listed(value: Any) -> Any:
    """Lists in the place of what has numbers for names."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(one) for name, one in value.items()}
    if inner and all(name.isascii() and name.isdecimal() and len(name) < _DIGITS for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
