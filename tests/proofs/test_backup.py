"""A backup holds every command that was acknowledged before it began, verifies, and can be put back."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adapters.bootstrap import Concord
from adapters.proofs.backup import LIST, NoBackup, back_up, read_contents
from adapters.proofs.restoring import accept, put_back
from adapters.proofs.snapshot import NotEmpty
from adapters.stores import reach
from domain.people.events import LogRestored, ReadInBulk
from services.ports import Actor, Withheld
from tests.proofs.workplace import founded, issue, opened, settings_of, steward_of, verified, write


async def writing(concord: Concord, actor: Actor, acknowledged: list[int], stop: asyncio.Event) -> None:
    """Commands one after the other until told to stop; the positions of those that were answered."""
    while not stop.is_set():
        acknowledged.append(await issue(concord, actor))


async def test_what_was_acknowledged_before_is_in_it_and_comes_back(store_url: str, tmp_path: Path) -> None:
    async with opened(store_url, tmp_path / "data") as concord:
        actor = await founded(concord)
        acknowledged: list[int] = []
        stop = asyncio.Event()
        writer = asyncio.create_task(writing(concord, actor, acknowledged, stop))
        while len(acknowledged) < 30:  # noqa: ASYNC110 - the writer is to be in full swing
            await asyncio.sleep(0)
        before = acknowledged[-1]
        try:
            contents = await back_up(concord, tmp_path / "backup")
        finally:
            during = len(acknowledged)
            stop.set()
            await writer
        assert during > 30  # nobody waited for the backup
        assert contents.events >= before
        facts = await concord.ledger.facts(actor.organisation.id)
        assert [f for f in facts if isinstance(f.fact, ReadInBulk) and f.fact.what == "backup"]
        recorded = [(r.header, r.body) for r in await concord.ledger.log.read_after(0, contents.events)]
        with pytest.raises(NoBackup):
            await back_up(concord, tmp_path / "backup")
    for path in (tmp_path / "backup").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) in {0o600, 0o700}, path

    # A backup of either store goes into a file; what the identities and keys open is there again.
    copy, data = f"sqlite:///{tmp_path}/copy/concord.sqlite", tmp_path / "copy"
    await put_back(settings_of(copy, data), tmp_path / "backup")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (data, *data.rglob("*"))} == {0o600, 0o700}
    async with opened(copy, data) as concord:
        with pytest.raises(Withheld):
            await write(concord, actor, 1)
        restored = await accept(concord, contents)
        assert (restored.events, restored.signed) == (contents.events, read_size(contents.checkpoint))
        assert [(r.header, r.body) for r in await concord.ledger.log.read_after(0, contents.events)] == recorded
        actor = await steward_of(concord, str(actor.person_id))
        assert (await concord.identities.names([actor.person_id]))[actor.person_id] == "Sol"
        facts = await concord.ledger.facts(actor.organisation.id)
        assert isinstance(facts[-1].fact, LogRestored)
        await write(concord, actor, 2)
        await concord.checkpoints.make()
        assert (await verified(concord)).in_order == []
    with pytest.raises(NotEmpty):
        await put_back(settings_of(copy, data), tmp_path / "backup")


async def test_a_backup_of_a_file_goes_into_postgresql(sqlite_url: str, postgres_url: str, tmp_path: Path) -> None:
    async with opened(sqlite_url, tmp_path / "data") as concord:
        actor = await founded(concord)
        await write(concord, actor, 20)
        contents = await back_up(concord, tmp_path / "backup")
    await put_back(settings_of(postgres_url, tmp_path / "pg"), tmp_path / "backup")
    async with opened(postgres_url, tmp_path / "pg") as concord:
        await accept(concord, contents)
        await write(concord, await steward_of(concord, str(actor.person_id)), 2)
        await concord.checkpoints.make()
        assert (await verified(concord)).in_order == []
        with reach.within(actor.organisation.id):  # whose each key is was not in the file
            assert await concord.ledger.keyring.find_there([actor.person_id]) == [actor.person_id]
    with pytest.raises(NotEmpty):
        await put_back(settings_of(postgres_url, tmp_path / "pg2"), tmp_path / "backup")


async def test_a_changed_backup_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    async with opened(sqlite_url, tmp_path / "data") as concord:
        await founded(concord)
        await back_up(concord, tmp_path / "backup")
    store = tmp_path / "backup" / "store.sqlite"
    raw = bytearray(store.read_bytes())
    raw[-5] ^= 1
    store.write_bytes(raw)
    with pytest.raises(NoBackup, match=r"store\.sqlite is not as it was"):
        read_contents(tmp_path / "backup")
    (tmp_path / "backup" / LIST).unlink()
    with pytest.raises(NoBackup, match="not finished"):
        await put_back(settings_of(f"sqlite:///{tmp_path}/x/concord.sqlite", tmp_path / "x"), tmp_path / "backup")
    assert not (tmp_path / "x").exists()


async def test_the_commands(sqlite_url: str, tmp_path: Path) -> None:
    def concord(*arguments: str, ok: bool = True) -> Any:
        command = [sys.executable, "-m", "adapters.cli.main", *arguments, "--json"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CONCORD_")}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert (done.returncode == 0) is ok, done.stderr
        return json.loads(done.stdout)

    async with opened(sqlite_url, tmp_path) as installation:
        await founded(installation)
    made = concord("backup", f"{tmp_path}/backup", "--data-dir", f"{tmp_path}")
    where = ("restore", f"{tmp_path}/backup", "--data-dir", f"{tmp_path}/copy")
    restored = concord(*where, "--erasures", f"{tmp_path}/erasures.jsonl")
    assert restored["events"] == made["events"]
    kept = tmp_path / "kept"
    kept.write_text(restored["checkpoint"])
    against = ("--checkpoint", str(kept), "--key", made["key"])
    report = concord("verify", *against, "--data-dir", f"{tmp_path}", ok=False)
    (finding,) = report["findings"]
    assert "older copy" in finding["what"]
    assert finding["first"] == made["events"] + 1


def read_size(note: str) -> int:
    """How many events a checkpoint is of."""
    return int(note.split("\n")[1])
