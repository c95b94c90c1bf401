"""Commitments by the thousand, put straight into the log, and how long it takes to ask about them as they grow."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters.database import connect
from adapters.eventlog.ledger import EventLedger, open_eventlog
from adapters.ids import uuid7
from domain.base import Act
from domain.commitments.commitment import Commitment
from domain.commitments.content import Content, Due, Who
from scripts.bench_parts import scenario
from scripts.bench_parts.load import Connection, percentile, request
from scripts.bench_parts.servers import Installation
from scripts.bench_parts.table import Row, at_most
from services.ports import Answer, Command, Sight

OSLO = ZoneInfo("Europe/Oslo")
TOGETHER = 100
"""How many commitments are stored at once."""
MINE = 10_000
"""How many of all commitments the person who asks stands in, at most."""
TURNS = 25
LONGEST_PROJECTION = 600.0


@dataclass(frozen=True)
class Village:
    """Whose commitments they are: the one who asks, and others."""

    organisation_id: UUID
    me: UUID
    others: tuple[UUID, ...]


async def put(installation: Installation, village: Village, first: int, last: int) -> float:
    """Stores the commitments from number `first` up to `last`; answers how long that took, in seconds."""
    database = connect(installation.database_url)
    ledger = await open_eventlog(database, installation.data_dir)
    began = time.perf_counter()
    for start in range(first, last, TOGETHER):
        await _store(ledger, village, [_lived(village, n) for n in range(start, min(start + TOGETHER, last))])
    took = time.perf_counter() - began
    await ledger.close()
    await database.close()
    return took


async def _store(ledger: EventLedger, village: Village, commitments: list[Commitment]) -> None:
    await ledger.new_keys(*(c.id for c in commitments))
    sights = [Sight(c.id, who, sight) for c in commitments for who, sight in c.sights().items()]
    command = Command(secrets.token_hex(32), "", village.me, village.organisation_id)
    await ledger.record(command, Answer(), *commitments, sights=sights)


def _lived(village: Village, number: int) -> Commitment:
    """One commitment that was asked for, promised and, mostly, done in time and confirmed; every tenth is to come."""
    others = village.others
    mine = village.me if number < MINE else others[number % 7]
    debtor, creditor = (mine, others[7 + number % 13]) if number % 2 else (others[7 + number % 13], mine)
    still_ahead = number % 10 == 9
    at = datetime.now(UTC) - (timedelta(days=16) if still_ahead else timedelta(days=400 - number % 300))

    def act(by: UUID, **later: float) -> Act:
        return Act(by, at + timedelta(**later), village.organisation_id, secrets.token_hex(32), OSLO)

    days = 17 + number // 10 % 13 if still_ahead else 20
    due = Due.end_of_day((at + timedelta(days=days)).astimezone(OSLO).date(), OSLO)
    content = Content((Who("person", debtor),), (Who("person", creditor),), f"Work {number} is done", due=due)
    commitment = Commitment.request(act(creditor), uuid7(), content)
    commitment.promise(act(debtor, hours=3), 1)
    if number % 10 < 7:
        commitment.done(act(debtor, days=10 if number % 3 else 25))
        commitment.confirm(act(creditor, days=26))
    elif number % 10 == 7:
        commitment.renege(act(debtor, days=10), "Something else came first.")
    return commitment


QUESTIONS = (
    ("follow-through of a person", "/people/{me}/follow-through"),
    ("... by level, counterpart and month", "/people/{me}/follow-through?group_by=level,counterpart,month"),
    ("a page of 50 commitments", "/commitments?limit=50"),
    (
        "a page of those that count as kept late",
        "/commitments?counted_for={me}&direction=owed_by&outcome_class=kept_late",
    ),
    ("a page of 50 of what waits for a person", "/me/inbox?limit=50"),
    ("what was expected of a person on a day", "/people/{me}/expectations?on={day}"),
)

PAGES = (
    ("the page of today", "/"),
    ("the page of all promises", "/commitments"),
    ("the page of the follow-through", "/people/{me}/follow-through"),
    ("the page of imbalance periods", "/imbalance-periods"),
    ("the page of agreements", "/agreements"),
    ("the page of people", "/people"),
)
SLOWEST_PAGE = 50.0
"""What a page may take at most, in milliseconds, nineteen times of twenty."""


async def grown(installation: Installation, stages: Sequence[int]) -> list[Row]:
    """The rows: each question at each size, the same installation growing from one to the next."""
    ada = scenario.found(installation)
    async with installation.serve() as server:
        ben = await scenario.invite(server.port, ada)
        connection = await Connection.open(server.port)
        me = scenario.expect(await connection.ask(request("GET", f"{scenario.API}/me", token=ben.token)), 200)
        connection.close()
    village = Village(UUID(me["organisation"]["id"]), UUID(ben.id), tuple(uuid7() for _ in range(20)))
    await _keys_of(installation, village)
    day = (datetime.now(UTC) - timedelta(days=200)).date().isoformat()
    took: dict[str, list[float]] = {what: [] for what, _ in QUESTIONS}
    rows: list[Row] = []
    before = 0
    for size in stages:
        stored = await put(installation, village, before, size)
        rows.append(Row(f"storing {size - before:,} lived commitments", f"{(size - before) / stored:,.0f}/s"))
        before = size
        async with installation.serve() as server:
            await _caught_up(server.port, ben)
            for what, path in QUESTIONS:
                address = scenario.API + path.replace("{me}", ben.id).replace("{day}", day)
                took[what].append(await _asked(server.port, ben, address, 0.5))
            for what, path in PAGES:
                seconds = await _asked(server.port, ben, path.replace("{me}", ben.id), 0.95)
                rows.append(at_most(f"{what}, {size:,} commitments, p95", seconds * 1000, SLOWEST_PAGE, "ms"))
            rows.append(at_most(f"memory with {size:,} commitments", server.megabytes(), None, "MB", digits=0))
    for what, times in took.items():
        for size, seconds in zip(stages, times, strict=True):
            rows.append(
                at_most(f"{what}, {size:,} commitments, {min(size, MINE):,} theirs", seconds * 1000, None, "ms")
            )
    return rows


async def _keys_of(installation: Installation, village: Village) -> None:
    database = connect(installation.database_url)
    ledger = await open_eventlog(database, installation.data_dir)
    await ledger.new_keys(*village.others)
    await ledger.close()
    await database.close()


async def _caught_up(port: int, ben: scenario.Person) -> None:
    """Waits until the read models have taken in everything."""
    connection = await Connection.open(port)
    deadline = time.perf_counter() + LONGEST_PROJECTION
    while time.perf_counter() < deadline:
        answer = await connection.ask(request("GET", "/readyz"))
        if answer.status == 200 and all(each["events"] == 0 for each in answer.json()["read_models"]):
            connection.close()
            return
        await asyncio.sleep(0.25)
    raise SystemExit("the read models did not catch up in ten minutes")


async def _asked(port: int, ben: scenario.Person, path: str, part: float) -> float:
    """How long an answer takes in that part of all cases, in seconds."""
    connection = await Connection.open(port)
    asking = request("GET", path, token=ben.token)
    took = []
    for _ in range(1 + TURNS):
        began = time.perf_counter()
        scenario.expect_status(await connection.ask(asking), 200)
        took.append(time.perf_counter() - began)
    connection.close()
    del took[0]  # what is made once, at the first one
    return percentile(took, part)
