from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.database import connect
from adapters.eventlog.ledger import open_eventlog
from tests.services.audit.stage import Stage


async def _stage_on(url: str, keys: Path) -> AsyncIterator[Stage]:
    database = connect(url)
    ledger = await open_eventlog(database, keys)
    stage = Stage(ledger, database)
    await stage.prepare()
    yield stage
    await ledger.close()
    await database.close()


@pytest.fixture
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """An empty log in a file, with everybody on it."""
    async for stage in _stage_on(sqlite_url, tmp_path / "keys"):
        yield stage


@pytest.fixture
async def on_each_store(store_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """The same on each kind of store in turn."""
    async for stage in _stage_on(store_url, tmp_path / "keys"):
        yield stage
