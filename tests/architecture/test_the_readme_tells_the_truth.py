"""The README's map has a line for every folder, and no line for a folder that is not there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def folders() -> set[str]:
    """Every folder that holds a file known to git, three levels deep at most."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found: set[str] = set()
    for line in listed.splitlines():
        parts = line.split("/")[:-1]
        found |= {"/".join(parts[: depth + 1]) + "/" for depth in range(min(len(parts), 3))}
    return found


def mapped() -> set[str]:
    """The folders that the README's map names, at the head of its lines."""
    text = (ROOT / "README.md").read_text()
    return set(re.findall(r"^\| `([^`]+/)` \|", text, flags=re.MULTILINE))


def test_every_folder_has_a_line_in_the_map() -> None:
    # The tests' folders explain themselves, each in a README of its own.
    missing = {name for name in folders() - mapped() if not re.match(r"tests/.+/", name)}
    assert missing == set()


def test_every_line_of_the_map_names_a_folder_that_is_there() -> None:
    assert mapped() - folders() == set()


def test_every_test_folder_has_a_readme() -> None:
    with_tests = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert [str(folder.relative_to(ROOT)) for folder in sorted(with_tests) if not (folder / "README.md").exists()] == []


def test_every_command_that_the_readme_runs_is_there() -> None:
    text = (ROOT / "README.md").read_text()
    scripts = set(re.findall(r"\bscripts/([a-z]+)\b", text)) - {"container"}
    assert {name for name in scripts if not (ROOT / "scripts" / name).exists()} == set()
