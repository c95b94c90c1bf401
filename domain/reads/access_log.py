"""The access log of one thing: each read of it by somebody who is no party, kept before they are answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID, uuid5

from domain.base import Act, Aggregate
from domain.reads import events as e

AGREEMENT, IMBALANCE = "agreement", "imbalance_period"

GLASS, GRANT, LINE, STEWARD = "glass", "grant", "line", "steward"
"""What lets somebody read: a steward's written reason, a report's leave, leading the declarer, being steward."""

TEXT, HISTORY, UPDATES, PERIOD, LISTED = "text", "history", "updates", "period", "listed"
"""What is read: the text of an agreement, its history, its updates; a period; either as one of a list."""

ANEW_AFTER = timedelta(minutes=15)
"""How long the same person reads the same on, as what they were, before that is kept anew."""


@dataclass(frozen=True)
class Read:
    """One read that is about to be answered."""

    thing_id: UUID
    kind: str
    seen_as: str
    what: str


def access_log_id(thing_id: UUID) -> UUID:
    """The id of a thing's access log: each has one at most, beside its own stream, so that no reader delays a party."""
    return uuid5(thing_id, "reads")


class AccessLog(Aggregate):
    """Knows when each reader last read what, so that a page that is looked at again is one read."""

    TOPIC = "concord.access"

    def __init__(self) -> None:
        """Prepares the empty state; the first fact's applier fills it."""
        self.last: dict[tuple[UUID, str, str], datetime] = {}

    @classmethod
    def keep(cls, log: Self | None, act: Act, read: Read) -> Self:
        """Keeps a read in the thing's log, which begins with the first; the same again soon after changes nothing."""
        content = {"thing_id": read.thing_id, "kind": read.kind, "seen_as": read.seen_as, "what": read.what}
        if log is None:
            return cls.begin(e.ContentRead, act, access_log_id(read.thing_id), **content)
        last = log.last.get((act.person, read.seen_as, read.what))
        if last is None or not last <= act.at < last + ANEW_AFTER:
            log.record(e.ContentRead, act, originator_topic=cls.TOPIC, **content)
        return log

    def _content_read(self, fact: e.ContentRead) -> None:
        if fact.actor_id is not None:
            self.last[fact.actor_id, fact.seen_as, fact.what] = fact.effective_at
