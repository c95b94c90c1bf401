"""A command that was acknowledged is there, whole and once, whatever is killed when.

`CONCORD_TEST_SERVER_KILLS` and `CONCORD_TEST_DATABASE_KILLS` ask for more kills than the few that
every run makes; 60 and 25 are the figures that are promised.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.faults.serving import Pair, Serving, Writers, two_people
from tests.postgres import OwnPostgres

SERVER_KILLS = int(os.environ.get("CONCORD_TEST_SERVER_KILLS", "1"))
DATABASE_KILLS = int(os.environ.get("CONCORD_TEST_DATABASE_KILLS", "1"))

pytestmark = pytest.mark.fault


def written_under_kills(pair: Pair, kills: int, kill_and_restart: Callable[[], None]) -> Writers:
    """Lets writers write while something is killed again and again; they stop when all is well again."""
    writers = Writers(pair)
    writers.start()
    for _ in range(kills):
        before = len(writers.acknowledged)
        deadline = time.monotonic() + 20
        while len(writers.acknowledged) < before + 5:
            assert time.monotonic() < deadline, f"nothing was acknowledged any more; {writers.refused[:3]}"
            time.sleep(0.005)
        time.sleep(random.uniform(0, 0.2))
        kill_and_restart()
    writers.stop()
    assert writers.refused == []
    return writers


def everything_is_there_once(pair: Pair, writers: Writers) -> None:
    """Every acknowledged comment is there; sent again, all are plain successes and none is there twice."""
    there = Counter(pair.comments())
    assert set(there.values()) <= {1}
    lost = writers.acknowledged - set(there)
    assert not lost, f"{len(lost)} acknowledged commands are gone"
    for text in writers.sent:
        status, answer, headers = writers.comment(text)
        assert status == 201, answer
        assert (headers.get("idempotent-replayed") == "true") == (text in there)
    assert Counter(pair.comments()) == Counter(writers.sent)


def positions(url: str) -> list[int]:
    """The log's positions, in order."""
    question = "SELECT position FROM log_events ORDER BY position"
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            return [row[0] for row in file.execute(question)]
    with psycopg.connect(url) as connection:
        connection.execute("SET concord.organisation = '*'")
        return [row[0] for row in connection.execute(question)]


def test_what_was_acknowledged_survives_the_server_being_killed(store_url: str, tmp_path: Path) -> None:
    serving = Serving(tmp_path / "data", store_url)
    pair = two_people(serving)

    def again() -> None:
        serving.kill()
        serving.start()

    try:
        writers = written_under_kills(pair, SERVER_KILLS, again)
        everything_is_there_once(pair, writers)
    finally:
        serving.stop()
    there = positions(store_url)
    assert there == list(range(1, len(there) + 1))


def test_what_was_acknowledged_survives_the_database_being_killed(own_postgres: OwnPostgres, tmp_path: Path) -> None:
    serving = Serving(tmp_path / "data", own_postgres.url)
    pair = two_people(serving)

    def again() -> None:
        own_postgres.kill()
        own_postgres.start()

    try:
        writers = written_under_kills(pair, DATABASE_KILLS, again)
        everything_is_there_once(pair, writers)
    finally:
        serving.stop()
    there = positions(own_postgres.url)
    assert there == list(range(1, len(there) + 1))
