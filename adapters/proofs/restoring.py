"""Putting a backup back: into an empty store, verified, and recorded before anything else is.

Until it is done a mark beside the signer's key says so, and nothing is recorded: a restoration that was
cut off, or a store that was put back by other means, is finished by an operator's word, never by itself.
Who was erased stays erased: the ledger of erasures is gone over whenever the store is opened, before
anything is read, and once more when events are taken again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.database import connect
from adapters.erasure.record import ErasureRecord
from adapters.proofs import snapshot
from adapters.proofs.audit import Signed, audit
from adapters.proofs.backup import ERASURES, KEYS, STORE, Contents, NoBackup, read_contents
from adapters.proofs.signer import RESTORING, write_whole
from services.people.note_restoration import note_restoration

if TYPE_CHECKING:
    from adapters.bootstrap import Concord
    from adapters.settings import Settings


@dataclass(frozen=True)
class Restored:
    """What was put back: how many events, and how many had been signed by the key that is there now."""

    events: int
    signed: int
    checkpoint: str


async def put_back(settings: Settings, folder: Path, erasures: Path | None = None) -> Contents:
    """Puts a backup into the empty store that the settings name; raises NoBackup or NotEmpty. `accept` comes next.

    `erasures` is the ledger of the installation that is put back, where it does not lie where the settings say.
    """
    contents = read_contents(folder)
    data = settings.data_dir
    database = connect(settings.store_url) if not settings.store_url.startswith("sqlite:///") else None
    place = Path(settings.store_url.removeprefix("sqlite:///"))
    try:
        if database is None and place.exists():  # noqa: ASYNC240 - an operator's command; nothing else runs
            raise snapshot.NotEmpty(f"{place} is there already; a backup is never put over a store.")
        files = [path for path in contents.files if path.startswith(f"{KEYS}/") and not path.endswith(".sqlite")]
        _refuse_other_keys(folder, data, files)
        for made in (data, data / "signing"):
            made.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(data / "signing" / RESTORING, b"")
        # Before there is anything to read: what is erased in one of the ledgers is never seen again.
        bring_erasures(settings, [folder / ERASURES, *([erasures] if erasures is not None else [])])
        for name in files:
            target = data / Path(name).relative_to(KEYS)
            target.parent.mkdir(exist_ok=True, mode=0o700)
            write_whole(target, (folder / name).read_bytes(), keep=True)
        if database is not None:
            await snapshot.put(folder / STORE, folder / KEYS / "keys.sqlite", database)
        else:
            await asyncio.to_thread(_put_files, folder, data, place)
    finally:
        if database is not None:
            await database.close()
    return contents


async def accept(concord: Concord, contents: Contents | None = None) -> Restored:
    """Verifies the log as it is, and goes on from there: for everybody to see, in the log and in each checkpoint.

    `contents` are those of the backup that was put back; without one it was put back by other means.
    """
    signer, ledger = concord.checkpoints.signer, concord.ledger
    # The signer's memory is of what was there before; that the log is not that, is what is accepted here.
    report = await audit(
        ledger, concord.database, Signed(signer.verifier, None, [contents.checkpoint] if contents else [])
    )
    if not report.ok:
        first = report.in_order[0]
        raise NoBackup(f"This log does not verify: {first.where}, {first.what}.")
    signed = signer.last().size
    await concord.checkpoints.restored()
    for organisation in await concord.identities.organisations():
        await note_restoration(ledger, concord.clock, organisation, events=report.events, signed=signed)
    await concord.eraser.reapply()
    return Restored(report.events, signed, await concord.checkpoints.make())


def bring_erasures(settings: Settings, ledgers: list[Path]) -> None:
    """Adds to the ledger of erasures what others know."""
    record = ErasureRecord(settings.erasure_record)
    record.prepare()
    for ledger in ledgers:
        record.add(ErasureRecord(ledger).lines())


def _refuse_other_keys(folder: Path, data: Path, files: list[str]) -> None:
    for name in files:
        there = data / Path(name).relative_to(KEYS)
        if there.name != "signed" and there.exists() and there.read_bytes() != (folder / name).read_bytes():
            raise NoBackup(f"{there} is another key than that of the backup; name a data folder of its own.")


def _put_files(folder: Path, data: Path, place: Path) -> None:
    keys = data / "keys.sqlite"
    if keys.exists() and not snapshot.count_keys(keys):
        keys.unlink()
    # Keys that are there are newer than the backup: what was destroyed since stays destroyed.
    if not keys.exists():
        snapshot.put_file(folder / KEYS / "keys.sqlite", keys)
    place.parent.mkdir(parents=True, exist_ok=True)
    snapshot.put_file(folder / STORE, place)
