"""Routes while it is promised: notes, and changing it openly."""

from __future__ import annotations

from fastapi import Response

from adapters.http.api.agreements_bodies import CorrectTextBody
from adapters.http.api.commitments_bodies import ChangeBody, ChangeTerms, NoteBody, RevisionBody, WhyBody
from adapters.http.api.commitments_common import Bench, CommitmentId, NoteId, command
from adapters.http.routing import Routes
from services.commitments.accept_change import AcceptChange, accept_change
from services.commitments.correct_progress_note import CorrectProgressNote, correct_progress_note
from services.commitments.counter_change import CounterChange, counter_change
from services.commitments.flag_at_risk import FlagAtRisk, flag_at_risk
from services.commitments.propose_change import ProposeChange, propose_change
from services.commitments.refuse_change import RefuseChange, refuse_change
from services.commitments.report_progress import ReportProgress, report_progress
from services.commitments.resume_commitment import ResumeCommitment, resume_commitment
from services.commitments.retract_change import RetractChange, retract_change
from services.commitments.withdraw_progress_note import WithdrawProgressNote, withdraw_progress_note

router = Routes(prefix="/commitments", tags=["Commitments"])


@router.post("/{commitment_id}/progress", **command("report_progress", "Say how it goes", status=201))
async def route_report_progress(commitment_id: CommitmentId, body: NoteBody, bench: Bench) -> Response:
    """A debtor's note; the other side sees it at once."""
    return await bench.run(report_progress, ReportProgress(commitment_id, body.text))


@router.post("/{commitment_id}/at-risk", **command("flag_at_risk", "Warn early", status=201))
async def route_flag_at_risk(commitment_id: CommitmentId, body: NoteBody, bench: Bench) -> Response:
    """A debtor says that it is at risk while there is time; it is a credit to them."""
    return await bench.run(flag_at_risk, FlagAtRisk(commitment_id, body.text))


@router.post(
    "/{commitment_id}/progress/{note_id}/correct", **command("correct_progress_note", "Put a note of yours right")
)
async def route_correct_progress_note(
    commitment_id: CommitmentId, note_id: NoteId, body: CorrectTextBody, bench: Bench
) -> Response:
    """Also an early warning. The new text is shown, the old one stays in the history."""
    return await bench.run(correct_progress_note, CorrectProgressNote(commitment_id, note_id, body.text))


@router.post(
    "/{commitment_id}/progress/{note_id}/withdraw", **command("withdraw_progress_note", "Take a note of yours back")
)
async def route_withdraw_progress_note(
    commitment_id: CommitmentId, note_id: NoteId, body: WhyBody, bench: Bench
) -> Response:
    """Also an early warning. That it was said stays in the history."""
    return await bench.run(withdraw_progress_note, WithdrawProgressNote(commitment_id, note_id, body.reason))


@router.post("/{commitment_id}/changes", **command("propose_change", "Propose a change", status=201))
async def route_propose_change(commitment_id: CommitmentId, body: ChangeBody, bench: Bench) -> Response:
    """Either side, one at a time; until it is accepted what was promised stands, and old dates are kept for ever."""
    what = ProposeChange(commitment_id, body.kind, person_id=body.person_id, reason=body.reason,
                         **body.to_said(bench.zone))  # fmt: skip
    return await bench.run(propose_change, what)


@router.post("/{commitment_id}/changes/open/accept", **command("accept_change", "Accept the change"))
async def route_accept_change(commitment_id: CommitmentId, body: RevisionBody, bench: Bench) -> Response:
    """The other side's yes; for delegate and assign also that of who comes in."""
    return await bench.run(accept_change, AcceptChange(commitment_id, body.revision))


@router.post("/{commitment_id}/changes/open/refuse", **command("refuse_change", "Refuse the change"))
async def route_refuse_change(commitment_id: CommitmentId, body: WhyBody, bench: Bench) -> Response:
    """What was promised stays as it is."""
    return await bench.run(refuse_change, RefuseChange(commitment_id, body.reason))


@router.post("/{commitment_id}/changes/open/counter", **command("counter_change", "Answer with another change"))
async def route_counter_change(commitment_id: CommitmentId, body: ChangeTerms, bench: Bench) -> Response:
    """Another proposal of the same kind; then the other side is asked."""
    what = CounterChange(commitment_id, reason=body.reason, **body.to_said(bench.zone))
    return await bench.run(counter_change, what)


@router.post("/{commitment_id}/changes/open/retract", **command("retract_change", "Take your change back"))
async def route_retract_change(commitment_id: CommitmentId, bench: Bench) -> Response:
    """Whoever proposed it, or somebody of their side."""
    return await bench.run(retract_change, RetractChange(commitment_id))


@router.post("/{commitment_id}/resume", **command("resume_commitment", "End a suspension early"))
async def route_resume_commitment(commitment_id: CommitmentId, bench: Bench) -> Response:
    """Either side; the due date moves by the time that it stood still."""
    return await bench.run(resume_commitment, ResumeCommitment(commitment_id))
