"""How fast the log itself takes appends: commands made ready beforehand, sent by several callers at once."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from adapters.database import connect
from adapters.eventlog.ledger import EventLedger, open_eventlog
from adapters.eventlog.log import Append
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.terms import Head, Party
from domain.base import Act, Fact
from scripts.bench_parts.load import Measured
from scripts.bench_parts.servers import Installation
from services.ports import Answer, Command

MOST = 24_000
"""Appends made ready: what the fastest machine gets through in the time."""
STREAMS = 64


async def append_rate(installation: Installation, *, callers: int, seconds: float) -> Measured:
    """Appends of one command with one sealed fact each, on streams that no two callers share."""
    database = connect(installation.database_url)
    ledger = await open_eventlog(database, installation.data_dir)
    waiting = [iter(queue) for queue in await _ready(ledger, callers)]
    measured = Measured()
    start = time.perf_counter()

    async def call(appends: Iterator[Append]) -> None:
        for append in appends:
            began = time.perf_counter()
            if began - start > seconds:
                return
            outcome = await ledger.log.append(append)
            if outcome.kind != "stored":
                raise SystemExit(f"an append was not stored: {outcome.kind}")
            measured.took.append(time.perf_counter() - began)

    await asyncio.gather(*(call(appends) for appends in waiting))
    measured.seconds = time.perf_counter() - start
    await ledger.close()
    await database.close()
    return measured


async def _ready(ledger: EventLedger, callers: int) -> list[list[Append]]:
    """Each caller's appends in order, sealed and hashed: first the agreements, then changes of their titles."""
    organisation, people = uuid4(), [uuid4(), uuid4()]
    agreements = [uuid4() for _ in range(STREAMS)]
    await ledger.new_keys(organisation, *people, *agreements)
    act = Act(people[0], datetime.now(UTC), organisation, secrets.token_hex(32), ZoneInfo("Europe/Oslo"))
    head = Head("Bench", "What both can expect.", "coaching", (Party(people[0], "leader"), Party(people[1], "report")))
    open_ones = [AccountabilityAgreement.open(act, id, head) for id in agreements]
    queues: list[list[Append]] = [[] for _ in range(callers)]
    for number in range(MOST):
        agreement = open_ones[number % STREAMS]
        if number >= STREAMS:
            agreement.change_head(act, {"title": f"Bench, title number {number}"})
        facts: list[Fact] = list(agreement.collect_events())  # type: ignore[arg-type]
        command = Command(secrets.token_hex(32), secrets.token_hex(32), people[0], organisation)
        answer = Answer(versions={str(agreement.id): agreement.version})
        queues[number % STREAMS % callers].append(await ledger.appending(command, answer, facts))
    return queues
