"""Routes at the end: done and its answer, letting go, attesting, and last words."""

from __future__ import annotations

from fastapi import Response

from adapters.http.api.commitments_bodies import (
    AttestBody,
    ConfirmBody,
    DoneBody,
    NoteBody,
    ReasonNeededBody,
    ReturnBody,
    WhyBody,
)
from adapters.http.api.commitments_common import Bench, CommitmentId, command
from adapters.http.routing import Routes
from services.commitments.annotate_end import AnnotateEnd, annotate_end
from services.commitments.attest_period import AttestPeriod, attest_period
from services.commitments.cancel_commitment import CancelCommitment, cancel_commitment
from services.commitments.confirm_done import ConfirmDone, confirm_done
from services.commitments.contest_end import ContestEnd, contest_end
from services.commitments.refuse_reopening import RefuseReopening, refuse_reopening
from services.commitments.release_commitment import ReleaseCommitment, release_commitment
from services.commitments.renege_commitment import RenegeCommitment, renege_commitment
from services.commitments.reopen_commitment import ReopenCommitment, reopen_commitment
from services.commitments.report_done import ReportDone, report_done
from services.commitments.retract_done import RetractDone, retract_done
from services.commitments.return_done import ReturnDone, return_done

router = Routes(prefix="/commitments", tags=["Commitments"])


@router.post("/{commitment_id}/release", **command("release_commitment", "Let the debtors go"))
async def route_release_commitment(commitment_id: CommitmentId, body: WhyBody, bench: Bench) -> Response:
    """A creditor; or a debtor, once nobody whom it is owed to can act any more. Not counted."""
    return await bench.run(release_commitment, ReleaseCommitment(commitment_id, body.reason))


@router.post("/{commitment_id}/cancel", **command("cancel_commitment", "The need is gone"))
async def route_cancel_commitment(commitment_id: CommitmentId, body: WhyBody, bench: Bench) -> Response:
    """A creditor; neutral for the debtors."""
    return await bench.run(cancel_commitment, CancelCommitment(commitment_id, body.reason))


@router.post("/{commitment_id}/renege", **command("renege_commitment", "Take a promise back"))
async def route_renege_commitment(commitment_id: CommitmentId, body: ReasonNeededBody, bench: Bench) -> Response:
    """A debtor says openly that it will not be kept, and why."""
    return await bench.run(renege_commitment, RenegeCommitment(commitment_id, body.reason))


@router.post("/{commitment_id}/done", **command("report_done", "Say that it is done"))
async def route_report_done(commitment_id: CommitmentId, body: DoneBody, bench: Bench) -> Response:
    """A debtor; its clock stands still until that is answered. After seven days of silence it counts as kept."""
    return await bench.run(report_done, ReportDone(commitment_id, tuple(body.evidence), body.learned))


@router.post("/{commitment_id}/done/retract", **command("retract_done", "Take back that it is done"))
async def route_retract_done(commitment_id: CommitmentId, bench: Bench) -> Response:
    """The debtors; the time since then counts."""
    return await bench.run(retract_done, RetractDone(commitment_id))


@router.post("/{commitment_id}/confirm", **command("confirm_done", "Confirm that it is kept"))
async def route_confirm_done(commitment_id: CommitmentId, body: ConfirmBody, bench: Bench) -> Response:
    """A creditor ticks the conditions that are met, and may say thanks; unmet ones are shown."""
    met = None if body.conditions_met is None else tuple(body.conditions_met)
    return await bench.run(confirm_done, ConfirmDone(commitment_id, met, body.thanks))


@router.post("/{commitment_id}/return", **command("return_done", "Say what is missing"))
async def route_return_done(commitment_id: CommitmentId, body: ReturnBody, bench: Bench) -> Response:
    """A creditor; it is promised again, and the due date moves by the time that it waited."""
    return await bench.run(return_done, ReturnDone(commitment_id, body.missing))


@router.post("/{commitment_id}/reopen", **command("reopen_commitment", "It is not kept after all"))
async def route_reopen_commitment(commitment_id: CommitmentId, body: ReasonNeededBody, bench: Bench) -> Response:
    """A creditor, once, within seven days; the debtors may refuse."""
    return await bench.run(reopen_commitment, ReopenCommitment(commitment_id, body.reason))


@router.post("/{commitment_id}/reopen/refuse", **command("refuse_reopening", "Stand by it"))
async def route_refuse_reopening(commitment_id: CommitmentId, body: NoteBody, bench: Bench) -> Response:
    """A debtor says why it is kept: it stays so, and is contested."""
    return await bench.run(refuse_reopening, RefuseReopening(commitment_id, body.text))


@router.post("/{commitment_id}/attest", **command("attest_period", "Say how a period of an impact went"))
async def route_attest_period(commitment_id: CommitmentId, body: AttestBody, bench: Bench) -> Response:
    """Each side for itself; both are stored and never merged."""
    return await bench.run(attest_period, AttestPeriod(commitment_id, body.period, body.kept, body.text))


@router.post("/{commitment_id}/annotate", **command("annotate_end", "Add something to the end"))
async def route_annotate_end(commitment_id: CommitmentId, body: NoteBody, bench: Bench) -> Response:
    """Either side; shown wherever the end is."""
    return await bench.run(annotate_end, AnnotateEnd(commitment_id, body.text))


@router.post("/{commitment_id}/contest", **command("contest_end", "See the end differently"))
async def route_contest_end(commitment_id: CommitmentId, body: NoteBody, bench: Bench) -> Response:
    """Either side; shown wherever the end is."""
    return await bench.run(contest_end, ContestEnd(commitment_id, body.text))
