"""How a request reaches its page: who looks comes first, and what goes wrong is a page too."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response

from adapters.http.conventions import API
from adapters.http.deps import OPERATION
from adapters.http.pacing import step_of_address
from adapters.http.pages.visit import VISIT, Visit, sign_in_address, visiting
from adapters.http.problems import Problem, not_found, of, with_names
from adapters.http.unbuilt import UnbuiltRouter
from domain.refusals import Refusal

SECOND_FACTOR_NEEDED = "second-factor-needed"
_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Pages(UnbuiltRouter):
    """A router whose routes are pages. They ask the API, and it asks the policy: a page has no rule of its own."""

    def __init__(self) -> None:
        super().__init__(route_class=PageRoute, include_in_schema=False, default_response_class=Response)


class PageRoute(APIRoute):
    """One page; `openapi_extra={"x-anonymous": True}` lets it be looked at by nobody in particular."""

    @property
    def anonymous(self) -> bool:
        """Whether one need not be signed in."""
        return bool((self.openapi_extra or {}).get("x-anonymous"))

    @property
    def static(self) -> bool:
        """Whether it is the same for everybody, and kept by browsers."""
        return bool((self.openapi_extra or {}).get("x-static"))

    def get_route_handler(self) -> _Handler:
        """The handler, with everything around it that all pages share."""
        answer = super().get_route_handler()

        async def handle(request: Request) -> Response:
            request.scope[OPERATION] = f"page {self.name}"
            visit = request.scope[VISIT] = await visiting(request)
            if visit.actor is None and not self.anonymous:
                return RedirectResponse(sign_in_address(visit.address), 303)
            try:
                if visit.actor is None and not self.static:
                    step_of_address(request)  # what somebody in a session asks, the API counts
                return await answer(request)
            except RequestValidationError:
                return await wrong(visit, not_found())
            except Exception as error:
                problem = of(error)
                if problem is None:
                    raise
                if isinstance(error, Refusal):
                    problem = await with_names(problem, visit.concord.identities.names)
                if problem.code == SECOND_FACTOR_NEEDED:
                    return RedirectResponse("/second-factor", 303)
                if problem.status == 401:
                    return RedirectResponse(sign_in_address(visit.address), 303)
                return await wrong(visit, problem)

        return handle


async def wrong(visit: Visit, problem: Problem) -> Response:
    """A page that says what is wrong, and where to go on."""
    titles = {404: "Nothing here", 403: "Not yours to do", 503: "Not just now", 429: "Too often"}
    title = titles.get(problem.status, "This did not work")
    response = await visit.page("wrong.html", title, status=problem.status, sentence=problem.detail)
    if "Retry-After" in problem.headers:
        response.headers["Retry-After"] = problem.headers["Retry-After"]
    return response


def wants_a_page(request: Request) -> bool:
    """Whether somebody looks with a browser, and not at the API."""
    return not request.url.path.startswith(API) and "text/html" in request.headers.get("accept", "")


async def nothing_here(request: Request) -> Response:
    """The page where there is none."""
    return await wrong(await visiting(request), not_found())
