"""What is installed is written down once, with hashes, and says the same as pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LISTS = ["requirements.lock", "requirements-dev.lock"]


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("name", LISTS)
def test_a_locked_list_has_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / name).read_text()
    assert re.findall(r"(?:https?|file|git)(?:\+\w+)?://\S*|^--\S+|^\S+ @ .*", text, flags=re.MULTILINE) == []
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_longer_list_holds_the_shorter_one() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


def test_every_dependency_is_locked_at_a_version_it_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-dev.lock": project["dependency-groups"]["dev"],
    }
    wrong = []
    for name, lines in wanted.items():
        locked = pins(name)
        for requirement in map(Requirement, lines):
            version = locked.get(requirement.name.lower().replace("_", "-"))
            if version is None or not requirement.specifier.contains(version):
                wrong.append(f"{name}: {requirement} is locked at {version}; run scripts/lock")
    assert wrong == []
