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
from starlette.responses import HTMLResponse, Response

from adapters.bootstrap import Concord, running
from adapters.http import api, openapi, reference
from adapters.http.conventions import API, json_response
from adapters.http.deps import refusal_response
from adapters.http.doorkeeper import Doorkeeper
from adapters.http.problems import Problem, not_found
from adapters.settings import Settings
from domain.refusals import Refusal
from services.ports import Clock, KeyReused, Unavailable

_REFERENCE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


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
                app.include_router(router, prefix=prefix)
    app.openapi = lambda: openapi.describe(app)  # type: ignore[method-assign]
    _add_descriptions(app)
    _add_problems(app)
    app.add_middleware(Doorkeeper)
    return app


def _add_descriptions(app: FastAPI) -> None:
    document: list[bytes] = []

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi_document() -> Response:
        if not document:
            import orjson  # noqa: PLC0415 - asked for seldom

            document.append(orjson.dumps(app.openapi()))
        return json_response(document[0], headers={"Cache-Control": "public, max-age=300"})

    @app.get("/docs", include_in_schema=False)
    async def reference_page() -> Response:
        headers = {"Content-Security-Policy": _REFERENCE_POLICY, "Cache-Control": "public, max-age=300"}
        return HTMLResponse(reference.page(app.openapi()), headers=headers)


def _add_problems(app: FastAPI) -> None:
    for refusal in (Refusal, KeyReused, Unavailable):
        app.add_exception_handler(refusal, refusal_response)

    @app.exception_handler(Problem)
    async def problem(_: Request, error: Problem) -> Response:
        return error.response()

    @app.exception_handler(HTTPException)
    async def http_error(_: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return not_found().response()
        if error.status_code == 405:
            detail = "This method is not for this path."
            return Problem(405, "method-not-allowed", detail, headers=dict(error.headers or {})).response()
        return Problem(error.status_code, "malformed", "The request cannot be read.").response()

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return _invalid(error).response()


def _invalid(error: RequestValidationError) -> Problem:
    errors = error.errors()
    if any(e["loc"][:1] == ("path",) for e in errors):
        return not_found()
    if any(e["type"] == "json_invalid" for e in errors):
        return Problem(400, "malformed", "The body is not JSON that can be read.")
    told = [{"field": _field(e["loc"]), "message": _sentence(e)} for e in errors]
    return Problem(422, "invalid", "Some of what was sent is not right yet.", errors=told)


def _field(location: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in location[1:]) or str(location[0])


_SENTENCES = {
    "missing": "This is missing.",
    "extra_forbidden": "There is no such field here.",
    "string_type": "This is to be a text.",
    "uuid_parsing": "This is not an id.",
    "date_parsing": "Write a date like 2026-03-01.",
    "date_from_datetime_parsing": "Write a date like 2026-03-01.",
}


def _sentence(error: Any) -> str:
    # What was sent is never said again: it may be personal.
    return _SENTENCES.get(error["type"], f"{error['msg']}.".replace("..", "."))
