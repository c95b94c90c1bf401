"""The log of a fresh store, over the facts of things.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.eventlog.ledger import EventLedger
from tests.contract.log.things import opened


@pytest.fixture
async def ledger(store_url: str, tmp_path: Path) -> AsyncIterator[EventLedger]:
    """A ledger on SQLite and on PostgreSQL in turn."""
    async with opened(store_url, tmp_path) as ledger:
        yield ledger
