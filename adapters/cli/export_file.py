"""`concord export`: writes everything imported, and what was agreed here, in the format that `import` takes in."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.frame import AsJson, DataDir, opened, ready, run_to_its_end, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.settings import Settings
    from services.exports.report import ExportReport


def export_file(
    out: Annotated[Path | None, typer.Option(help="The file to write; without it, stdout.", dir_okay=False)] = None,
    organisation: Annotated[str | None, typer.Option(help="Which organisation, where there are several.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Writes one JSON object a line. That it was read so is recorded for all to see."""
    if as_json and out is None:
        raise typer.BadParameter("--json is for the report: name a file for the lines with --out")
    settings = ready(data_dir=data_dir)
    if out is None:
        report = run_to_its_end(_export(settings, organisation, sys.stdout.buffer.write))
        sys.stdout.buffer.flush()
    else:
        report = _to_file(out, settings, organisation)
    if as_json:
        print(json.dumps(report.plain()))
    else:
        _tell(report)


def _to_file(out: Path, settings: Settings, organisation: str | None) -> ExportReport:
    """Writes beside the file and then puts it in its place, whole; only its owner may read it."""
    partial = out.with_name(f"{out.name}.{os.getpid()}.partial")
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            report = run_to_its_end(_export(settings, organisation, file.write))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(out)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return report


def _tell(report: ExportReport) -> None:
    left_out = [
        f"{number:,} {what}"
        for number, what in (
            (report.erased, "erased"),
            (report.withheld, "for coaching only, which stay with their parties"),
            (report.unsettled, "not agreed yet"),
        )
        if number
    ]
    say(f"{report.lines:,} lines written{'; left out: ' + ', '.join(left_out) if left_out else ''}.")


async def _export(settings: Settings, organisation: str | None, write: Callable[[bytes], object]) -> ExportReport:
    from adapters.cli.import_file import first_steward
    from adapters.eventlog.streams import streams_of
    from services.exports.export_history import ExportDesk, export_history

    async with opened(settings) as concord:
        actor = await first_steward(concord, organisation)
        await concord.checkpoints.make()
        ledger = concord.ledger
        streams = lambda topics: streams_of(ledger, topics)  # noqa: E731 - bound to this ledger
        desk = ExportDesk(ledger, streams, concord.identities, concord.clock, actor)
        return await export_history(desk, write)
