"""`concord follow-through` as it is run: totals by key, one row for each commitment, and a record that it was read."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from adapters.cli.frame import opened
from adapters.cli.import_file import first_steward
from adapters.settings import Settings
from services.desk import Desk
from services.people.policy import ChangePolicy, change_policy
from services.ports import Command
from tests.follow_through import oracle
from tests.follow_through.histories import crowded
from tests.imports.test_the_command import Commands, commands

__all__ = ["commands"]

AS_OF = "2031-03-10T12:00:00Z"


async def test_it_tells_totals_by_key_and_a_row_for_each_commitment(commands: Commands, tmp_path: Path) -> None:
    await commands.found("Village")
    lines = crowded(60, seed=8)
    file = commands.file(*lines)
    assert (await commands.run("import", file)).code == 0
    table = tmp_path / "rows.csv"
    asked = ["follow-through", "--as-of", AS_OF, "--group-by", "creditor,level,year", "--json"]

    promised = await commands.run(*asked, "--commitments", str(table))
    everything = await commands.run(*asked, "--include", "proposed")
    in_words = await commands.run("follow-through", "--as-of", AS_OF, "--group-by", "level")

    expected = oracle.rows(lines, oracle.instant(AS_OF))
    for ended, proposed in ((promised, False), (everything, True)):
        told = json.loads(ended.out)
        assert (ended.code, ended.err) == (0, "")
        assert Counter({c: n for c, n in told["total"]["counts"].items() if n}) == oracle.total(
            expected.values(), proposed=proposed
        )
        keys = [[(part is None, part or "") for part in group["key"].values()] for group in told["groups"]]
        assert keys == sorted(keys)
        assert all(("shares" in group) == (group["n"] >= 5) for group in told["groups"])
    with table.open(newline="", encoding="utf-8") as rows:
        read = list(csv.DictReader(rows))
    assert [r["external_id"] for r in read] == sorted(expected)
    for row in read:
        one = expected[row["external_id"]]
        assert row == {
            "external_id": row["external_id"],
            "first_due": str(one["first_due"] or ""),
            "outcome_class": one["class"],
            "changes_before_due": str(one["before"]),
            "changes_after_due": str(one["after"]),
            "promised": "true" if one["promised"] else "false",
            "not_counted_because": one["why"] or "",
        }
    assert in_words.out.splitlines()[-1].startswith("in all: ")


@pytest.mark.parametrize(
    "wrong",
    [
        ["--as-of", "yesterday"], ["--as-of", "2031-03-10"], ["--group-by", "outcome_class"],
        ["--group-by", "level,level"], ["--include", "everything"],
    ],
)  # fmt: skip
async def test_what_makes_no_sense_ends_with_2(commands: Commands, wrong: list[str]) -> None:
    assert (await commands.run("follow-through", *wrong)).code == 2


async def test_nothing_is_counted_where_the_organisation_has_decided_so(commands: Commands) -> None:
    await commands.found("Village")
    settings = Settings(_env_file=None, data_dir=commands.folder / "data", database_url=commands.store_url)
    async with opened(settings) as concord:
        actor = await first_steward(concord, None)
        command = Command("ab" * 32, "", actor.person_id, actor.organisation.id)
        desk = Desk(concord.ledger, concord.clock, concord.new_id, actor, command)
        await change_policy(desk, ChangePolicy({"statistics": False}))
        head = await concord.ledger.head()
    ended = await commands.run("follow-through")
    assert (ended.code, ended.out) == (1, "")
    assert "not counted" in ended.err
    async with opened(settings) as concord:
        assert await concord.ledger.head() == head, "what was not read is not on record as read"
