"""What was imported, as the lines that it came from, in an order that tells the same when it is imported again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from domain.agreements.imported_events import ImportedDatasetFact, ImportedFact
from domain.base import Fact
from domain.commitments.imported_events import ImportedCommitmentFact
from services.exports.report import ExportReport
from services.imports.dataset_lines import HEADER
from services.imports.writing import write_line
from services.queries import ERASED

TOPICS = ("concord.imported_agreement.", "concord.imported_commitment.", "concord.imported_dataset.")


@dataclass(frozen=True)
class Placed:
    """A line with its place: when it entered the record, of which agreement and commitment, and as which of theirs."""

    at: datetime
    stream: tuple[str, str]
    number: int
    says: dict[str, Any]

    @property
    def place(self) -> tuple[datetime, tuple[str, str], int]:
        """What lines are ordered by: an agreement's own before those of its commitments, where times are the same."""
        return self.at, self.stream, self.number


@dataclass
class Datasets:
    """Lines that belong to datasets, each dataset's apart."""

    of: dict[str, list[Placed]] = field(default_factory=dict)

    def take(self, name: str, lines: list[Placed]) -> None:
        """Keeps one dataset's lines."""
        self.of[name] = lines

    def before(self) -> list[dict[str, Any]]:
        """What stands at the head of the file: a header, or several datasets one after the other.

        A line that belongs to a dataset comes after its header and before that of another.
        """
        if len(self.of) == 1:
            ((name, lines),) = self.of.items()
            return _headers(name, lines)
        return [said for name, lines in sorted(self.of.items()) for said in (*_headers(name, lines), *_others(lines))]

    def among(self) -> list[Placed]:
        """What stands among the others, by its time: the rest of the dataset, where there is only one."""
        return (
            [line for lines in self.of.values() for line in lines if not _is_header(line)] if len(self.of) == 1 else []
        )


def imported_lines(facts: Iterable[Fact], report: ExportReport) -> list[Placed]:
    """One stream's lines as they came in, in that order; what can no longer be read is counted as erased."""
    said = []
    for fact in facts:
        imported = cast("ImportedFact | ImportedCommitmentFact | ImportedDatasetFact", fact)
        if ERASED in (imported.line_id, getattr(imported, "external_id", None)):
            report.erased += 1
        else:
            said.append(write_line(imported))
    return in_order(said)


def in_order(said: Iterable[dict[str, Any]]) -> list[Placed]:
    """One stream's lines, none placed before the one that it follows, whatever time it states.

    So what is read is folded in the same order wherever it is imported, also where a line that states
    an earlier time came in later.
    """
    placed: list[Placed] = []
    latest = datetime.min.replace(tzinfo=UTC)
    stream: tuple[str, str] | None = None
    for number, says in enumerate(said):
        # The first line says which agreement it is; a later one of the same commitment may name none.
        stream = stream or (str(says.get("agreement_id") or ""), str(says.get("commitment_id") or ""))
        latest = max(latest, stated_at(says))
        placed.append(Placed(latest, stream, number, says))
    return placed


def dataset_of(facts: list[Fact]) -> str | None:
    """The name of the dataset that this stream is of; None where it is of something else."""
    first = facts[0]
    return first.name if isinstance(first, ImportedDatasetFact) else None


def stated_at(line: dict[str, Any]) -> datetime:
    """The instant that a line states."""
    instant = datetime.fromisoformat(line["at"])
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)


def _is_header(line: Placed) -> bool:
    return bool(line.says["type"] == HEADER)


def _others(lines: list[Placed]) -> Iterator[dict[str, Any]]:
    return (line.says for line in lines if not _is_header(line))


def _headers(name: str, lines: list[Placed]) -> list[dict[str, Any]]:
    """The dataset's own headers; one with its name where it never introduced itself."""
    own = [line.says for line in lines if _is_header(line)]
    return own or [header(name, lines[0].says["at"])]


def header(name: str, at: str, **more: str) -> dict[str, Any]:
    """A header for what has none."""
    return {"id": f"concord-header-{name}", "type": HEADER, "at": at, "name": name, "format_version": 1, **more}


__all__ = ["TOPICS", "Datasets", "Placed", "dataset_of", "header", "imported_lines", "in_order", "stated_at"]
