"""`concord verify`: looks at the whole log anew, and names the first position that is not as it was recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.frame import AsJson, DataDir, opened, ready, run_to_its_end

if TYPE_CHECKING:
    from adapters.proofs.findings import Report
    from adapters.settings import Settings


def verify(
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(help="A checkpoint kept elsewhere, to hold the log against; may be given again.", exists=True),
    ] = None,
    key: Annotated[str | None, typer.Option(help="The public key, where it is to be taken from elsewhere.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Checks every event, receipt and checkpoint; exits with 1 when something was changed, and says where."""
    settings = ready(data_dir=data_dir)
    others = [path.read_text() for path in checkpoint or ()]
    report = run_to_its_end(_verify(settings, others, key))
    if as_json:
        print(json.dumps(as_plain(report)))
    else:
        tell(report)
    if not report.ok:
        raise typer.Exit(1)


def as_plain(report: Report) -> dict[str, object]:
    """The report for programs."""
    findings = [{"first": f.first, "last": f.last, "what": f.what} for f in report.in_order]
    return {
        "ok": report.ok,
        "log": report.log_id,
        "events": report.events,
        "root": report.root.hex(),
        "checkpoints": report.checkpoints,
        "signed": report.signed,
        "key": report.key,
        "findings": findings,
        "more": report.more,
    }


def tell(report: Report) -> None:
    """The report for people."""
    for finding in report.in_order:
        print(f"WRONG {finding.where}: {finding.what}")
    if report.more:
        print(f"      and {report.more:,} more")
    if report.ok:
        print(f"ok    {report.events:,} events, {report.checkpoints} checkpoints; signed up to {report.signed:,}")
        if report.signed < report.events:
            print("      what came after is signed within a minute of a running server or worker")
        print(f"      root {report.root.hex()}")
        if report.key:
            print(f"      key  {report.key}")


async def _verify(settings: Settings, others: list[str], key: str | None) -> Report:
    from adapters.proofs.audit import audit, what_was_signed
    from adapters.proofs.findings import Report
    from adapters.proofs.notes import BadNote, VerifierKey
    from adapters.settings import Misconfigured
    from services.ports import Unavailable

    if not settings.data_dir.is_dir():
        raise Misconfigured(f"There is no data in {settings.data_dir.absolute()}.")
    try:
        given = VerifierKey.read(key) if key is not None else None
    except BadNote as error:
        raise typer.BadParameter(str(error)) from error
    async with opened(settings) as concord:
        signed = what_was_signed(concord.checkpoints.signer, others, given)
        try:
            return await audit(concord.ledger, concord.database, signed)
        except Unavailable as error:
            report = Report(str(concord.ledger.log.log_id))
            report.add(f"the store cannot be read: {error}", 1)
            return report
