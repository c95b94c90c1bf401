"""What a projection is: a set of tables, and how events become rows of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.database import Statement
from adapters.eventlog.log import StoredRecord


class Projection(Protocol):
    """Turns events into rows of its own tables; knows neither positions nor who runs it.

    It writes several sets of tables of one form: `suffix` names the set, because a rebuild fills a
    new one beside the one that is being read. A change of the tables' form needs a new `version`.
    """

    name: str
    version: int
    by_stream: bool
    """Whether its rows follow from whole streams, in any order of streams: a rebuild reads stream by stream."""

    def reads(self, topic: str) -> bool:
        """Whether facts of this topic matter to it; the others only move its position."""
        ...

    def create(self, suffix: str, dialect: str) -> list[Statement]:
        """What makes an empty set of tables in that dialect."""
        ...

    def drop(self, suffix: str) -> list[Statement]:
        """What removes a set of tables, also one that is only partly there."""
        ...

    async def apply(self, records: Sequence[StoredRecord], suffix: str) -> list[Statement]:
        """The statements that take these records in; each stream's records are in order.

        Applying records again, alone or with others, must leave the same rows.
        """
        ...


@dataclass(frozen=True)
class Pace:
    """How fast and how patiently a projection is run; all times in seconds."""

    batch: int = 500
    """Most events to one transaction."""
    rest: float = 0.01
    """How long events gather between two transactions while there is much to do."""
    poll: float = 0.05
    """How long to wait for the log's hint before looking anyway."""
    lease: float = 5.0
    """How long a runner that says nothing keeps its place."""
    beat: float = 1.5
    """How often an idle runner says that it is there."""
    attempts: int = 5
    """How often an event may fail before it is parked."""
    retry: float = 0.04
    """How long to wait before it is tried again; doubled each time."""
    stall: float = 4.0
    """How long one step may take before its connection is given up; doubled each time until something moves."""
    most_stall: float = 60.0
    """The longest that one step may ever take."""
    still: float = 10.0
    """How long a runner may stand still while the log grows."""


def key_type(dialect: str) -> str:
    """The type of a column of ids: compared byte by byte, as the log's own are."""
    return 'TEXT COLLATE "C"' if dialect == "postgresql" else "TEXT"


def suffix_of(version: int, generation: int) -> str:
    """What the tables of one generation of a projection end with."""
    return f"_v{version}_g{generation}"
