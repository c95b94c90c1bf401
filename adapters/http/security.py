"""Who asks: the one place where a credential becomes an actor, and where it shows which site a request is from."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from starlette.requests import HTTPConnection

from adapters.bootstrap import Concord
from adapters.http.cookies import known_as, session_secret
from adapters.http.problems import Problem, unauthenticated
from adapters.settings import Settings
from domain.cadence import zone_named
from domain.refusals import Invalid
from services.people.sessions import TWO_FACTORS
from services.people.sign_in import Browser
from services.ports import Actor, Standing

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


async def actor_of(connection: HTTPConnection, concord: Concord) -> tuple[Actor, Standing]:
    """The person whose token or session is sent, if it holds and the person is active; 401 for anybody else.

    A token goes before a session. What a token covers is narrowed by its scopes; what its owner may do at
    all is asked of the policy. A command with a session must come from a page of ours: 403 otherwise.
    """
    if "authorization" in connection.headers:
        return await _by_token(connection, concord, used=True)
    secret = session_secret(connection, concord.settings)
    if not secret or not secret.isascii():
        raise unauthenticated()
    if connection.scope["method"] not in SAFE:
        must_be_ours(connection, concord.settings, told=True)
    return await _by_session(secret, concord, used=True)


async def still_acting(connection: HTTPConnection, concord: Concord) -> tuple[Actor, Standing]:
    """The same, of a request that is being answered still; a session that is only listened with ends in its time."""
    if "authorization" in connection.headers:
        return await _by_token(connection, concord, used=False)
    return await _by_session(session_secret(connection, concord.settings) or "", concord, used=False)


async def _by_token(connection: HTTPConnection, concord: Concord, *, used: bool) -> tuple[Actor, Standing]:
    scheme, _, secret = connection.headers["authorization"].partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret or not secret.isascii():
        raise unauthenticated()
    found = await concord.identities.credential(secret)
    if found is None:
        raise unauthenticated()
    (token, standing), now = found, concord.clock.now()
    organisation = await concord.identities.organisation(token.organisation_id)
    if organisation is None or not standing.active or (token.expires_at is not None and token.expires_at <= now):
        raise unauthenticated()
    if used and token.last_used_on != now.date():
        await concord.identities.used_token(token, now.date())
    zone = _own_zone(token.time_zone)
    return Actor(token.person_id, organisation, frozenset(token.scopes), token.token_id, own_zone=zone), standing


async def _by_session(secret: str, concord: Concord, *, used: bool) -> tuple[Actor, Standing]:
    found = await concord.identities.sessions.credential(secret)
    if found is None:
        raise unauthenticated()
    (session, standing), now = found, concord.clock.now()
    organisation = await concord.identities.organisation(session.organisation_id)
    if organisation is None or not standing.active or not session.holds(now):
        raise unauthenticated()
    if used:
        await concord.identities.sessions.seen(session, now)
    one_factor = session.how not in TWO_FACTORS and await concord.second_factors.are_asked_by(organisation.id)
    actor = Actor(
        session.person_id,
        organisation,
        frozenset({"all"}),
        session.session_id,
        session.created_at,
        one_factor,
        _own_zone(session.time_zone),
    )
    return actor, standing


def _own_zone(kept: str | None) -> ZoneInfo | None:
    """The zone that somebody chose; what this machine does not know any more is none."""
    try:
        return None if kept is None else zone_named(kept)
    except Invalid:
        return None


def must_be_ours(connection: HTTPConnection, settings: Settings, *, told: bool = False) -> None:
    """Raises 403 for what a page of another site made a browser send.

    Browsers say so themselves (`Sec-Fetch-Site`); older ones name the page's origin. What says neither is no
    browser of today: it passes where nothing it sends came by itself, and not where it must be `told`.
    """
    site = connection.headers.get("sec-fetch-site")
    origin = connection.headers.get("origin")
    if site is not None:
        ours = site == "same-origin"
    elif origin is not None:
        ours = origin == own_origin(connection, settings)
    else:
        ours = not told
    if not ours:
        raise Problem(403, "cross-site", "This came from a page of another site, so nothing was done.")


def own_origin(connection: HTTPConnection, settings: Settings) -> str:
    """The origin of our own pages: the one in the settings, else the address that was asked."""
    parts = urlsplit(settings.public_url or str(connection.base_url))
    return f"{parts.scheme}://{parts.netloc}"


def browser_of(connection: HTTPConnection, settings: Settings) -> Browser:
    """Where a request comes from, in few words."""
    agent = connection.headers.get("user-agent", "")
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    device = " on ".join(word for word in (browser or "a program", system) if word)
    return Browser(network_of(connection), device, known_as(connection, settings), session_secret(connection, settings))


def network_of(connection: HTTPConnection) -> str:
    """The sender's address; of the new kind the network, for a household has billions of those."""
    host = connection.client.host if connection.client is not None else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)
