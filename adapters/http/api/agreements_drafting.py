"""Routes for drafting: sharing, head and terms, comments, and the opening questions."""

from __future__ import annotations

from fastapi import Response

from adapters.http.api.agreements_answers import TermAddedAnswer
from adapters.http.api.agreements_bodies import (
    AddTermBody,
    ChangeHeadBody,
    CommentBody,
    CorrectTextBody,
    PromptAnswerBody,
    ReasonBody,
    ReviseTermBody,
)
from adapters.http.api.agreements_common import (
    AgreementId,
    Bench,
    CommentId,
    HeardId,
    PromptKey,
    TermId,
    WhyQuery,
    command,
)
from adapters.http.routing import Routes
from services.agreements.abandon_draft import AbandonDraft, abandon_draft
from services.agreements.add_term import AddTerm, add_term
from services.agreements.answer_prompt import AnswerPrompt, answer_prompt
from services.agreements.change_head import ChangeHead, change_head
from services.agreements.comment_on_term import CommentOnTerm, comment_on_term
from services.agreements.correct_comment import CorrectComment, correct_comment
from services.agreements.mark_heard_right import MarkHeardRight, mark_heard_right
from services.agreements.remove_term import RemoveTerm, remove_term
from services.agreements.revise_term import ReviseTerm, revise_term
from services.agreements.share_draft import ShareDraft, share_draft
from services.agreements.withdraw_comment import WithdrawComment, withdraw_comment

router = Routes(prefix="/agreements", tags=["Agreements"])


@router.post("/{agreement_id}/share", **command("share_draft", "Share the draft with the other parties"))
async def route_share_draft(agreement_id: AgreementId, bench: Bench) -> Response:
    """Shows the whole draft to the other parties; only its opener can, and once."""
    return await bench.run(share_draft, ShareDraft(agreement_id))


@router.post("/{agreement_id}/abandon", **command("abandon_draft", "Give the draft up"))
async def route_abandon_draft(agreement_id: AgreementId, bench: Bench) -> Response:
    """Gives up a draft that no version came of."""
    return await bench.run(abandon_draft, AbandonDraft(agreement_id))


@router.patch("/{agreement_id}/proposal", **command("change_head", "Change the head of the proposal"))
async def route_change_head(agreement_id: AgreementId, body: ChangeHeadBody, bench: Bench) -> Response:
    """Changes the fields that are sent; every consent given so far is void."""
    return await bench.run(
        change_head, ChangeHead(agreement_id, body.to_changes(), body.reason, body.heard), conditional=True
    )


@router.post(
    "/{agreement_id}/terms", **command("add_term", "Add a term to the proposal", status=201, answer=TermAddedAnswer)
)
async def route_add_term(agreement_id: AgreementId, body: AddTermBody, bench: Bench) -> Response:
    """Adds a term, which keeps its id for life; every consent given so far is void."""
    return await bench.run(add_term, AddTerm(agreement_id, body.kind, body.to_content(), body.heard))


@router.patch("/{agreement_id}/terms/{term_id}", **command("revise_term", "Revise a term of the proposal"))
async def route_revise_term(agreement_id: AgreementId, term_id: TermId, body: ReviseTermBody, bench: Bench) -> Response:
    """Changes the fields that are sent; every consent is void. `If-Match` is stale when this term changed."""
    return await bench.run(
        revise_term, ReviseTerm(agreement_id, term_id, body.to_content(), body.reason, body.heard), conditional=True
    )


@router.delete("/{agreement_id}/terms/{term_id}", **command("remove_term", "Take a term out of the proposal"))
async def route_remove_term(
    agreement_id: AgreementId, term_id: TermId, bench: Bench, reason: WhyQuery = None
) -> Response:
    """Takes the term out; every consent is void. `If-Match` is stale when this term changed."""
    return await bench.run(remove_term, RemoveTerm(agreement_id, term_id, reason), conditional=True)


@router.post("/{agreement_id}/terms/{term_id}/comments", **command("comment_on_term", "Comment on a term", status=201))
async def route_comment_on_term(
    agreement_id: AgreementId, term_id: TermId, body: CommentBody, bench: Bench
) -> Response:
    """Says something about a term; voids nothing."""
    return await bench.run(comment_on_term, CommentOnTerm(agreement_id, term_id, body.text))


@router.post(
    "/{agreement_id}/terms/{term_id}/comments/{comment_id}/correct",
    **command("correct_comment", "Correct your own comment"),
)
async def route_correct_comment(
    agreement_id: AgreementId, term_id: TermId, comment_id: CommentId, body: CorrectTextBody, bench: Bench
) -> Response:
    """Shows the new text; the old one stays in the history."""
    return await bench.run(correct_comment, CorrectComment(agreement_id, term_id, comment_id, body.text))


@router.post(
    "/{agreement_id}/terms/{term_id}/comments/{comment_id}/withdraw",
    **command("withdraw_comment", "Withdraw your own comment"),
)
async def route_withdraw_comment(
    agreement_id: AgreementId, term_id: TermId, comment_id: CommentId, bench: Bench, body: ReasonBody | None = None
) -> Response:
    """Shows the comment no more; it stays in the history."""
    return await bench.run(
        withdraw_comment, WithdrawComment(agreement_id, term_id, comment_id, body.reason if body else None)
    )


@router.post(
    "/{agreement_id}/heard/{heard_id}/right", **command("mark_heard_right", "Say that another heard you right")
)
async def route_mark_heard_right(agreement_id: AgreementId, heard_id: HeardId, bench: Bench) -> Response:
    """Confirms what another party wrote that they had heard you say."""
    return await bench.run(mark_heard_right, MarkHeardRight(agreement_id, heard_id))


@router.post("/{agreement_id}/prompts/{key}/answer", **command("answer_prompt", "Answer an opening question"))
async def route_answer_prompt(
    agreement_id: AgreementId, key: PromptKey, body: PromptAnswerBody, bench: Bench
) -> Response:
    """Answers, or revises your answer while it is not shown yet."""
    return await bench.run(answer_prompt, AnswerPrompt(agreement_id, key, body.text, body.show_now))
