"""Killed at any step, an erasure ends erased: at the next start, and with an event that says that it is done."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from uuid import UUID

import pytest

from tests.erasure.house import A_WEEK_LATER, House, added, announced, founded, is_gone, person_of
from tests.erasure.killed import STEPS

pytestmark = pytest.mark.fault
ON_POSTGRESQL = ("writing it down", "forgetting who they were")
"""What differs between the stores is in the steps around these; on SQLite each is tried."""


async def test_killed_anywhere_it_ends_erased(store_url: str, tmp_path: Path) -> None:
    house = House(store_url, tmp_path / "data")
    steps = list(STEPS) if store_url.startswith("sqlite") else ON_POSTGRESQL
    people: dict[str, UUID] = {}
    async with house.opened() as concord:
        steward = await founded(concord)
        for number, step in enumerate(steps):
            people[step] = await added(concord, steward, f"P{number}")
            await announced(concord, steward, people[step])
        stays = await added(concord, steward, "Stays")
    assert await killed_at(house, people) == dict.fromkeys(steps, signal.SIGKILL)
    async with house.opened(A_WEEK_LATER, following=True) as concord:
        # Before anything else was done, whoever was recorded is nobody here already.
        assert [step for step, person in people.items() if not await is_gone(concord, person)] == []
        before = [(await person_of(concord, p)).erasure_completed_at for p in people.values()]
        assert before == [None] * len(steps)
        await concord.clockwork.catch_up()
        assert all([(await person_of(concord, p)).erasure_completed_at for p in people.values()])
        assert await concord.clockwork.catch_up() == 0
        assert await concord.identities.names([stays]) == {stays: "Stays"}
        assert not await is_gone(concord, stays)


async def killed_at(house: House, people: dict[str, UUID]) -> dict[str, int]:
    """Lets another program erase them, each in a process that ends at its step; by which signal each ended."""
    named = [word for step, person in people.items() for word in (str(person), step)]
    command = [sys.executable, "-m", "tests.erasure.killed", house.url, str(house.data_dir), *named]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    return dict(zip(people, json.loads(said.splitlines()[-1]), strict=True))
