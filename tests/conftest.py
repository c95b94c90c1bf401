"""What every test may ask for: a fresh, empty store on SQLite, on a real PostgreSQL, or on each in turn.

PostgreSQL is brought by the tests themselves, one server for each test process.
`CONCORD_TEST_DATABASE_URL` names another server to use instead; its role must be allowed to create
databases and roles, and a role without a password to connect.
"""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import structlog
from psycopg import sql

from tests.postgres import OwnPostgres, as_role, with_database

# A traceback is told in plain words: structlog's usual way, with every local value, takes a second each.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.set_exc_info,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

# A test run that is told to stop takes its server along: finalizers run as after Ctrl-C.
signal.signal(signal.SIGTERM, signal.default_int_handler)


FIRST = ("web", "faults", "http/matrix", "imports", "cli")
"""What takes long begins first, so that nobody waits for it in the end."""
BROWSERS = 2
"""In so many test processes at once there is a browser: each is several processes of its own."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts what takes long first, and the pages' tests into few processes (with `--dist loadgroup`)."""
    here = Path(__file__).parent
    folders = [here / folder for folder in FIRST]

    def rank(item: pytest.Item) -> int:
        return next((n for n, folder in enumerate(folders) if folder in item.path.parents), len(folders))

    items.sort(key=rank)
    files = sorted({item.path for item in items if rank(item) == 0})
    for item in items:
        if item.path in files:
            item.add_marker(pytest.mark.xdist_group(f"browser-{files.index(item.path) % BROWSERS}"))


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The URL of a running PostgreSQL whose role may create databases."""
    return os.environ.get("CONCORD_TEST_DATABASE_URL") or OwnPostgres().url


@pytest.fixture(scope="session")
def postgres_owner(postgres_server: str) -> Iterator[str]:
    """A role that owns the tests' databases and is held to row-level security, as one that may do everything is not."""
    name = f"concord_owner_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE").format(sql.Identifier(name)))
        yield name
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.fixture
def postgres_url(postgres_server: str, postgres_owner: str) -> Iterator[str]:
    """A fresh, empty PostgreSQL database, dropped after the test even when connections are still open."""
    name = f"concord_test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        create = sql.SQL("CREATE DATABASE {} OWNER {}")
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(postgres_owner)))
    yield as_role(with_database(postgres_server, name), postgres_owner)
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def own_postgres() -> Iterator[OwnPostgres]:
    """A PostgreSQL that this test alone uses and may kill, freeze or restart."""
    server = OwnPostgres()
    yield server
    server.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that is not there yet, in the test's own folder."""
    return f"sqlite:///{tmp_path}/concord.sqlite"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """A fresh, empty store: the test runs once on each kind."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(fixture)
    return url
