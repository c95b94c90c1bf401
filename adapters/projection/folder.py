"""Folds the streams that a batch touches, each once, for projections whose rows follow from whole aggregates."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from adapters.eventlog.envelope import Envelope, header_of, owners_in
from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import StoredRecord
from domain.base import Aggregate, Fact


@dataclass
class Folded:
    """An aggregate at one version of its stream, and under whose key the title was sealed that was last stated."""

    aggregate: Aggregate
    titled_by: UUID


class Folder:
    """Gives aggregates as they were after given records, or later; the projections of a process share one.

    Facts whose topic is in `skipped` change nothing that a row shows and are not even read. Only those
    that `opened` names are unsealed; in the others every text reads "[erased]", which costs less and
    keeps what nobody needs here out of memory.

    A stream that begins within the batch is folded from the batch alone; the others from what was
    kept of them, or from the log. What is handed out is used before the next `await`, and not kept:
    the next batch folds on in the same object. Erasing a person's words is followed by `forget`.
    """

    def __init__(
        self,
        ledger: EventLedger,
        *,
        opened: Callable[[str], bool],
        skipped: frozenset[str] = frozenset(),
        keep: int = 256,
    ) -> None:
        self._ledger = ledger
        self._opened = opened
        self._skipped = skipped
        self._keep = keep
        self._sealed = Envelope(ledger.log.log_id, ledger.registry, _NoKeys())
        self._kept: OrderedDict[UUID, Folded] = OrderedDict()

    def matters(self, records: Sequence[StoredRecord]) -> bool:
        """Whether any of these records is read at all."""
        return any(r.topic not in self._skipped for r in records)

    async def folded(self, records: Sequence[StoredRecord]) -> Folded:
        """The aggregate of one stream after these records of it, which come in order and without gaps.

        It may be further on, where another projection has come further: rows are then ahead of their
        position for a moment, and the events in between make the same rows again.
        """
        stream_id, first, last = records[0].stream_id, records[0].version, records[-1].version
        # Taken out while it changes: should a fact fail halfway, no half-folded aggregate stays behind.
        kept = self._kept.pop(stream_id, None)
        version = kept.aggregate.version if kept else 0
        if kept is None or version < last:
            if version < first - 1:
                records = await self._ledger.log.read_stream(stream_id, after=version, up_to=last)
            kept = await self._fold_on(kept, [r for r in records if r.version > version])
        return self._keep_it(stream_id, kept)

    async def current(self, stream_id: UUID) -> Folded | None:
        """Another stream's aggregate as it is now, for rows that follow from two streams; None without one."""
        kept = self._kept.pop(stream_id, None)
        records = await self._ledger.log.read_stream(stream_id, after=kept.aggregate.version if kept else 0)
        if kept is None and not records:
            return None
        return self._keep_it(stream_id, await self._fold_on(kept, records))

    def forget(self) -> None:
        """Drops every aggregate that was kept."""
        self._kept.clear()

    def _keep_it(self, stream_id: UUID, folded: Folded) -> Folded:
        self._kept[stream_id] = folded
        if len(self._kept) > self._keep:
            self._kept.popitem(last=False)
        return folded

    async def _fold_on(self, kept: Folded | None, records: Sequence[StoredRecord]) -> Folded:
        aggregate: Any = kept.aggregate if kept else None
        titled_by = kept.titled_by if kept else records[0].stream_id
        for fact in await self._facts(records):
            if aggregate is None:
                aggregate = fact.mutate(None)
            else:
                fact.apply(aggregate)
                aggregate.modified_on = fact.timestamp
            titled_by = _titled_by(fact) or titled_by
        if records:
            aggregate.version = records[-1].version
        return Folded(aggregate, titled_by)

    async def _facts(self, records: Sequence[StoredRecord]) -> list[Fact]:
        read = [(r, header_of(r), self._opened(r.topic)) for r in records if r.topic not in self._skipped]
        await self._ledger.keyring.ensure(owner for _, header, opened in read if opened for owner in owners_in(header))
        unsealing, sealed = self._ledger.envelope.take_out, self._sealed.take_out
        return [(unsealing if opened else sealed)(r, header) for r, header, opened in read]


class _NoKeys:
    """No key at hand: everything sealed stays so."""

    def sealing(self, owner: UUID) -> Any:
        raise KeyError(owner)

    def opening(self, owner: UUID) -> None:
        return None


def by_stream(records: Sequence[StoredRecord]) -> dict[UUID, list[StoredRecord]]:
    """The records of each stream, in order."""
    streams: dict[UUID, list[StoredRecord]] = {}
    for record in records:
        streams.setdefault(record.stream_id, []).append(record)
    return streams


def _titled_by(fact: Fact) -> UUID | None:
    """Whose key sealed the title that this fact states, a person's or the stream's own; None if it states none."""
    title = "outcome" if fact.TOPIC in _STATE_OUTCOMES else "title"
    if getattr(fact, title, None) is None:
        return None
    if fact.SEALED.get(title) == "actor" and fact.actor_id is not None:
        return fact.actor_id
    return fact.originator_id


_STATE_OUTCOMES = frozenset(
    f"concord.commitment.{fact}" for fact in ("requested", "offered", "countered", "made", "change_made")
)
"""What a commitment is called is what it is to bring about; a change that is only proposed does not rename it."""
