"""Passkeys: making one, signing in with it, and taking it away."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from adapters.bootstrap import Concord
from adapters.http.api.sessions import NOBODY_YET, SignedInShown, show_signed_in
from adapters.http.conventions import (
    A_LINE,
    API,
    Body,
    Shown,
    etag,
    idempotency_key,
    json_response,
    seen_version,
)
from adapters.http.deps import Asking, Asks, concord_of
from adapters.http.routing import Routes
from adapters.http.security import browser_of, must_be_ours, own_origin
from adapters.identity import ceremonies
from adapters.identity.letters import PlainLetters
from adapters.identity.signatures import (
    NotSigned,
    Site,
    asking_for_a_key,
    asking_for_a_signature,
    new_key,
    signed,
)
from domain.refusals import Invalid, NotThere, SecondFactorNeeded
from services.agreements.view import at
from services.people.add_person import one_line
from services.people.attempts import for_strangers
from services.people.passkeys import KnownPasskey, sign_in_with_passkey
from services.people.sign_in import NotThem
from services.people.signed_in_lately import must_have_signed_in_lately

router = Routes(tags=["Sessions"])

PASSKEY = "0197a2c0-0000-7000-8000-0000000000f1"
_CEREMONY = Field(
    description="`ceremony` as the options came with it; it holds for 10 minutes, once.",
    examples=["1798794000000.Qm9vdHN0cmFwcGluZyBhIGNvbnZlcnNhdGlvbg-and-more"],
    max_length=100,
)
_CREDENTIAL = Field(
    description="What the browser answered, as `PublicKeyCredential.toJSON()` gives it.",
    examples=[{"id": "x", "rawId": "x", "type": "public-key", "response": {}}],
)


class PasskeyBody(Body):
    """A passkey that was made."""

    name: str = Field(
        description="What you call it, so that you know it again.",
        examples=["my telephone"],
        json_schema_extra=A_LINE,
    )
    ceremony: str = _CEREMONY
    credential: dict[str, Any] = _CREDENTIAL


class SignatureBody(Body):
    """What a passkey signed."""

    ceremony: str = _CEREMONY
    credential: dict[str, Any] = _CREDENTIAL


class OptionsShown(BaseModel):
    """What the browser is asked."""

    ceremony: str = Field(description="Send it with the answer.", examples=["1798794000000.Qm9vdHN0cmFw"])
    options: dict[str, Any] = Field(
        description="For `PublicKeyCredential.parse...OptionsFromJSON()`.", examples=[{"challenge": "x"}]
    )


class PasskeyShown(BaseModel):
    """A passkey of yours."""

    id: UUID = Field(description="The passkey's id here.", examples=[PASSKEY])
    name: str = Field(description="What you called it.", examples=["my telephone"])
    created_at: datetime = Field(description="When you made it (UTC).", examples=["2027-01-04T09:00:00.000000Z"])
    last_used_on: date | None = Field(
        description="The day on which it was last used (UTC); null if never.", examples=["2027-01-05"]
    )


class PasskeyPage(BaseModel):
    """Your passkeys, oldest first."""

    items: list[PasskeyShown] = Field(description="All of them.", examples=[[]])
    next_cursor: str | None = Field(None, description="Always null: they fit one page.", examples=[None])


@router.post(
    "/passkeys/options",
    operation_id="ask_for_passkey",
    summary="Begin to make a passkey",
    responses={200: {"model": OptionsShown, "description": "What to ask the browser for."}},
    openapi_extra={"x-deed": "register_passkey"},
)
async def route_ask_for_passkey(asks: Asks) -> Response:
    """For `navigator.credentials.create()`; in a session that began within a quarter of an hour."""
    await asks.allow("register_passkey")
    idempotency_key(asks.request.headers)
    await _must_be_theirs_to_make(asks)
    concord, me = asks.concord, asks.actor.person_id
    identity = await concord.identities.identity(me)
    if identity is None:
        raise NotThere
    name = ceremonies.begin(concord.clock.now())
    known = [passkey.credential_id for passkey in await concord.identities.passkeys.of(me)]
    challenge = _challenge(concord, name, f"for {me}")
    site = _site(asks.request, concord)
    options = asking_for_a_key(site, challenge, me, identity.email or identity.name, identity.name, known)
    return await _answer(concord, {"ceremony": name, "options": options})


@router.post(
    "/passkeys",
    status_code=201,
    operation_id="register_passkey",
    summary="Keep a passkey",
    responses={201: {"model": PasskeyShown, "description": "The passkey."}},
)
async def route_register_passkey(body: PasskeyBody, asks: Asks) -> Response:
    """422 where the answer is not to what this person was asked, or comes too late; they are told by mail."""
    await asks.allow("register_passkey")
    idempotency_key(asks.request.headers)
    await _must_be_theirs_to_make(asks)
    concord, me, now = asks.concord, asks.actor.person_id, asks.concord.clock.now()
    name, store = one_line(body.name, "name"), concord.identities.passkeys
    refused = Invalid("This is not a passkey made for what you were asked; please begin again.", field="credential")
    if not ceremonies.is_fresh(body.ceremony, now):
        raise refused
    try:
        challenge = _challenge(concord, body.ceremony, f"for {me}")
        key = new_key(_site(asks.request, concord), challenge, body.credential)
    except NotSigned:
        raise refused from None
    passkey = KnownPasskey(
        uuid.uuid5(me, key.credential_id),
        key.credential_id,
        me,
        asks.actor.organisation.id,
        key.public_key,
        key.sign_count,
        name,
        now,
    )
    if await concord.identities.used_up.use(body.ceremony, now):
        identity = await concord.identities.identity(me)
        if not await store.keep(passkey, PlainLetters(concord.settings).passkey_made(identity, now)):
            raise refused
    else:
        # Sent again it is answered again; anything else under the same ceremony is refused.
        earlier = await store.find(key.credential_id)
        if earlier is None or earlier.passkey_id != passkey.passkey_id:
            raise refused
        passkey = earlier
    return await _answer(concord, _passkey(passkey), 201, {"Location": f"{API}/passkeys"})


@router.get(
    "/passkeys",
    operation_id="list_passkeys",
    summary="List your passkeys",
    responses={200: {"model": PasskeyPage, "description": "Your passkeys, oldest first."}},
)
async def route_list_passkeys(asks: Asks) -> Response:
    """With the day on which each was last used."""
    await asks.allow("list_passkeys")
    await asks.wait_for_position(())
    return asks.show(Shown(0, await _page(asks)))


@router.delete(
    "/passkeys/{passkey_id}",
    operation_id="remove_passkey",
    summary="Take a passkey away",
    responses={200: {"model": PasskeyPage, "description": "Your passkeys that are left."}},
)
async def route_remove_passkey(
    passkey_id: Annotated[UUID, Path(description="The passkey.", examples=[PASSKEY])], asks: Asks
) -> Response:
    """Nobody signs in with it from the moment of this answer on; sessions that it opened stay."""
    await asks.allow("remove_passkey")
    idempotency_key(asks.request.headers)
    seen_version(asks.request.headers, required=True)
    concord, me = asks.concord, asks.actor.person_id
    if all(passkey.passkey_id != passkey_id for passkey in await concord.identities.passkeys.of(me)):
        raise NotThere
    must_have_signed_in_lately(asks.actor, concord.clock.now())
    letter = PlainLetters(concord.settings).passkey_removed(await concord.identities.identity(me), concord.clock.now())
    if not await concord.identities.passkeys.remove(me, passkey_id, letter):
        raise NotThere
    return await _answer(asks.concord, await _page(asks))


@router.post(
    "/sessions/passkey/options",
    operation_id="ask_for_passkey_signature",
    summary="Begin to sign in with a passkey",
    responses={200: {"model": OptionsShown, "description": "What to ask the browser for."}},
    openapi_extra={"x-deed": "sign_in_with_passkey"},
)
async def route_ask_for_passkey_signature(request: Request) -> Response:
    """For `navigator.credentials.get()`; it is the same for everybody, and names nobody's passkeys."""
    concord = concord_of(request)
    idempotency_key(request.headers)
    name = ceremonies.begin(concord.clock.now())
    options = asking_for_a_signature(_site(request, concord), _challenge(concord, name, "sign in"))
    return await _answer(concord, {"ceremony": name, "options": options})


@router.post(
    "/sessions/passkey",
    status_code=201,
    operation_id="sign_in_with_passkey",
    summary="Sign in with a passkey",
    responses={201: {"model": SignedInShown, "description": "The session; its secret is in a cookie."}},
    openapi_extra=NOBODY_YET,
)
async def route_sign_in_with_passkey(body: SignatureBody, request: Request) -> Response:
    """401 unless the passkey is known, has signed what was asked, and who holds it was verified by the device."""
    concord, now = concord_of(request), concord_of(request).clock.now()
    must_be_ours(request, concord.settings)
    idempotency_key(request.headers)
    identities, credential_id = concord.identities, body.credential.get("id")
    browser = browser_of(request, concord.settings)
    tries = await identities.attempts.begin([for_strangers(browser.address)], now)
    passkey = await identities.passkeys.find(credential_id) if isinstance(credential_id, str) else None
    if passkey is None or not ceremonies.is_fresh(body.ceremony, now):
        raise NotThem
    try:
        challenge, site = _challenge(concord, body.ceremony, "sign in"), _site(request, concord)
        count = signed(site, challenge, body.credential, passkey.public_key, passkey.sign_count)
    except NotSigned:
        await identities.sign_ins.refused(passkey.person_id, passkey.organisation_id, "passkey", browser.device, now)
        raise NotThem from None
    if not await identities.used_up.use(body.ceremony, now):
        raise NotThem
    signed_in = await sign_in_with_passkey(
        concord.ledger,
        identities,
        identities.passkeys,
        identities.sessions,
        concord.clock,
        passkey,
        count,
        browser,
    )
    await identities.attempts.forgive(tries)
    return await show_signed_in(concord, signed_in)


async def _must_be_theirs_to_make(asks: Asking) -> None:
    """Raises SignInAgain for who has not signed in lately, and asks who has a passkey already to use that one."""
    must_have_signed_in_lately(asks.actor, asks.concord.clock.now())
    if asks.actor.one_factor and await asks.concord.identities.passkeys.of(asks.actor.person_id):
        # Else a password alone would make the second factor as well.
        raise SecondFactorNeeded("You have a passkey: sign in with it, then you can make another.")


def _site(request: Request, concord: Concord) -> Site:
    return Site(own_origin(request, concord.settings))


def _challenge(concord: Concord, ceremony: str, purpose: str) -> bytes:
    """What is to be signed: it follows from the ceremony, for whom it is, and the installation's key."""
    return concord.identities.secret_for(ceremony, f"passkey {purpose}").encode()


async def _answer(
    concord: Concord, document: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    body = orjson.dumps(document)
    position = str(await concord.ledger.head())
    return json_response(body, status, {"ETag": etag(0, body), "Concord-Position": position, **(headers or {})})


async def _page(asks: Asking) -> dict[str, Any]:
    found = await asks.concord.identities.passkeys.of(asks.actor.person_id)
    return {"items": [_passkey(passkey) for passkey in found], "next_cursor": None}


def _passkey(passkey: KnownPasskey) -> dict[str, Any]:
    return {
        "id": str(passkey.passkey_id),
        "name": passkey.name,
        "created_at": at(passkey.created_at),
        "last_used_on": passkey.last_used_on.isoformat() if passkey.last_used_on else None,
    }
