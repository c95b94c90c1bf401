"""Log lines in tests are those of the program, caught by pytest: short, and told by place."""

from __future__ import annotations

import logging

import pytest

from adapters.logging import configure_logging


@pytest.fixture(scope="session", autouse=True)
def _log_lines_as_in_the_program() -> None:
    configure_logging()
    logging.getLogger().handlers.clear()  # pytest's own, of each test, are added later
