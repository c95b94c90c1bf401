"""Around the whole application: the headers that every answer has, the figures, and what a defect looks like.

What goes wrong inside becomes a problem document without a trace of why; the log says where.
"""

from __future__ import annotations

import time

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.http.deps import OPERATION
from adapters.http.metrics import measured
from adapters.http.problems import Problem, of
from adapters.stores import reach

_logger = structlog.get_logger(__name__)

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
"""Set unless the answer says otherwise."""
_ONLY_TLS = "max-age=31536000; includeSubDomains"


class Doorkeeper:
    """Pure ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, *, tls: bool = False) -> None:
        """`tls` says that browsers reach this server by https, so they shall never try anything else."""
        self._app = app
        self._headers = list((SECURITY | ({"Strict-Transport-Security": _ONLY_TLS} if tls else {})).items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self._headers:
                    headers.setdefault(name, value)
            await send(message)

        try:
            # Until a credential is found, a request reaches nobody's rows.
            with reach.nobody():
                await self._app(scope, receive, sending)
        except Exception as error:
            problem = of(error)
            if problem is None:
                _logger.error(
                    "a request failed", method=scope["method"], operation=scope.get(OPERATION), exc_info=error
                )
                problem = Problem(
                    500, "internal", "This went wrong on our side, and it is noted. Please try again, or tell us."
                )
            if status:
                raise
            await problem.response()(scope, receive, sending)
        finally:
            measured(scope["method"], scope.get(OPERATION), status, time.perf_counter() - began)
