"""The library's mapper over the log's own envelope and registry: facts to stored events and back.

The library's stored event has one field of bytes, `state`; here it holds header and body, the
header's length (8 bytes, big-endian) before them.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import orjson
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, MapperDeserialisationError, StoredEvent, Transcoder

from adapters.eventlog.envelope import header_of, owners, owners_in
from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import EventLogError, StoredRecord
from adapters.eventlog.portal import Portal
from domain.base import Fact


class EnvelopeMapper(Mapper[UUID]):
    """Seals and opens by the ledger's keys. The keys of those whom a fact concerns must have been made."""

    def __init__(self, ledger: EventLedger, portal: Portal) -> None:
        super().__init__(_NoTranscoder())
        self._ledger = ledger
        self._portal = portal

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """The stored event of a fact, sealed."""
        fact = cast("Fact", domain_event)
        self._portal.call(self._ledger.keyring.ensure(owners(fact)))
        record = self._ledger.envelope.put_in(fact)
        return StoredEvent(record.stream_id, record.version, record.topic, packed(record.header, record.body))

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """The fact in a stored event; raises MapperDeserialisationError when it cannot be read."""
        both = unpacked(stored_event.state)
        if both is None:
            raise MapperDeserialisationError(f"{stored_event.topic} was not written by this log")
        position = getattr(stored_event, "id", 0)
        stream_id = UUID(str(stored_event.originator_id))
        record = StoredRecord(position, stream_id, stored_event.originator_version, stored_event.topic, *both)
        try:
            header = header_of(record)
            self._portal.call(self._ledger.keyring.ensure(owners_in(header)))
            return self._ledger.envelope.take_out(record, header)
        except EventLogError as error:
            raise MapperDeserialisationError(str(error)) from error


class _NoTranscoder(Transcoder):
    """What the library's mapper asks for and this one never uses: values are validated by type, not by tag."""

    def encode(self, obj: Any) -> bytes:
        raise NotImplementedError("facts are written down by the envelope")

    def decode(self, data: bytes) -> Any:
        raise NotImplementedError("facts are read by the envelope")


def packed(header: bytes, body: bytes) -> bytes:
    """Header and body as one."""
    return len(header).to_bytes(8, "big") + header + body


def unpacked(state: bytes) -> tuple[bytes, bytes] | None:
    """Header and body; None when the bytes are somebody else's."""
    length = int.from_bytes(state[:8], "big")
    header = state[8 : 8 + length]
    if len(state) < 8 or len(header) != length or not header.startswith(b"{"):
        return None
    try:
        orjson.loads(header)
    except orjson.JSONDecodeError:
        return None
    return header, state[8 + length :]
