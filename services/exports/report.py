"""What came of an export: what was written, and what was left out and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class ExportReport:
    """How many lines were written, and how many things were left out.

    `erased` records cannot be written any more: their words are gone. `withheld` agreements and
    commitments stay with their parties, because they are for coaching; `unsettled` ones are still being
    talked about, and nobody has said yes yet.
    """

    lines: int = 0
    erased: int = 0
    withheld: int = 0
    unsettled: int = 0

    def plain(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        return asdict(self)
