"""`concord import` as it is run: its report, its exit code, and for whom it brings a history in."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.imports.invented import HEADER, jsonl, proposed, record, village

ROOT = Path(__file__).parents[2]


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass
class Commands:
    """The command line on an installation of the test's own."""

    folder: Path
    store_url: str

    async def run(self, *arguments: str, stdin: str = "", stderr: int = asyncio.subprocess.PIPE) -> Ended:
        settings = {"CONCORD_DATABASE_URL": self.store_url, "CONCORD_DATA_DIR": str(self.folder / "data")}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CONCORD_")}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "adapters.cli.main",
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            cwd=ROOT,
            env=kept | settings | {"TERM": "xterm", "COLUMNS": "100"},
        )
        out, err = await process.communicate(stdin.encode())
        return Ended(process.returncode or 0, out.decode(), (err or b"").decode())

    async def found(self, organisation: str) -> None:
        named = ["--organisation", organisation, "--name", "Nell", "--email", f"nell@{organisation.lower()}.example"]
        ended = await self.run("init", *named, "--password-stdin", stdin="a long enough pass phrase\n")
        assert ended.code == 0, ended.err

    def file(self, *records: Any) -> str:
        path = self.folder / "history.jsonl"
        path.write_bytes(jsonl(*records))
        return str(path)


@pytest.fixture
def commands(sqlite_url: str, tmp_path: Path) -> Commands:
    """The command line on a SQLite file."""
    return Commands(tmp_path, sqlite_url)


async def test_a_file_is_imported_again_and_dry_with_a_report_each_time(store_url: str, tmp_path: Path):
    commands = Commands(tmp_path, store_url)
    await commands.found("Village")
    file = commands.file(HEADER, proposed(), record("commitment.promised", commitment_id="c"))

    dry = await commands.run("import", file, "--json", "--dry-run")
    first = await commands.run("import", file, "--json", "--readers", "organisation")
    again = await commands.run("import", file)

    counts = {"lines": 3, "applied": 2, "annotated": 1, "repeated": 0, "refused": []}
    assert json.loads(dry.out) == counts | {"dry_run": True}
    assert json.loads(first.out) == counts | {"dry_run": False}
    assert "3 in already" in again.out
    assert [e.code for e in (dry, first, again)] == [0, 0, 0]
    assert [e.err for e in (dry, first, again)] == ["", "", ""]


async def test_a_refused_line_is_named_and_the_rest_goes_in(commands: Commands):
    await commands.found("Village")
    file = commands.file(proposed(), "{ broken", record("agreement.accepted"))

    ended = await commands.run("import", file)

    assert ended.code == 1
    assert "line 2: It is not JSON." in ended.err
    assert "2 applied" in ended.out
    told = json.loads((await commands.run("import", file, "--json")).out)
    assert (told["repeated"], told["refused"]) == (2, [{"line": 2, "reason": "It is not JSON."}])


async def test_what_cannot_be_done_is_said_in_one_sentence(commands: Commands, tmp_path: Path):
    file = commands.file(proposed())

    nobody_yet = await commands.run("import", file)
    missing = await commands.run("import", str(tmp_path / "nowhere.jsonl"))
    folder = await commands.run("import", str(tmp_path))
    readers = await commands.run("import", file, "--readers", "everybody")

    assert (nobody_yet.code, nobody_yet.err.count("\n")) == (1, 1)
    assert "concord init" in nobody_yet.err
    for asked_wrongly in (missing, folder, readers):
        assert asked_wrongly.code == 2
        assert "Traceback" not in asked_wrongly.err
        assert asked_wrongly.out == ""


async def test_of_several_organisations_one_is_named(commands: Commands):
    await commands.found("Village")
    await commands.found("Town")
    file = commands.file(proposed())

    unnamed = await commands.run("import", file)
    named = [await commands.run("import", file, "--organisation", name, "--json") for name in ("Village", "Town")]

    assert unnamed.code == 2
    assert "Town, Village" in unnamed.err
    assert [json.loads(one.out)["applied"] for one in named] == [1, 1]


async def test_on_a_terminal_it_shows_how_far_it_is(commands: Commands):
    await commands.found("Village")
    ours, theirs = pty.openpty()

    try:
        ended = await commands.run("import", commands.file(*village(120, seed=2)), "--json", stderr=theirs)
        os.set_blocking(ours, False)
        shown = os.read(ours, 1_000_000)
    finally:
        os.close(ours)
        os.close(theirs)

    assert json.loads(ended.out)["refused"] == []
    assert b"%" in shown
    assert b"bytes" in shown
