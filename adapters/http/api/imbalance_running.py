"""Routes for an imbalance period that is active or over: coming and going, extending, ending, reviewing, closing."""

from __future__ import annotations

from fastapi import Response

from adapters.http.api.imbalance_bodies import ClosingReviewBody, ExtendBody, JoinBody, RefuseToEndBody
from adapters.http.api.imbalance_common import Bench, PeriodId, command
from adapters.http.routing import Routes
from services.imbalance.ask_to_end import AskToEnd, ask_to_end
from services.imbalance.close_period import ClosePeriod, close_period
from services.imbalance.end_period import EndPeriod, end_period
from services.imbalance.extend_period import ExtendPeriod, extend_period
from services.imbalance.join_period import JoinPeriod, join_period
from services.imbalance.leave_period import LeavePeriod, leave_period
from services.imbalance.meet_milestone import MeetMilestone, meet_milestone
from services.imbalance.refuse_to_end import RefuseToEnd, refuse_to_end
from services.imbalance.review_period import ReviewPeriod, review_period

router = Routes(prefix="/imbalance-periods", tags=["Imbalance periods"])


@router.post("/{period_id}/join", **command("join_imbalance_period", "Ask somebody in, or come in"))
async def route_join_imbalance_period(period_id: PeriodId, body: JoinBody, bench: Bench) -> Response:
    """The declarer names somebody; they are in it once they name themself, and their days count from then."""
    return await bench.run(join_period, JoinPeriod(period_id, body.person_id, body.override_reason))


@router.post("/{period_id}/leave", **command("leave_imbalance_period", "Go out of it"))
async def route_leave_imbalance_period(period_id: PeriodId, bench: Bench) -> Response:
    """What you owe and what is owed to you runs again."""
    return await bench.run(leave_period, LeavePeriod(period_id))


@router.post("/{period_id}/extend", **command("extend_imbalance_period", "Extend it, once"))
async def route_extend_imbalance_period(period_id: PeriodId, body: ExtendBody, bench: Bench) -> Response:
    """By at most half its first length. All answer afresh; who objects is out at the first end."""
    return await bench.run(extend_period, ExtendPeriod(period_id, body.ends_on, body.stakes, body.override_reason))


@router.post("/{period_id}/ask-to-end", **command("ask_to_end_imbalance_period", "Ask for an early end"))
async def route_ask_to_end_imbalance_period(period_id: PeriodId, bench: Bench) -> Response:
    """Once more than half ask, it ends three days later unless the declarer refuses in writing."""
    return await bench.run(ask_to_end, AskToEnd(period_id))


@router.post("/{period_id}/refuse-to-end", **command("refuse_to_end_imbalance_period", "Refuse an early end"))
async def route_refuse_to_end_imbalance_period(period_id: PeriodId, body: RefuseToEndBody, bench: Bench) -> Response:
    """The declarer refuses in writing; who still wants it asks again."""
    return await bench.run(refuse_to_end, RefuseToEnd(period_id, body.reason))


@router.post("/{period_id}/end", **command("end_imbalance_period", "End it early"))
async def route_end_imbalance_period(period_id: PeriodId, bench: Bench) -> Response:
    """What was set aside runs again, and what was promised for afterwards is offered."""
    return await bench.run(end_period, EndPeriod(period_id))


@router.post("/{period_id}/milestone-met", **command("meet_milestone", "Say that the milestone is met"))
async def route_meet_milestone(period_id: PeriodId, bench: Bench) -> Response:
    """It is over then: what was set aside runs again, and what was promised for afterwards is offered."""
    return await bench.run(meet_milestone, MeetMilestone(period_id))


@router.post("/{period_id}/closing-review", **command("review_imbalance_period", "Say what came of it"))
async def route_review_imbalance_period(period_id: PeriodId, body: ClosingReviewBody, bench: Bench) -> Response:
    """Everybody whom it was for, once: was it kept to, was it made good, what did it cost."""
    return await bench.run(review_period, ReviewPeriod(period_id, body.kept, body.restored, body.cost))


@router.post("/{period_id}/close", **command("close_imbalance_period", "Close it"))
async def route_close_imbalance_period(period_id: PeriodId, bench: Bench) -> Response:
    """The declarer closes it; after thirty days it closes by itself."""
    return await bench.run(close_period, ClosePeriod(period_id))
