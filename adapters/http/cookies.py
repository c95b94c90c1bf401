"""The cookies: a session, what a browser is known again by, what it is about to do. No script can read them."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response

from adapters.identity.ceremonies import HOLDS as CONVERSATION_HOLDS
from adapters.settings import Settings
from services.people.sessions import HOLDS
from services.people.sign_in import SignedIn

_SESSION, _KNOWN, _CONVERSATION = "concord_session", "concord_known", "concord_conversation"
_A_YEAR = 365 * 24 * 3600


def session_secret(connection: HTTPConnection, settings: Settings) -> str:
    """The secret of the session that a browser sends; empty without one."""
    return connection.cookies.get(_named(_SESSION, settings), "")


def known_as(connection: HTTPConnection, settings: Settings) -> str:
    """What this browser was given when somebody signed in with it; empty without it."""
    return connection.cookies.get(_named(_KNOWN, settings), "")


def hand_over(response: Response, signed_in: SignedIn, settings: Settings) -> Response:
    """Gives the browser its session. It goes with links from elsewhere, and with nothing else from there."""
    _set(response, settings, _SESSION, signed_in.secret, int(HOLDS.total_seconds()))
    _set(response, settings, _KNOWN, signed_in.known_as, _A_YEAR)
    return response


def take_back(response: Response, settings: Settings) -> Response:
    """Takes the session away from the browser."""
    _set(response, settings, _SESSION, "", 0)
    return response


def conversation(connection: HTTPConnection, settings: Settings) -> str:
    """The name of what this browser is about to do elsewhere; empty when it is nothing."""
    return connection.cookies.get(_named(_CONVERSATION, settings), "")


def keep_conversation(response: Response, name: str, settings: Settings) -> Response:
    """Lets the browser keep the name until it comes back."""
    _set(response, settings, _CONVERSATION, name, int(CONVERSATION_HOLDS.total_seconds()))
    return response


def over_tls(settings: Settings) -> bool:
    """Whether browsers reach this server by https."""
    return settings.public_url.startswith("https://")


def _set(response: Response, settings: Settings, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        _named(name, settings),
        value,
        max_age=seconds,
        path="/",
        secure=over_tls(settings),
        httponly=True,
        samesite="lax",
    )


def _named(name: str, settings: Settings) -> str:
    # The prefix makes browsers refuse the cookie from any other host, and without TLS.
    return f"__Host-{name}" if over_tls(settings) else name
