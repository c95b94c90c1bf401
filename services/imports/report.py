"""What came of an import: every line of the file is counted once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RefusedLine:
    """A line that was not taken in: its number in the file (the first is 1) and why."""

    line: int
    reason: str


@dataclass
class ImportReport:
    """How many lines were read, and what became of them; the four counts add up to `lines`.

    `annotated` lines are kept beside the life cycle, `repeated` ones were in already.
    """

    lines: int = 0
    applied: int = 0
    annotated: int = 0
    repeated: int = 0
    refused: list[RefusedLine] = field(default_factory=list)
    dry_run: bool = False

    def refuse(self, line: int, reason: str) -> None:
        """Notes that a line was not taken in."""
        self.refused.append(RefusedLine(line, reason))

    def plain(self) -> dict[str, Any]:
        """The report as JSON-ready values, refused lines by number."""
        return {
            "lines": self.lines,
            "applied": self.applied,
            "annotated": self.annotated,
            "repeated": self.repeated,
            "refused": [
                {"line": one.line, "reason": one.reason} for one in sorted(self.refused, key=lambda one: one.line)
            ],
            "dry_run": self.dry_run,
        }
