"""Three critical weeks, declared and over, with what was set aside running again; and a quieter one that lasts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from adapters.demo.agreements import Pact
from adapters.demo.promises import SET_ASIDE, Promises
from adapters.demo.stage import Player, Stage, days
from domain.imbalance.content import Content, Recovery
from services.commitments.accept_commitment import AcceptCommitment, accept_commitment
from services.commitments.confirm_done import ConfirmDone, confirm_done
from services.commitments.report_done import ReportDone, report_done
from services.desk import Desk
from services.imbalance.acknowledge_period import AcknowledgePeriod, acknowledge_period
from services.imbalance.answer_self_check import AnswerSelfCheck, answer_self_check
from services.imbalance.declare_period import DeclarePeriod, declare_period
from services.imbalance.draft_period import DraftPeriod, draft_period
from services.imbalance.review_period import ReviewPeriod, review_period
from services.imbalance.things import Named
from services.ports import Receipt
from services.queries import CommitmentFilter, Viewer


def plan(
    stage: Stage, mira: Player, people: Sequence[Player], pact: Pact, promises: Promises, lasting: tuple[date, date]
) -> None:
    """The switch-over: results first, with the weekly update and one promise set aside."""
    first, last = lasting
    made: list[UUID] = []
    rested: list[UUID] = []

    async def declare() -> None:
        content = Content(
            "results",
            "The supplier stops the old service at the end of the month, for everybody at once.",
            tuple(p.id for p in people),
            first,
            last,
            (),
            milestone="The last of the large customers is over",
            asked_for={str(people[0].id): "Nights on call, two of them"},
            gives_up="I take the phone and the board myself.",
            support="Ines from support sits with us.",
            recovery=(Recovery("Three days off that nobody asks about", people[0].id, "P30D"),),
        )
        aside = [
            Named(term_id=pact.terms["report"]),
            Named(commitment_id=promises.made[SET_ASIDE]),
            Named(text="The weekly demo for sales"),
        ]
        made.append(await _draft(stage, mira, content, aside))
        answers = {"milestones": "One: the large customers. Nothing after it.", "ego": "I will not like it, but yes."}
        await stage.do(mira, answer_self_check, AnswerSelfCheck(made[0], answers))
        await stage.do(mira, declare_period, DeclarePeriod(made[0]))

    async def acknowledge() -> None:
        for player in people:
            await stage.do(player, acknowledge_period, AcknowledgePeriod(made[0]))

    async def look_back() -> None:
        await stage.do(people[0], review_period, ReviewPeriod(made[0], True, True, "Two weekends and some patience."))
        offer = await _offered_to(stage, people[0])
        rested.append(offer)
        await stage.do(people[0], accept_commitment, AcceptCommitment(offer, 1))

    async def rest() -> None:
        (offer,) = rested
        await stage.do(mira, report_done, ReportDone(offer))
        await stage.do(people[0], confirm_done, ConfirmDone(offer, None, "They did me good."))

    stage.plan(first - days(4), "09:15", declare)
    stage.plan(first - days(3), "10:00", acknowledge)
    stage.plan(last + days(2), "11:00", look_back)
    stage.plan(last + days(9), "16:00", rest)


def plan_quiet_weeks(stage: Stage, mira: Player, aisha: Player, today: date) -> None:
    """Time for each other comes first for two weeks; it runs now."""

    async def declare() -> None:
        content = Content(
            "relationships",
            "Aisha has been here for half a year, and we have only ever talked about work.",
            (aisha.id,),
            today - days(3),
            today + days(11),
            (),
            gives_up="The hour before lunch, every day.",
            safe_to_fail="The interviews can go badly; we look at them together.",
        )
        period = await _draft(stage, mira, content, [Named(text="The report on tools")])
        await stage.do(mira, declare_period, DeclarePeriod(period))
        await stage.do(aisha, acknowledge_period, AcknowledgePeriod(period))

    stage.plan(today - days(5), "09:00", declare)


async def _offered_to(stage: Stage, player: Player) -> UUID:
    """What became of the promise for afterwards: an offer, made by nobody's hand when the period ended."""
    house = stage.organisation
    viewer = Viewer(player.id, house.id, stage.today, zone=house.zone)
    wanted = CommitmentFilter(owed_to=player.id, state="offered")
    page = await stage.concord.commitments.list_commitments(viewer, stage.concord.clock.now(), wanted)
    return page.items[0].id


async def _draft(stage: Stage, declarer: Player, content: Content, aside: Sequence[Named]) -> UUID:
    agreements = stage.concord.agreements

    async def deed(desk: Desk, command: DraftPeriod) -> Receipt:
        return await draft_period(desk, agreements, command)

    return await stage.made(declarer, deed, DraftPeriod(None, content, aside))
