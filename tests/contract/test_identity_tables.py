"""The identity tables are made where missing, migrated where older, and refused where newer, on both stores."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from adapters.database import Statement, connect
from adapters.identity import schema
from adapters.identity.secrets import SecretSource
from adapters.identity.store import IdentityStore
from adapters.identity.tables import metadata
from adapters.settings import Misconfigured

MIGRATIONS = Path(schema.__file__).parent / "migrations"


def differences(store_url: str) -> list[object]:
    engine = create_engine(store_url)
    with engine.connect() as connection:
        options = {"version_table": schema.VERSION_TABLE}
        found = list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))
    engine.dispose()
    return found


def test_the_list_of_revisions_is_the_migrations_in_order() -> None:
    walked = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    assert list(schema.REVISIONS) == walked[::-1]


async def test_the_migrations_end_in_the_tables_as_they_are_made(store_url: str) -> None:
    database = connect(store_url)
    await asyncio.to_thread(schema.migrate, database)
    assert await schema.find_revision(database) == schema.REVISIONS[-1]
    await IdentityStore(database).prepare()
    await database.close()
    assert differences(store_url) == []


async def test_tables_made_anew_are_as_the_migrations_make_them(store_url: str) -> None:
    database = connect(store_url)
    await IdentityStore(database).prepare()
    assert await schema.find_revision(database) == schema.REVISIONS[-1]
    # There is nothing left to migrate, so nothing is done twice.
    await asyncio.to_thread(schema.migrate, database)
    await database.close()
    assert differences(store_url) == []


async def test_many_may_make_them_at_once(store_url: str) -> None:
    databases = [connect(store_url) for _ in range(4)]
    await asyncio.gather(*(IdentityStore(database).prepare() for database in databases))
    rows = await databases[0].fetch_all(f"SELECT version_num FROM {schema.VERSION_TABLE}")
    assert [row.version_num for row in rows] == [schema.REVISIONS[-1]]
    for database in databases:
        await database.close()


async def test_a_store_that_a_newer_concord_used_is_refused(store_url: str) -> None:
    database = connect(store_url)
    await IdentityStore(database).prepare()
    await database.write([Statement(f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'")])
    with pytest.raises(Misconfigured, match="newer Concord"):
        await IdentityStore(database).prepare()
    await database.close()


def test_alembic_is_not_loaded_where_there_is_nothing_to_migrate(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys; from pathlib import Path; from adapters.bootstrap import open_concord\n"
        "from adapters.settings import Settings\n"
        "async def start():\n"
        "    await (await open_concord(Settings(_env_file=None, data_dir=Path(sys.argv[1])))).close()\n"
        "asyncio.run(start()); asyncio.run(start()); print([m for m in sys.modules if m.startswith('alembic')])"
    )
    ran = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ran.stdout.strip().splitlines()[-1] == "[]"


def test_a_secret_follows_from_its_command_and_the_installations_key_alone(tmp_path: Path) -> None:
    source = SecretSource(tmp_path / "one")
    assert source.derive("a" * 64, "token") == SecretSource(tmp_path / "one").derive("a" * 64, "token")
    others = {
        source.derive("b" * 64, "token"),
        source.derive("a" * 64, "invitation"),
        SecretSource(tmp_path / "two").derive("a" * 64, "token"),
    }
    assert source.derive("a" * 64, "token") not in others
    assert len(others) == 3
    assert (tmp_path / "one" / "secrets.key").stat().st_mode & 0o777 == 0o600
