"""A browser as the API meets it: it keeps cookies, and says which page a request comes from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx2
from fastapi import FastAPI

from services.people.sign_in import Browser as Place
from services.people.sign_in import open_session

if TYPE_CHECKING:
    from tests.http.agreements.people import Someone

API = "/api/v1"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
OURS = {"Sec-Fetch-Site": "same-origin"}


class Browser:
    """One browser at one network address."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client

    async def sends(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        """One request; from our own page unless `headers` say something else."""
        more = {} if body is None else {"json": body}
        sent = (OURS if headers is None else headers) | ({"If-Match": "*"} if method == "DELETE" else {})
        return await self.client.request(method, API + path, headers=sent, **more)

    async def signs_in(self, email: str, password: str) -> httpx2.Response:
        """Types an address and a password."""
        return await self.sends("POST", "/sessions", {"email": email, "password": password})

    @property
    def cookies(self) -> dict[str, str]:
        """What it keeps."""
        return dict(self.client.cookies)


@asynccontextmanager
async def a_browser(
    app: FastAPI, address: str = "192.0.2.1", base: str = "http://concord.test"
) -> AsyncIterator[Browser]:
    """A fresh browser."""
    transport = httpx2.ASGITransport(app, client=(address, 40_000))
    async with httpx2.AsyncClient(transport=transport, base_url=base, headers={"User-Agent": FIREFOX}) as client:
        yield Browser(client)


@asynccontextmanager
async def in_a_session(who: Someone, how: str = "password") -> AsyncIterator[Browser]:
    """A browser in which they have just signed in, in that way."""
    app = who.client._transport.app
    concord = app.state.concord
    standing = await concord.ledger.standing(UUID(who.id))
    place = Place("192.0.2.1", "Firefox on Linux")
    opened = await open_session(
        concord.identities,
        concord.identities.sessions,
        standing.person_id,
        standing.organisation_id,
        how,
        place,
        concord.clock.now(),
    )
    async with a_browser(app) as browser:
        browser.client.cookies.set("concord_session", opened.secret)
        yield browser
