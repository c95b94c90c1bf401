"""Routes for escalations: telling the others out of turn what happened."""

from __future__ import annotations

from fastapi import Response

from adapters.http.api.agreements_bodies import CorrectTextBody, ReasonBody
from adapters.http.api.agreements_common import AgreementId, AsOf, Cursor, KnownAt, Limit, described
from adapters.http.api.updates_bodies import AnswerBody, EntryPage, EntryShown, EscalationBody
from adapters.http.api.updates_common import AnswerId, EntryId, Log
from adapters.http.routing import Routes
from services.updates.answer_escalation import AnswerEscalation, answer_escalation
from services.updates.correct_entry import CorrectEntry, correct_entry
from services.updates.raise_escalation import RaiseEscalation, raise_escalation
from services.updates.withdraw_entry import WithdrawEntry, withdraw_entry

router = Routes(prefix="/agreements", tags=["Updates"])


@router.post(
    "/{agreement_id}/escalations", **described("raise_escalation", "Raise an escalation", status=201, answer=EntryShown)
)
async def route_raise_escalation(agreement_id: AgreementId, body: EscalationBody, log: Log) -> Response:
    """Tells the others now what happened then, and when it was noticed."""
    what = RaiseEscalation(agreement_id, body.term_id, body.text, body.happened_at, body.noticed_at)
    return await log.run("raise_escalation", raise_escalation, what, "escalations", entry="escalation_id")


@router.get(
    "/{agreement_id}/escalations",
    **described("list_escalations", "List the escalations", answer=EntryPage, deed="read_updates"),
)
async def route_list_escalations(
    agreement_id: AgreementId,
    log: Log,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Newest first; parties see all, somebody whom the report let read sees the report's own."""
    return await log.page(agreement_id, "escalations", limit=limit, cursor=cursor, as_of=as_of, known_at=known_at)


@router.get(
    "/{agreement_id}/escalations/{entry_id}",
    **described("read_escalation", "Read an escalation", answer=EntryShown, deed="read_updates"),
)
async def route_read_escalation(agreement_id: AgreementId, entry_id: EntryId, log: Log) -> Response:
    """With its answers, and what you may do about it now."""
    return await log.one(agreement_id, entry_id, "escalations")


@router.post(
    "/{agreement_id}/escalations/{entry_id}/answer",
    **described("answer_escalation", "Answer an escalation", status=201, answer=EntryShown),
)
async def route_answer_escalation(agreement_id: AgreementId, entry_id: EntryId, body: AnswerBody, log: Log) -> Response:
    """Another party says something to it; having read it is not having answered it."""
    what = AnswerEscalation(agreement_id, entry_id, body.text)
    return await log.run("answer_escalation", answer_escalation, what, "escalations", entry=entry_id)


@router.post(
    "/{agreement_id}/escalations/{entry_id}/correct",
    **described("correct_escalation", "Correct your own escalation", answer=EntryShown, deed="correct_entry"),
)
async def route_correct_escalation(
    agreement_id: AgreementId, entry_id: EntryId, body: CorrectTextBody, log: Log
) -> Response:
    """Shows the new text; the old one stays in the history, times and adherence stay as they were."""
    what = CorrectEntry(agreement_id, entry_id, "escalation", body.text)
    return await log.run("correct_entry", correct_entry, what, "escalations", entry=entry_id)


@router.post(
    "/{agreement_id}/escalations/{entry_id}/withdraw",
    **described("withdraw_escalation", "Withdraw your own escalation", answer=EntryShown, deed="withdraw_entry"),
)
async def route_withdraw_escalation(
    agreement_id: AgreementId, entry_id: EntryId, log: Log, body: ReasonBody | None = None
) -> Response:
    """Shows the text no more; it stays in the history, times and adherence stay as they were."""
    what = WithdrawEntry(agreement_id, entry_id, "escalation", body.reason if body else None)
    return await log.run("withdraw_entry", withdraw_entry, what, "escalations", entry=entry_id)


@router.post(
    "/{agreement_id}/escalations/{entry_id}/answers/{answer_id}/correct",
    **described(
        "correct_escalation_answer", "Correct your own answer to an escalation", answer=EntryShown, deed="correct_entry"
    ),
)
async def route_correct_escalation_answer(
    agreement_id: AgreementId, entry_id: EntryId, answer_id: AnswerId, body: CorrectTextBody, log: Log
) -> Response:
    """Shows the new text; the old one stays in the history."""
    what = CorrectEntry(agreement_id, answer_id, "answer", body.text, answer_to=entry_id)
    return await log.run("correct_entry", correct_entry, what, "escalations", entry=entry_id)


@router.post(
    "/{agreement_id}/escalations/{entry_id}/answers/{answer_id}/withdraw",
    **described(
        "withdraw_escalation_answer",
        "Withdraw your own answer to an escalation",
        answer=EntryShown,
        deed="withdraw_entry",
    ),
)
async def route_withdraw_escalation_answer(
    agreement_id: AgreementId, entry_id: EntryId, answer_id: AnswerId, log: Log, body: ReasonBody | None = None
) -> Response:
    """Shows the answer no more; it stays in the history."""
    what = WithdrawEntry(agreement_id, answer_id, "answer", body.reason if body else None, answer_to=entry_id)
    return await log.run("withdraw_entry", withdraw_entry, what, "escalations", entry=entry_id)
