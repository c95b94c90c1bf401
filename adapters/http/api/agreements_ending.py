"""Routes for pauses that end, notice, what goes on with a new leader, and a steward's look with a reason."""

from __future__ import annotations

from fastapi import Response

from adapters.http.api.agreements_bodies import BreakGlassBody, CarryOverBody, NoticeBody
from adapters.http.api.agreements_common import AgreementId, Bench, PersonId, command
from adapters.http.routing import Routes
from services.agreements.break_glass import BreakGlass, break_glass
from services.agreements.carry_over_terms import CarryOverTerms, carry_over_terms
from services.agreements.give_notice import GiveNotice, give_notice
from services.agreements.grant_earlier_versions import GrantEarlierVersions, grant_earlier_versions
from services.agreements.rescind_notice import RescindNotice, rescind_notice
from services.agreements.resume_agreement import ResumeAgreement, resume_agreement
from services.agreements.revoke_grant import RevokeGrant, revoke_grant

router = Routes(prefix="/agreements", tags=["Agreements"])


@router.post("/{agreement_id}/resume", **command("resume_agreement", "End a pause early"))
async def route_resume_agreement(agreement_id: AgreementId, bench: Bench) -> Response:
    """Any party ends the pause before its last day."""
    return await bench.run(resume_agreement, ResumeAgreement(agreement_id))


@router.post("/{agreement_id}/notice", **command("give_notice", "Give notice"))
async def route_give_notice(agreement_id: AgreementId, body: NoticeBody, bench: Bench) -> Response:
    """A party alone gives notice; the last day is at least the notice period away."""
    return await bench.run(give_notice, GiveNotice(agreement_id, body.ends_on, body.reason))


@router.post("/{agreement_id}/notice/rescind", **command("rescind_notice", "Take your notice back"))
async def route_rescind_notice(agreement_id: AgreementId, bench: Bench) -> Response:
    """The giver takes the notice back; everything is as before it."""
    return await bench.run(rescind_notice, RescindNotice(agreement_id))


@router.post(
    "/{agreement_id}/carry-over",
    **command("carry_over_terms", "Carry terms over into a draft with a new leader", status=201),
)
async def route_carry_over_terms(agreement_id: AgreementId, body: CarryOverBody, bench: Bench) -> Response:
    """Opens a new draft between you and a new leader with terms that you consented to."""
    return await bench.run(carry_over_terms, CarryOverTerms(agreement_id, tuple(body.term_ids), body.with_person_id))


@router.post(
    "/{agreement_id}/grants/{person_id}",
    **command("grant_earlier_versions", "Let a new leader read the earlier versions"),
)
async def route_grant_earlier_versions(agreement_id: AgreementId, person_id: PersonId, bench: Bench) -> Response:
    """Lets somebody read the versions and your own words, and nothing of others; never of a coaching agreement."""
    return await bench.run(grant_earlier_versions, GrantEarlierVersions(agreement_id, person_id))


@router.delete(
    "/{agreement_id}/grants/{person_id}",
    **command("revoke_grant", "Take a new leader's leave to read back"),
)
async def route_revoke_grant(agreement_id: AgreementId, person_id: PersonId, bench: Bench) -> Response:
    """Takes that leave back; effective at once."""
    return await bench.run(revoke_grant, RevokeGrant(agreement_id, person_id), conditional=True)


@router.post(
    "/{agreement_id}/break-glass", **command("break_glass", "Open an agreement that is not yours, for an hour")
)
async def route_break_glass(agreement_id: AgreementId, body: BreakGlassBody, bench: Bench) -> Response:
    """Stewards only, reviewable agreements only; the text can be read for an hour, and all parties see it at once."""
    return await bench.run(break_glass, BreakGlass(agreement_id, body.reason))
