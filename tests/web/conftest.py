"""The application, really served, and Chromium."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from adapters.bootstrap import Concord
from adapters.settings import Settings
from tests.http.conftest import (  # noqa: F401 - fixtures
    address,
    app,
    client,
    clock,
    concord,
    cy,
    pair,
    quick_passwords,
    steward,
)
from tests.web.browsers import House, a_chromium


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The system's Chromium."""
    try:
        with a_chromium(tmp_path_factory.mktemp("chromium")) as driven_at:
            yield driven_at
    except LookupError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of an installation of the test's own, on SQLite: pages know nothing of stores."""
    return Settings(_env_file=None, data_dir=tmp_path / "data")


@pytest.fixture
async def house(concord: Concord, address: str, chromium: str) -> AsyncIterator[House]:  # noqa: F811
    """The served application with a browser before it; no page may have complained in the end."""
    playwright = await async_playwright().start()
    browser = await playwright.chromium.connect_over_cdp(chromium)
    opened = House(concord, address, browser)
    yield opened
    for end in (opened.close, browser.close, playwright.stop):
        # Once in hundreds of windows Chromium never says that one is closed in which a stream was open.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10):
                await end()
    assert opened.complaints == []
