"""What changed between two texts, word by word.

A text is cut into tokens whose concatenation is the text: words, runs of white space, and single
signs. In scripts that put no spaces between words (Han, kana, Thai, Khmer, ...) each character is a
token. What makes one visible character (accents, emoji of several parts, flags) is never cut apart.

The longest common subsequence of tokens stays; what lies between is an edit. Edits parted by no
more than one short word are joined, since a phrase that was rewritten reads better as a whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from rapidfuzz.distance import LCSseq

EQUAL, INSERT, DELETE, REPLACE = "equal", "insert", "delete", "replace"

SHORT_WORD = 3
"""A word of at most so many characters between two edits does not part them."""

MOST_CELLS = 400_000_000
"""How many pairs of tokens are compared at most; beyond, lines are compared first."""

_SPACELESS = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff"  # Han and kana
)
_TOKEN = re.compile(rf"[{_SPACELESS}]|[^\W{_SPACELESS}]+(?:['’][^\W{_SPACELESS}]+)*|\r\n|\n|[^\S\r\n]+|.", re.DOTALL)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_JOINER = "\u200d"
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")
_TAG = re.compile("[\U000e0020-\U000e007f]")


class Hunk(NamedTuple):
    """A stretch that stayed (`equal`), came (`insert`), went (`delete`) or was rewritten (`replace`)."""

    op: str
    old: str
    new: str

    def shown(self) -> dict[str, Any]:
        """The same as plain values."""
        return self._asdict()


def word_hunks(old: str, new: str) -> list[Hunk]:
    """The hunks that lead from `old` to `new`: their olds make up the one, their news the other.

    Equal texts make one equal hunk. The way back is the same hunks turned round.
    """
    if old == new:
        return [Hunk(EQUAL, old, new)]
    # The longest common subsequence is seldom the only one: comparing in a fixed order makes both
    # directions choose the same.
    if (len(old), old) > (len(new), new):
        return [_turned(hunk) for hunk in _hunks(new, old)]
    return _hunks(old, new)


def tokens(text: str) -> list[str]:
    """The text in tokens; joined again they are the text."""
    found = _TOKEN.findall(text)
    return found if text.isascii() else _whole_characters(found)


def _hunks(old: str, new: str) -> list[Hunk]:
    old_tokens, new_tokens = tokens(old), tokens(new)
    start, old_end, new_end = _common_ends(old_tokens, new_tokens)
    middle = _compared(old_tokens[start:old_end], new_tokens[start:new_end])
    opening = [("".join(old_tokens[:start]),) * 2] if start else []
    closing = [("".join(old_tokens[old_end:]),) * 2] if old_end < len(old_tokens) else []
    return _joined([*opening, *middle, *closing])


def _compared(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of what stayed (both the same) and what took whose place (different)."""
    if len(old) * len(new) <= MOST_CELLS:
        return list(_aligned(old, new))
    pairs: list[tuple[str, str]] = []
    for was, now in _aligned(_LINE.findall("".join(old)), _LINE.findall("".join(new))):
        inside = (tokens(was), tokens(now)) if was != now else ([], [])
        if was != now and len(inside[0]) * len(inside[1]) <= MOST_CELLS:
            pairs += _aligned(*inside)
        else:
            pairs.append((was, now))
    return pairs


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    # Numbers instead of the tokens themselves: two tokens can share a hash, two numbers here cannot.
    number: dict[str, int] = {}
    old_numbers = [number.setdefault(t, len(number)) for t in old]
    new_numbers = [number.setdefault(t, len(number)) for t in new]
    came, went = "", ""
    for op in LCSseq.opcodes(old_numbers, new_numbers):
        was, now = "".join(old[op.src_start : op.src_end]), "".join(new[op.dest_start : op.dest_end])
        if op.tag != EQUAL:
            # What went and what came in its place are told one after the other; here they are one edit.
            went, came = went + was, came + now
            continue
        if went or came:
            yield went, came
            went, came = "", ""
        yield was, now
    if went or came:
        yield went, came


def _common_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int, int]:
    start, shorter = 0, min(len(old), len(new))
    while start < shorter and old[start] == new[start]:
        start += 1
    old_end, new_end = len(old), len(new)
    while old_end > start and new_end > start and old[old_end - 1] == new[new_end - 1]:
        old_end, new_end = old_end - 1, new_end - 1
    return start, old_end, new_end


def _joined(pairs: Iterable[tuple[str, str]]) -> list[Hunk]:
    """One hunk for each stretch; what is too short to part two edits becomes part of them."""
    stretches: list[tuple[str, str]] = []
    for was, now in pairs:
        if stretches and (stretches[-1][0] == stretches[-1][1]) == (was == now):
            was, now = stretches[-1][0] + was, stretches[-1][1] + now  # noqa: PLW2901
            stretches.pop()
        between_edits = len(stretches) >= 2 and was != now
        if between_edits and _parts_nothing(stretches[-1][0]):
            (before_old, before_new), (same, _) = stretches[-2:]
            was, now = before_old + same + was, before_new + same + now  # noqa: PLW2901
            del stretches[-2:]
        stretches.append((was, now))
    return [Hunk(_op(was, now), was, now) for was, now in stretches]


def _parts_nothing(same: str) -> bool:
    if "\n" in same:
        return False
    words = [t for t in tokens(same) if not t.isspace()]
    return len(words) <= 1 and all(len(w) <= SHORT_WORD for w in words)


def _op(was: str, now: str) -> str:
    if was == now:
        return EQUAL
    if not was:
        return INSERT
    return REPLACE if now else DELETE


def _turned(hunk: Hunk) -> Hunk:
    return Hunk({INSERT: DELETE, DELETE: INSERT}.get(hunk.op, hunk.op), hunk.new, hunk.old)


def _whole_characters(found: Iterable[str]) -> list[str]:
    """Puts what belongs to one visible character back together."""
    whole: list[str] = []
    word_goes_on = False
    for token in found:
        last = whole[-1] if whole else ""
        extends = last and not last.isspace() and _extends(last, token)
        continues = word_goes_on and token[0].isalnum() and not re.match(f"[{_SPACELESS}]", token)
        if extends or continues:
            whole[-1] += token
            # After a vowel sign or an accent within a word, the word goes on.
            word_goes_on = bool(continues) or (last[0].isalnum() and not re.match(f"[{_SPACELESS}]", last))
        else:
            whole.append(token)
            word_goes_on = False
    return whole


def _extends(last: str, token: str) -> bool:
    sign = token[0]
    if last.endswith(_JOINER) or sign == _JOINER or _SKIN.match(sign) or _TAG.match(sign):
        return True
    if _FLAG.match(sign):
        return len(last) == 1 and bool(_FLAG.match(last))
    return unicodedata.category(sign).startswith("M")
