"""What who runs the installation does about an erasure: only what nobody else can."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import structlog

from adapters.cli.main import run
from adapters.proofs.backup import back_up
from services.people.ask_for_erasure import AskForErasure, ask_for_erasure
from tests.erasure.house import House, added, desk, founded


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(f"sqlite:///{tmp_path}/data/concord.sqlite", tmp_path / "data")


async def founded_with_ben(house: House, backup: Path) -> UUID:
    """An organisation with one steward, who asked that Ben be erased; a backup was made before that."""
    async with house.opened() as concord:
        steward = await founded(concord)
        ben = await added(concord, steward, "Ben")
        await back_up(concord, backup)
        await ask_for_erasure(desk(concord, steward), AskForErasure(ben, "He asked me to."))
        return ben


def test_the_operator_agrees_where_nobody_else_can(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ben = asyncio.run(founded_with_ben(house, tmp_path / "backup"))

    def says(*arguments: str, ok: bool = True) -> Any:
        assert (run([*arguments, "--data-dir", str(house.data_dir)]) == 0) is ok
        said = capsys.readouterr()
        return json.loads(said.out) if ok else said.err

    assert "Nobody signs in with this address" in says("erase", "nobody@northwind.example", ok=False)
    answer = says("erase", "ben@northwind.example")
    assert (answer["person_id"], answer["erases_at"] is not None) == (str(ben), True)
    assert "was agreed to already" in says("erase", "ben@northwind.example", ok=False)
    assert says("erase", str(ben), "--object") == {"person_id": str(ben), "erases_at": None}
    assert "Nobody has asked for this" in says("erase", str(ben), ok=False)
    assert says("erase", "--sweep") == {"swept": True}
    assert "name the person" in says("erase", ok=False)


def test_nothing_is_put_back_while_nobody_knows_who_was_erased(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asyncio.run(founded_with_ben(house, tmp_path / "backup"))
    restore = ["restore", str(tmp_path / "backup"), "--data-dir", str(tmp_path / "copy"), "--json"]
    assert run(restore) == 1
    assert "Nobody knows who was erased since" in capsys.readouterr().err
    assert not (tmp_path / "copy").exists()
    assert run([*restore, "--erasures-lost"]) == 0
    assert json.loads(capsys.readouterr().out)["events"] > 5
