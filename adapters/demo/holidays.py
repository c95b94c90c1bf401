"""The days between the years: the house is closed, and what falls due on them is excused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from adapters.demo.stage import Player, Stage, working_day
from services.people.absences import DeclareAbsence, declare_absence


def plan(stage: Stage, people: Sequence[Player]) -> None:
    """They say two weeks before that they will be away, where that lies within the story."""
    for year in (stage.present.year - 1, stage.present.year):
        closed = (date(year, 12, 24), date(year + 1, 1, 1))
        said_on = working_day(closed[0], -10)
        if stage.ago(250) < said_on < stage.present:
            for player in people:
                _away(stage, player, said_on, closed)


def _away(stage: Stage, player: Player, said_on: date, closed: tuple[date, date]) -> None:
    async def action() -> None:
        await stage.do(player, declare_absence, DeclareAbsence(*closed))

    stage.plan(said_on, "11:30", action)
