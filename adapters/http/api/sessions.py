"""Signing in with a browser, seeing where one is signed in, and ending that."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from adapters.bootstrap import Concord
from adapters.http.api.people_answers import ORGANISATION, PERSON
from adapters.http.conventions import API, Body, Shown, etag, idempotency_key, json_response, seen_version
from adapters.http.cookies import hand_over, take_back
from adapters.http.deps import Asking, Asks, concord_of
from adapters.http.routing import Routes
from adapters.http.security import browser_of, must_be_ours
from adapters.identity.letters import PlainLetters
from domain.refusals import NotThere, WrongState
from services.agreements.view import at
from services.people.change_password import ChangePassword, change_password
from services.people.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD
from services.people.sessions import KnownSession
from services.people.sign_in import NotThem, SignedIn, SignIn, sign_in

router = Routes(prefix="/sessions", tags=["Sessions"])
mine = Routes(prefix="/me", tags=["Sessions"])

SESSION = "0197a2c0-0000-7000-8000-0000000000e1"
NOBODY_YET: dict[str, Any] = {"x-also": [401, 403, 429]}
"""What a route answers too that signs somebody in."""


class SignInBody(Body):
    """Who you are."""

    email: str = Field(
        description="The address that you sign in with.",
        examples=["ben@example.org"],
        json_schema_extra={"maxLength": 320},
        max_length=320,
    )
    password: str = Field(
        description="Your password.",
        examples=["nobody else would think of this"],
        json_schema_extra={"maxLength": 256, "format": "password"},
        max_length=256,
    )


class ChangePasswordBody(Body):
    """The old password and the new one."""

    current: str = Field(
        description="The password that you have now.",
        examples=["nobody else would think of this"],
        json_schema_extra={"maxLength": 256, "format": "password"},
        max_length=256,
    )
    password: str = Field(
        description="12 to 256 characters; a sentence makes a good one.",
        examples=["and now for another sentence"],
        json_schema_extra={"minLength": SHORTEST_PASSWORD, "maxLength": LONGEST_PASSWORD, "format": "password"},
    )


class SessionShown(BaseModel):
    """Somewhere you are signed in."""

    id: UUID = Field(description="The session's id.", examples=[SESSION])
    how: str = Field(
        description=(
            "How you signed in: `password`, `invitation`, `reset`, `first_run`, `oidc`, `oidc_two_factors` (where the "
            "provider says that it was two), `passkey`."
        ),
        examples=["password"],
    )
    device: str = Field(description="The browser and system, as they called themselves.", examples=["Firefox on Linux"])
    current: bool = Field(description="Whether it is the one that you ask with.", examples=[True])
    created_at: datetime = Field(description="When you signed in (UTC).", examples=["2027-01-04T09:00:00.000000Z"])
    seen_at: datetime = Field(
        description="When it was last used (UTC), to within 10 minutes.", examples=["2027-01-04T11:20:00.000000Z"]
    )
    expires_at: datetime = Field(
        description="When it ends (UTC), used or not; unused it ends after 7 days.",
        examples=["2027-02-03T09:00:00.000000Z"],
    )


class SessionPage(BaseModel):
    """Where you are signed in, oldest first."""

    items: list[SessionShown] = Field(description="All of them.", examples=[[]])
    next_cursor: str | None = Field(None, description="Always null: they fit one page.", examples=[None])


class SignedInShown(BaseModel):
    """You are signed in; the secret is in the cookie, where no script can read it."""

    session: SessionShown = Field(description="The new session.")
    person_id: UUID = Field(description="You.", examples=[PERSON])
    name: str = Field(description="What you are called here.", examples=["Ben Okri"])
    organisation_id: UUID = Field(description="Your organisation.", examples=[ORGANISATION])


@router.post(
    "",
    status_code=201,
    operation_id="sign_in",
    summary="Sign in with a password",
    responses={201: {"model": SignedInShown, "description": "The session; its secret is in a cookie."}},
    openapi_extra=NOBODY_YET,
)
async def route_sign_in(body: SignInBody, request: Request) -> Response:
    """401 for a wrong pair, whichever is wrong. After 20 wrong passwords 429, for the address that sent them."""
    concord = concord_of(request)
    must_be_ours(request, concord.settings)
    key = idempotency_key(request.headers)
    identities = concord.identities
    command = SignIn(body.email, body.password, browser_of(request, concord.settings), key)
    signed_in = await sign_in(
        concord.ledger, identities, identities.sessions, identities.attempts, concord.clock, command
    )
    return await show_signed_in(concord, signed_in)


@mine.put(
    "/password",
    operation_id="change_password",
    summary="Change your password",
    responses={200: {"model": SessionPage, "description": "The sessions that are left: this one, if it is one."}},
    openapi_extra={"x-also": [429]},
)
async def route_change_password(body: ChangePasswordBody, asks: Asks) -> Response:
    """Every other session of yours ends. 409 where the old one is not right, or there is none."""
    await _may_command(asks, "change_password")
    identities, settings = asks.concord.identities, asks.concord.settings
    browser = browser_of(asks.request, settings)
    command = ChangePassword(
        asks.actor.person_id, asks.actor.organisation, body.current, body.password, browser, asks.actor.credential_id
    )
    try:
        await change_password(
            identities, identities.sessions, identities.attempts, PlainLetters(settings), asks.concord.clock, command
        )
    except NotThem:
        # Not 401: who asks is known, and is to stay signed in.
        raise WrongState("This is not your password of now.") from None
    return await _left(asks)


@router.get(
    "",
    operation_id="list_sessions",
    summary="Where am I signed in?",
    responses={200: {"model": SessionPage, "description": "Your sessions that hold, oldest first."}},
)
async def route_list_sessions(asks: Asks) -> Response:
    """With how you signed in, and when each was last used."""
    await asks.allow("list_sessions")
    await asks.wait_for_position(())
    return asks.show(Shown(0, await _page(asks)))


@router.delete(
    "",
    operation_id="end_all_sessions",
    summary="Sign out everywhere",
    responses={200: {"model": SessionPage, "description": "The sessions that are left: none."}},
)
async def route_end_all_sessions(asks: Asks) -> Response:
    """This browser too. Tokens stay: they are taken back one by one."""
    await _may_command(asks, "end_all_sessions")
    await asks.concord.identities.sessions.end_all(asks.actor.person_id, asks.concord.clock.now())
    return take_back(await _left(asks), asks.concord.settings)


@router.delete(
    "/current",
    operation_id="end_current_session",
    summary="Sign out here",
    responses={200: {"model": SessionPage, "description": "The sessions that are left."}},
)
async def route_end_current_session(asks: Asks) -> Response:
    """The session that is asked with; there is none for who asks with a token."""
    await _may_command(asks, "end_current_session")
    await _end(asks, asks.actor.credential_id)
    return take_back(await _left(asks), asks.concord.settings)


@router.delete(
    "/{session_id}",
    operation_id="end_session",
    summary="Sign out somewhere",
    responses={200: {"model": SessionPage, "description": "The sessions that are left."}},
)
async def route_end_session(
    session_id: Annotated[UUID, Path(description="The session.", examples=[SESSION])], asks: Asks
) -> Response:
    """It opens nothing any more from the moment of this answer on."""
    await _may_command(asks, "end_session")
    await _end(asks, session_id)
    answer = await _left(asks)
    return take_back(answer, asks.concord.settings) if session_id == asks.actor.credential_id else answer


async def show_signed_in(
    concord: Concord, signed_in: SignedIn, more: dict[str, Any] | None = None, headers: dict[str, str] | None = None
) -> Response:
    """201 with who is signed in now, and the cookies."""
    session = signed_in.session
    person = await concord.identities.identity(session.person_id)
    if person is None:
        raise NotThere
    document = {
        "session": _session(session, session.session_id),
        "person_id": str(person.person_id),
        "name": person.name,
        "organisation_id": str(person.organisation_id),
        **(more or {}),
    }
    body = orjson.dumps(document)
    position = {} if headers and "Concord-Position" in headers else await _position(concord)
    all_headers = {"ETag": etag(0, body), "Location": f"{API}/me", **position, **(headers or {})}
    return hand_over(json_response(body, 201, all_headers), signed_in, concord.settings)


async def _may_command(asks: Asking, deed: str) -> None:
    await asks.allow(deed)
    # Ending what has ended changes nothing, and a session has no versions: the form is all there is to these two.
    idempotency_key(asks.request.headers)
    seen_version(asks.request.headers, required=True)


async def _end(asks: Asking, session_id: UUID | None) -> None:
    sessions, now = asks.concord.identities.sessions, asks.concord.clock.now()
    if session_id is None or not await sessions.end(asks.actor.person_id, session_id, now):
        raise NotThere


async def _left(asks: Asking) -> Response:
    body = orjson.dumps(await _page(asks))
    return json_response(body, 200, {"ETag": etag(0, body), **await _position(asks.concord)})


async def _position(concord: Concord) -> dict[str, str]:
    return {"Concord-Position": str(await concord.ledger.head())}


async def _page(asks: Asking) -> dict[str, Any]:
    found, now = await asks.concord.identities.sessions.of(asks.actor.person_id), asks.concord.clock.now()
    items = [_session(session, asks.actor.credential_id) for session in found if session.holds(now)]
    return {"items": items, "next_cursor": None}


def _session(session: KnownSession, current: UUID | None) -> dict[str, Any]:
    return {
        "id": str(session.session_id),
        "how": session.how,
        "device": session.device,
        "current": session.session_id == current,
        "created_at": at(session.created_at),
        "seen_at": at(session.seen_at),
        "expires_at": at(session.expires_at),
    }
