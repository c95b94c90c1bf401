"""What an audit of the log found."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST = 100
"""More findings than this are counted, not told one by one."""


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was recorded: at `first`, or somewhere between that and `last`."""

    first: int
    last: int
    what: str

    @property
    def where(self) -> str:
        """The place, for people."""
        return f"position {self.first}" if self.first == self.last else f"positions {self.first} to {self.last}"


@dataclass
class Report:
    """The log as it was found: how long it is, what it comes to, and what is wrong with it, first things first."""

    log_id: str
    events: int = 0
    root: bytes = b""
    checkpoints: int = 0
    signed: int = 0
    key: str = ""
    findings: list[Finding] = field(default_factory=list)
    more: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def add(self, what: str, first: int, last: int | None = None) -> None:
        """Adds a finding."""
        if len(self.findings) < MOST:
            self.findings.append(Finding(first, first if last is None else last, what))
        else:
            self.more += 1

    @property
    def in_order(self) -> list[Finding]:
        """The findings: those that name one position, then those that name a range; each from the first on."""
        return sorted(self.findings, key=lambda f: (f.first != f.last, f.first, f.last))
