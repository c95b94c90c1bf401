"""Routes for updates: giving, reading, acknowledging, answering, asking out of turn, and how it went."""

from __future__ import annotations

from fastapi import Response

from adapters.http.api.agreements_bodies import CorrectTextBody, ReasonBody
from adapters.http.api.agreements_common import AgreementId, AsOf, Cursor, KnownAt, Limit, described
from adapters.http.api.updates_bodies import (
    AdherenceShown,
    AnswerBody,
    AskBody,
    EntryPage,
    EntryShown,
    ExpectedPage,
    GiveUpdateBody,
)
from adapters.http.api.updates_common import AnswerId, EntryId, FromOn, Log, UntilOn
from adapters.http.routing import Routes
from services.updates.acknowledge_update import AcknowledgeUpdate, acknowledge_update
from services.updates.answer_update import AnswerUpdate, answer_update
from services.updates.ask_for_update import AskForUpdate, ask_for_update
from services.updates.correct_entry import CorrectEntry, correct_entry
from services.updates.expected_updates import expected_updates
from services.updates.get_adherence import get_adherence
from services.updates.give_update import GiveUpdate, give_update
from services.updates.withdraw_entry import WithdrawEntry, withdraw_entry

router = Routes(prefix="/agreements", tags=["Updates"])


@router.post("/{agreement_id}/updates", **described("give_update", "Give an update", status=201, answer=EntryShown))
async def route_give_update(agreement_id: AgreementId, body: GiveUpdateBody, log: Log) -> Response:
    """For an occurrence, from the one before it on, or ad hoc; late is better than never, and says so."""
    what = GiveUpdate(agreement_id, body.term_id, body.text, body.occurrence_on, body.confidence)
    return await log.run("give_update", give_update, what, "updates", entry="update_id")


@router.post(
    "/{agreement_id}/updates/ask",
    **described("ask_for_update", "Ask for an update outside the cadence", status=201, answer=EntryShown),
)
async def route_ask_for_update(agreement_id: AgreementId, body: AskBody, log: Log) -> Response:
    """It is counted: many of these show that the cadence is wrong."""
    what = AskForUpdate(agreement_id, body.term_id, body.text)
    return await log.run("ask_for_update", ask_for_update, what, "asks", entry="ask_id")


@router.get(
    "/{agreement_id}/updates/asks",
    **described("list_asks", "List what was asked out of turn", answer=EntryPage, deed="read_updates"),
)
async def route_list_asks(
    agreement_id: AgreementId,
    log: Log,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Newest first; parties see all, somebody whom the report let read sees the report's own."""
    return await log.page(agreement_id, "asks", limit=limit, cursor=cursor, as_of=as_of, known_at=known_at)


@router.get(
    "/{agreement_id}/updates/asks/{entry_id}",
    **described("read_ask", "Read one question asked out of turn", answer=EntryShown, deed="read_updates"),
)
async def route_read_ask(agreement_id: AgreementId, entry_id: EntryId, log: Log) -> Response:
    """With its answers, and what you may do about it now."""
    return await log.one(agreement_id, entry_id, "asks")


@router.get(
    "/{agreement_id}/updates", **described("list_updates", "List the updates", answer=EntryPage, deed="read_updates")
)
async def route_list_updates(
    agreement_id: AgreementId,
    log: Log,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Newest first; parties see all, somebody whom the report let read sees the report's own."""
    return await log.page(agreement_id, "updates", limit=limit, cursor=cursor, as_of=as_of, known_at=known_at)


@router.get(
    "/{agreement_id}/updates/{entry_id}",
    **described("read_update", "Read an update", answer=EntryShown, deed="read_updates"),
)
async def route_read_update(agreement_id: AgreementId, entry_id: EntryId, log: Log) -> Response:
    """With its answers, and what you may do about it now."""
    return await log.one(agreement_id, entry_id, "updates")


@router.post(
    "/{agreement_id}/updates/{entry_id}/acknowledge",
    **described("acknowledge_update", "Say that you have read an update", answer=EntryShown),
)
async def route_acknowledge_update(agreement_id: AgreementId, entry_id: EntryId, log: Log) -> Response:
    """Another party has read it; that is no answer."""
    what = AcknowledgeUpdate(agreement_id, entry_id)
    return await log.run("acknowledge_update", acknowledge_update, what, "updates", entry=entry_id)


@router.post(
    "/{agreement_id}/updates/{entry_id}/answer",
    **described("answer_update", "Answer an update", status=201, answer=EntryShown),
)
async def route_answer_update(agreement_id: AgreementId, entry_id: EntryId, body: AnswerBody, log: Log) -> Response:
    """Another party says something to it; having read it is not having answered it."""
    what = AnswerUpdate(agreement_id, entry_id, body.text)
    return await log.run("answer_update", answer_update, what, "updates", entry=entry_id)


@router.post(
    "/{agreement_id}/updates/{entry_id}/correct",
    **described("correct_update", "Correct your own update", answer=EntryShown, deed="correct_entry"),
)
async def route_correct_update(
    agreement_id: AgreementId, entry_id: EntryId, body: CorrectTextBody, log: Log
) -> Response:
    """Shows the new text; the old one stays in the history, times and adherence stay as they were."""
    what = CorrectEntry(agreement_id, entry_id, "update", body.text)
    return await log.run("correct_entry", correct_entry, what, "updates", entry=entry_id)


@router.post(
    "/{agreement_id}/updates/{entry_id}/withdraw",
    **described("withdraw_update", "Withdraw your own update", answer=EntryShown, deed="withdraw_entry"),
)
async def route_withdraw_update(
    agreement_id: AgreementId, entry_id: EntryId, log: Log, body: ReasonBody | None = None
) -> Response:
    """Shows the text no more; it stays in the history, times and adherence stay as they were."""
    what = WithdrawEntry(agreement_id, entry_id, "update", body.reason if body else None)
    return await log.run("withdraw_entry", withdraw_entry, what, "updates", entry=entry_id)


@router.post(
    "/{agreement_id}/updates/{entry_id}/answers/{answer_id}/correct",
    **described(
        "correct_update_answer", "Correct your own answer to an update", answer=EntryShown, deed="correct_entry"
    ),
)
async def route_correct_update_answer(
    agreement_id: AgreementId, entry_id: EntryId, answer_id: AnswerId, body: CorrectTextBody, log: Log
) -> Response:
    """Shows the new text; the old one stays in the history."""
    what = CorrectEntry(agreement_id, answer_id, "answer", body.text, answer_to=entry_id)
    return await log.run("correct_entry", correct_entry, what, "updates", entry=entry_id)


@router.post(
    "/{agreement_id}/updates/{entry_id}/answers/{answer_id}/withdraw",
    **described(
        "withdraw_update_answer", "Withdraw your own answer to an update", answer=EntryShown, deed="withdraw_entry"
    ),
)
async def route_withdraw_update_answer(
    agreement_id: AgreementId, entry_id: EntryId, answer_id: AnswerId, log: Log, body: ReasonBody | None = None
) -> Response:
    """Shows the answer no more; it stays in the history."""
    what = WithdrawEntry(agreement_id, answer_id, "answer", body.reason if body else None, answer_to=entry_id)
    return await log.run("withdraw_entry", withdraw_entry, what, "updates", entry=entry_id)


@router.get(
    "/{agreement_id}/expected-updates",
    **described(
        "expected_updates", "What was expected when, and what came of it", answer=ExpectedPage, deed="read_updates"
    ),
)
async def route_expected_updates(
    agreement_id: AgreementId, log: Log, first: FromOn = None, last: UntilOn = None
) -> Response:
    """Each occurrence of a window of days, by due time: on time, late, missed, excused or still open."""
    asks = log.asks
    await asks.wait_for_position(())
    document = await expected_updates(
        asks.concord.ledger, asks.concord.clock, asks.actor, agreement_id, from_on=first, until_on=last
    )
    return await log.answer(agreement_id, document)


@router.get(
    "/{agreement_id}/adherence",
    **described("get_adherence", "How it went, for both sides", answer=AdherenceShown, deed="read_updates"),
)
async def route_get_adherence(
    agreement_id: AgreementId, log: Log, first: FromOn = None, last: UntilOn = None
) -> Response:
    """Counts for every party over a window of days; no figure weighs one against another."""
    asks = log.asks
    await asks.wait_for_position(())
    document = await get_adherence(
        asks.concord.ledger, asks.concord.clock, asks.actor, agreement_id, from_on=first, until_on=last
    )
    return await log.answer(agreement_id, document)


@router.get(
    "/{agreement_id}/progress",
    **described(
        "list_progress", "List the progress that was reported elsewhere", answer=EntryPage, deed="read_updates"
    ),
)
async def route_list_progress(
    agreement_id: AgreementId,
    log: Log,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Steps done of steps in all, newest first; only imported agreements have it."""
    return await log.page(agreement_id, "progress", limit=limit, cursor=cursor, as_of=as_of, known_at=known_at)
