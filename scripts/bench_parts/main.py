"""Measures Concord as it is really run, on each store, beside what the machine can do in the same minute.

Nothing here is a verdict of its own: a share of a limit that was measured seconds before says more than a figure alone.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import uvloop

from scripts.bench_parts import limits, promises, scenario
from scripts.bench_parts.appends import append_rate
from scripts.bench_parts.load import Answer, Connection, Measured, load, percentile, request
from scripts.bench_parts.servers import ROOT, Installation, Server
from scripts.bench_parts.table import Row, against_limit, at_least, at_most, markdown
from tests.postgres import OwnPostgres, with_database

DRAFTS = 480
"""Drafts that commands go round: many, so that no stream grows long while it is measured."""


class Bench:
    """One run on one store."""

    def __init__(self, store: str, given: argparse.Namespace, folder: Path) -> None:
        self.store = store
        self.seconds: float = given.seconds
        self.history: Path | None = given.history
        self.commitments: int = given.commitments
        self.only_commitments: bool = given.only_commitments
        self.folder = folder
        self.rows: list[Row] = []
        self.postgres = OwnPostgres() if store == "postgresql" else None
        self._made = 0

    def fresh(self) -> Installation:
        """A new, empty installation."""
        self._made += 1
        data_dir = self.folder / f"{self.store}-{self._made}"
        data_dir.mkdir()
        if self.postgres is None:
            return Installation(data_dir, f"sqlite:///{data_dir}/concord.sqlite")
        name = f"bench_{self._made}"
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return Installation(data_dir, with_database(self.postgres.url, name))

    async def run(self) -> None:
        """Measures all that is asked for; the rows stand in `rows` afterwards."""
        if not self.only_commitments:
            await self._all_but_commitments()
        if self.commitments:
            say(f"{self.store}: commitments, growing")
            stages = sorted({min(size, self.commitments) for size in (1_000, 10_000, self.commitments)})
            self.rows += await promises.grown(self.fresh(), stages)

    async def _all_but_commitments(self) -> None:
        one, eight = self._raw_commits()
        say(f"{self.store}: appends to the log")
        appends = await append_rate(self.fresh(), callers=8, seconds=self.seconds)
        name = "raw commits" if self.postgres is None else "pgbench commits, 8 clients"
        self.rows.append(
            against_limit(
                "appends to the log, 8 callers", appends.per_second, name, eight, 0.4 if one != eight else None
            )
        )
        self.rows.append(at_most("... p99", appends.percentile(0.99), None, "ms"))

        installation = self.fresh()
        ada = scenario.found(installation)
        say(f"{self.store}: starting a server, drafting")
        async with installation.serve() as server:
            ben = await scenario.invite(server.port, ada)
            proposals = await scenario.draft(server.port, ada, ben, DRAFTS)
        starts = []
        for _ in range(3):
            async with installation.serve() as server:
                starts.append(server.first_answer_after)
        self.rows.append(at_most("first answer after start", statistics.median(starts), 1.0, "s", digits=2))
        async with installation.serve() as server:
            self.rows.append(at_most("memory after start", server.megabytes(), 130, "MB", digits=0))
            await self._commands(server, proposals, eight)
            await self._queries(server, proposals, ben)
            await self._lag(server, proposals)
            self.rows.append(at_most("memory after the load", server.megabytes(), 130, "MB", digits=0))
        await self._import()

    def _raw_commits(self) -> tuple[float, float]:
        say(f"{self.store}: raw commits")
        if self.postgres is None:
            rate = limits.raw_sqlite_commits(self.seconds)
            self.rows.append(Row("(limit) single-row commits, one writer", f"{rate:,.0f}/s"))
            return rate, rate
        one = limits.raw_postgres_commits(self.postgres, "postgres", 1, self.seconds)
        eight = limits.raw_postgres_commits(self.postgres, "postgres", 8, self.seconds)
        self.rows.append(Row("(limit) pgbench single-row commits, 1 / 8 clients", f"{one:,.0f} / {eight:,.0f}/s"))
        return one, eight

    async def _commands(self, server: Server, proposals: list[scenario.Proposal], raw: float) -> None:
        say(f"{self.store}: commands")
        measured = await load(server.port, consents(proposals[40:280], 8), connections=8, seconds=self.seconds * 2)
        name = "raw commits" if self.postgres is None else "pgbench, 8 clients"
        least = 0.2 if self.postgres is None else 0.1
        self._succeeded(measured)
        self.rows.append(against_limit("consent commands, 8 connections", measured.per_second, name, raw, least))
        p50, p99 = measured.percentile(0.5), measured.percentile(0.99)
        self.rows.append(at_most("... p50", p50, None, "ms"))
        self.rows.append(at_most("... p99", p99, round(min(10.0, 3 * p50), 1), "ms", note=" (3 x p50, and 10 ms)"))
        self.command_rate = measured.per_second

    async def _queries(self, server: Server, proposals: list[scenario.Proposal], ben: scenario.Person) -> None:
        say(f"{self.store}: queries")
        asking = request("GET", "/healthz")
        async with limits.bare_answer() as bare_server:
            bare = await load(bare_server.port, lambda *_: asking, connections=64, seconds=self.seconds)
        self.rows.append(Row("(limit) a bare FastAPI answer, 64 connections", f"{bare.per_second:,.0f}/s"))
        least = 0.7 if self.postgres is None else 0.3

        def read(number: int, turn: int, _: Answer | None) -> bytes:
            return proposals[(number * 7 + turn) % len(proposals)].read

        one = await load(server.port, read, connections=64, seconds=self.seconds)
        self._succeeded(one)
        self.rows.append(
            against_limit("GET an agreement, 64 connections", one.per_second, "bare", bare.per_second, least)
        )
        self.rows.append(at_most("... p99", one.percentile(0.99), None, "ms"))
        listing = request("GET", f"{scenario.API}/agreements?limit=20", token=ben.token)
        lists = await load(server.port, lambda *_: listing, connections=64, seconds=self.seconds)
        self._succeeded(lists)
        self.rows.append(
            against_limit(
                "GET a page of 20 agreements, 64 connections", lists.per_second, "bare", bare.per_second, least
            )
        )
        self.rows.append(at_most("... p99", lists.percentile(0.99), None, "ms"))

    async def _lag(self, server: Server, proposals: list[scenario.Proposal]) -> None:
        say(f"{self.store}: projection lag")
        idle = await lags(server.port, proposals[:20], 150)
        self.rows.append(at_most("projection lag, idle, p99", percentile(idle, 0.99) * 1000, 25, "ms"))
        half = self.command_rate / 2
        loading = asyncio.create_task(
            load(server.port, consents(proposals[280:], 8), connections=8, seconds=self.seconds, per_second=half)
        )
        await asyncio.sleep(0.5)
        busy = await lags(server.port, proposals[20:40], 100, until=loading)
        self._succeeded(await loading)
        what = f"projection lag, at half load ({half:,.0f}/s), p99"
        self.rows.append(at_most(what, percentile(busy, 0.99) * 1000, 250, "ms"))

    async def _import(self) -> None:
        if self.history is None:
            return
        say(f"{self.store}: import and rebuild")
        installation = self.fresh()
        scenario.found(installation)
        with self.history.open("rb") as file:
            lines = sum(1 for _ in file)
        began = time.perf_counter()
        peak = await with_peak_memory(installation, "import", str(self.history), "--readers", "organisation", "--json")
        took = time.perf_counter() - began
        self.rows.append(Row(f"import of {lines:,} lines", f"{lines / took:,.0f} lines/s"))
        self.rows.append(at_most("... in all", took, 60, "s"))
        self.rows.append(at_most("... most memory", peak, 400, "MB", digits=0))
        rebuilt = await asyncio.to_thread(installation.run, "rebuild", "--json")
        for each in rebuilt["rebuilt"]:
            rate = each["events"] / each["seconds"] if each["seconds"] else 0.0
            self.rows.append(
                at_least(f"rebuild of `{each['projection']}`, {each['events']:,} events", rate, 45_000, "/s")
            )

    def _succeeded(self, measured: Measured) -> None:
        if measured.failed:
            raise SystemExit(f"{self.store}: answers that were no success, by status: {measured.failed}")

    def close(self) -> None:
        """Stops what was started for this run."""
        if self.postgres is not None:
            self.postgres.close()


def consents(proposals: list[scenario.Proposal], connections: int) -> Callable[[int, int, Answer | None], bytes]:
    """Consent and its withdrawal in turn, each connection on drafts of its own, one after the other.

    A load may end between the two, so each load has drafts that no other one uses.
    """

    def make(number: int, turn: int, before: Answer | None) -> bytes:
        own = proposals[number::connections]
        proposal = own[(turn // 2) % len(own)]
        if turn % 2 == 0 or before is None:
            return proposal.consent
        return proposal.withdraw(before)

    return make


async def lags(
    port: int, proposals: list[scenario.Proposal], count: int, until: asyncio.Task[Measured] | None = None
) -> list[float]:
    """How long after a command's answer a list shows it, again and again."""
    connection = await Connection.open(port)
    found: list[float] = []
    for turn in range(count):
        if until is not None and until.done():
            break
        proposal = proposals[turn // 2 % len(proposals)]
        if turn % 2 == 0:
            done = await connection.ask(proposal.consent)
        else:
            done = await connection.ask(proposal.withdraw(done))
        began = time.perf_counter()
        fields = {"Concord-Min-Position": done.fields["concord-position"]}
        path = f"{scenario.API}/agreements?limit=1"
        answer = await connection.ask(request("GET", path, token=proposal.token, fields=fields))
        scenario.expect(answer, 200)
        found.append(time.perf_counter() - began)
        await asyncio.sleep(0.005)
    connection.close()
    return found


async def with_peak_memory(installation: Installation, *arguments: str) -> float:
    """Runs one command and answers the most memory that it held, in MB."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "adapters.cli.main", *arguments,
        cwd=ROOT, env=installation.environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    watched = psutil.Process(process.pid)
    telling = asyncio.create_task(process.communicate())
    peak = 0
    while not telling.done():
        try:
            peak = max(peak, watched.memory_info().rss)
        except psutil.Error:
            break
        await asyncio.wait([telling], timeout=0.05)
    _, errors = await telling
    if process.returncode:
        raise SystemExit(f"concord {arguments[0]} ended with {process.returncode}: {errors.decode()[-2000:]}")
    return peak / 1e6


def say(what: str) -> None:
    """Tells on stderr what is going on; the table alone goes to stdout."""
    print(f"... {what}", file=sys.stderr)


def main() -> None:
    """Runs the bench on each store and prints the tables."""
    usual = ROOT.parent / "shared" / "data" / "rust-project-goals.jsonl"
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--store", choices=["sqlite", "postgresql"], help="only this store")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each load lasts (3)")
    parser.add_argument("--history", type=Path, default=usual if usual.exists() else None, help="a file to import")
    parser.add_argument("--commitments", type=int, default=100_000, help="up to how many (100,000); 0: none")
    parser.add_argument(
        "--only-commitments", action="store_true", help="how it is with ever more of them, nothing else"
    )
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start\n")
    for store in [given.store] if given.store else ["sqlite", "postgresql"]:
        folder = Path(tempfile.mkdtemp(prefix="concord-bench-"))
        bench = Bench(store, given, folder)
        began = time.perf_counter()
        try:
            uvloop.run(bench.run())
        finally:
            bench.close()
            shutil.rmtree(folder, ignore_errors=True)
            # What was measured before something failed is told all the same.
            title = "SQLite" if store == "sqlite" else "PostgreSQL"
            print(markdown(f"{title} (measured in {time.perf_counter() - began:.0f} s)", bench.rows), end="\n\n")


if __name__ == "__main__":
    main()
