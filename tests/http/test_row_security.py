"""The second line on PostgreSQL: whatever a statement asks for, it gets the rows of one organisation, and nobody's."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import psycopg
import pytest

from adapters.bootstrap import Concord, open_concord
from adapters.http.app import create_app
from adapters.settings import Settings
from adapters.stores import reach
from adapters.stores.postgres import PostgresDatabase
from adapters.stores.roles import PARTS, make_roles
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair, in_force
from tests.http.conftest import MovableClock, founder, member
from tests.postgres import as_role, with_database

BARE = {
    "identity_attempts": "keyed hashes of what was tried",
    "identity_requests": "how many requests, by keyed hashes of who sent them",
    "identity_used": "hashes of what works only once",
    "identity_version": "a number",
    "log_checkpoints": "signed hashes",
    "log_head": "a number",
    "log_tree": "hashes",
    "projection_builds": "who builds what",
    "projection_parked": "ids of events that could not be taken in",
    "projections": "numbers",
}
"""The tables that are nobody's, and what is in them."""
PASSWORD = "ten green bottles on a wall"
OURS = {"Sec-Fetch-Site": "same-origin"}
_TABLES = (
    "SELECT n.nspname || '.' || c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname IN ('public', 'concord_keys')"
)


@pytest.fixture
def store_url(postgres_url: str) -> str:
    """SQLite has no second line: these tests are about PostgreSQL."""
    return postgres_url


@pytest.fixture
async def two(concord: Concord, client: httpx2.AsyncClient, clock: MovableClock) -> tuple[Pair, Pair]:
    """A pair with an agreement in force in each of two organisations, and all read models filled."""
    pairs = []
    for name in ("Northwind", "Elsewhere"):
        steward = await founder(concord, client, clock, name, f"sol@{name.lower()}.example")
        ada = await member(concord, steward, "Ada")
        pair = Pair(ada, await member(concord, steward, "Ben", leader_id=ada.id))
        await in_force(pair)
        pairs.append(pair)
    assert await concord.projector.caught_up(await concord.ledger.head(), 20)
    return pairs[0], pairs[1]


def shielded(connection: psycopg.Connection) -> list[str]:
    """The tables that are somebody's; fails for one that is neither shielded nor known to be nobody's."""
    found = dict(connection.execute(_TABLES).fetchall())
    bare = {re.sub(r"^public\.|_v\d+_g\d+$", "", name) for name, is_shielded in found.items() if not is_shielded}
    assert bare == BARE.keys()
    return [name for name, is_shielded in found.items() if is_shielded]


def count(connection: psycopg.Connection, table: str, organisation: str | None) -> int:
    """How many rows a transaction sees that reaches for an organisation, or says nothing."""
    with connection.transaction():
        if organisation is not None:
            connection.execute("SELECT set_config('concord.organisation', %s, true)", [organisation])
        row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    assert row is not None
    return int(row[0])


async def organisation_of(concord: Concord, somebody: Someone) -> UUID:
    """Whose they are."""
    standing = await concord.ledger.standing(UUID(somebody.id))
    assert standing is not None
    return standing.organisation_id


async def test_no_table_shows_a_row_without_its_organisation_or_to_another(
    concord: Concord, postgres_url: str, two: tuple[Pair, Pair]
) -> None:
    one, other = [str(await organisation_of(concord, pair.ada)) for pair in two]
    filled = set()
    with psycopg.connect(postgres_url, autocommit=True) as owner:  # who owns the tables is held to it, too
        for table in shielded(owner):
            assert count(owner, table, None) == 0, table
            assert count(owner, table, str(uuid4())) == 0, table
            of_one, of_other, of_all = (count(owner, table, reached) for reached in (one, other, "*"))
            unbound = count(owner, table, str(uuid4()))
            assert of_one + of_other - unbound == of_all, table
            if of_one and of_other:
                filled.add(re.sub(r"_v\d+_g\d+$", "", table.partition(".")[2]))
    assert filled >= {
        "log_events", "log_receipts", "log_sights", "log_standings", "sealing_keys", "identity_organisations",
        "identity_people", "identity_tokens", "agreements", "agreement_people", "deadlines", "holding",
    }  # fmt: skip


async def test_what_is_written_is_written_in_ones_own_organisation(concord: Concord, two: tuple[Pair, Pair]) -> None:
    one, other = [await organisation_of(concord, pair.ada) for pair in two]
    database = concord.database
    with reach.within(one):
        people = await database.fetch_all("SELECT DISTINCT organisation_id FROM identity_people")
        assert [row.organisation_id for row in people] == [str(one)]
        renamed = "UPDATE identity_people SET name = 'Somebody' WHERE organisation_id = :other"
        from adapters.database import Statement

        assert await database.write([Statement(renamed, {"other": str(other)})]) == [0]
        moved = "UPDATE identity_people SET organisation_id = :other"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await database.write([Statement(moved, {"other": str(other)})])


async def test_what_was_read_a_moment_ago_is_not_shown_to_another_organisation(
    concord: Concord, two: tuple[Pair, Pair]
) -> None:
    one, other = [await organisation_of(concord, pair.ada) for pair in two]
    ada = UUID(two[0].ada.id)
    with reach.within(one):
        assert await concord.ledger.facts(ada)
    with reach.within(other):
        assert not await concord.ledger.facts(ada)
        assert await concord.ledger.standing(ada) is None
    with reach.nobody():
        assert not await concord.ledger.facts(ada)
        assert await concord.identities.names([ada]) == {}


async def test_a_request_reaches_nothing_until_it_is_known_whose_it_is(
    concord: Concord, client: httpx2.AsyncClient, two: tuple[Pair, Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[reach.Reach] = []
    fetch_all = PostgresDatabase.fetch_all

    async def noting(self: PostgresDatabase, *asked: object) -> object:
        seen.append(reach.current())
        return await fetch_all(self, *asked)  # type: ignore[arg-type]

    one = str(await organisation_of(concord, two[0].ada))
    await concord.projector.stop()  # it reaches everything, and goes on asking
    with reach.nobody():  # what the test itself reaches is not what its requests do
        monkeypatch.setattr(PostgresDatabase, "fetch_all", noting)
        assert (await client.get("/api/v1/me", headers={"Authorization": "Bearer nobodys"})).status_code == 401
        assert {r.door for r in seen} == {"tokens"}
        seen.clear()
        assert (await two[0].ada.sees("/me"))["id"] == two[0].ada.id
    assert seen[0].door == "tokens"
    assert {r.organisation for r in seen if not r.door} == {one}


async def test_who_signs_in_anew_on_a_page_of_somebody_elsewhere_reaches_their_own(
    concord: Concord, client: httpx2.AsyncClient, two: tuple[Pair, Pair]
) -> None:
    one, other = UUID(two[0].ada.id), UUID(two[1].ada.id)
    for person in (one, other):
        await concord.identities.set_password(person, PASSWORD)
    form = {"_to": "POST /sessions", "_back": "/sign-in", "_then": "/people", "password": PASSWORD}
    for person in (one, other, one):
        identity = await concord.identities.identity(person)
        assert identity is not None
        led = await client.post("/forms", data={**form, "email": str(identity.email)}, headers=OURS)
        assert (led.status_code, led.headers.get("Location")) == (303, "/people"), led.text
        me = await client.get("/api/v1/me", headers=OURS)
        assert me.json()["id"] == str(person)


@pytest.fixture
def logins(postgres_server: str) -> Iterator[str]:
    """What the names begin with of a database, its roles and their logins, made as the container's store makes them."""
    name = f"concord_{uuid4().hex[:12]}"
    said = Path("scripts/container/logins.sql").read_text().replace("concord_", f"{name}_")
    said = re.sub(r"(?m)^(--|\\getenv).*\n", "", said).replace("DATABASE concord", f"DATABASE {name}")
    with psycopg.connect(postgres_server, autocommit=True) as server:
        for statement in filter(str.strip, re.sub(r":'\w+'", "'a password'", said).split(";")):
            server.execute(statement.encode())
        yield name
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
        for role in ("owner", "web", "worker", *PARTS):
            server.execute(f"DROP ROLE {name}_{role}".encode())


@asynccontextmanager
async def working(settings: Settings, clock: MovableClock) -> AsyncIterator[Concord]:
    """Concord on the store, opened as a process of its own would."""
    concord = await open_concord(settings, clock=clock)
    try:
        yield concord
    finally:
        await concord.close()


async def test_each_part_works_under_a_role_that_can_do_nothing_else(
    postgres_server: str, logins: str, clock: MovableClock, tmp_path: Path
) -> None:
    def settings(login: str, **more: Any) -> Settings:
        url = as_role(with_database(postgres_server, logins), f"{logins}_{login}")
        return Settings(_env_file=None, data_dir=tmp_path / "data", database_url=url, **more)

    async with working(settings("owner"), clock) as owner:
        assert isinstance(owner.database, PostgresDatabase)
        await make_roles(owner.database, logins)
        await make_roles(owner.database, logins)  # as after an update
    worker_settings = settings("worker", database_roles=logins)
    web_settings = settings("web", database_roles=logins, worker=False)
    web_url, worker_url = web_settings.database_url, worker_settings.database_url
    async with working(worker_settings, clock) as worker, working(web_settings, clock) as web:
        await worker.start_work()
        app = create_app(web_settings, concord=web)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://concord.test") as client,
        ):
            sol = await founder(worker, client, clock, "Northwind", "sol@northwind.example")
            eve = await founder(worker, client, clock, "Elsewhere", "eve@elsewhere.example")
            ada = await member(worker, sol, "Ada")
            pair = Pair(ada, await member(worker, sol, "Ben", leader_id=ada.id))
            agreement = await in_force(pair)
            assert await worker.projector.caught_up(await web.ledger.head(), 20)
            listed = (await pair.ben.sees("/agreements"))["items"]
            assert [item["title"] for item in listed] == ["Ada and Ben"]
            assert (await eve.sends("GET", f"/agreements/{agreement['id']}")).status_code == 404
            assert (await eve.sees("/people"))["items"][0]["name"] == "Eve"
            assert (await pair.ada.sees("/audit/checkpoint"))["size"] == await web.ledger.head()
            assert await worker.policies.caught_up(await web.ledger.head(), 20)
            wrong = {"email": "sol@northwind.example", "password": "not this one, surely"}
            assert (await client.post("/api/v1/sessions", json=wrong)).status_code == 401
            organisation = str(await organisation_of(worker, ada))
            await pair.ben.does(f"/people/{pair.ben.id}/erase")
            await sol.does(f"/people/{pair.ben.id}/erase/approve")
            clock.move(days=7, seconds=1)
            assert await worker.projector.caught_up(await web.ledger.head(), 20)
            await worker.clockwork.catch_up()
            assert (await sol.sees(f"/people/{pair.ben.id}"))["name"] is None
            assert await worker.ledger.keyring.find_there([UUID(pair.ben.id)]) == []
    async with working(worker_settings, clock) as worker, working(web_settings, clock) as web:
        assert await web.identities.names([UUID(pair.ben.id)]) == {}
        assert UUID(pair.ben.id) in worker.eraser.written.owners()
    refused_to(
        web_url, "", [
        "SELECT * FROM log_events", "SELECT * FROM identity_people", "SELECT * FROM concord_keys.sealing_keys",
        f"SET ROLE {logins}_projector",
    ])  # fmt: skip
    refused_to(
        web_url, f"{logins}_app", [
        "SELECT * FROM concord_keys.sealing_keys", "DELETE FROM log_events", "UPDATE log_receipts SET answer = ''",
        "INSERT INTO log_sights VALUES ('t', 'p', 'party', NULL, 'o')", "DELETE FROM log_sights",
        "UPDATE log_standings SET roles = '[\"steward\"]'", "UPDATE log_head SET position = 0",
        "INSERT INTO log_tree VALUES (1, 0, '')", "DELETE FROM log_checkpoints", "TRUNCATE log_events",
        "ALTER TABLE log_events DISABLE ROW LEVEL SECURITY", "DROP POLICY of_everything ON log_events",
        "DROP FUNCTION log_append", "CREATE TABLE mine (id int)", "UPDATE projections SET position = 0",
        "INSERT INTO identity_people SELECT 'p', 'another', 'Mallory', NULL, NULL, NULL, NULL, ''",
    ])  # fmt: skip
    refused_to(
        web_url, f"{logins}_keys", [
        "SELECT * FROM log_events", "SELECT * FROM identity_people", "SELECT * FROM log_append"
        "('{}', '{}', '{}', '{}', '{}', NULL, NULL, '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
    ])  # fmt: skip
    refused_to(
        web_url, f"{logins}_audit", [
        "SELECT * FROM identity_people", "SELECT * FROM concord_keys.sealing_keys", "DELETE FROM log_tree",
        "INSERT INTO log_receipts SELECT * FROM log_receipts", "UPDATE log_checkpoints SET note = ''",
    ])  # fmt: skip
    refused_to(
        worker_url, f"{logins}_projector", [
        "SELECT * FROM concord_keys.sealing_keys", "DELETE FROM log_events", "DROP TABLE log_events",
    ])  # fmt: skip
    with psycopg.connect(web_url, autocommit=True) as connection:
        connection.execute(f"SET ROLE {logins}_app".encode())
        assert count(connection, "log_events", "*") == 0  # not even by asking for all
        assert count(connection, "log_events", organisation) > 0
        connection.execute(f"SET ROLE {logins}_audit".encode())
        assert count(connection, "log_events", "*") > count(connection, "log_events", organisation)


def refused_to(url: str, role: str, attempts: list[str]) -> None:
    """Fails unless each of these is refused to the role, for want of a right."""
    for attempt in attempts:
        with psycopg.connect(url, autocommit=True) as connection:
            if role:
                connection.execute(f"SET ROLE {role}".encode())
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attempt.encode())
