"""One store is enough here: that both count alike is tried in tests/follow_through."""

from __future__ import annotations

import pytest


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """A fresh SQLite file."""
    return sqlite_url
