"""Commitments made here, judged as of any moment of their lives: nothing is lost, nothing counted twice."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import cast
from uuid import UUID, uuid4

import pytest

from domain.base import Act, Fact
from domain.people.team import Team
from services.follow_through.over_everything import Judged, judge, names_of_teams, totals
from services.ports import Answer, Command
from tests.contract.tally import close_store, open_store
from tests.follow_through.lives import OSLO, START, Lives

TEAM = UUID(int=99)


@pytest.fixture(scope="module")
def lived() -> list[list[Fact]]:
    """The facts of 150 commitments."""
    lives = Lives(UUID(int=1), [UUID(int=n) for n in range(10, 16)], TEAM, random.Random(21))
    return [cast("list[Fact]", lives.live().collect_events()) for _ in range(150)]


@pytest.mark.parametrize("days", [0, 20, 45, 70, 110, 500])
def test_totals_add_up_at_every_moment_and_name_teams_only(lived: list[list[Fact]], days: int) -> None:
    as_of = START + timedelta(days=days)
    judged = [one for facts in lived if (one := judge(facts, as_of, OSLO)) is not None]
    begun = sum(1 for facts in lived if facts[0].effective_at <= as_of)
    assert len(judged) == begun
    for proposed in (False, True):
        counted = [one for one in judged if one.outcome.promised or proposed]
        total, groups = totals(judged, ("creditor", "year"), {TEAM: "Kitchen"}, proposed=proposed)
        assert total.all == len(counted)
        assert Counter(total.counts) == sum(
            (Counter(g.counts) for g in groups), Counter(dict.fromkeys(total.counts, 0))
        )
        assert {g.key[0] for g in groups} <= {"Kitchen", None}
        assert sum(g.all for g in groups if g.key[0] == "Kitchen") == sum(1 for one in counted if TEAM in one.teams)


def test_what_was_open_then_is_judged_by_then_and_not_by_what_came_later(lived: list[list[Fact]]) -> None:
    def classes(days: int) -> dict[str, str]:
        judged = (judge(facts, START + timedelta(days=days), OSLO) for facts in lived)
        return {one.name: one.outcome.outcome_class for one in judged if one is not None and one.outcome.promised}

    then, later = classes(45), classes(500)
    assert "open" in then.values()
    settled = {name for name, found in then.items() if found.startswith(("kept", "reneged")) or found == "lapsed"}
    assert settled
    changed = {name for name in settled if later[name] != then[name]}
    # A kept one may be reopened within a week; nothing else that is settled changes.
    assert all(then[name].startswith("kept") for name in changed)


def test_a_joint_one_counts_once_for_each_creditor_and_once_in_all() -> None:
    outcome = owed_to_three()
    total, groups = totals([outcome], ("creditor",), {UUID(int=1): "Kitchen"}, proposed=True)
    assert total.all == 1
    assert [(g.key, g.all) for g in groups] == [(("Kitchen",), 1), (("roads",), 1), (("water",), 1)]


def owed_to_three() -> Judged:
    """A commitment owed to two named teams and one of ours."""
    lives = Lives(UUID(int=1), [UUID(int=n) for n in range(10, 16)], TEAM, random.Random(1))
    one = judge(cast("list[Fact]", lives.live().collect_events()), START + timedelta(days=999), OSLO)
    assert one is not None
    return Judged("x", one.outcome, "task", "reviewable", None, ("water", "roads"), (UUID(int=1),))


async def test_teams_of_one_name_are_told_apart(sqlite_url: str, tmp_path: Path) -> None:
    database, ledger = await open_store(sqlite_url, tmp_path)
    organisation, person = uuid4(), uuid4()
    teams = [uuid4() for _ in range(3)]
    act = Act(person, START, organisation, "c", OSLO)
    for id, name in zip(teams, ["Kitchen", "Kitchen", "Garden"], strict=True):
        await ledger.new_keys(person, id)
        command = Command(uuid4().hex * 2, "", person, organisation)
        await ledger.record(command, Answer(), Team.make(act, id, name, (person,)))
    unknown = uuid4()
    names = await names_of_teams(ledger, [*teams, unknown])
    await close_store(database, ledger)
    assert names[teams[2]] == "Garden"
    assert {names[teams[0]], names[teams[1]]} == {f"Kitchen ({id})" for id in teams[:2]}
    assert names[unknown] == str(unknown)
