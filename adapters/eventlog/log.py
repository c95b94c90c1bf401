"""What the event log stores and answers, the same on both stores.

EventLogError
|-- UnknownFact       a stored type that is not in the registry
|-- NewerFact         a stored schema version above this program's
|-- DamagedRecord     stored bytes that do not open, parse or validate
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

from services.ports import Receipt, Sight, Standing, Unreadable


class EventLogError(Unreadable):
    """A stored event cannot be read; whoever follows the log parks it with its stream."""


class UnknownFact(EventLogError):
    """The stored type is not one that this program knows."""


class NewerFact(EventLogError):
    """The event was written by a newer program; it is refused, never read with default values."""


class DamagedRecord(EventLogError):
    """The stored bytes do not open under their key, do not parse, or do not validate."""


class StoredRecord(NamedTuple):
    """One event as it is stored."""

    position: int
    stream_id: UUID
    version: int
    topic: str
    header: bytes
    body: bytes


class NewRecord(NamedTuple):
    """One event to be stored; its position is the log's to give."""

    stream_id: UUID
    version: int
    topic: str
    header: bytes
    body: bytes
    leaf: bytes


@dataclass(frozen=True)
class Append:
    """Everything one command stores, at once or not at all. `answer` is JSON without personal text."""

    command_id: str
    request_hash: str
    answer: str
    records: Sequence[NewRecord]
    sights: Sequence[Sight] = ()
    standings: Sequence[Standing] = ()
    recorded_at: str = ""
    organisation_id: UUID | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a command: `stored`, `repeat` (with the first answer), `conflict` or `reuse`."""

    kind: str
    position: int
    answer: str = ""


class EventLog(Protocol):
    """The log on one store."""

    log_id: UUID

    async def prepare(self) -> None:
        """Creates what is missing in the store; safe to call in many processes at once."""
        ...

    async def append(self, append: Append) -> Outcome:
        """Stores one command; grouped with whatever else waits. Raises Unavailable."""
        ...

    async def read_stream(
        self,
        stream_id: UUID,
        after: int = 0,
        up_to: int | None = None,
        *,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Sequence[StoredRecord]:
        """One stream in order of versions, or the other way round."""
        ...

    async def read_after(
        self, position: int, limit: int, *, up_to: int | None = None, topics: Sequence[str] = ()
    ) -> Sequence[StoredRecord]:
        """The log in order of positions, from the one after `position` on; only these topics, when any are named."""
        ...

    async def read_streams(self, after: tuple[UUID, int] | None, *, up_to: int, limit: int) -> Sequence[StoredRecord]:
        """All records with positions up to `up_to`, stream by stream, from after that (stream, version) on."""
        ...

    async def stream_version(self, stream_id: UUID) -> int:
        """The newest version of a stream, 0 when it has none."""
        ...

    async def head(self) -> int:
        """The newest position, 0 when the log is empty."""
        ...

    async def receipt(self, command_id: str) -> Receipt | None:
        """What a known command answered."""
        ...

    async def receipts(self, command_ids: Sequence[str]) -> dict[str, Receipt]:
        """The known ones among these commands."""
        ...

    async def sights_of(self, person_id: UUID) -> Sequence[Sight]:
        """Everything that person may see."""
        ...

    async def teams_of(self, person_id: UUID) -> frozenset[UUID]:
        """The things that the person sees as a `member` of them."""
        ...

    async def teams_in(self, organisation_id: UUID, after: UUID | None, limit: int) -> Sequence[UUID]:
        """The things that the organisation sees as a `team` of it, by id."""
        ...

    async def sight(self, thing_id: UUID, person_id: UUID) -> Sight | None:
        """What that person may see of one thing, themself or by something they are a `member` of."""
        ...

    async def standing(self, person_id: UUID) -> Standing | None:
        """That person's standing."""
        ...

    async def standings(self, organisation_id: UUID) -> Sequence[Standing]:
        """Everybody's standing in an organisation, by id."""
        ...

    async def wait_for_change(self, timeout: float) -> None:
        """Returns when this process has appended something, or after `timeout` seconds."""
        ...

    async def close(self) -> None:
        """Finishes what was accepted."""
        ...
