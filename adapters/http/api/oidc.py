"""Signing in by way of another provider (OpenID Connect): the browser goes there and comes back."""

from __future__ import annotations

import secrets
from dataclasses import replace
from functools import lru_cache, partial
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import Query, Request
from starlette.responses import Response

from adapters.bootstrap import Concord
from adapters.http.conventions import API
from adapters.http.cookies import conversation, hand_over, keep_conversation
from adapters.http.deps import concord_of
from adapters.http.doors import said
from adapters.http.problems import MEDIA_TYPE, not_found
from adapters.http.routing import Routes
from adapters.http.security import browser_of, own_origin
from adapters.identity import ceremonies
from adapters.identity.oidc import Asked, OidcFailed, Provider
from adapters.stores import reach
from domain.people.policy import OrganisationPolicy
from services.people.attempts import for_strangers
from services.people.come_in_from_elsewhere import come_in_from_elsewhere, organisation_that_takes_in
from services.people.policy import policy_of
from services.people.sign_in import Browser, NotThem, SignedIn
from services.people.sign_in_elsewhere import Vouched, sign_in_elsewhere

router = Routes(prefix="/oidc", tags=["Sessions"])

_logger = structlog.get_logger(__name__)
_TEXT = {"text/html": {"schema": {"type": "string"}}}
_NOT_SET_UP: dict[int | str, dict[str, Any]] = {
    404: {"description": "No provider is set up here.", "content": {MEDIA_TYPE: {"schema": {"type": "object"}}}},
    502: {"description": "The provider does not answer as it should.", "content": _TEXT},
}


@router.get(
    "/start",
    status_code=303,
    operation_id="start_oidc",
    summary="Go and sign in at the organisation's provider",
    responses={303: {"description": "To the provider.", "content": _TEXT}, **_NOT_SET_UP},
    openapi_extra={"x-deed": "sign_in_elsewhere"},
)
async def route_start_oidc(request: Request) -> Response:
    """With a code challenge, a state and a nonce that only this browser can come back with, within 10 minutes."""
    concord = concord_of(request)
    provider = _provider(concord)
    name = ceremonies.begin(concord.clock.now())
    try:
        asked = _asked(request, concord, name)
        address = await provider.address(replace(asked, names=await _any_takes_in(concord)))
    except OidcFailed as failed:
        return _failed(failed)
    answer = Response(status_code=303, headers={"Location": address}, media_type="text/html")
    return keep_conversation(answer, name, concord.settings)


@router.get(
    "/callback",
    operation_id="finish_oidc",
    summary="Come back from the provider",
    responses={
        200: {"description": "A page: you are signed in.", "content": _TEXT},
        401: {"description": "A page: nobody here, or not what was asked for.", "content": _TEXT},
        **_NOT_SET_UP,
    },
    openapi_extra={"x-deed": "sign_in_elsewhere", "x-any-query": True, "x-also": [429]},
)
async def route_finish_oidc(
    request: Request,
    code: Annotated[str, Query(description="What the provider gave.", max_length=4_000, examples=["x"])] = "",
    state: Annotated[str, Query(description="What the browser was sent with.", max_length=200, examples=["x"])] = "",
) -> Response:
    """Signs in who has this login, or at first whoever was invited with its verified address.

    Who is not here is taken in where one organisation says so for the domain of that address, and nowhere else.
    """
    concord, now = concord_of(request), concord_of(request).clock.now()
    provider, identities = _provider(concord), concord.identities
    browser = browser_of(request, concord.settings)
    tries = await identities.attempts.begin([for_strangers(browser.address)], now)
    name = conversation(request, concord.settings)
    asked = _asked(request, concord, name) if ceremonies.is_fresh(name, now) else None
    if asked is None or not code or not secrets.compare_digest(state.encode(), asked.state.encode()):
        return said("Not signed in", "This is not what this browser asked for, or too long ago. Please try again.", 401)
    if not await identities.used_up.use(name, now):
        return said("Not signed in", "This was used before. Please try again.", 401)
    try:
        vouched = await provider.vouched(asked, code)
        signed_in = await _sign_in(concord, vouched, browser)
    except OidcFailed as failed:
        return _failed(failed)
    except NotThem:
        return said("Not signed in", "Nobody here has a verified address like yours. A steward can add you.", 401)
    await identities.attempts.forgive(tries)
    return hand_over(said("You are in", "You are signed in with this browser."), signed_in, concord.settings)


async def _sign_in(concord: Concord, vouched: Vouched, browser: Browser) -> SignedIn:
    identities = concord.identities

    async def enter() -> SignedIn:
        return await sign_in_elsewhere(
            concord.ledger, identities, identities.logins, identities.sessions, concord.clock, vouched, browser
        )

    try:
        return await enter()
    except NotThem:
        # Looked for within each organisation, before the newcomer belongs to any.
        organisations = await identities.organisations()
        house = await organisation_that_takes_in(organisations, partial(_policy, concord), vouched)
        if house is None:
            raise
        with reach.within(house.id):
            await come_in_from_elsewhere(concord.ledger, identities, concord.clock, concord.new_id, house, vouched)
            return await enter()


async def _any_takes_in(concord: Concord) -> bool:
    for organisation in await concord.identities.organisations():
        if (await _policy(concord, organisation.id)).create_people_from_provider:
            return True
    return False


async def _policy(concord: Concord, organisation_id: UUID) -> OrganisationPolicy:
    with reach.within(organisation_id):
        return await policy_of(concord.ledger, organisation_id)


def _provider(concord: Concord) -> Provider:
    settings = concord.settings
    if not settings.oidc_issuer:
        raise not_found()
    return _known(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)


@lru_cache(maxsize=8)
def _known(issuer: str, client_id: str, client_secret: str) -> Provider:
    return Provider(issuer, client_id, client_secret)


def _asked(request: Request, concord: Concord, name: str) -> Asked:
    derive = concord.identities.secret_for
    return Asked(
        derive(name, "oidc state"),
        derive(name, "oidc nonce"),
        derive(name, "oidc verifier"),
        f"{own_origin(request, concord.settings)}{API}/oidc/callback",
    )


def _failed(failed: OidcFailed) -> Response:
    _logger.warning("signing in elsewhere failed", refusal=str(failed))
    return said("Not signed in", "The provider did not answer as it should. Please try again later.", 502)
