"""The real application on each store, a clock to be moved by hand, and the people of two organisations."""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from adapters.bootstrap import Concord, open_concord
from adapters.cli.web_server import WebServer
from adapters.http.app import create_app
from adapters.identity import passwords
from adapters.settings import Settings
from services.desk import Desk
from services.people.found_organisation import FoundOrganisation, found_organisation
from services.people.tokens import IssueToken, issue_token
from services.ports import Actor, Command
from tests.http.agreements.people import Someone, a_key
from tests.http.agreements.stories import Pair

BEGINNING = datetime(2027, 1, 1, 9, 0, tzinfo=UTC)


EVERY_CASE = "CONCORD_TEST_EVERY_CASE"
WHOLE = frozenset({"test_row_security.py", "test_sight_at_once.py", "test_following.py"})
"""What PostgreSQL does otherwise than SQLite is tried there wholly."""
PRINCIPALS = "test_every_principal_at_every_route.py"
"""Of the matrix, what PostgreSQL is asked as well."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Runs everything on SQLite, and on PostgreSQL of each file the first test, in its first case.

    What the others differ in is decided before the store, which has tests of its own on both
    (tests/contract); with `CONCORD_TEST_EVERY_CASE=1` all run on both.
    """
    if os.environ.get(EVERY_CASE):
        return
    here, met, spared = Path(__file__).parent, set[str](), list[pytest.Item]()
    for item in items:
        params = getattr(getattr(item, "callspec", None), "params", {})
        if here not in item.path.parents or params.get("store_url") != "postgresql" or item.path.name in WHOLE:
            continue
        alone = item.path.parent.name == "matrix" and item.path.name != PRINCIPALS
        if alone or item.path.name in met:
            spared.append(item)
        met.add(item.path.name)
    if spared:
        config.hook.pytest_deselected(items=spared)
        items[:] = [item for item in items if item not in set(spared)]


class MovableClock:
    """Goes as the wall clock does, from a day of its own, and is moved on by hand."""

    def __init__(self) -> None:
        self._ahead = BEGINNING - datetime.now(UTC)
        self._started = datetime.now(UTC), time.monotonic()

    def now(self) -> datetime:
        began, at = self._started
        return began + timedelta(seconds=time.monotonic() - at) + self._ahead

    def move(self, **by: float) -> None:
        """Lets that much time pass: `days=3`."""
        self._ahead += timedelta(**by)


@pytest.fixture
def clock() -> MovableClock:
    """The application's clock."""
    return MovableClock()


@pytest.fixture
def settings(store_url: str, tmp_path: Path) -> Settings:
    """The settings of an installation of the test's own."""
    return Settings(_env_file=None, data_dir=tmp_path / "data", database_url=store_url)


@pytest.fixture
async def concord(settings: Settings, clock: MovableClock) -> AsyncIterator[Concord]:
    """Concord on an empty store, following its log; deadlines are kept only when a test says so."""
    opened = await open_concord(settings, clock=clock)
    try:
        await opened.projector.start()
        yield opened
    finally:
        await opened.close()


@pytest.fixture
def app(settings: Settings, concord: Concord) -> FastAPI:
    """The web application over it."""
    return create_app(settings, concord=concord)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Requests to the application, without a credential."""
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://concord.test") as client,
    ):
        yield client


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """Where the application is really served, by the server that `concord serve` runs."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    started = asyncio.Event()
    server = WebServer(app)
    serving = asyncio.create_task(server.serve_on(listening, started.set))
    async with asyncio.timeout(10):
        await started.wait()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await serving
    listening.close()


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id all the same, at the least cost: for tests that are not about how long a hash takes."""
    hasher = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    nobodys = hasher.hash("nobody has this one")
    monkeypatch.setattr(passwords, "_hasher", lambda: hasher)
    monkeypatch.setattr(passwords, "_nobodys", lambda: nobodys)


@pytest.fixture
def nobody(client: httpx2.AsyncClient, clock: MovableClock) -> Someone:
    """Somebody without a credential."""
    return Someone(client, clock)


@pytest.fixture
async def steward(concord: Concord, client: httpx2.AsyncClient, clock: MovableClock) -> Someone:
    """The first steward of the organisation that most tests are about."""
    return await founder(concord, client, clock, "Northwind", "sol@northwind.example")


@pytest.fixture
async def foreigner(concord: Concord, client: httpx2.AsyncClient, clock: MovableClock) -> Someone:
    """The first steward of another organisation in the same installation."""
    return await founder(concord, client, clock, "Elsewhere", "eve@elsewhere.example")


@pytest.fixture
async def pair(concord: Concord, steward: Someone) -> Pair:
    """Ada, and Ben whom she leads."""
    ada = await member(concord, steward, "Ada")
    return Pair(ada, await member(concord, steward, "Ben", leader_id=ada.id))


@pytest.fixture
async def cy(concord: Concord, steward: Someone) -> Someone:
    """Somebody of the same organisation who has nothing to do with Ada and Ben."""
    return await member(concord, steward, "Cy")


async def founder(
    concord: Concord, client: httpx2.AsyncClient, clock: MovableClock, organisation: str, email: str
) -> Someone:
    """Founds an organisation as `concord init` does; its first steward."""
    command = FoundOrganisation(organisation, email.split("@", maxsplit=1)[0].title(), email, "Europe/Oslo")
    founded = await found_organisation(concord.ledger, concord.identities, clock, concord.new_id, command)
    return Someone(client, clock, founded.person_id, founded.token)


async def member(concord: Concord, steward: Someone, name: str, **more: object) -> Someone:
    """Adds somebody over HTTP and gives them a token (not by their invitation: a password's hash takes its time)."""
    body = {"name": name, "email": f"{name}@{steward.id}.example", **more}
    person_id = (await steward.makes("/people", body))["id"]
    return Someone(steward.client, steward.clock, person_id, await token_of(concord, person_id))


async def token_of(concord: Concord, person_id: str, *scopes: str) -> str:
    """A token of that person's, as they would make it themselves."""
    standing = await concord.ledger.standing(UUID(person_id))
    assert standing is not None
    organisation = await concord.organisation(standing.organisation_id)
    assert organisation is not None
    command = Command(hashlib.sha256(a_key().encode()).hexdigest(), "", standing.person_id, organisation.id)
    actor = Actor(standing.person_id, organisation, frozenset({"all"}))
    desk = Desk(concord.ledger, concord.clock, concord.new_id, actor, command)
    await issue_token(desk, concord.identities, IssueToken("a test", scopes or ("all",)))
    return concord.identities.secret_for(command.id, "token")
