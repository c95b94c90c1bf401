"""One's own API tokens."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from pydantic import AwareDatetime, Field
from starlette.responses import Response

from adapters.http.api.people_answers import TOKEN, TokenMade, TokenPage
from adapters.http.conventions import A_LINE, Body, Shown
from adapters.http.deps import Asking, Asks
from adapters.http.routing import Routes
from domain.people.person import SCOPES, Person
from domain.refusals import NotThere
from services.agreements.view import at
from services.people.ports import KnownToken
from services.people.tokens import IssueToken, issue_token, revoke_token
from services.ports import Receipt

router = Routes(tags=["Tokens"])


class TokenBody(Body):
    """A token to make."""

    name: str = Field(
        description="What it is for, so that you know it again; at most 200 characters.",
        examples=["my editor"],
        json_schema_extra=A_LINE,
    )
    scopes: list[str] = Field(
        description=f"`all`, or some of {', '.join(SCOPES)}.",
        examples=[["agreements:read", "agreements:write"]],
        json_schema_extra={"minItems": 1, "items": {"type": "string", "enum": ["all", *SCOPES]}},
    )
    expires_at: AwareDatetime | None = Field(
        None, description="Until when it holds (RFC 3339); for ever when absent.", examples=["2027-06-30T00:00:00Z"]
    )


@router.post(
    "/tokens",
    status_code=201,
    operation_id="issue_token",
    summary="Make a token of your own",
    responses={201: {"model": TokenMade, "description": "The token; its secret is shown here and never again."}},
)
async def route_issue_token(body: TokenBody, asks: Asks) -> Response:
    """Only the secret's hash is kept. A token narrower than `all` cannot make tokens."""
    identities = asks.concord.identities
    command = IssueToken(body.name, tuple(body.scopes), _utc(body.expires_at))

    async def show(receipt: Receipt) -> Shown:
        token_id = UUID(receipt.answer.ids["token_id"])
        known = [t for t in await identities.tokens(asks.actor.person_id) if t.token_id == token_id]
        if not known:
            raise NotThere
        secret = identities.secret_for(receipt.command_id, "token")
        return Shown(receipt.answer.versions[str(asks.actor.person_id)], {**_token(known[0]), "token": secret})

    return await asks.run(
        lambda desk: issue_token(desk, identities, command), show, on=asks.actor.person_id, checked=False
    )


@router.get(
    "/tokens",
    operation_id="list_tokens",
    summary="List your tokens",
    responses={200: {"model": TokenPage, "description": "Your tokens, oldest first, without their secrets."}},
)
async def route_list_tokens(asks: Asks) -> Response:
    """With the day on which each was last used."""
    await asks.allow("list_tokens")
    await asks.wait_for_position(())
    return asks.show(await _tokens(asks))


@router.delete(
    "/tokens/{token_id}",
    operation_id="revoke_token",
    summary="Take one of your tokens back",
    responses={200: {"model": TokenPage, "description": "Your tokens that are left."}},
)
async def route_revoke_token(
    token_id: Annotated[UUID, Path(description="The token.", examples=[TOKEN])],
    asks: Asks,
) -> Response:
    """It opens nothing any more from the moment of this answer on. The version is that of your tokens as a whole."""
    identities = asks.concord.identities

    async def show(receipt: Receipt) -> Shown:
        return await _tokens(asks, receipt.answer.versions[str(asks.actor.person_id)])

    return await asks.run(lambda desk: revoke_token(desk, identities, token_id), show, on=asks.actor.person_id)


async def _tokens(asks: Asking, version: int | None = None) -> Shown:
    """The tokens that the log knows of; what a command left that was cut off is none."""
    person = await asks.concord.ledger.load(Person, asks.actor.person_id, up_to=version)
    if not isinstance(person, Person):
        raise NotThere
    kept = await asks.concord.identities.tokens(asks.actor.person_id)
    items = [_token(token) for token in kept if token.token_id in person.tokens]
    return Shown(person.version, {"items": items, "next_cursor": None})


def _utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def _token(token: KnownToken) -> dict[str, Any]:
    return {
        "id": str(token.token_id),
        "name": token.name,
        "scopes": list(token.scopes),
        "created_at": at(token.created_at),
        "expires_at": at(token.expires_at) if token.expires_at else None,
        "last_used_on": token.last_used_on.isoformat() if token.last_used_on else None,
    }
