"""`concord import`: takes in the history of agreements and commitments that were made elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.frame import AsJson, DataDir, opened, ready, run_to_its_end, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.bootstrap import Concord
    from adapters.settings import Settings
    from services.imports.import_history import ImportHistory, Progress
    from services.imports.report import ImportReport
    from services.ports import Actor

CHUNK = 256 * 1024


def import_file(
    file: Annotated[Path, typer.Argument(help="The history, one JSON object a line.", exists=True, dir_okay=False)],
    readers: Annotated[str, typer.Option(help="Who may read it: importer or organisation.")] = "importer",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would become of each line.")] = False,
    organisation: Annotated[str | None, typer.Option(help="Which organisation, where there are several.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Takes in a history; again, or longer, it adds nothing twice. Exits with 1 when a line was refused."""
    from services.imports.import_history import READERS, ImportHistory

    if readers not in READERS:
        raise typer.BadParameter(f"readers are {' or '.join(READERS)}")
    settings = ready(data_dir=data_dir)
    report = run_to_its_end(_import(settings, file, ImportHistory(readers, dry_run), organisation))
    if as_json:
        print(json.dumps(report.plain()))
    else:
        _tell(report)
    if report.refused:
        raise typer.Exit(1)


def _tell(report: ImportReport) -> None:
    for one in sorted(report.refused, key=lambda one: one.line):
        say(f"line {one.line}: {one.reason}")
    would = "would be " if report.dry_run else ""
    counts = (
        f"{report.applied:,} {would}applied, {report.annotated:,} annotated, {report.repeated:,} in already, "
        f"{len(report.refused):,} refused"
    )
    print(f"{report.lines:,} lines: {counts}.")


async def _import(settings: Settings, file: Path, command: ImportHistory, organisation: str | None) -> ImportReport:
    from services.imports.import_history import ImportDesk, import_history

    async with opened(settings) as concord:
        actor = await first_steward(concord, organisation)
        desk = ImportDesk(concord.ledger, concord.handles, concord.clock, actor, operator=True)
        with _progress(file) as progress:
            report = await import_history(desk, command, _chunks(file), progress)
        await concord.checkpoints.make()
        return report


async def first_steward(concord: Concord, name: str | None) -> Actor:
    """The organisation's first steward, as whom this installation's operator imports."""
    from domain.refusals import Invalid
    from services.ports import Actor

    if name is None:
        known = await concord.identities.organisations()
        if not known:
            raise Invalid("There is no organisation yet; make one with: concord init")
        if len(known) > 1:
            names = ", ".join(sorted(each.name for each in known))
            raise typer.BadParameter(f"there are several organisations; name one with --organisation: {names}")
        found = known[0]
    else:
        named = await concord.identities.organisation_named(name)
        if named is None:
            raise Invalid(f"There is no organisation called {name}.")
        found = named
    for standing in await concord.ledger.standings(found.id):
        if "steward" in standing.roles and standing.active:
            return Actor(standing.person_id, found, frozenset({"all"}))
    raise Invalid(f"{found.name} has no steward.")


async def _chunks(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


@contextmanager
def _progress(file: Path) -> Iterator[Progress | None]:
    """A bar on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.completed:,} of {task.total:,} bytes"), BarColumn(), TaskProgressColumn(),
        TimeRemainingColumn(), TextColumn("{task.fields[refused]} refused"),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("import", total=file.stat().st_size, refused=0)

        def told(done: int, report: ImportReport) -> None:
            bar.update(task, completed=done, refused=len(report.refused))

        yield told
