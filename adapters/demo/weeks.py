"""The weeks of an agreement: updates are given, now and then late or not at all; they are read, and some answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, repeat
from uuid import UUID

from adapters.demo.pact import Pact
from adapters.demo.stage import days, is_holiday, working_day
from domain.cadence import Cadence
from services.updates.acknowledge_update import AcknowledgeUpdate, acknowledge_update
from services.updates.answer_update import AnswerUpdate, answer_update
from services.updates.ask_for_update import AskForUpdate, ask_for_update
from services.updates.give_update import GiveUpdate, give_update

Said = str | tuple[str, str]
"""An update, or an update and what was answered."""


@dataclass(frozen=True)
class Weeks:
    """Some weeks under one cadence: from a day on, before another; which of their updates were late or never came.

    On the days of `but_not` nothing is given: the report was away, or updates were set aside.
    """

    cadence: Cadence
    first: date
    until: date
    late: Collection[int] = ()
    missed: Collection[int] = ()
    asked_for: Collection[int] = ()
    but_not: Sequence[tuple[date, date]] = ()
    confidence: str = "34"


def plan(pact: Pact, name: str, weeks: Weeks, said: Sequence[Said]) -> None:
    """Plans them: `said` is what the updates say, one after the other, each a story of its week."""
    words = chain(said, repeat(said[-1]))
    yesterday = pact.stage.present - days(1)
    for n, occurrence in enumerate(weeks.cadence.occurrences(weeks.first, weeks.until - days(1))):
        on = occurrence.on
        if n in weeks.asked_for:
            _ask(pact, name, working_day(on, 1))
        if n in weeks.missed or is_holiday(on) or any(first <= on <= last for first, last in weeks.but_not):
            continue
        given_on = working_day(on, 2) if n in weeks.late else on
        if given_on > yesterday:
            return
        at = f"15:{10 + n % 5 * 7}" if n in weeks.late else f"{8 + n % 2}:{12 + n * 11 % 45}"
        _update(pact, name, on, given_on, at, next(words), int(weeks.confidence[n % len(weeks.confidence)]))


def _update(pact: Pact, name: str, on: date, given_on: date, at: str, said: Said, confidence: int) -> None:
    text, answer = said if isinstance(said, tuple) else (said, None)
    made: list[UUID] = []

    async def give() -> None:
        update = GiveUpdate(pact.id, pact.terms[name], text, on, confidence)
        made.append(await pact.stage.made(pact.report, give_update, update))

    async def read() -> None:
        if answer is None:
            await pact.stage.do(pact.leader, acknowledge_update, AcknowledgeUpdate(pact.id, made[0]))
        else:
            await pact.stage.do(pact.leader, answer_update, AnswerUpdate(pact.id, made[0], answer))

    pact.stage.plan(given_on, at, give)
    pact.stage.plan(given_on, "17:40", read)


def _ask(pact: Pact, name: str, day: date) -> None:
    async def ask() -> None:
        command = AskForUpdate(pact.id, pact.terms[name], "I have heard nothing from you yet. How does it stand?")
        await pact.stage.do(pact.leader, ask_for_update, command)

    pact.stage.plan(day, "11:20", ask)
