"""Routes for motions and contributors: deciding together what is not text."""

from __future__ import annotations

from fastapi import Response

from adapters.http.api.agreements_bodies import MotionBody, ReasonBody
from adapters.http.api.agreements_common import AgreementId, Bench, MotionId, PersonId, command
from adapters.http.routing import Routes
from services.agreements.agree_to_motion import AgreeToMotion, agree_to_motion
from services.agreements.dismiss_contributor import DismissContributor, dismiss_contributor
from services.agreements.propose_motion import ProposeMotion, propose_motion
from services.agreements.refuse_motion import RefuseMotion, refuse_motion
from services.agreements.retract_motion import RetractMotion, retract_motion

router = Routes(prefix="/agreements", tags=["Agreements"])


@router.post("/{agreement_id}/motions", **command("propose_motion", "Propose a motion", status=201))
async def route_propose_motion(agreement_id: AgreementId, body: MotionBody, bench: Bench) -> Response:
    """Proposes a pause, the end now, or to invite a contributor; the others agree or refuse within 14 days."""
    return await bench.run(
        propose_motion, ProposeMotion(agreement_id, body.kind, body.until, body.person_id, body.reason)
    )


@router.post("/{agreement_id}/motions/{motion_id}/agree", **command("agree_to_motion", "Agree to a motion"))
async def route_agree_to_motion(agreement_id: AgreementId, motion_id: MotionId, bench: Bench) -> Response:
    """Agrees; when all others have, what was moved happens at once."""
    return await bench.run(agree_to_motion, AgreeToMotion(agreement_id, motion_id))


@router.post("/{agreement_id}/motions/{motion_id}/refuse", **command("refuse_motion", "Refuse a motion"))
async def route_refuse_motion(
    agreement_id: AgreementId, motion_id: MotionId, bench: Bench, body: ReasonBody | None = None
) -> Response:
    """Refuses, which ends the motion."""
    return await bench.run(refuse_motion, RefuseMotion(agreement_id, motion_id, body.reason if body else None))


@router.post("/{agreement_id}/motions/{motion_id}/retract", **command("retract_motion", "Retract your motion"))
async def route_retract_motion(agreement_id: AgreementId, motion_id: MotionId, bench: Bench) -> Response:
    """Takes your own motion back."""
    return await bench.run(retract_motion, RetractMotion(agreement_id, motion_id))


@router.delete(
    "/{agreement_id}/contributors/{person_id}",
    **command("dismiss_contributor", "Dismiss a contributor"),
)
async def route_dismiss_contributor(agreement_id: AgreementId, person_id: PersonId, bench: Bench) -> Response:
    """Any party alone dismisses a contributor; effective at once."""
    return await bench.run(dismiss_contributor, DismissContributor(agreement_id, person_id), conditional=True)
