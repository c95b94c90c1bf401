"""The whole log, stream by stream: for questions that are about everything at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import StoredRecord
from domain.base import Fact

AT_ONCE = 2_000
"""How many records are read at once."""


async def streams_of(ledger: EventLedger, topics: tuple[str, ...]) -> AsyncIterator[list[Fact]]:
    """All facts of each stream that has any whose topic begins so, as far as the log reached at the beginning."""
    head = await ledger.head()
    after: tuple[UUID, int] | None = None
    stream: list[StoredRecord] = []
    while records := await ledger.log.read_streams(after, up_to=head, limit=AT_ONCE):
        after = (records[-1].stream_id, records[-1].version)
        for record in records:
            if stream and record.stream_id != stream[0].stream_id:
                yield await ledger.restore(stream)
                stream = []
            if record.topic.startswith(topics):
                stream.append(record)
    if stream:
        yield await ledger.restore(stream)
