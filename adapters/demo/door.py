"""The demonstration's door: links that sign somebody in, each of them once. Only `serve --demo` opens it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from adapters.http.cookies import hand_over
from adapters.http.deps import concord_of
from adapters.http.doors import form, said
from adapters.http.pacing import step_of_address
from adapters.http.security import browser_of, must_be_ours
from adapters.stores import reach
from services.people.sign_in import open_session

PATH = "/demo/"
HOW = "demonstration"
"""What such a session was opened by."""


class Door:
    """What its links open lives in this process alone: it is in no store, and ends with the server."""

    def __init__(self) -> None:
        self._whose: dict[str, Mapping[str, str]] = {}

    @property
    def route(self) -> Route:
        """Where its links lead. Opening one uses nothing up; the button on its page does."""
        return Route(PATH + "{secret}", self._answer, methods=["GET", "POST"])

    def link_for(self, player: Mapping[str, str]) -> str:
        """The path of a new link for somebody of the story; 256 bits that nobody guesses."""
        secret = secrets.token_urlsafe(32)
        self._whose[secret] = player
        return PATH + secret

    async def _answer(self, request: Request) -> Response:
        step_of_address(request)
        secret = request.path_params["secret"]
        if request.method != "POST":
            player = self._whose.get(secret)
            return _gone() if player is None else _welcome(player)
        must_be_ours(request, concord_of(request).settings)
        with reach.nobody():
            return await self._let_in(request, self._whose.pop(secret, None))

    async def _let_in(self, request: Request, player: Mapping[str, str] | None) -> Response:
        concord = concord_of(request)
        identities, settings = concord.identities, concord.settings
        person = await identities.with_email(player["email"]) if player is not None else None
        standing = await concord.ledger.standing(person.person_id) if person is not None else None
        if person is None or standing is None or not standing.active:
            return _gone()
        browser, now = browser_of(request, settings), concord.clock.now()
        signed_in = await open_session(
            identities, identities.sessions, person.person_id, person.organisation_id, HOW, browser, now
        )
        return hand_over(RedirectResponse("/", 303), signed_in, settings)


def _welcome(player: Mapping[str, str]) -> Response:
    return form(
        f"Come in as {player['name']}",
        "This is a demonstration: an invented team, and a year of what it agreed on. The link works once.",
        (),
        "Come in",
    )


def _gone() -> Response:
    return said("Nothing here", "This link was used, or the server has started anew and printed others.", 404)


__all__ = ["Door"]
