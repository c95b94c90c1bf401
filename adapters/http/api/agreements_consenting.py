"""Routes for consent to an exact text, and for amendments to what is in force."""

from __future__ import annotations

from fastapi import Response

from adapters.http.api.agreements_bodies import ChangesAskedBody, ConsentBody, OpenAmendmentBody, ReasonBody
from adapters.http.api.agreements_common import AgreementId, Bench, command
from adapters.http.routing import Routes
from services.agreements.ask_for_changes import AskForChanges, ask_for_changes
from services.agreements.decline_amendment import DeclineAmendment, decline_amendment
from services.agreements.give_consent import GiveConsent, give_consent
from services.agreements.open_amendment import OpenAmendment, open_amendment
from services.agreements.retract_amendment import RetractAmendment, retract_amendment
from services.agreements.withdraw_consent import WithdrawConsent, withdraw_consent

router = Routes(prefix="/agreements", tags=["Agreements"])


@router.post("/{agreement_id}/consents", **command("give_consent", "Consent to the exact text that you read"))
async def route_give_consent(agreement_id: AgreementId, body: ConsentBody, bench: Bench) -> Response:
    """Says yes to one revision with one hash; the last yes makes the next version."""
    return await bench.run(give_consent, GiveConsent(agreement_id, body.revision, body.content_hash))


@router.delete("/{agreement_id}/consents/mine", **command("withdraw_consent", "Take your consent back"))
async def route_withdraw_consent(agreement_id: AgreementId, bench: Bench) -> Response:
    """Takes your own consent to the open proposal back."""
    return await bench.run(withdraw_consent, WithdrawConsent(agreement_id), conditional=True)


@router.post("/{agreement_id}/changes-asked", **command("ask_for_changes", "Ask for changes instead of consenting"))
async def route_ask_for_changes(agreement_id: AgreementId, body: ChangesAskedBody, bench: Bench) -> Response:
    """Says what should change before you consent; your own consent, if given, is taken back."""
    return await bench.run(ask_for_changes, AskForChanges(agreement_id, body.note))


@router.post("/{agreement_id}/amendments", **command("open_amendment", "Open an amendment", status=201))
async def route_open_amendment(agreement_id: AgreementId, body: OpenAmendmentBody, bench: Bench) -> Response:
    """Opens a new proposal on the text in force, which stays valid meanwhile; one at a time."""
    return await bench.run(open_amendment, OpenAmendment(agreement_id, body.reason, body.clerical))


@router.post("/{agreement_id}/amendments/open/retract", **command("retract_amendment", "Retract your amendment"))
async def route_retract_amendment(agreement_id: AgreementId, bench: Bench, body: ReasonBody | None = None) -> Response:
    """Takes the open amendment back; only its opener can."""
    return await bench.run(retract_amendment, RetractAmendment(agreement_id, body.reason if body else None))


@router.post("/{agreement_id}/amendments/open/decline", **command("decline_amendment", "Decline another's amendment"))
async def route_decline_amendment(agreement_id: AgreementId, bench: Bench, body: ReasonBody | None = None) -> Response:
    """Declines the open amendment of another party."""
    return await bench.run(decline_amendment, DeclineAmendment(agreement_id, body.reason if body else None))
