"""A backup: a folder with a copy of the store, the keys beside it in a folder of their own, and a list of both.

    store.sqlite     the log, who may see what, identities
    keys/            sealing keys, the keys that wrap them, the key that signs checkpoints: keep these apart
    erasures.jsonl   who had been erased: what is put back later asks for the ledger as it is then
    backup.json      what is in it: sizes, SHA-256 of each file, and the checkpoint

It is made beside whoever writes, verified before it is called done, and appears under its name whole.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.database import connect
from adapters.eventlog.ledger import open_eventlog
from adapters.proofs import snapshot
from adapters.proofs.audit import Signed, audit
from adapters.proofs.findings import Report
from adapters.proofs.notes import VerifierKey
from adapters.proofs.signer import write_whole
from services.people.note_bulk_read import note_bulk_read
from services.ports import Actor, Conflict

if TYPE_CHECKING:
    from adapters.bootstrap import Concord

FORMAT = 1
_MOST_TRIES = 20
STORE, KEYS, LIST, ERASURES = "store.sqlite", "keys", "backup.json", "erasures.jsonl"
FOLDERS = ("keks", "secrets")
"""Keys that are files, beside the one that signs."""


class NoBackup(Exception):
    """What should be a backup is none, or is not whole; the message is a sentence."""


@dataclass(frozen=True)
class Contents:
    """What a backup holds."""

    format: int
    made_at: str
    log: str
    key: str
    checkpoint: str
    events: int
    root: str
    files: dict[str, str]


async def back_up(concord: Concord, folder: Path) -> Contents:
    """Makes a backup in a folder that is not there yet; that everything was read is recorded first."""
    if folder.exists():  # noqa: ASYNC240 - an operator's command; nothing else runs
        raise NoBackup(f"{folder} is there already.")
    if not folder.parent.is_dir():
        raise NoBackup(f"{folder.parent} is not there.")
    await _note_it(concord)
    note = await concord.checkpoints.make()
    partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
    try:
        data, keys = concord.settings.data_dir, partial / KEYS
        for made in (partial, keys, keys / "signing"):
            made.mkdir(mode=0o700)
        await snapshot.take(concord.database, data / "keys.sqlite", partial / STORE, keys / "keys.sqlite")
        for name in FOLDERS:
            if (data / name).is_dir():
                shutil.copytree(data / name, keys / name)
        write_whole(partial / ERASURES, concord.eraser.written.path.read_bytes())
        write_whole(keys / "signing" / "log.key", (data / "signing" / "log.key").read_bytes())
        write_whole(keys / "signing" / "signed", note.encode())
        report = await check(partial, concord.checkpoints.verifier, note)
        if not report.ok:
            first = report.in_order[0]
            raise NoBackup(f"The copy does not verify: {first.where}, {first.what}. `concord verify` tells more.")
        contents = Contents(
            FORMAT,
            concord.clock.now().isoformat(),
            report.log_id,
            str(concord.checkpoints.verifier),
            note,
            report.events,
            report.root.hex(),
            {str(path.relative_to(partial)): _sha256(path) for path in _files(partial)},
        )
        for path in _files(partial):
            _to_disk(path)
        write_whole(partial / LIST, json.dumps(asdict(contents), indent=2).encode())
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return contents


async def check(folder: Path, key: VerifierKey, note: str) -> Report:
    """Verifies the copy of the store in a backup, with the keys in it; leaves nothing behind."""
    database = connect(f"sqlite:///{folder / STORE}")
    try:
        ledger = await open_eventlog(database, folder / KEYS)
        try:
            return await audit(ledger, database, Signed(key, note))
        finally:
            await ledger.close()
    finally:
        await database.close()
        snapshot.settle(folder / STORE)
        snapshot.settle(folder / KEYS / "keys.sqlite")


def read_contents(folder: Path) -> Contents:
    """What a backup says that it holds, once every file is as it was; raises NoBackup."""
    try:
        contents = Contents(**json.loads((folder / LIST).read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        raise NoBackup(f"{folder} is no backup, or one that was not finished: {LIST} is not there.") from None
    except (ValueError, TypeError) as error:
        raise NoBackup(f"{folder / LIST} cannot be read.") from error
    if contents.format != FORMAT:
        raise NoBackup(f"{folder} was made by another version of Concord.")
    for name, digest in contents.files.items():
        path = folder / name
        if not path.is_file() or _sha256(path) != digest:
            raise NoBackup(f"{path} is not as it was when the backup was made.")
    return contents


async def _note_it(concord: Concord) -> None:
    for organisation in await concord.identities.organisations():
        for standing in await concord.ledger.standings(organisation.id):
            if "steward" in standing.roles and standing.active:
                actor = Actor(standing.person_id, organisation, frozenset({"all"}))
                await _noted(concord, actor)
                break


async def _noted(concord: Concord, actor: Actor) -> None:
    """Records it however much else is recorded at the same time."""
    for attempt in range(_MOST_TRIES):
        try:
            await note_bulk_read(concord.ledger, concord.clock, actor, "backup")
            return
        except Conflict:
            if attempt == _MOST_TRIES - 1:
                raise
            await asyncio.sleep(random.uniform(0, 0.01 * (attempt + 1)))  # noqa: S311


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != LIST)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
