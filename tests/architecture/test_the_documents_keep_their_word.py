"""What docs/asvs.md and docs/privacy.md say stands on tests and places that exist, and no line is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = {
    name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text())
}
LINES = """
1.1 2, 1.2 9, 1.3 11, 1.4 3, 1.5 2, 2.1 3, 2.2 3, 2.3 4, 2.4 1, 3.2 2, 3.3 4, 3.4 6, 3.5 5, 3.7 2,
4.1 3, 4.2 1, 4.3 2, 4.4 4, 5.1 1, 5.2 3, 5.3 2, 5.4 3, 6.1 3, 6.2 12, 6.3 4, 6.4 4, 6.5 5, 6.6 3,
6.8 4, 7.1 3, 7.2 4, 7.3 2, 7.4 5, 7.5 2, 7.6 2, 8.1 2, 8.2 3, 8.3 1, 8.4 1, 9.1 3, 9.2 4, 10.1 2,
10.2 2, 10.3 4, 10.4 11, 10.5 5, 10.6 2, 10.7 3, 11.1 2, 11.2 3, 11.3 3, 11.4 4, 11.5 1, 11.6 1,
12.1 3, 12.2 2, 12.3 4, 13.1 1, 13.2 5, 13.3 2, 13.4 5, 14.1 2, 14.2 4, 14.3 3, 15.1 3, 15.2 3,
15.3 7, 16.1 1, 16.2 5, 16.3 4, 16.4 3, 16.5 3
"""
"""Of each section of the ASVS 5.0 but WebRTC, how many lines are of levels 1 and 2; those of level 3 come last."""


def said_in(name: str) -> str:
    """A document."""
    return (ROOT / "docs" / name).read_text()


@pytest.mark.parametrize("name", ["asvs.md", "privacy.md"])
def test_every_test_and_place_that_is_named_exists(name: str) -> None:
    quoted = set(re.findall(r"`([^`\n]+)`", said_in(name)))
    tests = {each for each in quoted if re.fullmatch(r"test_\w+", each.removesuffix("..."))}
    assert tests
    unknown = {each for each in tests if not any(t == each or t.startswith(each.rstrip(".")) for t in TESTS)}
    assert unknown == set()
    places = {each for each in quoted if re.match(r"(adapters|docs|domain|scripts|services|tests)/\S+$", each)}
    assert {place for place in places if "*" not in place and not (ROOT / place).exists()} == set()


def test_no_line_of_the_standard_is_left_out() -> None:
    text = re.sub(
        r"(\d+\.\d+)\.(\d+) to \1\.(\d+)",
        lambda found: " ".join(f"{found[1]}.{n}" for n in range(int(found[2]), int(found[3]) + 1)),
        said_in("asvs.md"),
    )
    spoken_of = set(re.findall(r"\b\d+\.\d+\.\d+\b", text))
    for section, count in re.findall(r"(\d+\.\d+) (\d+)", LINES):
        missing = {f"{section}.{n}" for n in range(1, int(count) + 1)} - spoken_of
        assert missing == set()


def test_every_sentence_on_privacy_names_the_test_that_tries_it() -> None:
    rows = [line for line in said_in("privacy.md").splitlines() if line.startswith("| ") and line != "| | tried by |"]
    assert len(rows) >= 25
    assert [row for row in rows if not re.search(r"\| `test_\w+` \|$", row)] == []
