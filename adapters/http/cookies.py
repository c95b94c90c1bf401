"""The two cookies: the session's secret, and what a browser is known again by; no script can read either."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response

from adapters.settings import Settings
from services.people.sessions import HOLDS
from services.people.sign_in import SignedIn

_SESSION, _KNOWN = "concord_session", "concord_known"
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
