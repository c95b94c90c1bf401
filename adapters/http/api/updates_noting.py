"""Routes for notes: how a support, hands_off, expectation or norm went, as each side saw it."""

from __future__ import annotations

from fastapi import Response

from adapters.http.api.agreements_bodies import CorrectTextBody, ReasonBody
from adapters.http.api.agreements_common import AgreementId, AsOf, Cursor, KnownAt, Limit, described
from adapters.http.api.updates_bodies import AnswerBody, EntryPage, EntryShown, NoteBody
from adapters.http.api.updates_common import AnswerId, EntryId, Log
from adapters.http.routing import Routes
from services.updates.answer_note import AnswerNote, answer_note
from services.updates.correct_entry import CorrectEntry, correct_entry
from services.updates.note_how_it_went import NoteHowItWent, note_how_it_went
from services.updates.withdraw_entry import WithdrawEntry, withdraw_entry

router = Routes(prefix="/agreements", tags=["Updates"])


@router.post(
    "/{agreement_id}/notes", **described("note_how_it_went", "Note how a term went", status=201, answer=EntryShown)
)
async def route_note_how_it_went(agreement_id: AgreementId, body: NoteBody, log: Log) -> Response:
    """Either side notes; the other may answer or note otherwise, and both are shown."""
    what = NoteHowItWent(agreement_id, body.term_id, body.on, body.kept, body.text)
    return await log.run("note_how_it_went", note_how_it_went, what, "notes", entry="note_id")


@router.get("/{agreement_id}/notes", **described("list_notes", "List the notes", answer=EntryPage, deed="read_updates"))
async def route_list_notes(
    agreement_id: AgreementId,
    log: Log,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Newest first; parties see all, somebody whom the report let read sees the report's own."""
    return await log.page(agreement_id, "notes", limit=limit, cursor=cursor, as_of=as_of, known_at=known_at)


@router.get(
    "/{agreement_id}/notes/{entry_id}", **described("read_note", "Read a note", answer=EntryShown, deed="read_updates")
)
async def route_read_note(agreement_id: AgreementId, entry_id: EntryId, log: Log) -> Response:
    """With its answers, and what you may do about it now."""
    return await log.one(agreement_id, entry_id, "notes")


@router.post(
    "/{agreement_id}/notes/{entry_id}/answer",
    **described("answer_note", "Answer a note", status=201, answer=EntryShown),
)
async def route_answer_note(agreement_id: AgreementId, entry_id: EntryId, body: AnswerBody, log: Log) -> Response:
    """Another party says something to it; having read it is not having answered it."""
    what = AnswerNote(agreement_id, entry_id, body.text)
    return await log.run("answer_note", answer_note, what, "notes", entry=entry_id)


@router.post(
    "/{agreement_id}/notes/{entry_id}/correct",
    **described("correct_note", "Correct your own note", answer=EntryShown, deed="correct_entry"),
)
async def route_correct_note(agreement_id: AgreementId, entry_id: EntryId, body: CorrectTextBody, log: Log) -> Response:
    """Shows the new text; the old one stays in the history, times and adherence stay as they were."""
    what = CorrectEntry(agreement_id, entry_id, "note", body.text)
    return await log.run("correct_entry", correct_entry, what, "notes", entry=entry_id)


@router.post(
    "/{agreement_id}/notes/{entry_id}/withdraw",
    **described("withdraw_note", "Withdraw your own note", answer=EntryShown, deed="withdraw_entry"),
)
async def route_withdraw_note(
    agreement_id: AgreementId, entry_id: EntryId, log: Log, body: ReasonBody | None = None
) -> Response:
    """Shows the text no more; it stays in the history, times and adherence stay as they were."""
    what = WithdrawEntry(agreement_id, entry_id, "note", body.reason if body else None)
    return await log.run("withdraw_entry", withdraw_entry, what, "notes", entry=entry_id)


@router.post(
    "/{agreement_id}/notes/{entry_id}/answers/{answer_id}/correct",
    **described("correct_note_answer", "Correct your own answer to a note", answer=EntryShown, deed="correct_entry"),
)
async def route_correct_note_answer(
    agreement_id: AgreementId, entry_id: EntryId, answer_id: AnswerId, body: CorrectTextBody, log: Log
) -> Response:
    """Shows the new text; the old one stays in the history."""
    what = CorrectEntry(agreement_id, answer_id, "answer", body.text, answer_to=entry_id)
    return await log.run("correct_entry", correct_entry, what, "notes", entry=entry_id)


@router.post(
    "/{agreement_id}/notes/{entry_id}/answers/{answer_id}/withdraw",
    **described("withdraw_note_answer", "Withdraw your own answer to a note", answer=EntryShown, deed="withdraw_entry"),
)
async def route_withdraw_note_answer(
    agreement_id: AgreementId, entry_id: EntryId, answer_id: AnswerId, log: Log, body: ReasonBody | None = None
) -> Response:
    """Shows the answer no more; it stays in the history."""
    what = WithdrawEntry(agreement_id, answer_id, "answer", body.reason if body else None, answer_to=entry_id)
    return await log.run("withdraw_entry", withdraw_entry, what, "notes", entry=entry_id)
