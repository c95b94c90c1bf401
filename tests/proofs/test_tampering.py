"""Whoever changes stored bytes while Concord is stopped is found out; an untouched store raises no alarm."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from adapters.eventlog.merkle import leaf_hash
from adapters.proofs.findings import Report
from services.ports import Unavailable
from tests.proofs.workplace import examined, founded, opened, team, verified, write

EVENTS = 60
Execute = Callable[..., object]


@dataclass(frozen=True)
class Change:
    """One way of changing what is stored: its name, the SQL that does it, and where it should be found."""

    name: str
    do: Callable[[Execute, int], object]
    at: int
    named: bool = True
    """Whether the one position can be told, rather than the stretch in which it lies."""


def _of(text: str) -> Callable[[Execute, int], object]:
    return lambda execute, at: execute(text.replace(":at", str(at)))


def _flipped(column: str, where: float) -> Callable[[Execute, int], object]:
    """One bit of a value of bytes, at that part of its length."""

    def flip(execute: Execute, at: int) -> object:
        raw = bytearray(execute(f"SELECT {column} FROM log_events WHERE position = {at}")[0][0])  # type: ignore[index]
        raw[int(where * (len(raw) - 1))] ^= 1
        return execute(f"UPDATE log_events SET {column} = X'{raw.hex()}' WHERE position = {at}")

    return flip


def _rewritten(old: bytes, new: bytes) -> Callable[[Execute, int], object]:
    """Header or body in other words, with a leaf hash that fits: what only a checkpoint can show."""

    def rewrite(execute: Execute, at: int) -> object:
        header, body = execute(f"SELECT header, body FROM log_events WHERE position = {at}")[0]  # type: ignore[index]
        header, body = header.replace(old, new), body.replace(old, new)
        leaf = leaf_hash(header, body).hex()
        values = f"header = X'{header.hex()}', body = X'{body.hex()}', leaf = X'{leaf}'"
        return execute(f"UPDATE log_events SET {values} WHERE position = {at}")

    return rewrite


def _swapped(columns: str) -> Callable[[Execute, int], object]:
    """The contents of two rows, exchanged."""

    def swap(execute: Execute, at: int) -> object:
        names = columns.split(", ")
        one, other = (
            execute(f"SELECT {columns} FROM log_events WHERE position = {n}")[0]  # type: ignore[index]
            for n in (at, at + 1)
        )
        for position, row in ((at, other), (at + 1, one)):
            values = ", ".join(f"{n} = X'{v.hex()}'" for n, v in zip(names, row, strict=True))
            execute(f"UPDATE log_events SET {values} WHERE position = {position}")
        return None

    return swap


def _changes() -> Iterator[Change]:
    for at in (1, 2, 17, 40, EVENTS - 1, EVENTS):
        for column in ("header", "body", "leaf"):
            for where in (0.0, 0.4, 1.0):
                yield Change(f"a bit of {column} at {at}, {where}", _flipped(column, where), at)
    for at in (3, 30, EVENTS):
        for name, column in ROWS.items():
            yield Change(f"{name} at {at}", _of(f"UPDATE log_events SET {column} WHERE position = :at"), at)
        for old, new in REWRITTEN:
            yield Change(f"{old!r} rewritten and hashed anew at {at}", _rewritten(old, new), at, named=False)
        yield Change(f"deleted: {at}", _of("DELETE FROM log_events WHERE position = :at"), at)
        yield Change(f"its receipt, at {at}", _of("DELETE FROM log_receipts WHERE position = :at"), at)
    for at in (20, 44):
        yield Change(f"two rows exchanged at {at}", _swapped("header, body, leaf"), at)
        yield Change(f"two bodies exchanged at {at}", _swapped("body"), at)
        yield Change(f"two headers exchanged at {at}", _swapped("header"), at)
    for name, (at, named, sql) in OTHERS.items():
        yield Change(name, _of(sql), at, named)


NOBODY = "0197a2c0-0000-7000-8000-0000000000ff"
ROWS = {
    "the type": "type = 'concord.agreement.shared'",
    "the stream": f"stream_id = '{NOBODY}'",
    "a stream that is none": "stream_id = 'x'",
    "the version": "stream_version = stream_version + 900",
    "no body": "body = X''",
    "text for bytes": "header = 'text'",
}
REWRITTEN = [(b'"recorded_at":"20', b'"recorded_at":"19'), (b'"command":"', b'"command":"0'), (b'"open"', b'"oPen"')]
MOVED = (
    "UPDATE log_events SET position = position + 1000 WHERE position > 30; UPDATE log_events SET position = position"
)
COPIED = "1, type, header, body, leaf FROM log_events WHERE position ="
HEAD = "UPDATE log_head SET position ="
NOTE = "UPDATE log_checkpoints SET note ="
RECEIPT = "UPDATE log_receipts SET"
A_SIGHT = "FROM log_sights LIMIT 1"
OTHERS = {
    "the end cut off": (51, False, f"DELETE FROM log_events WHERE position > 50; {HEAD} 50"),
    "the last event cut off": (EVENTS, False, f"DELETE FROM log_events WHERE position = :at; {HEAD} :at - 1"),
    "everything taken away": (1, False, f"DELETE FROM log_events; DELETE FROM log_receipts; {HEAD} 0"),
    "an end that is not there": (EVENTS + 1, False, f"{HEAD} {EVENTS + 5}"),
    "an end that is too early": (EVENTS - 4, False, f"{HEAD} {EVENTS - 5}"),
    "another log": (1, False, f"UPDATE log_head SET log_id = '{NOBODY}'"),
    "an event before the first": (0, True, f"INSERT INTO log_events SELECT 0, 's', {COPIED} 1"),
    "an event between": (
        31,
        True,
        f"{MOVED} - 999 WHERE position > 1000; {HEAD} {EVENTS + 1}; "
        f"INSERT INTO log_events SELECT 31, '{NOBODY}', {COPIED} 30",
    ),
    "a gap closed": (
        30,
        True,
        f"DELETE FROM log_events WHERE position = 30; {MOVED} - 1001 WHERE position > 1000; {HEAD} {EVENTS - 1}",
    ),
    "another answer in a receipt": (12, False, f"{RECEIPT} answer = '{{}}' WHERE position = 12"),
    "another hash in a receipt": (12, False, f"{RECEIPT} request_hash = 'x' WHERE position = 12"),
    "a receipt of the future": (12, False, f"{RECEIPT} position = 9000 WHERE position = 12"),
    "a receipt of the past": (12, True, f"{RECEIPT} position = 3 WHERE position = 12"),
    "a receipt more": (
        12,
        False,
        "INSERT INTO log_receipts SELECT 'x', request_hash, answer, 12, recorded_at FROM log_receipts "
        "WHERE position = 12",
    ),
    "another role": (1, False, "UPDATE log_standings SET roles = '[]'"),
    "another place": (1, False, "UPDATE log_standings SET active = 0"),
    "another leader": (1, False, f"UPDATE log_standings SET leader_id = '{NOBODY}'"),
    "somebody who never came": (
        1,
        False,
        f"INSERT INTO log_standings SELECT '{NOBODY}', organisation_id, kind, NULL, roles, 1 FROM log_standings",
    ),
    "a right to see": (1, False, f"INSERT INTO log_sights SELECT thing_id, '{NOBODY}', 'party', NULL {A_SIGHT}"),
    "a right to see what never was": (
        1,
        False,
        f"INSERT INTO log_sights SELECT '{NOBODY}', person_id, 'party', 1 {A_SIGHT}",
    ),
    "a lesser right": (1, False, "UPDATE log_sights SET sight = 'former_party'"),
    "a right with an end": (1, False, "UPDATE log_sights SET until_position = 5"),
    "a right taken away": (1, False, "DELETE FROM log_sights"),
    "a checkpoint of another size": (1, False, f"{NOTE} replace(note, 'log' || char(10), 'log' || char(10) || '1')"),
    "a checkpoint that nobody signed": (
        1,
        False,
        f"{NOTE} substr(note, 1, length(note) - 9) || 'AAAAAAA=' || char(10)",
    ),
}


CHANGES = list(_changes())


def test_there_are_at_least_a_hundred_ways() -> None:
    assert len({change.name for change in CHANGES}) >= 100


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that was stopped in good order."""
    folder = tmp_path_factory.mktemp("original")
    asyncio.run(_made_in(folder))
    return folder


async def _made_in(folder: Path) -> None:
    async with opened(f"sqlite:///{folder}/concord.sqlite", folder) as concord:
        actor = await founded(concord)
        await team(concord, actor)
        await write(concord, actor, 25 - await concord.ledger.head())
        await concord.checkpoints.make()
        await write(concord, actor, EVENTS - 25)
        await concord.checkpoints.make()
        assert await concord.ledger.head() == EVENTS
        assert (await verified(concord)).ok


def told(report: Report, change: Change) -> bool:
    """Whether the first thing that the report says is the change, where it was made."""
    first = report.in_order[0]
    return first.first <= change.at <= first.last or not change.named


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
async def test_a_change_is_found_where_it_was_made(original: Path, tmp_path: Path, change: Change) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(original, folder)
    with closing(sqlite3.connect(folder / "concord.sqlite")) as file:
        for (trigger,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {trigger}")

        def execute(sql: str) -> object:
            statements = sql.split("; ")
            return [file.execute(one).fetchall() for one in statements][-1]

        change.do(execute, change.at)
        assert file.total_changes
        file.commit()
    report = await examined(folder)
    assert not report.ok
    assert told(report, change), report.in_order[:3]


async def test_a_file_with_a_damaged_page_is_found(original: Path, tmp_path: Path) -> None:
    """Bytes of the log's own pages, changed behind SQLite's back."""
    whole = (original / "concord.sqlite").read_bytes()
    places = [n for n in range(len(whole)) if whole.startswith(b'"recorded_at":"', n)]
    for n, place in enumerate(random.Random(4).sample(places, 8)):
        folder = tmp_path / str(n)
        shutil.copytree(original, folder)
        (folder / "concord.sqlite").write_bytes(whole[: place + 17] + b"7" + whole[place + 18 :])
        with suppress(Unavailable):  # so badly damaged that it does not even open
            assert not (await examined(folder)).ok


@pytest.mark.parametrize("seed", range(18))
async def test_an_untouched_store_raises_no_alarm(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    url = f"sqlite:///{tmp_path}/concord.sqlite"
    async with opened(url, tmp_path) as concord:
        actor = await founded(concord)
        for _ in range(chance.randrange(4)):
            await write(concord, actor, chance.choice((0, 1, 3, 260 if seed == 7 else 20)))
            await concord.checkpoints.make()
        await write(concord, actor, chance.randrange(3))
        if chance.random() < 0.5:
            await concord.ledger.keyring.destroy(actor.person_id)  # erased: what it sealed is gone, and the tree stays
        head = await concord.ledger.head()
    report = await examined(tmp_path)
    assert (report.in_order, report.events) == ([], head)


async def test_on_postgresql_too(postgres_url: str, tmp_path: Path) -> None:
    async with opened(postgres_url, tmp_path) as concord:
        actor = await founded(concord)
        for times in (260, 3):
            await write(concord, actor, times)
            await concord.checkpoints.make()
            assert (await verified(concord)).in_order == []
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute("SET concord.organisation = '*'")
            other.execute("ALTER TABLE log_events DISABLE TRIGGER ALL")
            was = other.execute("SELECT stream_version, body FROM log_events WHERE position = 200").fetchone()
            assert was is not None
            for version, body in ((was[0] + 900, was[1]), (was[0], was[1].replace(b"p", b"q"))):
                put = "UPDATE log_events SET stream_version = %s, body = %s WHERE position = 200"
                other.execute(put, [version, body])
                assert [f.first for f in (await verified(concord)).in_order][:1] == [200]
                other.execute(put, was)
        assert (await verified(concord)).ok
