from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit import word_diff
from services.audit.word_diff import DELETE, EQUAL, INSERT, REPLACE, Hunk, tokens, word_hunks

PIECES = st.sampled_from(
    [
        *["update", "Monday", "10:00", "don't", "a", "two", "ja", "été", "e\u0301t", "नमस्ते", "สวัสดี", "한국어", "朝会"],
        *[
            " ",
            "  ",
            "\n",
            "\r\n",
            "\t",
            "|",
            "---",
            "*",
            "**",
            ".",
            ",",
            "…",
            "😀",
            "👩‍💻",
            "👩🏽‍💻",
            "🇳🇴",
            "🇳",
            "❤️",
            "1️⃣",
        ],
        *["\u0301", "\u200d", "\ufe0f", "\r", "\x85", "\u2028", "ﬁ", "İ", "_", "²"],
    ]
)
PROSE = st.lists(PIECES, max_size=40).map("".join)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
TEXTS = PROSE | ANYTHING


def joined(hunks: list[Hunk]) -> tuple[str, str]:
    return "".join(h.old for h in hunks), "".join(h.new for h in hunks)


@given(TEXTS, TEXTS)
def test_the_hunks_put_together_are_the_two_texts(old: str, new: str) -> None:
    assert joined(word_hunks(old, new)) == (old, new)


@given(TEXTS)
def test_the_tokens_put_together_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text


@given(TEXTS, TEXTS)
def test_each_hunk_is_what_it_is_called_and_neighbours_differ(old: str, new: str) -> None:
    hunks = word_hunks(old, new)
    for hunk in hunks:
        if hunk.op == EQUAL:
            assert hunk.old == hunk.new
        else:
            assert hunk.old != hunk.new
            assert hunk.op == (INSERT if not hunk.old else REPLACE if hunk.new else DELETE)
    kept = [hunk.op == EQUAL for hunk in hunks]
    assert all(one != other for one, other in pairwise(kept))


@given(TEXTS)
def test_equal_texts_make_one_equal_hunk(text: str) -> None:
    assert word_hunks(text, text) == [Hunk(EQUAL, text, text)]


@given(TEXTS, TEXTS)
def test_the_way_back_is_the_same_hunks_turned_round(old: str, new: str) -> None:
    turned = {INSERT: DELETE, DELETE: INSERT}
    assert word_hunks(new, old) == [Hunk(turned.get(h.op, h.op), h.new, h.old) for h in word_hunks(old, new)]


@given(st.lists(PIECES, min_size=1, max_size=20), st.lists(PIECES, max_size=8), st.integers(0, 20))
def test_what_was_put_in_costs_no_more_than_itself(around: list[str], put_in: list[str], where: int) -> None:
    old, new = "".join(around), "".join(around[:where] + put_in + around[where:])
    kept = sum(len(tokens(h.new)) for h in word_hunks(old, new) if h.op != EQUAL)
    # Joining over short words and characters that melt with their neighbours may add a little, never a text.
    assert kept <= len(tokens("".join(put_in))) * 3 + 6


@pytest.mark.parametrize(
    ("old", "new", "hunks"),
    [
        (
            "Mondays 10:00, three lines in chat",
            "Tuesdays 10:00, three lines in chat",
            [(REPLACE, "Mondays", "Tuesdays"), (EQUAL, " 10:00, three lines in chat", " 10:00, three lines in chat")],
        ),
        (
            "We repair within two days",
            "We repair within one working day",
            [(EQUAL, "We repair within ", "We repair within "), (REPLACE, "two days", "one working day")],
        ),
        ("I say so", "I never say so", [(EQUAL, "I ", "I "), (INSERT, "", "never "), (EQUAL, "say so", "say so")]),
        ("", "new", [(INSERT, "", "new")]),
        ("gone", "", [(DELETE, "gone", "")]),
        ("", "", [(EQUAL, "", "")]),
    ],
)
def test_words_are_told_apart(old: str, new: str, hunks: list[tuple[str, str, str]]) -> None:
    assert [tuple(h) for h in word_hunks(old, new)] == hunks


def test_edits_parted_by_one_short_word_are_one_edit() -> None:
    edits = [h for h in word_hunks("kind red of fox ran", "sort old of dog ran") if h.op != EQUAL]
    assert edits == [Hunk(REPLACE, "kind red of fox", "sort old of dog")]


def test_edits_parted_by_a_long_word_or_a_line_stay_apart() -> None:
    for between in (" agreement ", "\n"):
        edits = [h.op for h in word_hunks(f"one{between}two", f"three{between}four") if h.op != EQUAL]
        assert edits == [REPLACE, REPLACE]


@pytest.mark.parametrize(
    ("old", "new", "edits"),
    [
        ("| Ada | chat |\n| Ben | mail |", "| Ada | phone |\n| Ben | mail |", [("chat", "phone")]),
        ("朝会は月曜日の十時です", "朝会は火曜日の十時です", [("月", "火")]),
        ("ดีมาก", "ดีมั้ก", [("มา", "มั้")]),
        ("ok 👩‍💻!", "ok 👩🏽‍💻!", [("👩‍💻", "👩🏽‍💻")]),
        ("🇳🇴🇸🇪", "🇳🇴🇩🇰", [("🇸🇪", "🇩🇰")]),
        ("cafe\u0301 now", "cafe now", [("cafe\u0301", "cafe")]),
        ("नमस्ते दुनिया", "नमस्कार दुनिया", [("नमस्ते", "नमस्कार")]),
        ("don't ask", "don’t ask", [("don't", "don’t")]),
    ],
)
def test_scripts_tables_and_emoji_are_cut_where_a_reader_would(
    old: str, new: str, edits: list[tuple[str, str]]
) -> None:
    found = [(h.old, h.new) for h in word_hunks(old, new) if h.op != EQUAL]
    assert found == edits


def _long_texts() -> dict[str, tuple[str, str]]:
    chosen = random.Random(7)
    words = ["the", "quick", "brown", "agreement", "update", "weekly", "risk", "chat", "Monday", "10:00", "and", "of"]

    def prose() -> str:
        return " ".join(chosen.choice(words) for _ in range(6_000))[:20_000]

    def of(characters: str) -> str:
        return "".join(chosen.choice(characters) for _ in range(20_000))

    han = "".join(chr(0x4E00 + n) for n in range(600))
    row = "| Monday 10:00 | 😀 👩‍💻 | three lines in *chat* |\n"
    return {
        "prose": (prose(), prose()),
        "han": (of(han), of(han)),
        "signs": (of("|-*#.!?"), of("|-*#.!?")),
        "emoji": ("👩‍👩‍👧‍👦🇳🇴👍🏽❤️" * 1_300, "❤️👍🏽🇳🇴👩‍👩‍👧‍👦" * 1_300),
        "table": ((row * 400)[:20_000], (row * 400).replace("Monday", "Friday")[:20_000]),
        "marks": ("\u0301" * 20_000, "\u0300" * 20_000),
        "blank": (" \n" * 10_000, "\n " * 10_000),
    }


@pytest.mark.parametrize("name", _long_texts())
def test_the_longest_texts_are_compared_in_under_a_second(name: str) -> None:
    old, new = _long_texts()[name]
    begun = time.process_time()
    hunks = word_hunks(old, new)
    spent = time.process_time() - begun
    assert joined(hunks) == (old, new)
    assert spent < 1.0, f"{spent:.2f} s"


def test_beyond_what_can_be_compared_lines_are_compared_first(monkeypatch: pytest.MonkeyPatch) -> None:
    old = "".join(f"line {n} says this\n" for n in range(50))
    new = old.replace("line 7 says this", "line 7 says that")
    monkeypatch.setattr(word_diff, "MOST_CELLS", 100)
    middle = word_hunks("first\n" + old + "last", "begin\n" + new + "end")
    assert joined(middle) == ("first\n" + old + "last", "begin\n" + new + "end")
    assert ("this", "that") in [(h.old, h.new) for h in middle]


@settings(max_examples=50)
@given(TEXTS, TEXTS)
def test_the_laws_hold_where_lines_are_compared_first(old: str, new: str) -> None:
    least = pytest.MonkeyPatch()
    with least.context() as patched:
        patched.setattr(word_diff, "MOST_CELLS", 4)
        hunks = word_hunks(old, new)
    assert joined(hunks) == (old, new)
    assert all((h.op == EQUAL) == (h.old == h.new) for h in hunks)
