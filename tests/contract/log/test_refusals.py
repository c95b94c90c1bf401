"""What is recorded is never changed: by the store's own triggers, and on PostgreSQL by the role as well."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from services.ports import Answer, Sight, Standing
from tests.contract.log.things import ORGANISATION, Thing, act_of, command, new_thing, opened, record

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
        with (
            psycopg.connect(postgres_url) as owner,
            pytest.raises(psycopg.errors.RaiseException, match="never changed"),
        ):
            owner.execute(change.encode())
        assert await ledger.log.read_after(0, 10) == before


@pytest.fixture
def app_role(postgres_url: str) -> Iterator[str]:
    """A role that may sign in and nothing else, dropped after the test."""
    role = f"concord_app_{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        yield role
        owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
        owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def as_role(url: str, role: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, f"{role}@{parts.netloc.rpartition('@')[2]}", *parts[2:]))


def granted() -> list[str]:
    """The grants that postgres.sql names, so that what it says is what is tried here."""
    written = Path("adapters/eventlog/postgres.sql").read_text().splitlines()
    grants = [line.removeprefix("--").partition("  -- ")[0].strip() for line in written]
    return [grant for grant in grants if grant.startswith("GRANT ")]


async def test_an_applications_role_appends_and_reads_and_can_do_nothing_else(
    postgres_url: str, tmp_path: Path, app_role: str
) -> None:
    async with opened(postgres_url, tmp_path):
        pass  # the owner creates everything
    assert len(granted()) == 4
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        for grant in granted():
            owner.execute(grant.replace("TO app", f"TO {app_role}").encode())
    async with opened(as_role(postgres_url, app_role), tmp_path) as ledger:
        thing = await new_thing(ledger)
        thing.say(act_of(thing.id), "hello")
        anna = uuid4()
        rows = {
            "sights": [Sight(thing.id, anna, "party")],
            "standings": [Standing(anna, ORGANISATION, "member", None, (), True)],
        }
        await ledger.record(command(), Answer(), thing, **rows)  # type: ignore[arg-type]
        loaded = await ledger.load(Thing, thing.id)
        assert loaded is not None
        assert loaded.said == ["hello"]
        assert await ledger.sight(thing.id, anna) == rows["sights"][0]
        await ledger.keyring.destroy(thing.id)
    forbidden = [
        *CHANGES,
        "TRUNCATE log_events",
        "INSERT INTO log_events SELECT position + 1, stream_id, 9, type, header, body, leaf FROM log_events",
        "INSERT INTO log_receipts (command_id, request_hash, answer, position) VALUES ('x', 'x', '{}', 1)",
        "UPDATE log_head SET position = 0",
        "DELETE FROM log_sights",
        "UPDATE log_standings SET roles = '[\"steward\"]'",
        "ALTER TABLE log_events DISABLE TRIGGER ALL",
        "DROP TABLE log_events",
        "DROP FUNCTION log_append",
        "UPDATE concord_keys.sealing_keys SET wrapped = ''",
        "CREATE SCHEMA mine",
    ]
    for attempt in forbidden:
        with (
            psycopg.connect(as_role(postgres_url, app_role)) as app,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            app.execute(attempt.encode())


async def test_a_role_without_grants_may_not_even_append(postgres_url: str, tmp_path: Path, app_role: str) -> None:
    async with opened(postgres_url, tmp_path):
        pass
    nothing = "log_append('{}', '{}', '{}', '{}', NULL, NULL, '{}', '{}', '{}', '{}', '{}', '{}', '{}')"
    with psycopg.connect(postgres_url) as owner:
        assert owner.execute(f"SELECT * FROM {nothing}".encode()).fetchall() == []
    for attempt in (f"SELECT * FROM {nothing}", "SELECT * FROM log_events", "SELECT * FROM concord_keys.sealing_keys"):
        with (
            psycopg.connect(as_role(postgres_url, app_role)) as app,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            app.execute(attempt.encode())


async def test_many_processes_may_start_on_an_empty_store_at_once(store_url: str, tmp_path: Path) -> None:
    async def start() -> str:
        async with opened(store_url, tmp_path) as ledger:
            return str(ledger.log.log_id)

    assert len(set(await asyncio.gather(*(start() for _ in range(8))))) == 1
