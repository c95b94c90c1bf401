"""What they promised each other: asked, countered, changed in time, returned and kept; and what is under way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from adapters.demo.agreements import ZONE, Pact
from adapters.demo.stage import Player, Stage, days
from domain.cadence import Cadence
from domain.commitments.commitment import Commitment
from domain.commitments.content import Content, Due, Who
from services.commitments.accept_change import AcceptChange, accept_change
from services.commitments.accept_commitment import AcceptCommitment, accept_commitment
from services.commitments.attest_period import AttestPeriod, attest_period
from services.commitments.confirm_done import ConfirmDone, confirm_done
from services.commitments.counter_commitment import CounterCommitment, counter_commitment
from services.commitments.flag_at_risk import FlagAtRisk, flag_at_risk
from services.commitments.give_promise import GivePromise, give_promise
from services.commitments.make_commitment import MakeCommitment, make_commitment
from services.commitments.propose_change import ProposeChange, propose_change
from services.commitments.report_done import ReportDone, report_done
from services.commitments.report_progress import ReportProgress, report_progress
from services.commitments.return_done import ReturnDone, return_done
from services.desk import Desk
from services.people.make_team import MakeTeam, make_team
from services.ports import Receipt

SET_ASIDE = "training"
"""The promise that the critical weeks set aside."""


@dataclass
class Promises:
    """The commitments of the story by what they are called in it, once they are made."""

    made: dict[str, UUID] = field(default_factory=dict)


@dataclass
class _Teller:
    """Writes the plan: who says what of which promise, and when."""

    stage: Stage
    today: date
    pact: Pact
    promises: Promises

    def made(self, ago: int, at: str, name: str, by: Player, content: Content, use: str | None = None) -> None:
        """Somebody asks or offers."""

        async def action() -> None:
            serves = self.promises.made.get("migration") if name in ("runbook", "training") else None
            whole = Content(**{**vars(content), "serves": serves})
            self.promises.made[name] = await self.stage.made(by, make_commitment, MakeCommitment(whole, use))

        self.stage.plan(self.today - days(ago), at, action)

    def said(
        self,
        ago: int,
        at: str,
        name: str,
        by: Player,
        deed: Callable[[Desk, Any], Awaitable[Receipt]],
        command: Callable[[UUID], Any],
    ) -> None:
        """Somebody says something of a promise."""

        async def action() -> None:
            await self.stage.do(by, deed, command(self.promises.made[name]))

        self.stage.plan(self.today - days(ago), at, action)

    def yes(self, ago: int, at: str, name: str, by: Player, deed: Any, command: Any) -> None:
        """Somebody says yes to the present revision."""

        async def action() -> None:
            commitment = await self.stage.load(Commitment, self.promises.made[name])
            await self.stage.do(by, deed, command(commitment.id, commitment.revision))

        self.stage.plan(self.today - days(ago), at, action)

    def due(self, ago: int) -> Due:
        """Due at the end of that day."""
        return Due.end_of_day(self.today - days(ago), self.stage.organisation.zone)


def plan(stage: Stage, mira: Player, jonas: Player, aisha: Player, pact: Pact, today: date) -> Promises:
    """Plans all of it between four months ago and today; answers where the promises can be found by name."""
    tell = _Teller(stage, today, pact, Promises())
    to_mira, to_jonas = (Who("person", mira.id),), (Who("person", jonas.id),)
    under = partial(Content, agreement_id=pact.id, use="reviewable")

    tell.made(106, "09:10", "migration", jonas, under(to_jonas, to_mira, "The old system is switched off",
              ("no customer is left on it", "the archive can be read"), "result", tell.due(-25)))  # fmt: skip
    tell.yes(106, "11:00", "migration", mira, accept_commitment, AcceptCommitment)
    tell.said(50, "09:00", "migration", jonas, report_progress,
              lambda id: ReportProgress(id, "Three quarters of the customers are over."))  # fmt: skip

    tell.made(105, "09:00", "runbook", mira, under(to_jonas, to_mira, "A runbook that the night shift can follow",
              ("every alarm has a page", "one of the night shift has tried it"), "task", tell.due(85)))  # fmt: skip
    tell.said(104, "10:00", "runbook", jonas, counter_commitment, lambda id: CounterCommitment(
        id, {"due": tell.due(80)}, "You want the night shift to stop calling you."))  # fmt: skip
    tell.yes(104, "10:30", "runbook", mira, accept_commitment, AcceptCommitment)
    tell.said(
        90, "12:00", "runbook", jonas, flag_at_risk, lambda id: FlagAtRisk(id, "Half of the alarms are new to me.")
    )
    tell.said(90, "12:05", "runbook", jonas, propose_change, lambda id: ProposeChange(
        id, "terms", "I have to sit with the night shift twice", due=tell.due(76)))  # fmt: skip
    tell.yes(89, "09:00", "runbook", mira, accept_change, AcceptChange)
    tell.said(78, "16:00", "runbook", jonas, report_done, lambda id: ReportDone(id, ("wiki: night shift",)))
    tell.said(77, "09:30", "runbook", mira, return_done, lambda id: ReturnDone(id, "The restore has no page yet."))
    tell.said(76, "15:00", "runbook", jonas, report_done, lambda id: ReportDone(
        id, ("wiki: night shift, restore",), "Write it with those who use it."))  # fmt: skip
    tell.said(75, "09:00", "runbook", mira, confirm_done, lambda id: ConfirmDone(
        id, None, "The first quiet week of nights. Thank you."))  # fmt: skip

    tell.made(100, "09:00", "archive", jonas, under(to_mira, to_jonas, "A decision on what the archive keeps",
              (), "task", tell.due(90)))  # fmt: skip
    tell.yes(100, "13:00", "archive", mira, give_promise, GivePromise)
    tell.said(87, "17:00", "archive", mira, report_done, lambda id: ReportDone(
        id, (), "I waited for the board; I should have said so."))  # fmt: skip
    tell.said(86, "09:00", "archive", jonas, confirm_done, ConfirmDone)

    tell.made(72, "09:00", SET_ASIDE, jonas, under(to_jonas, to_mira, "Support can answer the twenty usual questions",
              ("Ines has tried it",), "task", tell.due(30)))  # fmt: skip
    tell.yes(72, "15:00", SET_ASIDE, mira, accept_commitment, AcceptCommitment)
    tell.said(11, "14:00", SET_ASIDE, jonas, report_done, lambda id: ReportDone(id, ("folder: support",)))
    tell.said(10, "09:00", SET_ASIDE, mira, confirm_done, lambda id: ConfirmDone(id, None, "Ines is delighted."))

    _of_the_team(stage, tell, mira, jonas, aisha)
    tell.made(12, "09:00", "board", mira, Content(to_mira, (Who("person", aisha.id),), "I introduce you to the board",
              (), "task", tell.due(-6)))  # fmt: skip
    tell.yes(12, "11:00", "board", aisha, accept_commitment, AcceptCommitment)
    tell.made(3, "10:00", "figures", jonas, under(to_jonas, to_mira, "The figures of the last quarter",
              ("all four regions",), "task", tell.due(0)))  # fmt: skip
    tell.yes(3, "12:00", "figures", mira, accept_commitment, AcceptCommitment)
    tell.said(1, "17:30", "figures", jonas, report_done, lambda id: ReportDone(id, ("sheet: quarter",)))
    tell.made(1, "10:00", "interviews", mira, Content((Who("person", aisha.id),), to_mira,
              "Two candidates are interviewed", (), "task", tell.due(-9)))  # fmt: skip
    return tell.promises


def _of_the_team(stage: Stage, tell: _Teller, mira: Player, jonas: Player, aisha: Player) -> None:
    """An impact of a team: it lasts, and each side says for itself how every month went."""
    team: list[UUID] = []

    async def form() -> None:
        team.append(await stage.made(jonas, make_team, MakeTeam("Platform", (jonas.id, aisha.id))))
        month = Cadence("FREQ=MONTHLY;BYMONTHDAY=1", ZONE, f"{tell.today - days(95)}T09:00")
        content = Content((Who("team", team[0]),), (Who("person", mira.id),), "Nights stay quiet", (), "impact",
                          cadence=month)  # fmt: skip
        tell.promises.made["nights"] = await stage.made(aisha, make_commitment, MakeCommitment(content))

    stage.plan(tell.today - days(94), "09:00", form)
    tell.yes(94, "12:00", "nights", mira, accept_commitment, AcceptCommitment)
    firsts = [day for n in range(94) if (day := tell.today - days(93 - n)).day == 1]
    for n, first in enumerate(firsts[:-1]):
        ago = (tell.today - first).days - 1
        attest = partial(AttestPeriod, period=first)
        tell.said(ago, "09:00", "nights", aisha, attest_period, partial(attest, kept="kept"))
        kept = "partly" if n else "kept"
        tell.said(ago, "10:00", "nights", mira, attest_period, partial(attest, kept=kept))
