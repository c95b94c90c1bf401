"""`concord doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import json
import os
import platform
import stat
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from adapters.cli.frame import AsJson, DataDir, opened, ready, run_to_its_end

if TYPE_CHECKING:
    from adapters.settings import Settings

MOST_LAG_SECONDS = 60.0
LONGEST_MAIL = timedelta(minutes=15)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was found, and what to do when it is wrong."""

    about: str
    ok: bool
    found: str
    do: str = ""


def doctor(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Says what is wrong with this installation and what to do; exits with 1 when something is."""
    settings = ready(data_dir=data_dir)
    findings = [*_folder(settings), *run_to_its_end(_store(settings))]
    if as_json:
        print(json.dumps({"ok": all(f.ok for f in findings), "findings": [asdict(f) for f in findings]}))
    else:
        for finding in findings:
            print(f"{'ok   ' if finding.ok else 'WRONG'} {finding.about}: {finding.found}")
            if not finding.ok:
                print(f"      {finding.do}")
    if not all(f.ok for f in findings):
        raise typer.Exit(1)


def _folder(settings: Settings) -> Iterator[Finding]:
    yield Finding("Python", True, platform.python_version())
    folder = settings.data_dir
    if not folder.is_dir():
        do = "Start with scripts/concord init, or say with --data-dir where the data is."
        found = "is no folder" if folder.exists() else "is not there"
        yield Finding("data folder", False, f"{folder.absolute()} {found}", do)
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        do = "Run Concord as the user whom the folder belongs to."
        yield Finding("data folder", False, f"{folder.absolute()} cannot be written to", do)
        return
    yield Finding("data folder", True, str(folder.absolute()))
    if os.name == "posix":
        open_to_others = [path for path in _secrets(folder) if stat.S_IMODE(path.stat().st_mode) & 0o077]
        if open_to_others:
            names = " ".join(str(path) for path in open_to_others)
            yield Finding("keys", False, "others on this machine may read them", f"Run: chmod go-rwx {names}")
        else:
            yield Finding("keys", True, "only their owner may read them")


def _secrets(folder: Path) -> list[Path]:
    # A folder that is closed closes what is in it.
    if not stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return []
    return sorted(
        [path for names in ("keys.sqlite*", "keks/*", "secrets/*", "signing/*") for path in folder.glob(names)]
    )


async def _store(settings: Settings) -> list[Finding]:
    if not settings.data_dir.is_dir():
        return []  # looking must not make one
    from services.ports import Unavailable

    try:
        return [finding async for finding in _look_at_store(settings)]
    except Unavailable as error:
        do = "Start PostgreSQL, or correct CONCORD_DATABASE_URL."
        if settings.store_kind == "SQLite":
            do = "Make sure that the disk is there and has room, and that the file is yours and whole."
        return [Finding("store", False, str(error), do)]


async def _look_at_store(settings: Settings) -> AsyncIterator[Finding]:
    async with opened(settings) as concord:
        head = await concord.ledger.head()
        yield Finding("store", True, f"{settings.store_kind}, {head:,} events")
        if concord.ledger.withheld:
            do = "Run: scripts/concord verify. If it was put back on purpose: scripts/concord restore --accept"
            yield Finding("log", False, concord.ledger.withheld, do)
        else:
            signed = concord.checkpoints.signer.last().size
            yield Finding("log", True, f"continues what was signed (up to {signed:,})")
        if settings.smtp_url:
            waiting, late = await concord.identities.outbox.waiting(concord.clock.now() - LONGEST_MAIL)
            do = (
                "Is the server or the worker running, and CONCORD_SMTP_URL right? The log says why a mail is not taken."
            )
            found = f"{waiting:,} wait to be sent" if waiting else "none waits to be sent"
            yield Finding("mails", not late, found, do if late else "")
        following = [("read model", lag) for lag in await concord.projector.lag()]
        following += [("policy", lag) for lag in await concord.policies.lag()]
        for what, lag in following:
            late = lag.seconds > MOST_LAG_SECONDS
            found = f"{lag.events:,} events behind" if lag.events else "has taken in everything"
            do = "Is the server or the worker running? If it is, look at its log."
            yield Finding(f"{what} {lag.projection}", not late, found, do if late else "")
        parked = [*await concord.projector.parked(), *await concord.policies.parked()]
        if parked:
            first = parked[0]
            found = (
                f"{len(parked)} events could not be taken in, the first at position {first.position} ({first.topic})"
            )
            do = f"After an update of Concord, run: scripts/concord rebuild {first.projection}"
            yield Finding("parked events", False, found, do)
