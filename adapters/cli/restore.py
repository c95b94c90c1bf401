"""`concord restore`: puts a backup into an empty store, or records that the store was put back by other means."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.frame import AsJson, DataDir, opened, ready, run_to_its_end, say

if TYPE_CHECKING:
    from adapters.proofs.restoring import Restored
    from adapters.settings import Settings


def restore(
    folder: Annotated[Path | None, typer.Argument(help="The backup to put back.")] = None,
    accept: Annotated[
        bool,
        typer.Option("--accept", help="Go on from the store as it is now: it was put back by other means."),
    ] = False,
    erasures: Annotated[
        Path | None,
        typer.Option(
            help="The erasure ledger of the installation, where it does not lie where this one looks for it.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    erasures_lost: Annotated[
        bool,
        typer.Option("--erasures-lost", help="That ledger is lost: who was erased since the backup comes back."),
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Puts a backup back, verifies it, and records for all to see that this was done. Stop the server before."""
    if (folder is None) != accept:
        raise typer.BadParameter("name the backup to put back, or say --accept")
    settings = ready(data_dir=data_dir)
    restored = run_to_its_end(_restore(settings, folder, erasures, lost=erasures_lost))
    if as_json:
        print(json.dumps(asdict(restored)))
        return
    say(f"{restored.events:,} events are back, verified; {restored.signed:,} had been signed.")
    if restored.signed > restored.events:
        say("What came after is lost; whoever holds a later checkpoint can see that.")


async def _restore(settings: Settings, folder: Path | None, erasures: Path | None, *, lost: bool) -> Restored:
    from adapters.proofs.backup import NoBackup
    from adapters.proofs.restoring import accept, bring_erasures, put_back
    from adapters.proofs.signer import Refused
    from adapters.proofs.snapshot import NotEmpty
    from adapters.settings import Misconfigured

    if not (erasures or lost or settings.erasure_record.is_file()):
        raise Misconfigured(
            f"Nobody knows who was erased since: there is no erasure ledger at {settings.erasure_record.absolute()}. "
            "Name the installation's with --erasures; only if it is lost, say --erasures-lost."
        )
    try:
        contents = await put_back(settings, folder, erasures) if folder is not None else None
        if contents is None and erasures is not None:
            bring_erasures(settings, [erasures])
        if not settings.data_dir.is_dir():
            raise Misconfigured(f"There is no data in {settings.data_dir.absolute()}.")
        async with opened(settings) as concord:
            return await accept(concord, contents)
    except (NoBackup, NotEmpty, Refused) as error:
        raise Misconfigured(str(error)) from error
