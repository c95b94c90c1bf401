"""Accepting an invitation: the one command that nobody is signed in for."""

from __future__ import annotations

import hashlib
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Path, Request
from pydantic import Field
from starlette.responses import Response

from adapters.http.conventions import Body, command_id, etag, idempotency_key, json_response
from adapters.http.deps import BODY, concord_of
from adapters.http.routing import Routes
from domain.refusals import NotThere
from services.people.accept_invitation import AcceptInvitation, accept_invitation
from services.ports import KeyReused

router = Routes(tags=["People"])


class PasswordBody(Body):
    """The password to sign in with from now on."""

    password: str = Field(description="12 to 256 characters.", examples=["a sentence makes a good one"])


@router.post(
    "/invitations/{secret}/accept", status_code=201, operation_id="accept_invitation", summary="Accept an invitation",
    responses={201: {"description": "Who you are, and a token of yours, shown once."}},
)  # fmt: skip
async def route_accept_invitation(
    secret: Annotated[str, Path(description="The secret of the invitation.", max_length=200, examples=["concord_x"])],
    body: PasswordBody,
    request: Request,
) -> Response:
    """Works once, within 72 hours; an unknown, used or old secret is not there."""
    concord = concord_of(request)
    key = idempotency_key(request.headers)
    command = command_id(key, "invitation", request.method, request.url.path)
    request_hash = _hash(request.scope[BODY])
    receipt = await concord.ledger.receipt(command) if key is not None else None
    replayed = receipt is not None
    if receipt is None:
        receipt = await accept_invitation(
            concord.ledger,
            concord.identities,
            concord.clock,
            command,
            request_hash,
            AcceptInvitation(secret, body.password),
        )
    elif receipt.request_hash != request_hash:
        raise KeyReused
    person = await concord.identities.identity(UUID(receipt.answer.ids["person_id"]))
    if person is None:
        raise NotThere
    document = {
        "person_id": str(person.person_id),
        "name": person.name,
        "organisation_id": str(person.organisation_id),
        "token": concord.identities.secret_for(command, "token"),
    }
    answer = orjson.dumps(document)
    version = receipt.answer.versions[str(person.person_id)]
    headers = {"Concord-Position": str(receipt.position), "ETag": etag(version, answer), "Location": "/api/v1/me"}
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    return json_response(answer, 201, headers)


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
