"""Facts that were read a moment ago, kept so that a stream is not opened and validated anew each time.

Facts never change, so only what was recorded since has to be read; every use still asks the log for
that, so nobody is shown an older state. They are kept as briefly as keys are, counted from when the
oldest of them was opened: when a person's key is destroyed, their words leave every process within
the same time, however busy the stream is, and the process that destroys it at once.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from uuid import UUID

from adapters.eventlog.keys import KEPT_SECONDS
from services.ports import Recorded

MOST_FACTS = 10_000
"""How many facts are kept in all, by one process; about a kilobyte each."""
MOST_OF_A_STREAM = 2_000
"""A longer stream is not kept: it would push out many others."""


class KeptFacts:
    """The newest-used streams, whole from their first fact on."""

    def __init__(self) -> None:
        self._streams: OrderedDict[UUID, tuple[float, list[Recorded]]] = OrderedDict()
        self._count = 0

    def of(self, stream_id: UUID) -> Sequence[Recorded]:
        """What is kept of a stream, from its first fact on; nothing when it is unknown or too old."""
        kept = self._streams.get(stream_id)
        if kept is None:
            return ()
        if kept[0] < time.monotonic():
            self.forget(stream_id)
            return ()
        self._streams.move_to_end(stream_id)
        return kept[1]

    def keep(self, stream_id: UUID, recorded: list[Recorded]) -> None:
        """Keeps a stream, whole; what was kept of it before gets no longer time for being read on from."""
        before = self._streams.get(stream_id)
        self.forget(stream_id)
        if not recorded or len(recorded) > MOST_OF_A_STREAM:
            return
        self._streams[stream_id] = (before[0] if before else time.monotonic() + KEPT_SECONDS, recorded)
        self._count += len(recorded)
        while self._count > MOST_FACTS:
            self.forget(next(iter(self._streams)))

    def grow(self, stream_id: UUID, recorded: Recorded) -> None:
        """Adds a fact that was stored just now, where all before it are kept."""
        kept = self._streams.get(stream_id)
        if kept is not None and kept[1][-1].fact.originator_version + 1 == recorded.fact.originator_version:
            # A list of its own: whoever reads the one before is in the middle of it.
            self._streams[stream_id] = (kept[0], [*kept[1], recorded])
            self._count += 1

    def forget(self, stream_id: UUID) -> None:
        """Keeps nothing of a stream any more."""
        kept = self._streams.pop(stream_id, None)
        if kept is not None:
            self._count -= len(kept[1])

    def forget_all(self) -> None:
        """Keeps nothing any more."""
        self._streams.clear()
        self._count = 0
