"""The page that describes the format: its example goes in as it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.imports.conftest import Importer

PAGE = Path(__file__).parents[2] / "docs" / "history-format.md"


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One store is enough here: it is about lines."""
    return sqlite_url


async def test_the_example_on_the_page_goes_in_whole(imports: Importer) -> None:
    example = PAGE.read_text().split("```jsonl\n")[1].split("```")[0].splitlines()
    report = await imports.bring(*(json.loads(line) for line in example))
    assert (report.applied, report.refused) == (len(example), [])
    oven = await imports.agreement("oven")
    assert [[t.text for t in v.terms.values() if t.name == "section:Goal"] for v in oven.versions] == [
        ["Bread on Sundays too."],
        ["Bread on Sundays and rolls on Saturdays."],
    ]
