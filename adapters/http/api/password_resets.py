"""A new password for who has forgotten theirs."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from adapters.http.api.invitations import PasswordBody
from adapters.http.api.sessions import NOBODY_YET, SignedInShown, show_signed_in
from adapters.http.conventions import Body, etag, idempotency_key, json_response
from adapters.http.deps import concord_of, tried
from adapters.http.routing import Routes
from adapters.http.security import browser_of, must_be_ours
from adapters.identity.letters import PlainLetters
from domain.refusals import WrongState
from services.people.password_resets import AcceptReset, accept_reset, ask_for_reset

router = Routes(prefix="/password-resets", tags=["Sessions"])


class AddressBody(Body):
    """Whose password."""

    email: str = Field(
        description="The address that you sign in with.",
        examples=["ben@example.org"],
        json_schema_extra={"maxLength": 320},
        max_length=320,
    )


class AskedShown(BaseModel):
    """What happens now."""

    detail: str = Field(
        description="A sentence, the same for every address.",
        examples=["If somebody signs in with this address, a link is on its way to it."],
    )


@router.post(
    "",
    operation_id="ask_for_password_reset",
    summary="Ask for a new password by mail",
    responses={200: {"model": AskedShown, "description": "The same answer for every address."}},
    openapi_extra=NOBODY_YET,
)
async def route_ask_for_password_reset(body: AddressBody, request: Request) -> Response:
    """409 where no mail is set up: whoever runs the installation can help then (`concord reset-password`)."""
    concord = concord_of(request)
    must_be_ours(request, concord.settings)
    idempotency_key(request.headers)
    letters = PlainLetters(concord.settings)
    if not letters.are_sent:
        raise WrongState("No mail is set up here. Whoever runs this installation can give you a link instead.")
    identities = concord.identities
    browser = browser_of(request, concord.settings)
    await ask_for_reset(
        concord.ledger,
        identities,
        identities.resets,
        identities.attempts,
        letters,
        concord.clock,
        body.email,
        browser.address,
    )
    answer = orjson.dumps({"detail": "If somebody signs in with this address, a link is on its way to it."})
    headers = {"ETag": etag(0, answer), "Concord-Position": str(await concord.ledger.head())}
    return json_response(answer, 200, headers)


@router.post(
    "/{secret}/accept",
    status_code=201,
    operation_id="accept_password_reset",
    summary="Set a new password",
    responses={201: {"model": SignedInShown, "description": "You are signed in; every other session has ended."}},
    openapi_extra=NOBODY_YET,
)
async def route_accept_password_reset(
    secret: Annotated[str, Path(description="The secret of the link.", max_length=200, examples=["concord_Fv6Fc..."])],
    body: PasswordBody,
    request: Request,
) -> Response:
    """Works once, within 72 hours; an unknown, used or old secret is not there."""
    concord = concord_of(request)
    must_be_ours(request, concord.settings)
    identities = concord.identities
    key = idempotency_key(request.headers)
    command = AcceptReset(secret, body.password, browser_of(request, concord.settings), key)
    letters = PlainLetters(concord.settings)
    signed_in = await tried(
        lambda: accept_reset(
            concord.ledger, identities, identities.resets, identities.sessions, letters, concord.clock, command
        )
    )
    return await show_signed_in(concord, signed_in)
