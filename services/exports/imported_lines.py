"""What was imported, as the lines that it came from, in an order that tells the same when it is imported again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from domain.agreements.imported_events import ImportedDatasetFact, ImportedFact
from domain.base import Fact
from domain.commitments.imported_events import ImportedCommitmentFact
from services.exports.report import ExportReport
from services.exports.wording import instant
from services.imports.dataset_lines import HEADER
from services.imports.format import as_it_came
from services.imports.writing import write_line
from services.queries import ERASED

TOPICS = ("concord.imported_agreement.", "concord.imported_commitment.", "concord.imported_dataset.")


@dataclass(frozen=True)
class Placed:
    """A line with its place: when it entered the record, of which agreement and commitment, and as which of theirs.

    `text` is the line as it is written, from its second field on: the first is its number in the file.
    """

    at: datetime
    stream: tuple[str, str]
    number: int
    text: bytes
    is_header: bool = False

    @property
    def place(self) -> tuple[datetime, tuple[str, str], int]:
        """What lines are ordered by: an agreement's own before those of its commitments, where times are the same."""
        return self.at, self.stream, self.number

    def numbered(self, seq: int) -> bytes:
        """The line as it stands in the file, with its end."""
        return b'{"seq":%d,%b\n' % (seq, self.text)


@dataclass
class Datasets:
    """Lines that belong to datasets, each dataset's apart."""

    of: dict[str, list[Placed]] = field(default_factory=dict)

    def take(self, name: str, lines: list[Placed]) -> None:
        """Keeps one dataset's lines."""
        self.of[name] = lines

    def before(self) -> list[Placed]:
        """What stands at the head of the file: a header, or several datasets one after the other.

        A line that belongs to a dataset comes after its header and before that of another.
        """
        if len(self.of) == 1:
            ((name, lines),) = self.of.items()
            return _headers(name, lines)
        return [line for name, lines in sorted(self.of.items()) for line in (*_headers(name, lines), *_others(lines))]

    def among(self) -> list[Placed]:
        """What stands among the others, by its time: the rest of the dataset, where there is only one."""
        return [line for lines in self.of.values() for line in _others(lines)] if len(self.of) == 1 else []


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
        placed.append(Placed(latest, stream, number, _text(says), says["type"] == HEADER))
    return placed


def dataset_of(facts: list[Fact]) -> str | None:
    """The name of the dataset that this stream is of; None where it is of something else."""
    first = facts[0]
    return first.name if isinstance(first, ImportedDatasetFact) else None


def stated_at(line: dict[str, Any]) -> datetime:
    """The instant that a line states."""
    stated = datetime.fromisoformat(line["at"])
    return (stated if stated.tzinfo else stated.replace(tzinfo=UTC)).astimezone(UTC)


def header(name: str, at: datetime) -> Placed:
    """A header for what has none."""
    says = {"id": f"concord-header-{name}", "type": HEADER, "at": instant(at), "name": name, "format_version": 1}
    return in_order([says])[0]


def _headers(name: str, lines: list[Placed]) -> list[Placed]:
    """The dataset's own headers; one with its name where it never introduced itself."""
    return [line for line in lines if line.is_header] or [header(name, lines[0].at)]


def _others(lines: list[Placed]) -> list[Placed]:
    return [line for line in lines if not line.is_header]


def _text(says: dict[str, Any]) -> bytes:
    """What every line says comes first, and its other fields by name; what they hold stands as it came."""
    common = {name: says[name] for name in ("id", "type", "at")}
    return as_it_came(common | dict(sorted(says.items()))).encode()[1:]


__all__ = ["TOPICS", "Datasets", "Placed", "dataset_of", "header", "imported_lines", "in_order", "stated_at"]
