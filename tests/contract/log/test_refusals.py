"""What is recorded is never changed: by the store's own triggers, and on PostgreSQL by the role as well."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tests.contract.log.things import new_thing, opened, record
from tests.postgres import as_role

CHANGES = [
    "UPDATE log_events SET body = header",
    "UPDATE log_events SET position = position + 1000",
    "DELETE FROM log_events",
    "UPDATE log_receipts SET request_hash = 'x'",
    "DELETE FROM log_receipts",
]
REPLACEMENTS = [
    "INSERT OR REPLACE INTO log_events SELECT position, stream_id, stream_version, type, body, body, leaf "
    "FROM log_events",
    "INSERT OR REPLACE INTO log_events SELECT position + 9, stream_id, stream_version, type, body, body, leaf "
    "FROM log_events",
    "INSERT OR REPLACE INTO log_receipts SELECT command_id, 'x', answer, position, recorded_at FROM log_receipts",
]


@pytest.mark.parametrize("change", CHANGES + REPLACEMENTS)
async def test_sqlite_refuses_any_change_of_what_is_recorded(sqlite_url: str, tmp_path: Path, change: str) -> None:
    async with opened(sqlite_url, tmp_path) as ledger:
        await record(ledger, await new_thing(ledger))
        before = await ledger.log.read_after(0, 10)
        with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as other:
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                other.execute(change)
            assert other.execute("SELECT count(*) FROM log_receipts WHERE request_hash <> 'x'").fetchone() == (1,)
        assert await ledger.log.read_after(0, 10) == before


@pytest.mark.parametrize("change", [*CHANGES, "TRUNCATE log_events", "TRUNCATE log_receipts"])
async def test_postgresql_refuses_any_change_of_what_is_recorded(
    postgres_url: str, tmp_path: Path, change: str
) -> None:
    async with opened(postgres_url, tmp_path) as ledger:
        await record(ledger, await new_thing(ledger))
        before = await ledger.log.read_after(0, 10)
        with psycopg.connect(postgres_url, autocommit=True) as owner:
            owner.execute("SET concord.organisation = '*'")
            with pytest.raises(psycopg.errors.RaiseException, match="never changed"):
                owner.execute(change.encode())
        assert await ledger.log.read_after(0, 10) == before


@pytest.fixture
def somebody(postgres_server: str) -> Iterator[str]:
    """A role that may sign in and nothing else, dropped after the test."""
    role = f"concord_somebody_{uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as server:
        server.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        yield role
        server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


async def test_a_role_without_grants_may_not_even_append(postgres_url: str, tmp_path: Path, somebody: str) -> None:
    async with opened(postgres_url, tmp_path):
        pass
    nothing = "log_append('{}', '{}', '{}', '{}', '{}', NULL, NULL, '{}', '{}', '{}', '{}', '{}', '{}', '{}')"
    with psycopg.connect(postgres_url) as owner:
        assert owner.execute(f"SELECT * FROM {nothing}".encode()).fetchall() == []
    for attempt in (f"SELECT * FROM {nothing}", "SELECT * FROM log_events", "SELECT * FROM concord_keys.sealing_keys"):
        with (
            psycopg.connect(as_role(postgres_url, somebody)) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(attempt.encode())


async def test_many_processes_may_start_on_an_empty_store_at_once(store_url: str, tmp_path: Path) -> None:
    async def start() -> str:
        async with opened(store_url, tmp_path) as ledger:
            return str(ledger.log.log_id)

    assert len(set(await asyncio.gather(*(start() for _ in range(8))))) == 1
