"""What the update log must know of its agreement at the moment of an act, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.refusals import Invalid
from domain.updates.expectation import TermSpan

GOING_ON = frozenset({"in_force", "paused", "ending"})
"""The states of an agreement in which updates, escalations and notes go on."""


@dataclass(frozen=True)
class Footing:
    """The agreement's state, its use, who its parties are now, and every term as it stood from when until when."""

    state: str
    use: str
    parties: tuple[UUID, ...]
    spans: tuple[TermSpan, ...]

    @property
    def goes_on(self) -> bool:
        """Whether the agreement is in a state in which updates go on."""
        return self.state in GOING_ON

    def term_at(self, term_id: UUID, instant: datetime) -> TermSpan | None:
        """The term as it stands at that instant, None when it does not."""
        return next((s for s in self.spans if s.term_id == term_id and s.holds_at(instant)), None)

    def term_on(self, term_id: UUID, day: date, zone: ZoneInfo) -> TermSpan | None:
        """The term as it stood on that day (the latest wording of the day), None when it did not."""
        return next((s for s in reversed(self.spans) if s.term_id == term_id and s.holds_on(day, zone)), None)

    def term_ever(self, term_id: UUID, kinds: Iterable[str]) -> TermSpan:
        """The latest wording of a term that ever came into force; raises Invalid when none or of another kind."""
        span = next((s for s in reversed(self.spans) if s.term_id == term_id), None)
        if span is None:
            raise Invalid("No version in force so far holds a term of that name.", field="term_id")
        wanted = tuple(kinds)
        if span.kind not in wanted:
            raise Invalid(f"That term is of kind {span.kind}; this is for {' or '.join(wanted)}.", field="term_id")
        return span
