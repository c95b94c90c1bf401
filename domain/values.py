"""Small values that every aggregate uses: text as people write it, and dates in words."""

from __future__ import annotations

import unicodedata

from domain.refusals import Invalid

MOST_CODE_POINTS = 20_000
"""How long one text may be, in Unicode code points after NFC."""


def text(value: str, field: str, *, most: int = MOST_CODE_POINTS) -> str:
    """Returns the text in Unicode NFC; raises Invalid when it is blank, too long or not text.

    Markdown, at most `most` code points; NUL and lone surrogates are refused. Surrounding white
    space is kept: it can mean something in Markdown.
    """
    if any(0xD800 <= ord(c) <= 0xDFFF for c in value):
        raise Invalid("This text holds half a character (a lone surrogate); please write it again.", field=field)
    if "\x00" in value:
        raise Invalid("This text holds a NUL character, which is not text.", field=field)
    normal = unicodedata.normalize("NFC", value)
    if not normal.strip():
        raise Invalid("Please write something here: it may not be blank.", field=field)
    if len(normal) > most:
        raise Invalid(f"This text has {len(normal):,} characters; at most {most:,} fit here.", field=field)
    return normal


def optional_text(value: str | None, field: str, *, most: int = MOST_CODE_POINTS) -> str | None:
    """The same for a text that may be absent."""
    return None if value is None else text(value, field, most=most)
