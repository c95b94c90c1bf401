"""One's own API tokens."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from pydantic import AwareDatetime, Field
from starlette.responses import Response

from adapters.http.conventions import Body, Shown
from adapters.http.deps import Asks
from adapters.http.routing import Routes
from domain.people.person import SCOPES
from domain.refusals import NotThere
from services.agreements.view import at
from services.people.ports import KnownToken
from services.people.tokens import IssueToken, issue_token, revoke_token
from services.ports import Receipt

router = Routes(tags=["Tokens"])


class TokenBody(Body):
    """A token to make."""

    name: str = Field(description="What it is for, so that you know it again.", examples=["my editor"])
    scopes: list[str] = Field(
        description=f"`all`, or some of {', '.join(SCOPES)}.", examples=[["agreements:read", "agreements:write"]]
    )
    expires_at: AwareDatetime | None = Field(
        None, description="Until when it holds (RFC 3339); for ever when absent.", examples=["2027-06-30T00:00:00Z"]
    )


@router.post(
    "/tokens", status_code=201, operation_id="issue_token", summary="Make a token of your own",
    responses={201: {"description": "The token; its secret is shown here and never again."}},
)  # fmt: skip
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
    "/tokens", operation_id="list_tokens", summary="List your tokens",
    responses={200: {"description": "Your tokens, oldest first, without their secrets."}},
)  # fmt: skip
async def route_list_tokens(asks: Asks) -> Response:
    """With the day on which each was last used."""
    await asks.allow("list_tokens")
    tokens = await asks.concord.identities.tokens(asks.actor.person_id)
    return asks.show(Shown(0, {"items": [_token(t) for t in tokens], "next_cursor": None}))


@router.delete(
    "/tokens/{token_id}", operation_id="revoke_token", summary="Take one of your tokens back",
    responses={200: {"description": "Your tokens that are left."}},
)  # fmt: skip
async def route_revoke_token(
    token_id: Annotated[UUID, Path(description="The token's id.", examples=["0197a2c0-0000-7000-8000-0000000000c1"])],
    asks: Asks,
) -> Response:
    """It opens nothing any more from the moment of this answer on. `If-Match: *` will do."""
    identities = asks.concord.identities

    async def show(receipt: Receipt) -> Shown:
        left = await identities.tokens(asks.actor.person_id)
        version = receipt.answer.versions[str(asks.actor.person_id)]
        return Shown(version, {"items": [_token(t) for t in left], "next_cursor": None})

    return await asks.run(
        lambda desk: revoke_token(desk, identities, token_id), show, on=asks.actor.person_id, conditional=True
    )


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
