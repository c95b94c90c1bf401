"""People as the API knows them: each acts with a token of their own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2

from services.ports import Clock

API = "/api/v1"
Shown = dict[str, Any]


@dataclass
class Someone:
    """Somebody (or nobody, without a token) at the API."""

    client: httpx2.AsyncClient
    clock: Clock
    id: str = ""
    token: str | None = None
    seen_position: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    async def sends(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        """One request, whatever comes of it. Header names are written with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if method == "GET" and self.seen_position:
            # As the pages do: what one has done oneself is there when one looks.
            sent.setdefault("Concord-Min-Position", str(self.seen_position))
        more = {} if body is None else {"json": body}
        answer = await self.client.request(method, API + path, headers=sent, **more)
        self.seen_position = max(self.seen_position, int(answer.headers.get("Concord-Position", "0")))
        return answer

    async def sees(self, path: str, **headers: str) -> Shown:
        """A resource that is there for their eyes."""
        answer = await self.sends("GET", path, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def makes(self, path: str, body: Any = None) -> Shown:
        """A creation that succeeds; the resource as it then is."""
        answer = await self.sends("POST", path, body)
        assert answer.status_code == 201, answer.text
        assert answer.headers["Location"].startswith(API)
        return answer.json()

    async def does(self, path: str, body: Any = None, method: str = "POST") -> Shown:
        """Another command that succeeds; the resource as it then is."""
        conditional = {} if method == "POST" else {"If_Match": await self.version_of(path)}
        answer = await self.sends(method, path, body, **conditional)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def version_of(self, path: str) -> str:
        """The ETag of the agreement that a path is about."""
        answer = await self.sends("GET", "/".join(path.split("/")[:3]))
        return answer.headers["ETag"]

    def day(self, days: int = 0) -> str:
        """A day so far from today, as the API writes it."""
        return (self.clock.now() + timedelta(days=days)).date().isoformat()

    def instant(self) -> str:
        """This moment, as the API writes it."""
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def a_key() -> str:
    """An Idempotency-Key that nobody has used."""
    return str(uuid.uuid4())
