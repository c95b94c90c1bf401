"""A small OpenID provider, served over HTTP: it signs in whoever a test says, and checks what its client sends."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

CLIENT_ID, CLIENT_SECRET = "concord", "a secret: with % and é"


class Provider:
    """Who signs in there next is `user`; `twist` changes the claims that it signs, `forged` the key it signs with."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.calls_itself = issuer
        self.user: dict[str, Any] = {}
        self.twist: dict[str, Any] = {}
        self.forged = False
        self.refused: list[str] = []
        self.scopes: set[str] = set()
        self._key = ECKey.generate_key("P-256", {"kid": "one"})
        self._codes: dict[str, dict[str, str]] = {}

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/keys", self.keys),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    async def discovery(self, _: Request) -> JSONResponse:
        return JSONResponse(
            {
                "issuer": self.calls_itself,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def keys(self, _: Request) -> JSONResponse:
        return JSONResponse(KeySet([self._key]).as_dict(private=False))

    async def authorize(self, request: Request) -> RedirectResponse:
        asked = dict(request.query_params)
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT_ID)
        assert asked["code_challenge_method"] == "S256"
        self.scopes = set(asked["scope"].split())
        assert {"openid", "email"} <= self.scopes
        code = secrets.token_urlsafe()
        self._codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "session_state": "theirs", "iss": self.issuer})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 303)

    async def token(self, request: Request) -> JSONResponse:
        sent = dict(parse_qsl((await request.body()).decode()))
        asked = self._codes.pop(sent["code"], None)
        pair = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        client, _, secret = pair.partition(":")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).rstrip(b"=")
        wrong = [
            what
            for what, right in {
                "code": asked is not None,
                "client": (unquote(client), unquote(secret)) == (CLIENT_ID, CLIENT_SECRET),
                "verifier": asked is not None and challenge.decode() == asked["code_challenge"],
                "redirect": asked is not None and sent["redirect_uri"] == asked["redirect_uri"],
            }.items()
            if not right
        ]
        if wrong or asked is None:
            self.refused += wrong
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.user,
        }  # fmt: skip
        key = ECKey.generate_key("P-256", {"kid": "one"}) if self.forged else self._key
        token = jwt.encode({"alg": "ES256", "kid": "one"}, claims | self.twist, key)
        return JSONResponse({"access_token": "unused", "token_type": "Bearer", "id_token": token})


@asynccontextmanager
async def a_provider() -> AsyncIterator[Provider]:
    """A provider that listens."""
    listening = socket.create_server(("127.0.0.1", 0))
    provider = Provider(f"http://127.0.0.1:{listening.getsockname()[1]}")
    server = uvicorn.Server(uvicorn.Config(provider.app(), log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - it sets no event
        await asyncio.sleep(0.01)
    yield provider
    server.should_exit = True
    await serving
    listening.close()
