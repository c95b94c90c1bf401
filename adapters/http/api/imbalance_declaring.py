"""Routes from the draft of an imbalance period to its start: declaring it, answering, objecting, asking."""

from __future__ import annotations

from fastapi import Response

from adapters.http.api.imbalance_bodies import (
    AcknowledgeBody,
    AnswerBody,
    AskBody,
    DeclareBody,
    ObjectBody,
    SelfCheckBody,
)
from adapters.http.api.imbalance_common import Bench, PeriodId, command
from adapters.http.routing import Routes
from services.imbalance.acknowledge_period import AcknowledgePeriod, acknowledge_period
from services.imbalance.answer_question import AnswerQuestion, answer_question
from services.imbalance.answer_self_check import AnswerSelfCheck, answer_self_check
from services.imbalance.ask_declarer import AskDeclarer, ask_declarer
from services.imbalance.declare_period import DeclarePeriod, declare_period
from services.imbalance.object_to_period import ObjectToPeriod, object_to_period
from services.imbalance.withdraw_period import WithdrawPeriod, withdraw_period

router = Routes(prefix="/imbalance-periods", tags=["Imbalance periods"])


@router.post("/{period_id}/self-check", **command("answer_self_check", "Answer the three questions for yourself"))
async def route_answer_self_check(period_id: PeriodId, body: SelfCheckBody, bench: Bench) -> Response:
    """Before declaring; nobody else sees the answers unless you share them."""
    answers = {str(question): answer for question, answer in body.answers.items()}
    return await bench.run(answer_self_check, AnswerSelfCheck(period_id, answers, body.share))


@router.post("/{period_id}/declare", **command("declare_imbalance_period", "Declare it"))
async def route_declare_imbalance_period(
    period_id: PeriodId, bench: Bench, body: DeclareBody | None = None
) -> Response:
    """Refused with its figures where it is too long, too close to another, too much of a year, or a second at once."""
    return await bench.run(declare_period, DeclarePeriod(period_id, body.override_reason if body else None))


@router.post("/{period_id}/acknowledge", **command("acknowledge_imbalance_period", "Say that you have read it"))
async def route_acknowledge_imbalance_period(
    period_id: PeriodId, bench: Bench, body: AcknowledgeBody | None = None
) -> Response:
    """Which is not agreeing. What the declarer owes you is set aside only then, and not what you object to."""
    objects_to = tuple(body.objects_to) if body else ()
    return await bench.run(acknowledge_period, AcknowledgePeriod(period_id, objects_to))


@router.post("/{period_id}/object", **command("object_to_imbalance_period", "Object, with a reason"))
async def route_object_to_imbalance_period(period_id: PeriodId, body: ObjectBody, bench: Bench) -> Response:
    """The objection stays; all see how many objected, and only you and the declarer who and why."""
    return await bench.run(object_to_period, ObjectToPeriod(period_id, body.reason))


@router.post("/{period_id}/ask", **command("ask_declarer", "Ask the declarer something"))
async def route_ask_declarer(period_id: PeriodId, body: AskBody, bench: Bench) -> Response:
    """Only you and the declarer see question and answer."""
    return await bench.run(ask_declarer, AskDeclarer(period_id, body.text))


@router.post("/{period_id}/answer", **command("answer_question", "Answer a question"))
async def route_answer_question(period_id: PeriodId, body: AnswerBody, bench: Bench) -> Response:
    """The declarer answers who asked."""
    return await bench.run(answer_question, AnswerQuestion(period_id, body.ask_id, body.text))


@router.post("/{period_id}/withdraw", **command("withdraw_imbalance_period", "Take it back before it starts"))
async def route_withdraw_imbalance_period(period_id: PeriodId, bench: Bench) -> Response:
    """None of its days counts for anybody."""
    return await bench.run(withdraw_period, WithdrawPeriod(period_id))
