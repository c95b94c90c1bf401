"""The pages behind the links in mails, and the page of the first run: forms that need no script."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import Path, Request
from starlette.responses import Response

from adapters.bootstrap import Concord
from adapters.http.cookies import hand_over
from adapters.http.deps import concord_of, tried
from adapters.http.doors import PASSWORD, Field, form, form_again, said
from adapters.http.problems import MEDIA_TYPE, Problem
from adapters.http.routing import MOST_BYTES, Routes
from adapters.http.security import browser_of, must_be_ours
from adapters.identity.letters import PlainLetters
from domain.refusals import Invalid, NotThere
from services.people.accept_invitation import AcceptInvitation, accept_invitation
from services.people.attempts import for_strangers
from services.people.first_run import FirstRun, is_set_up, set_up
from services.people.found_organisation import FoundOrganisation
from services.people.password_resets import AcceptReset, accept_reset
from services.people.sign_in import Browser, SignedIn, open_session

outside = Routes(tags=["Pages"], under="")

Secret = Annotated[str, Path(description="The secret of the link.", max_length=200, examples=["concord_Fv6Fc..."])]
Open = Callable[[Concord, dict[str, str], Browser], Awaitable[SignedIn]]

_PAGE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The page.", "content": {"text/html": {"schema": {"type": "string"}}}}
}
_OR_PROBLEM = {"text/html": {"schema": {"type": "string"}}, MEDIA_TYPE: {"schema": {"type": "object"}}}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    **_PAGE,
    404: {"description": "The link works no more, or never did.", "content": _OR_PROBLEM},
    422: {"description": "The page, with what is wrong.", "content": _OR_PROBLEM},
}
_FORM: dict[str, Any] = {
    "x-streamed": True,
    "x-also": [403, 413, 429],
    "requestBody": {
        "description": "The fields of the page's form.",
        "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}},
    },
}
_GONE = "This link works no more: it was used, it is older than 72 hours, or a newer one was made."
_OVER = "Concord is set up here already, or this is not the token that it printed when it started."

_INVITED = ("You are invited", "Choose the password that you will sign in with.", (PASSWORD,), "Accept")
_RESET = (
    "A new password", "It signs you out everywhere else.", (PASSWORD,), "Set the password",
)  # fmt: skip
_FIRST = (
    "Welcome to Concord",
    "Nobody is here yet. Make the organisation, and yourself its first steward.",
    (
        Field("token", "The token that Concord printed when it started", "password"),
        Field("organisation", "The organisation", autocomplete="organization"),
        Field("time_zone", "Its time zone", value="UTC"),
        Field("name", "Your name", autocomplete="name"),
        Field("email", "The address that you will sign in with", "email", "username"),
        PASSWORD,
    ),
    "Begin",
)


@outside.get(
    "/first-run",
    operation_id="show_first_run",
    summary="The page of the first run",
    responses={**_PAGE, 404: _ANSWERS[404]},
    openapi_extra={"x-deed": "set_up"},
)
async def route_show_first_run(request: Request) -> Response:
    """There until there is an organisation."""
    concord = concord_of(request)
    if await is_set_up(concord.ledger, await concord.identities.organisations()):
        return said("Nothing here", _OVER, 404)
    return form(*_FIRST)


@outside.post(
    "/first-run",
    operation_id="set_up",
    summary="Make the first organisation and its first steward",
    responses=_ANSWERS,
    openapi_extra=_FORM,
)
async def route_set_up(request: Request) -> Response:
    """With the token that the server printed when it started; it works once."""

    async def enter(concord: Concord, given: dict[str, str], browser: Browser) -> SignedIn:
        found = FoundOrganisation(
            given["organisation"], given["name"], given["email"], given["time_zone"], given["password"]
        )
        async with concord.turns.on(UUID(int=0)):
            founded = await set_up(
                concord.ledger, concord.identities, concord.clock, concord.new_id, FirstRun(given["token"], found)
            )
        return await _session(concord, UUID(founded.person_id), UUID(founded.organisation_id), "first_run", browser)

    return await _answer(request, _FIRST, enter, _OVER)


@outside.get(
    "/invitations/{secret}",
    operation_id="show_invitation",
    summary="The page of an invitation",
    responses={**_PAGE, 404: _ANSWERS[404]},
    openapi_extra={"x-deed": "accept_invitation"},
)
async def route_show_invitation(secret: Secret) -> Response:
    """Opening it uses nothing up: what reads mails before people do may look."""
    return form(*_INVITED)


@outside.post(
    "/invitations/{secret}",
    operation_id="accept_invitation_page",
    summary="Accept an invitation with the page's form",
    responses=_ANSWERS,
    openapi_extra={**_FORM, "x-deed": "accept_invitation"},
)
async def route_accept_invitation_page(secret: Secret, request: Request) -> Response:
    """As `POST /api/v1/invitations/{secret}/accept`, for browsers."""

    async def enter(concord: Concord, given: dict[str, str], browser: Browser) -> SignedIn:
        command = AcceptInvitation(secret, given["password"])
        accepted = await tried(lambda: accept_invitation(concord.ledger, concord.identities, concord.clock, command))
        person = await concord.identities.identity(UUID(accepted.receipt.answer.ids["person_id"]))
        if person is None:
            raise NotThere
        return await _session(concord, person.person_id, person.organisation_id, "invitation", browser)

    return await _answer(request, _INVITED, enter, _GONE)


@outside.get(
    "/password-resets/{secret}",
    operation_id="show_password_reset",
    summary="The page of a password reset",
    responses={**_PAGE, 404: _ANSWERS[404]},
    openapi_extra={"x-deed": "accept_password_reset"},
)
async def route_show_password_reset(secret: Secret) -> Response:
    """Opening it uses nothing up."""
    return form(*_RESET)


@outside.post(
    "/password-resets/{secret}",
    operation_id="accept_password_reset_page",
    summary="Set a new password with the page's form",
    responses=_ANSWERS,
    openapi_extra={**_FORM, "x-deed": "accept_password_reset"},
)
async def route_accept_password_reset_page(secret: Secret, request: Request) -> Response:
    """As `POST /api/v1/password-resets/{secret}/accept`, for browsers."""

    async def enter(concord: Concord, given: dict[str, str], browser: Browser) -> SignedIn:
        identities, command = concord.identities, AcceptReset(secret, given["password"], browser)
        return await tried(
            lambda: accept_reset(
                concord.ledger,
                identities,
                identities.resets,
                identities.sessions,
                PlainLetters(concord.settings),
                concord.clock,
                command,
            )
        )

    return await _answer(request, _RESET, enter, _GONE)


async def _answer(request: Request, page: tuple[str, str, Sequence[Field], str], enter: Open, gone: str) -> Response:
    concord = concord_of(request)
    must_be_ours(request, concord.settings)
    given = await _given(request, page[2])
    browser, attempts = browser_of(request, concord.settings), concord.identities.attempts
    tries = await attempts.begin([for_strangers(browser.address)], concord.clock.now())
    try:
        signed_in = await enter(concord, given, browser)
    except NotThere:
        return said("Nothing here", gone, 404)
    except Invalid as refused:
        wrong = " ".join(refused.errors.values()) or refused.sentence
        return form_again(*page, given, wrong, 422)
    await attempts.forgive(tries)
    welcome = said("You are in", "You are signed in with this browser.")
    return hand_over(welcome, signed_in, concord.settings)


async def _session(concord: Concord, person_id: UUID, organisation_id: UUID, how: str, browser: Browser) -> SignedIn:
    identities, now = concord.identities, concord.clock.now()
    return await open_session(identities, identities.sessions, person_id, organisation_id, how, browser, now)


async def _given(request: Request, fields: Sequence[Field]) -> dict[str, str]:
    """What the form says; a field that is missing is empty, and is refused where that is not enough."""
    raw = b""
    async for part in request.stream():
        raw += part
        if len(raw) > MOST_BYTES:
            raise Problem(413, "too-large", f"A request may have at most {MOST_BYTES // 1024} KiB.")
    try:
        sent = dict(parse_qsl(raw.decode("utf-8"), keep_blank_values=True, max_num_fields=20, errors="strict"))
    except ValueError:
        sent = {}
    return {field.name: sent.get(field.name, "") for field in fields}
