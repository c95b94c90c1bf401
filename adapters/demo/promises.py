"""What they promised each other in a year: kept, moved in time, late, taken back, contested; and what is under way."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from adapters.demo.pact import ZONE, Pact
from adapters.demo.promise import Promises
from adapters.demo.stage import Player, Stage, days, working_day
from domain.cadence import Cadence
from services.commitments.annotate_end import AnnotateEnd, annotate_end
from services.commitments.attest_period import AttestPeriod, attest_period
from services.commitments.cancel_commitment import CancelCommitment, cancel_commitment
from services.commitments.contest_end import ContestEnd, contest_end
from services.commitments.counter_commitment import CounterCommitment, counter_commitment
from services.commitments.decline_commitment import DeclineCommitment, decline_commitment
from services.commitments.flag_at_risk import FlagAtRisk, flag_at_risk
from services.commitments.propose_change import ProposeChange, propose_change
from services.commitments.refuse_reopening import RefuseReopening, refuse_reopening
from services.commitments.renege_commitment import RenegeCommitment, renege_commitment
from services.commitments.reopen_commitment import ReopenCommitment, reopen_commitment
from services.commitments.report_progress import ReportProgress, report_progress
from services.commitments.return_done import ReturnDone, return_done
from services.people.make_team import MakeTeam, make_team

SET_ASIDE = "training"
"""The promise that the critical weeks set aside."""


def plan(stage: Stage, mira: Player, jonas: Player, leo: Player, with_jonas: Pact, with_leo: Pact) -> Promises:
    """Plans those of Mira with Jonas and with Leo; answers where each can be found by its name."""
    tell = Promises(stage)
    _quiet_nights(tell, mira, jonas, leo)
    _the_move(tell, mira, jonas, with_jonas)
    _of_mira(tell, mira, jonas, with_jonas)
    _of_leo(tell, mira, leo, with_leo)
    _alarms(tell, mira, jonas, with_jonas)
    _open_now(tell, mira, jonas, with_jonas)
    return tell


def _quiet_nights(tell: Promises, mira: Player, jonas: Player, leo: Player) -> None:
    """An impact of a team: it lasts, and each side says for itself how every month went."""
    stage = tell.stage

    async def form() -> None:
        tell.made["team"] = await stage.made(jonas, make_team, MakeTeam("Platform", (jonas.id, leo.id)))

    month = Cadence("FREQ=MONTHLY;BYMONTHDAY=1", ZONE, f"{tell.day(250)}T09:00")
    stage.plan(tell.day(250), "09:00", form)
    tell.ask(250, "10:00", "nights", jonas, mira, "Nights stay quiet", None, by=jonas, team="team", level="impact",
             cadence=month)  # fmt: skip
    tell.accept(250, "12:00", "nights", mira)
    firsts = [occurrence.on for occurrence in month.occurrences(tell.day(249), tell.day(3))]
    for n, first in enumerate(firsts):
        by_team, by_mira = _MONTHS[n % len(_MONTHS)]
        for by, at, (kept, text) in ((jonas, "11:00", by_team), (mira, "13:00", by_mira)):
            tell.says_on(
                working_day(first - days(1), 1), at, "nights", by, attest_period, AttestPeriod, first, kept, text
            )


_Word = tuple[str, str | None]
_MONTHS: tuple[tuple[_Word, _Word], ...] = (
    (("kept", None), ("kept", None)),
    (("partly", "Three calls, all from the old export."), ("partly", None)),
    (("kept", None), ("kept", None)),
    (("kept", None), ("partly", "One call reached me.")),
    (("partly", None), ("partly", None)),
    (("kept", None), ("kept", "The first month without one.")),
    (("not", "The move."), ("partly", "It was planned, and it is over.")),
    (("not", "Nine alarms in a week."), ("not", None)),
    (("partly", "Better, not good."), ("partly", None)),
    (("partly", None), ("kept", None)),
    (("kept", None), ("kept", "I slept.")),
    (("kept", None), ("kept", None)),
)


def _the_move(tell: Promises, mira: Player, jonas: Player, pact: Pact) -> None:
    """A result that a year turned around, moved once in time; and the tasks that served it."""
    tell.ask(248, "09:10", "move", jonas, mira, "The old system is switched off", 118,
             "no customer is left on it", "the archive can be read",
             by=jonas, under=pact, serves="nights", level="result")  # fmt: skip
    tell.accept(248, "11:00", "move", mira)
    tell.says(198, "09:00", "move", jonas, report_progress, ReportProgress, "Half of the customers are over.")
    tell.says(140, "09:00", "move", jonas, flag_at_risk, FlagAtRisk,
              "Two large customers want to be last, both in the same week.")  # fmt: skip
    tell.says(
        139,
        "10:00",
        "move",
        jonas,
        propose_change,
        _moved(tell, "Both large customers in one week would end badly", 96),
    )
    tell.agree_to_change(139, "13:00", "move", mira)
    tell.done(
        98, "17:30", "move", jonas, "The last tenth takes as long as the first half.", "wiki: the day it went dark"
    )
    tell.confirm(97, "10:00", "move", mira, "A year ago nobody believed that it could be done. Thank you, Jonas.")

    tell.ask(247, "09:00", "runbook", jonas, mira, "A runbook that the night shift can follow", 232,
             "every alarm has a page", "one of the night shift has tried it", under=pact, serves="move")  # fmt: skip
    tell.says(246, "10:00", "runbook", jonas, counter_commitment, CounterCommitment, {"due": tell.due(229)},
              "You want the night shift to stop calling you.")  # fmt: skip
    tell.accept(246, "10:30", "runbook", mira)
    tell.says(233, "12:00", "runbook", jonas, flag_at_risk, FlagAtRisk, "Half of the alarms are new to me.")
    tell.says(
        233, "12:05", "runbook", jonas, propose_change, _moved(tell, "I have to sit with the night shift twice", 224)
    )
    tell.agree_to_change(232, "09:00", "runbook", mira)
    tell.done(227, "16:00", "runbook", jonas, None, "wiki: night shift")
    tell.says(226, "09:30", "runbook", mira, return_done, ReturnDone, "The restore has no page yet.")
    tell.done(224, "15:00", "runbook", jonas, "Write it with those who use it.", "wiki: night shift, restore")
    tell.confirm(223, "09:00", "runbook", mira, "The first quiet week of nights. Thank you.")

    tell.ask(128, "09:00", SET_ASIDE, jonas, mira, "Support can answer the twenty usual questions", 104,
             "Ines has tried it", under=pact, serves="move")  # fmt: skip
    tell.promise(128, "15:00", SET_ASIDE, jonas)
    tell.done(90, "14:00", SET_ASIDE, jonas, None, "folder: support")
    tell.confirm(89, "09:00", SET_ASIDE, mira, "Ines is delighted.")
    tell.kept(214, 203, "night tests", jonas, mira, "Tests run every night", 202, under=pact, serves="move")
    tell.kept(180, 171, "dates", mira, jonas, "The dates of the four large customers", 170, under=pact, serves="move")


def _of_mira(tell: Promises, mira: Player, jonas: Player, pact: Pact) -> None:
    """What she promised him; the first was late, and she said why."""
    tell.ask(240, "09:00", "archive", mira, jonas, "A decision on what the archive keeps", 222, under=pact)
    tell.promise(240, "13:00", "archive", mira)
    tell.done(217, "17:00", "archive", mira, "I waited for the board; I should have said so.")
    tell.confirm(216, "09:00", "archive", jonas)
    tell.kept(152, 147, "course", mira, jonas, "The course on leading a team is paid for", 142, under=pact)
    tell.ask(76, "11:00", "rest", mira, jonas, "A week in which nobody calls you", 50, by=mira, under=pact)
    tell.accept(76, "11:40", "rest", jonas)
    tell.done(51, "16:00", "rest", mira)
    tell.confirm(50, "09:00", "rest", jonas, "Nobody did.")
    tell.ask(66, "10:00", "offsite", jonas, mira, "A day with the other team on the roadmap", 45, under=pact)
    tell.says(
        65,
        "10:00",
        "offsite",
        jonas,
        decline_commitment,
        DeclineCommitment,
        "Not before the queue is done; ask me in spring.",
    )


def _of_leo(tell: Promises, mira: Player, leo: Player, pact: Pact) -> None:
    """A difficult year: late, taken back with a warning, contested; and then kept."""
    tell.ask(230, "14:00", "format", leo, mira, "The new export format", 208, "sales can read it", under=pact)
    tell.promise(228, "16:00", "format", leo)
    tell.done(201, "17:00", "format", leo)
    tell.says(200, "11:00", "format", mira, return_done, ReturnDone, "Sales cannot read the third column.")
    tell.done(196, "12:00", "format", leo, "Ask sales before, not after.")
    tell.confirm(195, "09:00", "format", mira)

    tell.ask(226, "10:00", "say early", mira, leo, "What you want of the letter, before I write it", 216, under=pact)
    tell.promise(225, "09:00", "say early", mira)
    tell.done(211, "18:00", "say early", mira, "It was in my head; writing it took ten minutes.")
    tell.confirm(210, "09:00", "say early", leo)

    tell.ask(206, "15:00", "reminders", leo, mira, "Reminders go out without anybody's hand", 178,
             "no customer gets two", under=pact)  # fmt: skip
    tell.promise(205, "17:00", "reminders", leo)
    tell.done(179, "16:40", "reminders", leo)
    tell.confirm(178, "09:10", "reminders", mira)
    tell.says(
        175, "10:00", "reminders", mira, reopen_commitment, ReopenCommitment, "Four customers got two this morning."
    )
    tell.says(174, "09:00", "reminders", leo, refuse_reopening, RefuseReopening,
              "They have two accounts each. That was known, and nobody asked for it.")  # fmt: skip
    tell.says(
        173,
        "09:30",
        "reminders",
        mira,
        contest_end,
        ContestEnd,
        "To me 'no customer gets two' meant the customer, not the account.",
    )
    tell.says(163, "15:00", "reminders", leo, annotate_end, AnnotateEnd,
              "We read it differently, both in good faith. Since then we write down what a word means.")  # fmt: skip

    tell.ask(155, "09:00", "ledger", leo, mira, "Both old ledgers are carried over", 120, under=pact, level="result")
    tell.promise(154, "10:00", "ledger", leo)
    tell.says(131, "10:00", "ledger", leo, flag_at_risk, FlagAtRisk, "The bank answers once a week.")
    tell.says(131, "10:05", "ledger", leo, propose_change, _moved(tell, "I need two rounds with the bank", 92))
    tell.agree_to_change(130, "09:00", "ledger", mira)
    tell.done(93, "12:00", "ledger", leo)
    tell.confirm(92, "09:00", "ledger", mira, "You asked in time, and kept the new date. I noticed.")

    tell.ask(126, "13:00", "dashboards", leo, mira, "Dashboards for the regions", 84, "each region has one", under=pact)
    tell.promise(125, "09:00", "dashboards", leo)
    tell.says(95, "09:00", "dashboards", leo, flag_at_risk, FlagAtRisk,
              "The three weeks ate this. I do not see how I get back to it before the refunds.")  # fmt: skip
    tell.says(91, "16:00", "dashboards", leo, renege_commitment, RenegeCommitment,
              "I take it back: with the refunds I would deliver neither. Better now than on the day.")  # fmt: skip
    tell.says(
        90,
        "09:00",
        "dashboards",
        mira,
        annotate_end,
        AnnotateEnd,
        "Hard to read, and right. The regions wait until spring.",
    )

    tell.kept(75, 48, "refunds", leo, mira, "Refunds need one form and no call", 46, under=pact)
    tell.kept(58, 56, "praise", mira, leo, "I tell the others that refunds are yours", 55, under=pact)
    tell.ask(44, "10:00", "numbers", leo, mira, "Numbers of the refunds, written down", 30, by=leo, under=pact)
    tell.accept(44, "12:00", "numbers", mira)
    tell.done(31, "11:00", "numbers", leo, None, "wiki: refunds, a third fewer calls")
    tell.confirm(31, "16:00", "numbers", mira, "The clearest page in our wiki.")
    tell.ask(40, "10:00", "tariffs", leo, mira, "Tariffs for the new region", 12, under=pact)
    tell.promise(39, "10:00", "tariffs", leo)
    tell.says(
        26,
        "15:00",
        "tariffs",
        mira,
        cancel_commitment,
        CancelCommitment,
        "The region is postponed; thank you for beginning.",
    )
    tell.ask(15, "09:00", "year's end", leo, mira, "The year's end is ready before it begins", -14,
             "the auditors have their list", "nobody works on a holiday", under=pact, level="result")  # fmt: skip
    tell.promise(14, "10:00", "year's end", leo)
    tell.says(
        4,
        "11:30",
        "year's end",
        leo,
        report_progress,
        ReportProgress,
        "The list is there; two names are missing on it.",
    )


def _alarms(tell: Promises, mira: Player, jonas: Player, pact: Pact) -> None:
    """What serves the quiet nights now: a result under way, and its tasks."""
    tell.ask(78, "09:30", "alarms", jonas, mira, "At most two alarms in a night", -30, "four weeks in a row",
             by=jonas, under=pact, serves="nights", level="result")  # fmt: skip
    tell.accept(78, "10:10", "alarms", mira)
    tell.says(
        40, "09:30", "alarms", jonas, report_progress, ReportProgress, "Four, from nine. Two of them are the same one."
    )
    tell.kept(
        74, 68, "same one", jonas, mira, "The alarm that comes five times comes once", 67, under=pact, serves="alarms"
    )
    tell.ask(65, "13:00", "queue", jonas, mira, "A queue that survives a restart", 52, "a night with a restart",
             under=pact, serves="alarms")  # fmt: skip
    tell.promise(64, "09:00", "queue", jonas)
    tell.says(60, "10:00", "queue", jonas, propose_change,
              _moved(tell, "It needs a second week; I should have said so on Monday", 46))  # fmt: skip
    tell.agree_to_change(60, "10:20", "queue", mira)
    tell.done(47, "15:00", "queue", jonas, "Likely is worth a phone call.", "log: restart at three, nobody woke")
    tell.confirm(46, "09:00", "queue", mira, "And nobody woke.")
    tell.ask(34, "09:00", "pages", jonas, mira, "Each of the twenty alarms has a page", -4, "another has tried it",
             by=jonas, under=pact, serves="alarms")  # fmt: skip
    tell.accept(34, "09:20", "pages", mira)
    tell.says(10, "16:00", "pages", jonas, report_progress, ReportProgress, "Seventeen. The last two belong to nobody.")


def _open_now(tell: Promises, mira: Player, jonas: Player, pact: Pact) -> None:
    """What waits for an answer now: of hers, and of his."""
    tell.ask(8, "10:00", "figures", jonas, mira, "The figures of the last quarter", 1, "all four regions", under=pact)
    tell.promise(8, "12:00", "figures", jonas)
    tell.done(1, "16:30", "figures", jonas, None, "sheet: quarter")
    tell.ask(9, "14:00", "board", mira, jonas, "I introduce you to the board", -6, by=mira, under=pact)
    tell.accept(9, "15:00", "board", jonas)
    tell.ask(1, "10:00", "handover", jonas, mira, "A page on what you will decide without me", -7,
             "Leo and Aisha have read it", under=pact)  # fmt: skip


def plan_of_aisha(tell: Promises, mira: Player, aisha: Player) -> None:
    """Plans those of Mira with Aisha, from her first weeks on."""
    tell.kept(128, 123, "map", aisha, mira, "A map of the archive that a newcomer can read", 122)
    tell.kept(110, 106, "badge", mira, aisha, "You have access to everything that you need", 107)
    tell.ask(88, "10:00", "room", aisha, mira, "A reading room for the archive", 60, "one user outside of the team",
             level="result")  # fmt: skip
    tell.promise(87, "10:00", "room", aisha)
    tell.done(58, "15:00", "room", aisha, "I asked a day too late for more time.")
    tell.confirm(57, "10:00", "room", mira, "A day late, and worth the wait.")
    tell.ask(13, "09:00", "shadow", mira, aisha, "You sit in when the board decides on the roadmap", -7, by=mira)
    tell.accept(13, "11:00", "shadow", aisha)
    tell.ask(1, "10:30", "interviews", aisha, mira, "Two candidates are interviewed", -9)


def _moved(tell: Promises, reason: str, due: int) -> Callable[[UUID], ProposeChange]:
    """A proposal to move the due date, and why."""
    return lambda id: ProposeChange(id, "terms", reason, due=tell.due(due))
