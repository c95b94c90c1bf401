"""What becomes of a form: it is sent to the API as the request that it names, and leads back to a page.

A form carries its own key, so that sent twice it is done once; the version that was seen; the page that it
stands on, to which it comes back with a sentence and everything that was written when it is refused; and whom
that page was made for. After a success the browser is led on, so that reloading sends nothing again.
"""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from starlette.responses import RedirectResponse, Response

from adapters.http.conventions import API
from adapters.http.cookies import keep_done
from adapters.http.form import sentences
from adapters.http.pages.fields import Given, content, one, parse, read_fields, unreadable, write
from adapters.http.pages.inside import ANSWERED, REFUSED, Inside, ask, route_for
from adapters.http.pages.refused import Refused
from adapters.http.pages.routes import PageRoute, Pages, wrong
from adapters.http.pages.visit import Visit, Visits
from adapters.http.problems import Problem, not_found
from adapters.http.routing import ConcordRoute
from adapters.http.security import must_be_ours
from services.access import DEEDS

pages = Pages()

FORMS = "/forms"
_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_SIGN_IN = "POST /sessions"
_SIGNED_OUT = "You had been signed out, so nothing was sent. What you wrote is still here: look at it, and send it."
_SOMEBODY_ELSE = (
    "This page was opened by somebody else who was signed in with this browser. Nothing was done. "
    "If it was meant to be you, send it again."
)
_STALE = "Somebody changed this while you were writing. Nothing is lost: here is what you wrote, and how it stands now."
_TWICE = "This form was sent before, with something else in it. Look at what is there now; then send this, if need be."


@pages.post(FORMS, openapi_extra={"x-anonymous": True})
async def send_form(request: Request, visit: Visits) -> Response:
    """Does what the form asks, and leads on; or brings it back with what is wrong."""
    must_be_ours(request, visit.concord.settings, told=True)
    given = await read_fields(request)
    carried = _carried(given)
    method, _, path = one(given, "_to").partition(" ")
    route = route_for(request, method, API + path) if method in _METHODS and path.startswith("/") else None
    if not isinstance(route, ConcordRoute):
        raise not_found()
    if not DEEDS[route.deed].anonymous:
        if visit.actor is None:
            return await _sign_in_first(request, given)
        if one(given, "_for") != str(visit.me):
            return await _back(request, visit, given, _refused(given, 409, _SOMEBODY_ELSE, {}))
    try:
        body, query = _written(route, given, visit)
    except ValidationError as error:
        errors = sentences(error.errors(include_url=False, include_context=False, include_input=False))
        return await _back(request, visit, given, _refused(given, 422, "Something here is not right yet.", errors))
    answer = await ask(request, method, API + path, query=query, headers=_headers(given, method), body=body)
    if 200 <= answer.status < 300:
        return await _done(request, visit, given, answer, carried)
    if answer.status == 401 and not DEEDS[route.deed].anonymous:
        return await _sign_in_first(request, given)
    return await _back(request, visit, given, _why(given, answer))


def _written(route: APIRoute, given: Given, visit: Visit) -> tuple[bytes, dict[str, object]]:
    """What the fields say, as the request's body, or as its query where it takes none. Raises ValidationError."""
    said = content(given, visit.zone)
    if route.body_field is None:
        return b"", said
    form: Any = route.body_field.field_info.annotation
    model: TypeAdapter[Any] = TypeAdapter(form)
    # All that a form sends is text; here it becomes numbers, days and choices, and is then judged as any body is.
    read = model.validate_python(said or None if _optional(route) else said, strict=False)
    return (b"" if read is None else model.dump_json(read, exclude_unset=True)), {}


def _optional(route: APIRoute) -> bool:
    return route.body_field is not None and not route.body_field.field_info.is_required()


def _headers(given: Given, method: str) -> dict[str, str]:
    headers = {"accept": "application/json"}
    if key := one(given, "_key"):
        if not key.isascii():
            raise unreadable()
        headers["idempotency-key"] = key
    if (seen := one(given, "_seen")).isascii() and seen.isdecimal():
        headers["if-match"] = f'"{seen}"'
    elif method != "POST":
        headers["if-match"] = "*"
    return headers


async def _done(request: Request, visit: Visit, given: Given, answer: Inside, carried: Given) -> Response:
    """Leads to the next page, or shows what is told only once on the page of the form."""
    settings = visit.concord.settings
    response: Response
    if carried and answer.operation == "sign_in":
        response = await _taken_up(request, carried, answer)
    elif one(given, "_show"):
        response = await _page(request, one(given, "_back"), {ANSWERED: answer.document}, _cookies(request, answer))
        response = keep_done(response, "", answer.headers.get("concord-position"), settings)
    else:
        response = RedirectResponse(_next(given, answer), 303)
        response = keep_done(response, answer.operation or "", answer.headers.get("concord-position"), settings)
    for cookie in answer.headers.getlist("set-cookie"):
        response.headers.append("set-cookie", cookie)
    return response


def _next(given: Given, answer: Inside) -> str:
    """Where to go on: what the form says, with the id of what was made in the place of `{id}`."""
    wanted = one(given, "_then") or one(given, "_back") or "/"
    made = answer.headers.get("location", "").rsplit("/", 1)[-1]
    return quote(_ours(wanted.replace("{id}", made)), safe="/?&=#%-._~")


def _ours(address: str) -> str:
    """The address if it is one of this site, else the first page."""
    safe = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if safe else "/"


def _why(given: Given, answer: Inside) -> Refused:
    problem = answer.problem()
    told = {"stale-version": _STALE, "key-reused": _TWICE}.get(problem.code, problem.detail)
    if problem.code == "key-reused":
        given = {**given, "_key": [""]}
    return _refused(given, problem.status, told, {e["field"]: e["message"] for e in problem.errors})


def _refused(given: Given, status: int, sentence: str, errors: Mapping[str, str]) -> Refused:
    return Refused(_form(given), _without_passwords(given), sentence, errors, status)


def _without_passwords(given: Given) -> Given:
    return {name: values for name, values in given.items() if "password" not in name and name != "current"}


def _carried(given: Given) -> Given:
    """The form that the sign-in page carried, if any."""
    try:
        return parse(one(given, "_carried"))
    except ValueError:
        raise unreadable() from None


def _form(given: Given) -> str:
    return one(given, "_name") or one(given, "_to")


async def _back(request: Request, visit: Visit, given: Given, refused: Refused) -> Response:
    """The page that the form stands on, with the form as it was sent."""
    response = await _page(request, one(given, "_back"), {REFUSED: refused})
    if response.status_code == 200:
        response.status_code = refused.status
    elif response.status_code in (303, 404) and refused.status != 404:
        return await wrong(visit, Problem(refused.status, "refused", refused.sentence))
    return response


async def _page(request: Request, address: str, more: Mapping[str, Any], cookies: str | None = None) -> Response:
    """One of our pages, as it is for whoever asks."""
    address = _ours(address)
    if not isinstance(route_for(request, "GET", address.partition("?")[0]), PageRoute):
        address = "/"
    headers = {} if cookies is None else {"cookie": cookies}
    answer = await ask(request, "GET", address, headers=headers, more=more)
    kept = [(n, v) for n, v in answer.headers.items() if n not in ("content-length", "content-type", "set-cookie")]
    return Response(answer.body, answer.status, dict(kept), media_type="text/html")


async def _sign_in_first(request: Request, given: Given) -> Response:
    """The sign-in page, which carries the form until it is known again who sends it."""
    refused = Refused(
        _SIGN_IN, {"_carried": [write(_without_passwords(given))]}, "Please sign in again. What you wrote is kept."
    )
    response = await _page(request, "/sign-in", {REFUSED: refused}, cookies="")
    response.status_code = 401
    return response


async def _taken_up(request: Request, carried: Given, answer: Inside) -> Response:
    """The page that somebody was on when their session ended, with what they had written; for nobody else."""
    if one(carried, "_for") != answer.document["person_id"]:
        return RedirectResponse("/", 303)
    refused = Refused(_form(carried), carried, _SIGNED_OUT)
    return await _page(request, one(carried, "_back"), {REFUSED: refused}, _cookies(request, answer))


def _cookies(request: Request, answer: Inside) -> str:
    """What the browser will send from now on."""
    cookies = dict(request.cookies)
    for written in answer.headers.getlist("set-cookie"):
        for name, morsel in SimpleCookie(written).items():
            cookies[name] = morsel.value
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
