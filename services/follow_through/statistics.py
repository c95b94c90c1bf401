"""Counts by class, and shares where there are enough of them.

Groups come in the order of their keys. Nothing here can put them in the order of an outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt
from statistics import NormalDist
from typing import Any

from domain.commitments.classes import CONCLUDED, CONCLUSIVE, NOT_COUNTED, ONGOING, OPEN, OPEN_OVERDUE

ENOUGH = 5
"""From how many on shares are told: of fewer, a share says more than is known."""
COUNTED = (*CONCLUSIVE, OPEN, OPEN_OVERDUE, NOT_COUNTED)
IMPACTS = (ONGOING, CONCLUDED)
"""Impacts without a due date stand beside the classes."""

_Z = NormalDist().inv_cdf(0.975)

Key = tuple[str | None, ...]


@dataclass
class Group:
    """How many of each class there are under one key."""

    key: Key
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*COUNTED, *IMPACTS), 0))

    @property
    def n(self) -> int:
        """How many were kept, reneged or lapsed: what shares are taken of."""
        return sum(self.counts[c] for c in CONCLUSIVE)

    @property
    def all(self) -> int:
        """How many commitments there are in it, of whatever class."""
        return sum(self.counts.values())

    def plain(self) -> dict[str, Any]:
        """Counts, and from five on shares with their intervals; what nobody has counted reads 0."""
        shown: dict[str, Any] = {
            "all": self.all,
            "counts": {c: self.counts[c] for c in COUNTED},
            "n": self.n,
            "impacts": {c: self.counts[c] for c in IMPACTS},
        }
        if self.n >= ENOUGH:
            shown["shares"] = {c: round(self.counts[c] / self.n, 4) for c in CONCLUSIVE}
            shown["interval_95"] = {c: _rounded(wilson(self.counts[c], self.n)) for c in CONCLUSIVE}
        return shown


def grouped(cells: Iterable[tuple[Key, str, int]]) -> list[Group]:
    """Adds up (key, class, how many) into one group for each key, ordered by key; what has no key comes last."""
    groups: dict[Key, Group] = {}
    for key, outcome_class, number in cells:
        group = groups.setdefault(key, Group(key))
        group.counts[outcome_class] += number
    return sorted(groups.values(), key=lambda group: tuple((part is None, part or "") for part in group.key))


def wilson(successes: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share (E. B. Wilson, Journal of the American Statistical Association 22, 1927)."""
    share, z2 = successes / n, _Z * _Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def median(seconds: Iterable[float]) -> float | None:
    """The middle one; of an even number the mean of the two in the middle; None of none."""
    ordered = sorted(seconds)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def named(names: Iterable[str], key: Key) -> Mapping[str, str | None]:
    """A group's key as it is shown: each part under the name that it is grouped by."""
    return dict(zip(names, key, strict=True))


def _rounded(interval: tuple[float, float]) -> list[float]:
    return [round(bound, 4) for bound in interval]
