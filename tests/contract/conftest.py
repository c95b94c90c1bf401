"""Log lines in tests are those of the program, caught by pytest: short, and told by place."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.logging import configure_logging
from tests.contract.agreed import House
from tests.contract.running import Running, clockwork_of
from tests.contract.tally import close_store, open_store


@pytest.fixture(scope="session", autouse=True)
def _log_lines_as_in_the_program() -> None:
    configure_logging()
    logging.getLogger().handlers.clear()  # pytest's own, of each test, are added later


@pytest.fixture
async def running(store_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    """A house on each store, its projector running."""
    database, ledger = await open_store(store_url, tmp_path)
    house = House(database, ledger)
    projector = house.projector()
    await projector.start()
    yield Running(house, projector, clockwork_of(house, projector))
    await projector.stop()
    await close_store(database, ledger)
