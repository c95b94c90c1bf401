"""The web application: routes, what wraps them, and how errors leave."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from adapters.bootstrap import Concord, running
from adapters.http import api, openapi, pages
from adapters.http.deps import refusal_response
from adapters.http.doorkeeper import Doorkeeper
from adapters.http.form import invalid, sentences
from adapters.http.pages.routes import Pages, nothing_here, wants_a_page
from adapters.http.problems import Problem, not_found
from adapters.http.routing import Routes
from adapters.http.streams import Streams
from adapters.http.switchboard import Switchboard
from adapters.http.unbuilt import Unbuilt
from adapters.identity.pace import TooFast
from adapters.settings import Settings
from domain.refusals import Refusal
from services.people.attempts import TooManyTries
from services.people.sign_in import NotThem
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
    app.state.streams = Streams()
    app.router.routes.append(Switchboard(_all_routes()))
    app.openapi = lambda: openapi.describe(app)  # type: ignore[method-assign]
    _add_problems(app)
    app.add_middleware(Doorkeeper, tls=settings.public_url.startswith("https://"))
    return app


@cache
def _all_routes() -> tuple[Unbuilt, ...]:
    """The routes of every module in `api` and in `pages`; they know of no application."""
    return tuple(_routes_of_modules())


def _routes_of_modules() -> Iterator[Unbuilt]:
    for package in (api, pages):
        for module in iter_modules(package.__path__):
            for name, found in vars(import_module(f"{package.__name__}.{module.name}")).items():
                if isinstance(found, Routes | Pages):
                    yield from found.unbuilt
                elif isinstance(found, APIRouter):
                    raise TypeError(f"{module.name}.{name} is to be a Routes or a Pages: its routes would ask nobody")


def _add_problems(app: FastAPI) -> None:
    for refusal in (Refusal, KeyReused, NotThem, TooFast, TooManyTries, Unavailable):
        app.add_exception_handler(refusal, refusal_response)

    @app.exception_handler(Problem)
    async def problem(_: Request, error: Problem) -> Response:
        return error.response()

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return await nothing_here(request) if wants_a_page(request) else not_found().response()
        if error.status_code == 405:
            allowed = (error.headers or {}).get("Allow", "")
            detail = f"Here one may {' or '.join(allowed.split(', '))}."
            return Problem(405, "method-not-allowed", detail, headers={"Allow": allowed}).response()
        return Problem(error.status_code, "malformed", "The request cannot be read.").response()

    @app.exception_handler(RequestValidationError)
    async def malformed(_: Request, error: RequestValidationError) -> Response:
        problems = error.errors()
        if any(e["loc"][:1] == ("path",) for e in problems):
            # An id that cannot be one names nothing, as one that nobody has.
            return not_found().response()
        return invalid(sentences(problems, skip=1)).response()
