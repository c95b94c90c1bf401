"""Accepting an invitation: the one command that nobody is signed in for."""

from __future__ import annotations

import hashlib
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from adapters.http.conventions import API, Body, etag, idempotency_key, json_response
from adapters.http.cookies import hand_over
from adapters.http.deps import concord_of, tried
from adapters.http.routing import Routes
from adapters.http.security import browser_of, must_be_ours
from domain.refusals import NotThere
from services.people.accept_invitation import AcceptInvitation, accept_invitation
from services.people.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD
from services.people.sign_in import open_session

router = Routes(tags=["People"])


class PasswordBody(Body):
    """The password to sign in with from now on."""

    password: str = Field(
        description="12 to 256 characters; a sentence makes a good one.",
        examples=["nobody else would think of this"],
        json_schema_extra={"minLength": SHORTEST_PASSWORD, "maxLength": LONGEST_PASSWORD, "format": "password"},
    )


class AcceptedShown(BaseModel):
    """Who you are now, and your first token; a session is in the cookie."""

    person_id: UUID = Field(description="You.", examples=["0197a2c0-0000-7000-8000-00000000000a"])
    name: str = Field(description="What you are called here.", examples=["Ben Okri"])
    organisation_id: UUID = Field(description="Your organisation.", examples=["0197a2c0-0000-7000-8000-00000000000f"])
    token: str | None = Field(
        description="A token with everything that you may do, shown this once; null where two factors are asked for.",
        examples=["concord_Fv6Fc..."],
    )


@router.post(
    "/invitations/{secret}/accept",
    status_code=201,
    operation_id="accept_invitation",
    summary="Accept an invitation",
    responses={
        201: {"model": AcceptedShown, "description": "Who you are, signed in, and a token of yours, shown once."}
    },
    openapi_extra={"x-also": [403]},
)
async def route_accept_invitation(
    secret: Annotated[
        str, Path(description="The secret of the invitation.", max_length=200, examples=["concord_Fv6Fc..."])
    ],
    body: PasswordBody,
    request: Request,
) -> Response:
    """Works once, within 72 hours; an unknown, used or old secret is not there."""
    concord = concord_of(request)
    must_be_ours(request, concord.settings)
    command = AcceptInvitation(secret, body.password, idempotency_key(request.headers))
    turn = UUID(hashlib.sha256(secret.encode()).hexdigest()[:32])
    async with concord.turns.on(turn):
        accepted = await tried(lambda: accept_invitation(concord.ledger, concord.identities, concord.clock, command))
    receipt = accepted.receipt
    person = await concord.identities.identity(UUID(receipt.answer.ids["person_id"]))
    if person is None:
        raise NotThere
    document = {
        "person_id": str(person.person_id),
        "name": person.name,
        "organisation_id": str(person.organisation_id),
        "token": accepted.token,
    }
    answer = orjson.dumps(document)
    version = receipt.answer.versions[str(person.person_id)]
    headers = {"Concord-Position": str(receipt.position), "ETag": etag(version, answer), "Location": f"{API}/me"}
    signed_in = await open_session(
        concord.identities,
        concord.identities.sessions,
        person.person_id,
        person.organisation_id,
        "invitation",
        browser_of(request, concord.settings),
        concord.clock.now(),
        receipt.command_id,
    )
    if accepted.replayed:
        headers["Idempotent-Replayed"] = "true"
    return hand_over(json_response(answer, 201, headers), signed_in, concord.settings)
