"""Writing out everything that was imported, and what was agreed here, in the format that an import takes in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.exports.imported_lines import TOPICS, Datasets, Placed, dataset_of, header, imported_lines
from services.exports.ports import Streams
from services.exports.report import ExportReport
from services.imports.format import as_it_came
from services.people.note_bulk_read import note_bulk_read
from services.ports import Actor, Clock, Ledger


@dataclass(frozen=True)
class ExportDesk:
    """What the export works at; `actor` is who it is recorded of that they read everything."""

    ledger: Ledger
    streams: Streams
    clock: Clock
    actor: Actor


async def export_history(desk: ExportDesk, write: Callable[[bytes], object]) -> ExportReport:
    """Writes the lines one by one, after it is recorded for all to see that they are read.

    Lines stand in the order of time; those of one agreement or commitment as they came in.
    """
    await note_bulk_read(desk.ledger, desk.clock, desk.actor, "export")
    report, datasets = ExportReport(), Datasets()
    placed: list[Placed] = []
    async for facts in desk.streams(TOPICS):
        if facts[0].organisation_id != desk.actor.organisation.id:
            continue
        lines, dataset = imported_lines(facts, report), dataset_of(facts)
        if dataset is None:
            placed += lines
        elif lines:
            datasets.take(dataset, lines)
    placed += datasets.among()
    placed.sort(key=lambda line: line.place)
    before = datasets.before() or [header(desk.actor.organisation.name, _first_at(placed, desk.clock))]
    for says in (*before, *(line.says for line in placed)):
        write(_line(report.lines, says))
        report.lines += 1
    return report


def _first_at(placed: list[Placed], clock: Clock) -> str:
    return str(placed[0].says["at"]) if placed else clock.now().isoformat()


def _line(seq: int, says: dict[str, Any]) -> bytes:
    """What every line says comes first, and its other fields by name; what they hold stands as it came."""
    common = {name: says[name] for name in ("id", "type", "at")}
    return as_it_came({"seq": seq} | common | dict(sorted(says.items()))).encode() + b"\n"
