"""The cookies: a session, what a browser is known again by, what it is about to do. No script can read them."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response

from adapters.identity.ceremonies import HOLDS as CONVERSATION_HOLDS
from adapters.settings import Settings
from services.people.sessions import HOLDS
from services.people.sign_in import SignedIn

_SESSION, _KNOWN, _CONVERSATION = "concord_session", "concord_known", "concord_conversation"
_POSITION, _DONE, _LOOKED = "concord_position", "concord_done", "concord_looked"
_A_YEAR = 365 * 24 * 3600
_A_MOMENT = 60


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


def keep_done(response: Response, operation: str, position: str | None, settings: Settings) -> Response:
    """Lets the next pages know what was done, and up to where they are to have read the log."""
    _set(response, settings, _DONE, operation, _A_MOMENT)
    if position is not None:
        _set(response, settings, _POSITION, position, _A_MOMENT)
    return response


def forget_done(response: Response, settings: Settings) -> Response:
    """It was said once."""
    _set(response, settings, _DONE, "", 0)
    return response


def done_in(connection: HTTPConnection, settings: Settings) -> str | None:
    """The operation that was just done with this browser."""
    return connection.cookies.get(_named(_DONE, settings))


def seen_position(connection: HTTPConnection, settings: Settings) -> int | None:
    """The position of what was just done with this browser."""
    given = connection.cookies.get(_named(_POSITION, settings), "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= 18 else None


def looked_in(connection: HTTPConnection, settings: Settings) -> str:
    """What this browser knows of the texts that it showed; nobody else keeps that."""
    return connection.cookies.get(_named(_LOOKED, settings), "")


def keep_looked(response: Response, known: str, settings: Settings) -> Response:
    """Lets the browser know it the next time."""
    _set(response, settings, _LOOKED, known, _A_YEAR)
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
