"""The format of a history, version 1: a line that is well formed, and what it belongs to."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from domain.values import MOST_CODE_POINTS

MOST_LEVELS = 100
"""How deeply a line's JSON may be nested."""

_TYPE = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+", re.ASCII)
_SUSPECT = re.compile(rb"\\u(0000|[dD][89a-fA-F])")
NOT_KEPT = frozenset({"seq"})
"""The fields of a line that say nothing but where it stood in its file."""

AGREEMENT, COMMITMENT, DATASET = "agreement", "commitment", "dataset"


class Broken(Exception):
    """A line that cannot be taken in; says why in a sentence."""


@dataclass(frozen=True)
class Line:
    """A line that is well formed: who, what and when, and everything that it holds.

    `content_hash` is the SHA-256 of all of it but its place in the file, in hex.
    """

    id: str
    record: str
    at: str
    happened_at: datetime
    agreement: str | None
    commitment: str | None
    actor: str | None
    says: Mapping[str, Any]
    content_hash: str

    @property
    def family(self) -> str:
        """The part of the type before the first dot."""
        return self.record.partition(".")[0]

    @property
    def belongs_to(self) -> str | None:
        """What it speaks of: an agreement, a commitment or the dataset as a whole; None where it names nothing.

        A type that is not known speaks of the commitment where it names one, else of the agreement. What
        names both, an update or progress, is the agreement's.
        """
        if self.family in ("dataset", "reference"):
            return DATASET
        if self.family == "agreement" or self.commitment is None:
            return AGREEMENT if self.agreement is not None else None
        if self.family in ("update", "progress") and self.agreement is not None:
            return AGREEMENT
        return COMMITMENT


# Reading ------------------------------------------------------------------------------------------


def read_line(raw: bytes) -> Line:
    """A line as it was meant; raises Broken when it cannot be taken in."""
    says = _object(raw)
    line_id = _text_of(says, "id")
    record = _text_of(says, "type")
    if _TYPE.fullmatch(record) is None:
        raise Broken("Its type is not a word of the format.")
    at = _instant(says, "at")
    happened_at = at if says.get("effective_at") is None else _instant(says, "effective_at")
    line = Line(
        id=line_id,
        record=record,
        at=says["at"],
        happened_at=happened_at,
        agreement=_optional(says, "agreement_id"),
        commitment=_optional(says, "commitment_id"),
        actor=_optional(says, "actor"),
        says=says,
        content_hash=_content_hash(says),
    )
    if line.belongs_to is None:
        raise Broken("It names neither an agreement nor a commitment.")
    return line


def _object(raw: bytes) -> dict[str, Any]:
    if not raw.strip():
        raise Broken("It is empty.")
    try:
        decoded = raw.decode()
    except UnicodeDecodeError:
        raise Broken("It is not UTF-8.") from None
    try:
        says = json.loads(decoded, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Broken("It is not JSON.") from None
    if not isinstance(says, dict):
        raise Broken("It is not a JSON object.")
    if raw.count(b"{") + raw.count(b"[") > MOST_LEVELS and not _shallow(says):
        raise Broken(f"It is nested more than {MOST_LEVELS} levels deep.")
    if len(decoded) > MOST_CODE_POINTS or _SUSPECT.search(raw):
        for words in _strings(says):
            _check_text(words)
    return says


def _content_hash(says: Mapping[str, Any]) -> str:
    try:
        content = to_json({name: value for name, value in says.items() if name not in NOT_KEPT})
    except ValueError:
        raise Broken("It holds a number that is too large.") from None
    return hashlib.sha256(content.encode()).hexdigest()


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _shallow(says: Any) -> bool:
    level = [says]
    for _ in range(MOST_LEVELS):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return True
    return False


def _inside(value: Any) -> Iterable[Any]:
    held = value.values() if isinstance(value, dict) else value
    return [inner for inner in held if isinstance(inner, dict | list)]


def _strings(says: Any) -> Iterable[str]:
    left = [says]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            left.extend(value.keys())
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)


def _check_text(words: str) -> None:
    if len(words) > MOST_CODE_POINTS:
        raise Broken(f"It holds a text of {len(words):,} characters; at most {MOST_CODE_POINTS:,} fit.")
    if "\x00" in words:
        raise Broken("It holds a NUL character, which is not text.")
    if any(0xD800 <= ord(c) <= 0xDFFF for c in words):
        raise Broken("It holds half a character (a lone surrogate).")


def _text_of(says: Mapping[str, Any], name: str) -> str:
    value = says.get(name)
    if value is None:
        raise Broken(f"It has no {name}.")
    if not isinstance(value, str):
        raise Broken(f"Its {name} is not a text.")
    if not value.strip():
        raise Broken(f"Its {name} is blank.")
    return nfc(value)


def _optional(says: Mapping[str, Any], name: str) -> str | None:
    value = says.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Broken(f"Its {name} is not a text.")
    return nfc(value) if value.strip() else None


def _instant(says: Mapping[str, Any], name: str) -> datetime:
    value = _text_of(says, name)
    try:
        instant = datetime.fromisoformat(value)
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Broken(f"Its {name} is not an instant in ISO 8601.") from None


def nfc(words: str) -> str:
    """The text in Unicode NFC."""
    return words if words.isascii() else unicodedata.normalize("NFC", words)


to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode
"""Writes a value as JSON, its keys in order, so that the same content is the same text."""
as_it_came = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
"""Writes a value as JSON, its keys as they stand: of some fields the order says something."""
