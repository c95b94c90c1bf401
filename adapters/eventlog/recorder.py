"""The library's recorder interface over the log, for its tools and for its own test cases.

It is a thin face: each call goes through a portal to the same code that HTTP awaits, so appends of
several threads are grouped, positions are dense, and a lost answer is found by its receipt. Stored
events that this log did not write (any topic, any bytes) get a header of their own.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import orjson
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    Notification,
    OperationalError,
    StoredEvent,
    Subscription,
)

from adapters.database import Violation
from adapters.eventlog.log import Append, EventLog, NewRecord, StoredRecord
from adapters.eventlog.mapper import packed, unpacked
from adapters.eventlog.merkle import leaf_hash
from adapters.eventlog.portal import Portal
from services.ports import Unavailable

T = TypeVar("T")

_BATCH = 500
_POLL = 0.1
"""How long a subscription waits for the log's hint before it looks anyway (seconds)."""


class LogAggregateRecorder(AggregateRecorder):
    """Aggregates' own sequences: what is recorded has no number in the whole."""

    def __init__(self, log: EventLog, portal: Portal) -> None:
        self._log = log
        self._portal = portal

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Stores all or none; raises IntegrityError when a version is taken."""
        self._append(stored_events)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """One aggregate's events in order of versions, or the other way round."""
        after = -1 if gt is None else gt
        question = self._log.read_stream(_uuid(originator_id), after, lte, limit=limit, newest_first=desc)
        return [StoredEvent(r.stream_id, r.version, r.topic, _state(r)) for r in self._ask(question)]

    def _ask(self, question: Coroutine[Any, Any, T]) -> T:
        try:
            return self._portal.call(question)
        except Violation as error:
            raise IntegrityError(str(error)) from error
        except Unavailable as error:
            raise OperationalError(str(error)) from error

    def _append(self, stored_events: Sequence[StoredEvent]) -> Sequence[int] | None:
        if not stored_events:
            return None
        records = [self._record(event) for event in stored_events]
        append = Append(secrets.token_hex(32), secrets.token_hex(32), orjson.dumps({}).decode(), records)
        outcome = self._ask(self._log.append(append))
        if outcome.kind != "stored":
            raise IntegrityError("another event is recorded under one of these versions")
        return list(range(outcome.position - len(records) + 1, outcome.position + 1))

    def _record(self, event: StoredEvent) -> NewRecord:
        stream_id = _uuid(event.originator_id)
        header, body = unpacked(event.state) or (self._foreign_header(stream_id, event), event.state)
        return NewRecord(stream_id, event.originator_version, event.topic, header, body, leaf_hash(header, body))

    def _foreign_header(self, stream_id: UUID, event: StoredEvent) -> bytes:
        header = {
            "foreign": True,
            "log": str(self._log.log_id),
            "stream": stream_id,
            "version": event.originator_version,
            "type": event.topic,
            "recorded_at": datetime.now(UTC),
            "keys": [],
            "commitments": [],
        }
        return orjson.dumps(header, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


class LogRecorder(LogAggregateRecorder, ApplicationRecorder):
    """The whole log in order of positions, dense from 1."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Stores all or none and answers their positions; raises IntegrityError when a version is taken."""
        return self._append(stored_events)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Events from a position on, in order."""
        after = 0 if start is None else start - 1 if inclusive_of_start else start
        question = self._log.read_after(after, limit, up_to=stop, topics=topics)
        return [Notification(r.stream_id, r.version, r.topic, _state(r), id=r.position) for r in self._ask(question)]

    def max_notification_id(self) -> int | None:
        """The newest position; None while nothing is recorded."""
        return self._ask(self._log.head()) or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Events after a position as they come; looks for them, on either store, and so outlives a restart of it."""
        return PollingSubscription(self, gt, topics)

    def wait_for_change(self) -> None:
        """Returns soon: when something was appended, or after a while."""
        self._ask(self._log.wait_for_change(_POLL))


class PollingSubscription(Subscription[ApplicationRecorder]):
    """Reads on after the last position that it has seen, whether that one mattered or not."""

    def __init__(self, recorder: LogRecorder, gt: int | None = None, topics: Sequence[str] = ()) -> None:
        super().__init__(recorder, gt, topics)
        self._log_recorder = recorder
        self._position = gt or 0
        self._ready: deque[Notification] = deque()

    def __next__(self) -> Notification:
        """The next event; waits for it, and ends when the subscription is stopped."""
        while not self._has_been_stopped:
            if self._ready:
                return self._ready.popleft()
            try:
                self._read_on()
                if not self._ready:
                    self._log_recorder.wait_for_change()
            except OperationalError:
                self._log_recorder.wait_for_change()
        raise StopIteration

    def _read_on(self) -> None:
        head = self._log_recorder.max_notification_id() or 0
        found = self._log_recorder.select_notifications(
            self._position, _BATCH, stop=head, topics=self._topics, inclusive_of_start=False
        )
        self._ready.extend(found)
        # Past what did not matter as well; further than what was read only when all of it was read.
        self._position = found[-1].id if len(found) == _BATCH else max(self._position, head)


def _state(record: StoredRecord) -> bytes:
    foreign = b'"foreign":true' in record.header and orjson.loads(record.header).get("foreign") is True
    return record.body if foreign else packed(record.header, record.body)


def _uuid(originator_id: UUID | str) -> UUID:
    return originator_id if isinstance(originator_id, UUID) else UUID(originator_id)
