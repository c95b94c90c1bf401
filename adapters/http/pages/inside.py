"""Asking the application from inside: a page is a client of the API like any other, only without the network.

So a page can show nothing that the API would not show this person, and can do nothing that it would refuse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Scope

from adapters.http.deps import ASKING, BODY, OPERATION, Asking, concord_of
from adapters.http.problems import Problem, not_found
from adapters.http.switchboard import Switchboard
from adapters.stores import reach
from services.ports import Actor, Standing

REFUSED, ANSWERED = "concord.refused", "concord.answered"
"""Where in a page's scope that is which form was refused, or what one was answered."""
_OF_ONE_REQUEST = (ASKING, BODY, OPERATION, REFUSED, ANSWERED, "path_params", "route", "endpoint")


@dataclass(frozen=True)
class Inside:
    """What the application answered to itself."""

    status: int
    headers: Headers
    body: bytes
    operation: str | None

    @property
    def document(self) -> Any:
        """The JSON in it; None without any."""
        return orjson.loads(self.body) if self.body else None

    def problem(self) -> Problem:
        """The problem that it is, to be raised again."""
        told = self.document
        more = {name: self.headers[name] for name in ("Retry-After",) if name in self.headers}
        return Problem(self.status, told["code"], told["detail"], errors=told.get("errors", ()), headers=more)


def route_for(request: Request, method: str, path: str) -> APIRoute | None:
    """The route that such a request would reach."""
    for board in request.app.routes:
        if isinstance(board, Switchboard):
            _, found = board.matches({"type": "http", "method": method, "path": path})
            route = found.get("route")
            if isinstance(route, APIRoute):
                return route
    return None


async def ask(
    request: Request,
    method: str,
    target: str,
    *,
    query: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    known: tuple[Actor, Standing] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Inside:
    """Sends a request to this very application as whoever sent `request`, and reads the answer.

    `known` spares finding out anew who that is; `more` goes into the scope. Without it the request reaches, as
    any other, nobody's rows until a credential is found: it may be another one than the page came with.
    """
    inner = _scope(request, method, target, query or {}, headers or {}, bool(body)) | dict(more or {})
    if known is not None:
        inner[ASKING] = Asking(Request(inner), concord_of(request), *known)
    parts: list[bytes] = []
    head: dict[str, Any] = {}

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            head.update(message)
        else:
            parts.append(message.get("body", b""))

    try:
        with reach.nobody() if known is None else nullcontext():
            await request.app.router(inner, receive, send)
    except HTTPException:
        problem = not_found()
        return Inside(problem.status, Headers({}), problem.body(), None)
    return Inside(head["status"], Headers(raw=head["headers"]), b"".join(parts), inner.get(OPERATION))


def _scope(
    request: Request, method: str, target: str, query: Mapping[str, object], headers: Mapping[str, str], body: bool
) -> dict[str, Any]:
    parts = urlsplit(target)
    given = {name: str(value) for name, value in query.items() if value is not None}
    asked = "&".join(part for part in (parts.query, urlencode(given)) if part)
    inner = {name: value for name, value in request.scope.items() if name not in _OF_ONE_REQUEST}
    replaced = {name.lower() for name in headers} | {"content-length", "content-type"}
    sent = [(name, value) for name, value in _raw(request.scope) if name.decode("latin-1") not in replaced]
    sent += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    if body:
        sent.append((b"content-type", b"application/json"))
    return inner | {
        "method": method,
        "path": parts.path,
        "raw_path": parts.path.encode("ascii", "ignore"),
        "query_string": asked.encode("ascii", "ignore"),
        "headers": sent,
    }


def _raw(scope: Scope) -> Iterable[tuple[bytes, bytes]]:
    pairs: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return pairs
