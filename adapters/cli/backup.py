"""`concord backup`: a verified copy of everything, made while others go on writing."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.frame import AsJson, DataDir, opened, ready, run_to_its_end, say

if TYPE_CHECKING:
    from adapters.proofs.backup import Contents
    from adapters.settings import Settings


def backup(
    folder: Annotated[Path, typer.Argument(help="The folder to make; it must not be there yet.")],
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Copies the store and the keys, and verifies the copy. That it was read so is recorded for all to see."""
    settings = ready(data_dir=data_dir)
    contents = run_to_its_end(_backup(settings, folder))
    if as_json:
        print(json.dumps(asdict(contents)))
        return
    say(f"{contents.events:,} events in {folder}, verified; root {contents.root}.")
    say(f"Whoever has {folder / 'keys'} can read all of it: keep that folder apart from the rest.")


async def _backup(settings: Settings, folder: Path) -> Contents:
    from adapters.proofs.backup import NoBackup, back_up
    from adapters.settings import Misconfigured

    if not settings.data_dir.is_dir():
        raise Misconfigured(f"There is no data in {settings.data_dir.absolute()}.")
    async with opened(settings) as concord:
        try:
            return await back_up(concord, folder)
        except NoBackup as error:
            raise Misconfigured(str(error)) from error
