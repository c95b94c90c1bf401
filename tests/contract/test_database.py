"""The database face: what both stores promise to read models, identity and the log."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from adapters.database import Database, SqliteDatabase, Statement, Unexpected, Violation, connect
from adapters.stores.file_lock import FileLock
from adapters.stores.postgres import PostgresDatabase
from services.ports import Unavailable
from tests.contract.log.proxy import Proxy
from tests.postgres import OwnPostgres

THINGS = sa.Table(
    "things",
    sa.MetaData(),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("more", sa.JSON),
    sa.Column("kept", sa.Boolean, nullable=False),
)
INSERT = THINGS.insert()
BY_ID = sa.select(THINGS).where(THINGS.c.id == sa.bindparam("id"))


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    database = connect(store_url)
    await database.write([Statement(CreateTable(THINGS))])
    yield database
    await database.close()


def row(name: str = "a", count: int = 1) -> dict[str, object]:
    return {"id": uuid4(), "name": name, "count": count, "more": {"said": ["ä", 1]}, "kept": True}


async def names(database: Database) -> list[str]:
    return [r.name for r in await database.fetch_all("SELECT name FROM things ORDER BY name")]


async def test_a_core_statement_takes_and_gives_the_types_of_its_columns(database: Database) -> None:
    given = row()
    assert await database.write([Statement(INSERT, given)]) == [1]
    found = await database.fetch_one(BY_ID, {"id": given["id"]})
    assert found is not None
    assert found._asdict() == given
    assert (found.name, found[1]) == ("a", "a")
    assert await database.fetch_one(BY_ID, {"id": uuid4()}) is None


async def test_one_core_statement_serves_many_values(database: Database) -> None:
    await database.write([Statement(INSERT, [row("a", 1), row("b", 2), row("c", 3)])])
    several = (
        sa.select(THINGS.c.name).where(THINGS.c.count.in_(sa.bindparam("counts", expanding=True))).order_by("name")
    )
    assert [r.name for r in await database.fetch_all(several, {"counts": [1, 3]})] == ["a", "c"]
    assert [r.name for r in await database.fetch_all(several, {"counts": [2]})] == ["b"]
    assert await database.fetch_all(several, {"counts": []}) == []
    literal = sa.select(THINGS.c.name).where(THINGS.c.count > 1).order_by("name").limit(1)
    assert [r.name for r in await database.fetch_all(literal)] == ["b"]


async def test_one_core_update_says_what_it_is_given(database: Database) -> None:
    await database.write([Statement(INSERT, [row("a", 1)])])
    change = THINGS.update().where(THINGS.c.name == sa.bindparam("was"))
    await database.write([Statement(change, {"was": "a", "count": 5})])
    await database.write([Statement(change, {"was": "a", "name": "z"})])
    found = await database.fetch_one("SELECT name, count FROM things")
    assert tuple(found or ()) == ("z", 5)


async def test_text_takes_values_by_name_and_leaves_what_only_looks_like_one(database: Database) -> None:
    await database.write([Statement("INSERT INTO things VALUES (:id, :name, 1, NULL, :kept)", {
        "id": uuid4() if database.dialect == "postgresql" else uuid4().hex, "name": "50 % :of", "kept": True,
    })])  # fmt: skip
    asked = "SELECT name, ':name %' AS literal /* :not */ FROM things -- :nor\n WHERE name LIKE :like"
    found = await database.fetch_one(asked, {"like": "50 %"})
    assert found is not None
    assert (found.name, found.literal) == ("50 % :of", ":name %")
    assert (await database.fetch_all("SELECT '100 %' AS much"))[0].much == "100 %"
    if database.dialect == "postgresql":
        assert (await database.fetch_all("SELECT :n::int + 1 AS more", {"n": 1}))[0].more == 2


async def test_a_transaction_is_done_whole_or_not_at_all(database: Database) -> None:
    kept = row("kept")
    await database.write([Statement(INSERT, kept)])
    spoilers: list[tuple[Statement, type[Exception]]] = [
        (Statement("UPDATE things SET count = 9 WHERE name = :n", {"n": "nobody"}, expect_rows=1), Unexpected),
        (Statement("UPDATE things SET count = 9", expect_rows=1), Unexpected),
        (Statement(INSERT, row("double") | {"id": kept["id"]}), Violation),
        (Statement(INSERT, row() | {"name": None}), Violation),
        (Statement("UPDATE nowhere SET x = 1"), Exception),
    ]
    for spoiler, error in spoilers:
        with pytest.raises(error):
            await database.write([Statement(INSERT, row("new")), spoiler])
        assert await names(database) == ["kept"]


async def test_it_says_how_many_rows_each_statement_touched(database: Database) -> None:
    counts = await database.write(
        [
            Statement(INSERT, [row("a"), row("b"), row("c")]),
            Statement("UPDATE things SET count = 2 WHERE name <> 'c'", expect_rows=2),
            Statement("DELETE FROM things WHERE name = 'nobody'"),
            Statement(INSERT, []),
            Statement("CREATE TABLE more (x INTEGER)"),
        ]
    )
    assert counts == [3, 2, 0, 0, 0]
    assert await database.write([]) == []


async def test_one_writer_that_fails_leaves_those_beside_it_alone(database: Database) -> None:
    given = [row(f"{n:02}") for n in range(30)]
    given[7]["id"] = given[6]["id"]
    done = await asyncio.gather(*(database.write([Statement(INSERT, g)]) for g in given), return_exceptions=True)
    assert sorted(type(d).__name__ for d in done) == ["Violation"] + ["list"] * 29
    assert len(await names(database)) == 29


async def test_reads_see_what_was_acknowledged_and_do_not_wait_for_a_writer(store_url: str, database: Database) -> None:
    await database.write([Statement(INSERT, row("a"))])
    with _holding_a_write(store_url):
        began = monotonic()
        assert await names(database) == ["a"]
        assert monotonic() - began < 1


def _holding_a_write(url: str):  # type: ignore[no-untyped-def]
    if url.startswith("sqlite"):
        holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        holder.execute("UPDATE things SET name = 'z'")
        return _Closing(holder)
    connection = psycopg.connect(url)
    connection.execute("UPDATE things SET name = 'z'")
    return _Closing(connection)


class _Closing:
    def __init__(self, connection: sqlite3.Connection | psycopg.Connection[object]) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._connection.rollback()
        self._connection.close()


async def test_an_error_never_repeats_peoples_words(database: Database) -> None:
    given = row("secret words")
    await database.write([Statement(INSERT, given)])
    with pytest.raises(Violation) as refused:
        await database.write([Statement(INSERT, given)])
    assert "secret" not in str(refused.value)
    with pytest.raises(Unexpected) as unexpected:
        await database.write([Statement("UPDATE things SET name = :n", {"n": "secret words"}, expect_rows=5)])
    assert "secret" not in str(unexpected.value)


async def test_a_closed_store_says_so(store_url: str) -> None:
    database = connect(store_url)
    await database.write([Statement(CreateTable(THINGS))])
    await database.close()
    with pytest.raises(Unavailable):
        await database.write([Statement(INSERT, row())])


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with"):
        connect("mysql://localhost/concord")


# SQLite ---------------------------------------------------------------------------------------------


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(Path(sqlite_url.removeprefix("sqlite:///")))
    await database.write([Statement(CreateTable(THINGS))])
    yield database
    await database.close()


async def test_every_connection_is_set_up_to_keep_and_to_forget_as_promised(sqlite: SqliteDatabase) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0}

    def settings(connection: sqlite3.Connection) -> dict[str, object]:
        return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}

    assert await sqlite.writer.run(settings) == wanted
    assert settings(sqlite.reader()) == wanted
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        sqlite.reader().execute("DELETE FROM things")


async def test_the_file_is_its_owners_only(sqlite: SqliteDatabase) -> None:
    assert {path.stat().st_mode & 0o777 for path in sqlite.path.parent.glob("concord.sqlite*")} == {0o600}


async def test_writers_that_wait_share_one_commit(sqlite: SqliteDatabase) -> None:
    def wal_frames() -> int:
        return sqlite.path.with_name("concord.sqlite-wal").stat().st_size

    before = wal_frames()
    await sqlite.write([Statement(INSERT, row())])
    alone = wal_frames() - before
    before = wal_frames()
    await asyncio.gather(*(sqlite.write([Statement(INSERT, row())]) for _ in range(100)))
    assert wal_frames() - before < alone * 40


async def test_another_process_that_writes_is_waited_for(sqlite: SqliteDatabase, sqlite_url: str) -> None:
    holding = _holding_a_write(sqlite_url)
    writing = asyncio.create_task(sqlite.write([Statement(INSERT, row())]))
    await asyncio.sleep(0.3)
    assert not writing.done()
    holding.__exit__()
    async with asyncio.timeout(5):
        assert await writing == [1]


async def test_a_process_that_moves_the_wal_into_the_file_is_waited_for(sqlite: SqliteDatabase) -> None:
    with FileLock(sqlite.path.with_name("concord.sqlite-lock"), 1).held():
        writing = asyncio.create_task(sqlite.write([Statement(INSERT, row())]))
        await asyncio.sleep(0.1)
        assert not writing.done()
    async with asyncio.timeout(5):
        assert await writing == [1]


async def test_a_second_writer_in_one_process_leaves_the_first_ones_locks_alone(
    sqlite: SqliteDatabase, sqlite_url: str
) -> None:
    await sqlite.write([Statement(INSERT, row())])
    await SqliteDatabase(sqlite.path).close()
    # Another process that closes the file last would take the WAL away from whoever holds no lock.
    script = f"import sqlite3; c = sqlite3.connect({str(sqlite.path)!r}); c.execute('SELECT 1 FROM things'); c.close()"
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", script], check=True)
    assert sqlite.path.with_name("concord.sqlite-wal").exists()
    assert await names(sqlite) == ["a"]


# PostgreSQL -----------------------------------------------------------------------------------------


async def test_a_cut_connection_is_replaced_before_anybody_notices(postgres_url: str) -> None:
    async with Proxy(postgres_url) as proxy:
        database = connect(proxy.url)
        await database.write([Statement(CreateTable(THINGS)), Statement(INSERT, row("a"))])
        for n in range(10):
            proxy.cut_next_answer()
            if n % 2:
                assert await names(database) == ["a"]
            else:
                # Cut before COMMIT was sent: surely not committed, so it is done again.
                assert await database.write([Statement("UPDATE things SET count = count + 1", expect_rows=1)]) == [1]
        assert (await database.fetch_all("SELECT count FROM things"))[0].count == 6
        await database.close()


async def test_a_server_that_restarts_is_used_again_at_once(own_postgres: OwnPostgres) -> None:
    database = connect(own_postgres.url)
    await database.write([Statement(CreateTable(THINGS)), Statement(INSERT, row("a"))])
    own_postgres.kill()
    with pytest.raises(Unavailable):
        await database.fetch_all("SELECT 1")
    with pytest.raises(Unavailable):
        await database.write([Statement(INSERT, row("b"))])
    own_postgres.start()
    assert await names(database) == ["a"]
    assert await database.write([Statement(INSERT, row("c"))]) == [1]
    await database.close()


async def test_nobody_waits_for_ever_for_a_server_that_says_nothing(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.stores.postgres.READ_DEADLINE", 1.0)
    database = PostgresDatabase(postgres_url)
    await database.fetch_all("SELECT 1")
    began = monotonic()
    with pytest.raises(Unavailable):
        await database.fetch_all("SELECT pg_sleep(30)")
    assert monotonic() - began < 5
    assert (await database.fetch_all("SELECT 1 AS one"))[0].one == 1
    await database.close()


async def test_a_caller_who_gives_up_leaves_a_usable_store_behind(postgres_url: str) -> None:
    database = PostgresDatabase(postgres_url, most_connections=2)
    for _ in range(6):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await database.fetch_all("SELECT pg_sleep(20)")
    found = await asyncio.gather(*(database.fetch_all("SELECT 1 AS one") for _ in range(10)))
    assert [f[0].one for f in found] == [1] * 10
    await database.close()


async def test_a_deadlock_is_resolved_and_nobody_is_told(postgres_url: str) -> None:
    database = connect(postgres_url)
    await database.write([Statement(CreateTable(THINGS)), Statement(INSERT, [row("a", 0), row("b", 0)])])
    add = "UPDATE things SET count = count + 1 WHERE name = :n"

    async def both(first: str, second: str) -> None:
        for _ in range(5):
            await database.write([Statement(add, {"n": first}), Statement(add, {"n": second})])

    await asyncio.gather(both("a", "b"), both("b", "a"))
    assert [r.count for r in await database.fetch_all("SELECT count FROM things")] == [10, 10]
    await database.close()


async def test_instants_come_with_their_zone(postgres_url: str) -> None:
    database = connect(postgres_url)
    now = datetime.now(UTC)
    found = await database.fetch_one("SELECT :now::timestamptz AS at", {"now": now})
    assert found is not None
    assert found.at == now
    assert found.at.utcoffset() == now.utcoffset()
    await database.close()
