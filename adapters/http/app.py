"""The web application: routes, what wraps them, and how errors leave."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from adapters.bootstrap import Concord, running
from adapters.http import api, openapi
from adapters.http.conventions import API
from adapters.http.deps import refusal_response
from adapters.http.doorkeeper import Doorkeeper
from adapters.http.form import invalid, sentences
from adapters.http.problems import Problem, not_found
from adapters.http.routing import Routes
from adapters.settings import Settings
from domain.refusals import Refusal
from services.ports import Clock, KeyReused, Unavailable


def create_app(settings: Settings, *, clock: Clock | None = None, concord: Concord | None = None) -> FastAPI:
    """The application; it opens Concord when it starts, or serves one that is open already."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if concord is not None:
            app.state.concord = concord
            yield
            return
        async with running(settings, clock=clock) as opened:
            app.state.concord = opened
            # What was made to start stays for good: the collector need not look at it again and again.
            gc.collect()
            gc.freeze()
            gc.set_threshold(50_000, 20, 50)
            yield

    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for module in iter_modules(api.__path__):
        routes: Any = import_module(f"{api.__name__}.{module.name}")
        for name, prefix in (("router", API), ("outside", "")):
            router = getattr(routes, name, None)
            if isinstance(router, APIRouter):
                if not isinstance(router, Routes):
                    raise TypeError(f"{module.name}.{name} is to be a Routes: its routes would ask nobody")
                app.include_router(router, prefix=prefix)
    app.openapi = lambda: openapi.describe(app)  # type: ignore[method-assign]
    _add_problems(app)
    app.add_middleware(Doorkeeper, tls=settings.public_url.startswith("https://"))
    return app


def _add_problems(app: FastAPI) -> None:
    for refusal in (Refusal, KeyReused, Unavailable):
        app.add_exception_handler(refusal, refusal_response)

    @app.exception_handler(Problem)
    async def problem(_: Request, error: Problem) -> Response:
        return error.response()

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return not_found().response()
        if error.status_code == 405:
            return _not_allowed(openapi.methods_at(app, request.url.path))
        return Problem(error.status_code, "malformed", "The request cannot be read.").response()

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        problems = error.errors()
        if any(e["loc"][:1] == ("path",) for e in problems):
            # An id that cannot be one names nothing, as one that nobody has; unless it is a word of another path.
            allowed = openapi.methods_at(app, request.url.path)
            return not_found().response() if request.method in allowed else _not_allowed(allowed)
        return invalid(sentences(problems, skip=1)).response()


def _not_allowed(allowed: list[str]) -> Response:
    detail = f"Here one may {' or '.join(allowed)}." if allowed else "This method is not for this path."
    return Problem(405, "method-not-allowed", detail, headers={"Allow": ", ".join(allowed)}).response()
