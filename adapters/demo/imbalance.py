"""Three critical weeks with what they set aside and what made them good; a short one; and a quieter one that lasts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from adapters.demo.jonas import CRUNCH
from adapters.demo.pact import Pact
from adapters.demo.promise import Promises
from adapters.demo.promises import SET_ASIDE
from adapters.demo.stage import Player, Stage
from domain.imbalance.content import Content, Recovery
from services.commitments.accept_commitment import AcceptCommitment, accept_commitment
from services.commitments.confirm_done import ConfirmDone, confirm_done
from services.commitments.report_done import ReportDone, report_done
from services.desk import Desk
from services.imbalance.acknowledge_period import AcknowledgePeriod, acknowledge_period
from services.imbalance.answer_question import AnswerQuestion, answer_question
from services.imbalance.answer_self_check import AnswerSelfCheck, answer_self_check
from services.imbalance.ask_declarer import AskDeclarer, ask_declarer
from services.imbalance.declare_period import DeclarePeriod, declare_period
from services.imbalance.draft_period import DraftPeriod, draft_period
from services.imbalance.meet_milestone import MeetMilestone, meet_milestone
from services.imbalance.review_period import ReviewPeriod, review_period
from services.imbalance.things import Named
from services.ports import Receipt
from services.queries import CommitmentFilter, Viewer


def plan_move(
    stage: Stage, mira: Player, people: Sequence[Player], with_jonas: Pact, with_leo: Pact, promises: Promises
) -> None:
    """The switch-over: results first, with the updates and one promise set aside; three days off afterwards."""
    first, last = (stage.ago(n) for n in CRUNCH)
    jonas, leo, aisha = people
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
            asked_for={str(jonas.id): "Nights on call, two of them", str(leo.id): "Two nights at the exports"},
            gives_up="I take the phone and the board myself.",
            support="Ines from support sits with us.",
            recovery=(Recovery("Three days off that nobody asks about", jonas.id, "P30D"),),
        )
        aside = [
            Named(term_id=with_jonas.terms["report"]),
            Named(term_id=with_leo.terms["exports"]),
            Named(commitment_id=promises.made[SET_ASIDE]),
            Named(text="The weekly demo for sales"),
        ]
        made.append(await _draft(stage, mira, content, aside))
        answers = {"milestones": "One: the large customers. Nothing after it.", "ego": "I will not like it, but yes."}
        await stage.do(mira, answer_self_check, AnswerSelfCheck(made[0], answers))
        await stage.do(mira, declare_period, DeclarePeriod(made[0]))

    asked: list[UUID] = []

    async def ask() -> None:
        question = AskDeclarer(made[0], "And if the milestone slips, does it simply go on?")
        asked.append(await stage.made(leo, ask_declarer, question))

    async def answer() -> None:
        words = "No. It ends on its last day, and then the customer waits and not you."
        await stage.do(mira, answer_question, AnswerQuestion(made[0], asked[0], words))

    async def acknowledge() -> None:
        for player in people:
            await stage.do(player, acknowledge_period, AcknowledgePeriod(made[0]))

    async def look_back() -> None:
        await stage.do(jonas, review_period, ReviewPeriod(made[0], True, True, "Two weekends and some patience."))
        await stage.do(
            leo, review_period, ReviewPeriod(made[0], True, False, "The dashboards. I will not get to them.")
        )
        await stage.do(aisha, review_period, ReviewPeriod(made[0], True, True, "Little; I learned much."))
        offer = await _offered_to(stage, jonas)
        rested.append(offer)
        await stage.do(jonas, accept_commitment, AcceptCommitment(offer, 1))

    async def rest() -> None:
        await stage.do(mira, report_done, ReportDone(rested[0]))
        await stage.do(jonas, confirm_done, ConfirmDone(rested[0], None, "They did me good."))

    begins, ends = CRUNCH
    stage.plan(stage.ago(begins + 4), "09:15", declare)
    stage.plan(stage.ago(begins + 3), "09:30", ask)
    stage.plan(stage.ago(begins + 3), "10:00", answer)
    stage.plan(stage.ago(begins + 3), "14:00", acknowledge)
    stage.plan(stage.ago(ends - 2), "11:00", look_back)
    stage.plan(stage.ago(ends - 9), "16:00", rest)


def plan_audit(stage: Stage, mira: Player, leo: Player) -> None:
    """A week and a half for one of them, over early: the milestone was met."""
    made: list[UUID] = []

    async def declare() -> None:
        content = Content(
            "results",
            "The auditors come once, and what they do not find they ask for in the holidays.",
            (leo.id,),
            stage.ago(54),
            stage.ago(46),
            (),
            milestone="The auditors have what they asked for",
            gives_up="The slides for the board; they get a page.",
            safe_to_fail="A page too few is no harm, a page that is wrong is one.",
        )
        made.append(await _draft(stage, mira, content, [Named(text="The refund form's wording")]))
        await stage.do(mira, declare_period, DeclarePeriod(made[0]))

    async def acknowledge() -> None:
        await stage.do(leo, acknowledge_period, AcknowledgePeriod(made[0]))

    async def met() -> None:
        await stage.do(mira, meet_milestone, MeetMilestone(made[0]))

    async def look_back() -> None:
        await stage.do(
            leo, review_period, ReviewPeriod(made[0], True, True, "A week of evenings, and it was announced.")
        )

    stage.plan(stage.ago(57), "10:00", declare)
    stage.plan(stage.ago(56), "09:00", acknowledge)
    stage.plan(stage.ago(49), "15:00", met)
    stage.plan(stage.ago(45), "11:00", look_back)


def plan_quiet_weeks(stage: Stage, mira: Player, aisha: Player) -> None:
    """Time for each other comes first for two weeks; it runs now."""
    made: list[UUID] = []

    async def declare() -> None:
        content = Content(
            "relationships",
            "Aisha has been here for half a year, and we have only ever talked about work.",
            (aisha.id,),
            stage.ago(4),
            stage.ago(-6),
            (),
            gives_up="The hour before lunch, every day.",
            safe_to_fail="The interviews can go badly; we look at them together.",
        )
        made.append(await _draft(stage, mira, content, [Named(text="The report on tools")]))
        await stage.do(mira, declare_period, DeclarePeriod(made[0]))

    async def acknowledge() -> None:
        await stage.do(aisha, acknowledge_period, AcknowledgePeriod(made[0]))

    stage.plan(stage.ago(7), "10:00", declare)
    stage.plan(stage.ago(6), "13:00", acknowledge)


async def _offered_to(stage: Stage, player: Player) -> UUID:
    """What became of the promise for afterwards: an offer, made by nobody's hand when the period ended."""
    house, now = stage.organisation, stage.concord.clock.now()
    viewer = Viewer(player.id, house.id, now.astimezone(house.zone).date(), zone=house.zone)
    page = await stage.concord.commitments.list_commitments(
        viewer, now, CommitmentFilter(owed_to=player.id, state="offered")
    )
    return page.items[0].id


async def _draft(stage: Stage, declarer: Player, content: Content, aside: Sequence[Named]) -> UUID:
    agreements = stage.concord.agreements

    async def deed(desk: Desk, command: DraftPeriod) -> Receipt:
        return await draft_period(desk, agreements, command)

    return await stage.made(declarer, deed, DraftPeriod(None, content, aside))
