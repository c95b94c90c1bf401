"""Folds the streams that a batch touches, each once, for projections whose rows follow from whole aggregates."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import StoredRecord
from domain.base import Aggregate, Fact, fold


@dataclass
class Folded:
    """An aggregate at one version of its stream, and under whose key its draft's title was last sealed."""

    aggregate: Aggregate
    titled_by: UUID


class Folder:
    """Gives aggregates as they were after given records; several projections of a process share one.

    A stream that begins within the batch is folded from the batch alone; the others from what was
    kept of them, or from the log. What it hands out is used before the next `await`, and not kept:
    the next batch folds on in the same object. Erasing a person's words must be followed by `forget`.
    """

    def __init__(self, ledger: EventLedger, keep: int = 256) -> None:
        self._ledger = ledger
        self._keep = keep
        self._kept: OrderedDict[UUID, Folded] = OrderedDict()

    async def folded(self, records: Sequence[StoredRecord]) -> Folded:
        """The aggregate of one stream after these records of it, which come in order and without gaps."""
        stream_id, first, last = records[0].stream_id, records[0].version, records[-1].version
        # Taken out while it changes: should a fact fail halfway, no half-folded aggregate stays behind.
        kept = self._kept.pop(stream_id, None)
        if kept is None or kept.aggregate.version != last:
            kept = await self._fold(records, kept, first, last)
        self._kept[stream_id] = kept
        if len(self._kept) > self._keep:
            self._kept.popitem(last=False)
        return kept

    async def _fold(self, records: Sequence[StoredRecord], kept: Folded | None, first: int, last: int) -> Folded:
        if kept is not None and kept.aggregate.version != first - 1:
            kept = None
        if kept is None and first > 1:
            records = await self._ledger.log.read_stream(records[0].stream_id, up_to=last)
        facts = await self._ledger.restore(records)
        aggregate = fold(facts, kept.aggregate if kept else None)
        assert aggregate is not None
        return Folded(aggregate, _titled_by(facts, kept.titled_by if kept else records[0].stream_id))

    async def find(self, stream_id: UUID) -> Aggregate | None:
        """Another stream's aggregate as it is now, for rows that follow from two streams."""
        return fold(await self._ledger.restore(await self._ledger.log.read_stream(stream_id)))

    def forget(self) -> None:
        """Drops every aggregate that was kept."""
        self._kept.clear()


def by_stream(records: Sequence[StoredRecord]) -> dict[UUID, list[StoredRecord]]:
    """The records of each stream, in order."""
    streams: dict[UUID, list[StoredRecord]] = {}
    for record in records:
        streams.setdefault(record.stream_id, []).append(record)
    return streams


def _titled_by(facts: Sequence[Fact], before: UUID) -> UUID:
    """Whose key sealed the title that was stated last: a person's, or the stream's own."""
    for fact in facts:
        if getattr(fact, "title", None) is not None:
            own = fact.SEALED.get("title") != "actor" or fact.actor_id is None
            before = fact.originator_id if own else fact.actor_id  # type: ignore[assignment]
    return before
