"""Looks at every request before anything else does, and at every answer after everything else.

A body is read whole up to its limit and must be JSON that can be read at all; security headers are
set; and what goes wrong inside becomes a problem document without a trace of why.
"""

from __future__ import annotations

import orjson
import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.http.problems import Problem, of
from adapters.logging import told_by_place

_logger = structlog.get_logger(__name__)

MOST_BYTES = 256 * 1024
BODY = "concord.body"
"""Where in the scope the raw body is kept, for the request's hash."""

STREAMED = frozenset({"/api/v1/import"})
"""Paths whose body is read by the route itself, line by line."""

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Doorkeeper:
    """Pure ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "private, no-store")
            await send(message)

        try:
            inside = await self._read(scope, receive)
            await self._app(scope, inside, sending)
        except Exception as error:
            problem = of(error)
            if problem is None:
                _logger.error("a request failed", method=scope["method"], failure=told_by_place(error))
                problem = Problem(
                    500, "internal", "This went wrong on our side, and it is noted. Nothing was recorded."
                )
            if started:
                raise
            await problem.response()(scope, receive, sending)

    async def _read(self, scope: Scope, receive: Receive) -> Receive:
        """Reads and checks the body, and gives it out again to whoever asks next."""
        scope[BODY] = b""
        if scope["method"] in ("GET", "HEAD", "OPTIONS") or scope["path"] in STREAMED:
            return receive
        headers = Headers(scope=scope)
        body = await _whole_body(headers, receive)
        if body:
            _check(headers, body)
        scope[BODY] = body
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        return again


async def _whole_body(headers: Headers, receive: Receive) -> bytes:
    too_large = Problem(413, "too-large", f"A request may have at most {MOST_BYTES // 1024} KiB.")
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MOST_BYTES:
        raise too_large
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "malformed", "The request ended before its body did.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            raise too_large
        if not message.get("more_body"):
            break
    if announced.isdecimal() and size < int(announced):
        raise Problem(400, "malformed", "The request ended before its body did.")
    return b"".join(parts)


def _check(headers: Headers, body: bytes) -> None:
    media_type = headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem(415, "unsupported-media-type", "Send JSON, with Content-Type: application/json.")
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if "surrogate" in str(error):
            raise Problem(
                422,
                "invalid",
                "A text holds half a character (a lone surrogate).",
                errors=[{"field": "", "message": "A text holds half a character (a lone surrogate)."}],
            ) from None
        raise Problem(400, "malformed", "The body is not JSON that can be read.") from None
