"""What tests of the log are made of: a small aggregate with facts of every kind of field, and commands on it."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from adapters.database import connect
from adapters.eventlog.ledger import EventLedger, open_eventlog
from adapters.eventlog.registry import Registry
from domain.base import Act, Aggregate, Fact, FirstFact, fold
from services.ports import Answer, Command, Conflict, Receipt

ORGANISATION = UUID("00000000-0000-7000-8000-0000000000aa")
OSLO = ZoneInfo("Europe/Oslo")


@dataclass(frozen=True)
class Side:
    """A value inside a fact."""

    name: str
    weight: int


class ThingBegan(FirstFact):
    """Somebody began a thing; its name is theirs, its motto is everybody's."""

    TOPIC = "t.thing.began"
    SEALED: ClassVar[dict[str, str]] = {"name": "actor", "motto": "stream"}

    name: str
    motto: str | None


class ThingSaid(Fact):
    """Somebody said something about it, with fields of all types that facts may have."""

    TOPIC = "t.thing.said"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor", "aside": "actor", "sides": "actor", "side": "actor"}
    ERASED: ClassVar[dict[str, Any]] = {"side": Side("[erased]", 0)}

    text: str
    aside: str | None
    sides: tuple[Side, ...]
    side: Side
    count: int
    kept: bool
    said_on: date
    heard_at: datetime | None
    about: UUID
    fits: dict[str, int]


class ThingCounted(Fact):
    """A step; nothing in it is personal."""

    TOPIC = "t.thing.counted"

    by: int


class Thing(Aggregate):
    """Counts, and remembers what was said."""

    TOPIC = "t.thing"

    def __init__(self) -> None:
        self.name = ""
        self.motto: str | None = None
        self.count = 0
        self.said: list[str] = []

    def say(self, act: Act, text: str, aside: str | None = None) -> None:
        """Says something; the other fields are filled so that each type occurs."""
        self.record(
            ThingSaid,
            act,
            text=text,
            aside=aside,
            sides=(Side("left", 1), Side("right", 2)),
            side=Side("middle", 3),
            count=7,
            kept=True,
            said_on=date(2026, 2, 28),
            heard_at=datetime(2026, 2, 28, 12, 30, 0, 250, UTC),
            about=self.id,
            fits={"a": 1, "b": 5},
        )

    def step(self, act: Act, by: int = 1) -> None:
        """Counts on."""
        self.record(ThingCounted, act, by=by)

    def _thing_began(self, fact: ThingBegan) -> None:
        self.name, self.motto = fact.name, fact.motto

    def _thing_said(self, fact: ThingSaid) -> None:
        self.said.append(fact.text)

    def _thing_counted(self, fact: ThingCounted) -> None:
        self.count += fact.by


FACTS: dict[str, type[Fact]] = {f.TOPIC: f for f in (ThingBegan, ThingSaid, ThingCounted)}


def act_of(person: UUID | None, at: datetime | None = None, command_id: str | None = None) -> Act:
    """Somebody acts, now unless said."""
    return Act(person, at or datetime.now(UTC), ORGANISATION, command_id or secrets.token_hex(32), OSLO)


def command(id: str | None = None, request_hash: str = "0" * 64) -> Command:
    """A command under an id of its own, unless one is given."""
    return Command(id or secrets.token_hex(32), request_hash, None, ORGANISATION)


@asynccontextmanager
async def opened(url: str, data_dir: Path) -> AsyncIterator[EventLedger]:
    """The ledger of a store, over the facts of this module, closed in the end."""
    database = connect(url)
    ledger = await open_eventlog(database, data_dir, registry=Registry(FACTS))
    try:
        yield ledger
    finally:
        await ledger.close()
        await database.close()


async def new_thing(ledger: EventLedger, person: UUID | None = None, *, command_id: str | None = None) -> Thing:
    """A thing that was begun by somebody with a key, not recorded yet."""
    person, thing_id = person or uuid4(), uuid4()
    await ledger.new_keys(person, thing_id)
    act = act_of(person, command_id=command_id)
    return Thing.begin(ThingBegan, act, thing_id, name="a thing", motto="onwards")


async def record(ledger: EventLedger, *things: Thing) -> Receipt:
    """Records what is pending as one command, under the id that the first pending fact names."""
    first: Any = things[0].pending_events[0]
    return await ledger.record(command(first.command_id), Answer(), *things)


class Walker:
    """Steps on one thing, deciding anew until nobody else was faster, each step under one command id.

    Reads only what is new to it, as a process with an aggregate at hand would.
    """

    def __init__(self, ledger: EventLedger, thing_id: UUID) -> None:
        self._ledger = ledger
        self._id = thing_id
        self._known: Thing | None = None

    async def step(self, command_id: str | None = None) -> Receipt:
        """One step; returns its receipt."""
        command_id = command_id or secrets.token_hex(32)
        for attempt in range(10_000):
            thing = await self._current()
            thing.step(act_of(None, command_id=command_id))
            try:
                return await self._ledger.record(command(command_id), Answer(), thing)
            except Conflict:
                await asyncio.sleep(random.random() * min(0.02, 0.001 * attempt))
        raise AssertionError("somebody else was always faster")

    async def _current(self) -> Thing:
        after = self._known.version if self._known else 0
        self._known = fold([r.fact for r in await self._ledger.facts(self._id, after=after)], self._known)
        assert self._known is not None
        return deepcopy(self._known)
