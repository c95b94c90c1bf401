"""Everything that one person did, wherever it stands in the log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from adapters.eventlog.ledger import EventLedger
from services.ports import Recorded

_AT_ONCE = 1_000


async def acts_of(ledger: EventLedger, person_id: UUID) -> AsyncIterator[Recorded]:
    """Their acts and what happened to their place here, in order; others are answered between two pages of the log.

    The log has no index by who acted, since hardly anybody asks: a download may take its time.
    """
    head, position, acting = await ledger.head(), 0, f'"actor":"{person_id}"'.encode()
    while records := await ledger.log.read_after(position, _AT_ONCE, up_to=head):
        position = records[-1].position
        theirs = [record for record in records if acting in record.header or record.stream_id == person_id]
        for record, fact in zip(theirs, await ledger.restore(theirs), strict=True):
            yield Recorded(record.position, fact)
        await asyncio.sleep(0)
