"""A file may come in again, in part, in another order, beside itself, or after its import was killed."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.imports.conftest import IMPORTER, Importer, importer_on
from tests.imports.invented import jsonl, shuffled, village

Told = dict[UUID, list[dict[str, Any]]]


async def brought(*files: list[dict[str, Any]]) -> tuple[Told, list[tuple[int, int, int]]]:
    """What is in a fresh SQLite store after importing these files one after the other, and the counts of each."""
    with tempfile.TemporaryDirectory() as folder:
        imports = await importer_on(f"sqlite:///{folder}/concord.sqlite", Path(folder))
        await imports.join(IMPORTER)
        try:
            reports = [await imports.bring(*file) for file in files]
            assert [r.refused for r in reports] == [[] for _ in files]
            return await imports.told(), [(r.applied, r.annotated, r.repeated) for r in reports]
        finally:
            await imports.ledger.close()
            await imports.database.close()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), cuts=st.lists(st.floats(0, 1), min_size=1, max_size=3))
def test_parts_of_a_file_and_then_the_whole_tell_the_same_as_the_whole(seed: int, cuts: list[float]):
    file = village(6, seed=seed)
    parts = [file[: int(len(file) * cut)] for cut in cuts]

    whole, ((applied, annotated, _),) = asyncio.run(brought(file))
    pieced, counts = asyncio.run(brought(*parts, file))

    assert pieced == whole
    assert sum(one[0] for one in counts) == applied
    assert sum(one[1] for one in counts) == annotated
    assert sum(counts[-1]) == applied + annotated == len(file)


async def test_importing_a_file_again_adds_nothing(imports: Importer):
    file = village(25, seed=4)
    first = await imports.bring(*file)
    told, head = await imports.told(), await imports.ledger.head()

    again = await imports.bring(*file)
    shifted = await imports.bring(*shuffled(({**one, "seq": n + 9} for n, one in enumerate(file)), seed=2))

    for report in (again, shifted):
        assert (report.applied, report.annotated, report.refused) == (0, 0, [])
        assert report.repeated == first.applied + first.annotated
    assert await imports.told() == told
    assert await imports.ledger.head() == head


async def test_both_stores_are_told_the_same(imports: Importer):
    file = village(25, seed=5)
    await imports.bring(*file)

    on_sqlite, _ = await brought(file)

    assert await imports.told() == on_sqlite


_IMPORTING = """
import asyncio, sys
from pathlib import Path
from tests.imports.conftest import IMPORTER, importer_on
from tests.imports.invented import jsonl, village

async def main():
    imports = await importer_on(sys.argv[1], Path(sys.argv[2]))
    print("begun", flush=True)
    await imports.bring(*village(90, seed=6, changes=26))

asyncio.run(main())
"""


@pytest.mark.fault
async def test_an_import_that_was_killed_is_completed_by_the_next(imports: Importer, store_url: str, tmp_path: Path):
    file = village(90, seed=6, changes=26)
    arguments = [sys.executable, "-c", _IMPORTING, store_url, str(tmp_path)]
    heads = []
    for kill_after in (1, 200, 500):
        before = await imports.ledger.head()
        process = await asyncio.create_subprocess_exec(
            *arguments, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
        )
        assert process.stdout is not None
        async for line in process.stdout:
            if line == b"begun\n":
                break
        while process.returncode is None and await imports.ledger.head() < before + kill_after:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        await process.communicate()
        heads.append(await imports.ledger.head())
    report = await imports.bring_file(jsonl(*file))

    assert heads[0] < heads[-1] < await imports.ledger.head(), "the kills came too late to prove anything"
    assert report.refused == []
    assert report.repeated > 0
    assert report.applied > 0
    told = await imports.told()
    lines = [fact["line_id"] for facts in told.values() for fact in facts]
    assert len(lines) == len(set(lines)) == report.lines
    assert told == (await brought(file))[0]
    standings = {s.person_id for s in await imports.ledger.standings(imports.organisation.id) if s.kind == "imported"}
    named = {fact["actor_id"] for facts in told.values() for fact in facts} - {None}
    assert named <= standings
    assert len(await imports.people.names(list(named))) == len(named)
    for stream in told:
        assert await imports.ledger.sight(stream, IMPORTER) is not None
