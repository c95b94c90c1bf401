"""A browser as the API meets it: it keeps cookies, and says which page a request comes from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from fastapi import FastAPI

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
