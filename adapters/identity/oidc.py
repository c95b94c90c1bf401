"""OpenID Connect: the code flow with PKCE and nonce, against one provider found by discovery.

Everything that the provider says is checked: its own name, the signature, for whom, until when, and that it
answers what this very browser asked.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ipaddress
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from services.people.sign_in_elsewhere import Vouched

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
TWO_FACTORS = "mfa"
"""How a provider says, among the `amr` of RFC 8176, that it has asked for two factors; silence is one."""
SILENCE = 10.0
"""How long the provider may say nothing (seconds)."""
MOST_BYTES = 1024 * 1024
DISCOVERY_HOLDS = 3600.0
LEEWAY = 60
"""How far the provider's clock may be off (seconds)."""


class OidcFailed(Exception):
    """The provider did not vouch for anybody in a way that can be believed; the message names the step only."""


@dataclass(frozen=True)
class Asked:
    """What one browser asks with: each follows from a secret of this installation."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    names: bool = False
    """Whether some organisation here takes people in, who then need a name."""


class Provider:
    """One provider, and this installation as its client."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._said: tuple[float, dict[str, Any]] | None = None

    async def address(self, asked: Asked) -> str:
        """Where the browser is sent to sign in."""
        said = await self._discover()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(asked.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": asked.redirect_uri,
            "scope": "openid email profile" if asked.names else "openid email",
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        address = str(said["authorization_endpoint"])
        return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"

    async def vouched(self, asked: Asked, code: str) -> Vouched:
        """Whom the provider vouches for with this code."""
        said = await self._discover()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": asked.redirect_uri,
            "code_verifier": asked.verifier,
            "client_id": self._client_id,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self._client_secret:
            pair = f"{quote(self._client_id, safe='')}:{quote(self._client_secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        answer = await asyncio.to_thread(_fetch, str(said["token_endpoint"]), urlencode(form).encode(), headers)
        keys = await asyncio.to_thread(_fetch, str(said["jwks_uri"]))
        claims = self._claims(str(answer.get("id_token", "")), keys, asked.nonce)
        email = claims.get("email") if claims.get("email_verified") is True else None
        name, ways = claims.get("name"), claims.get("amr")
        return Vouched(
            self._issuer,
            str(claims["sub"]),
            str(email) if email else None,
            name if isinstance(name, str) else None,
            isinstance(ways, list) and TWO_FACTORS in ways,
        )

    def _claims(self, token: str, keys: dict[str, Any], nonce: str) -> dict[str, Any]:
        from joserfc import jwt  # noqa: PLC0415 - not needed to start
        from joserfc.errors import JoseError  # noqa: PLC0415
        from joserfc.jwk import KeySet  # noqa: PLC0415

        try:
            found = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError):
            raise OidcFailed("the id token is not signed by the provider") from None
        claims = dict(found.claims)
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        now = time.time()
        believable = (
            claims.get("iss") == self._issuer
            and self._client_id in audiences
            and (len(audiences) == 1 or claims.get("azp") == self._client_id)
            and isinstance(claims.get("exp"), int | float)
            and now < claims["exp"] + LEEWAY
            and isinstance(claims.get("iat"), int | float)
            and claims["iat"] < now + LEEWAY
            and claims.get("nonce") == nonce
            and isinstance(claims.get("sub"), str)
            and 0 < len(claims["sub"]) <= 255
        )
        if not believable:
            raise OidcFailed("the id token is not for this sign-in")
        return claims

    async def _discover(self) -> dict[str, Any]:
        if self._said is None or time.monotonic() - self._said[0] > DISCOVERY_HOLDS:
            address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
            said = await asyncio.to_thread(_fetch, address)
            if said.get("issuer") != self._issuer:
                raise OidcFailed("the provider calls itself something else")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not is_safe(str(said.get(name, ""))):
                    raise OidcFailed(f"the provider's {name} cannot be used")
            self._said = time.monotonic(), said
        return self._said[1]


def is_safe(address: str) -> bool:
    """Whether what is sent there cannot be read on the way: https, or this very machine."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return bool(parts.hostname)
    try:
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.scheme == "http" and parts.hostname == "localhost"


class _NoRedirects(HTTPRedirectHandler):
    """Follows nothing: what a client secret was sent to stays where it is."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Refuses."""


def _fetch(address: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    if not is_safe(address):
        raise OidcFailed("the provider's address cannot be used")
    request = Request(address, body, {"Accept": "application/json", **(headers or {})})  # noqa: S310 - see is_safe
    try:
        with build_opener(_NoRedirects).open(request, timeout=SILENCE) as answer:
            said = json.loads(answer.read(MOST_BYTES + 1))
    except (URLError, OSError, ValueError):
        raise OidcFailed("the provider does not answer") from None
    if not isinstance(said, dict):
        raise OidcFailed("the provider does not answer")
    return said
