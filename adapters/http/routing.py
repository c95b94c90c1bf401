"""How a request reaches its route: who asks, then which form it has, and only then what it says.

Every router of the API is a `Routes`. A route is named after its operation, which must stand in the
table of `services/access.py`; whoever sends a request is known before its body is read; a body is
read up to its limit, as strict JSON, straight into its model.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from fastapi.utils import create_model_field
from pydantic import TypeAdapter, ValidationError

from adapters.http.conventions import API
from adapters.http.deps import ASKING, BODY, OPERATION
from adapters.http.form import invalid, malformed, sentences
from adapters.http.pacing import UNCOUNTED, asking_at_a_pace, step_of_address
from adapters.http.problems import Problem
from adapters.http.unbuilt import UnbuiltRouter
from services.access import DEEDS, must_be_covered, must_have_shown_enough

MOST_BYTES = 256 * 1024
BODY_WITHIN = 60.0
"""How long a body may take to come (seconds)."""
WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
WAITING = frozenset({"min_position"})
"""What every query takes, beside its own parameters."""

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Routes(UnbuiltRouter):
    """A router whose routes keep the conventions; its paths are the API's, or stand under `under`."""

    def __init__(self, *, prefix: str = "", tags: list[Any] | None = None, under: str = API) -> None:
        super().__init__(prefix=under + prefix, tags=tags, route_class=ConcordRoute)

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        """Takes note of a route; raises LookupError at once where the policy has no rule for it."""
        if _deed(more) not in DEEDS:
            raise LookupError(f"{path} has no rule in services/access.py: {_deed(more)}")
        super().add_api_route(path, endpoint, **more)


def _deed(described: Mapping[str, Any]) -> str:
    """What an operation is to the policy: the name of its rule."""
    return str((described.get("openapi_extra") or {}).get("x-deed", described.get("operation_id")))


class ConcordRoute(APIRoute):
    """One operation of the API.

    `openapi_extra` may hold `x-streamed`: the route reads its body itself, and `x-any-query`: others made its address.
    """

    def __init__(
        self, path: str, endpoint: Callable[..., Any], *, responses: dict[int | str, Any] | None = None, **more: Any
    ) -> None:
        """Keeps how answers are described for when the description is asked for: a start does not wait for that."""
        self._answers = dict(responses or {})
        super().__init__(path, endpoint, responses=None, **more)

    def describe_answers(self) -> None:
        """Works out what the answers look like, as the description needs it."""
        self.responses = self._answers
        self.response_fields = {
            status: create_model_field(
                name=f"Response_{status}_{self.unique_id}", type_=answer["model"], mode="serialization"
            )
            for status, answer in self._answers.items()
            if answer.get("model")
        }

    @property
    def deed(self) -> str:
        """What this operation is to the policy: the name of its rule."""
        return _deed({"operation_id": self.operation_id, "openapi_extra": self.openapi_extra})

    def get_route_handler(self) -> _Handler:
        """The handler, with everything around it that all routes share."""
        answer = super().get_route_handler()
        deed, anonymous = self.deed, DEEDS[self.deed].anonymous
        counted = deed not in UNCOUNTED
        command = bool(WITH_BODY & set(self.methods or ()))
        open_query = bool((self.openapi_extra or {}).get("x-any-query"))
        takes_body = command and not (self.openapi_extra or {}).get("x-streamed")
        names = frozenset(field.alias for field in _query_fields(self)) | (frozenset() if command else WAITING)
        model: TypeAdapter[Any] | None = None
        if self.body_field is not None:
            form: Any = self.body_field.field_info.annotation
            model = TypeAdapter(form)

        async def handle(request: Request) -> Response:
            request.scope[OPERATION] = self.operation_id
            if anonymous and counted:
                step_of_address(request)
            elif not anonymous:
                asks = request.scope[ASKING] = await asking_at_a_pace(request)
                must_have_shown_enough(asks.actor, deed)
                must_be_covered(asks.actor, deed)
            if not open_query:
                _check_query(request, names)
            raw, content = b"", None
            if takes_body:
                raw = await _read(request)
                content = _content(raw, request, model)
            request.scope[BODY] = raw
            return await answer(_Formed(request, raw, content))

        return handle


class _Formed(Request):
    """A request whose body was read and judged already."""

    def __init__(self, request: Request, raw: bytes, content: Any) -> None:
        super().__init__(request.scope, request.receive)
        self._raw = raw
        self._content = content

    async def body(self) -> bytes:
        return self._raw

    async def json(self) -> Any:
        return self._content


def _query_fields(route: APIRoute) -> Iterator[Any]:
    waiting = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        yield from dependant.query_params
        waiting.extend(dependant.dependencies)


def _check_query(request: Request, names: frozenset[str]) -> None:
    query = request.scope["query_string"]
    if not query:
        return
    given = request.query_params
    unknown = sorted(set(given) - names)
    if unknown:
        raise invalid(dict.fromkeys(unknown, "There is no such parameter here."))
    if b"%00" in query:
        raise invalid({n: "It holds a NUL character, which is not text." for n, v in given.items() if "\x00" in v})


async def _read(request: Request) -> bytes:
    """The whole body, or the problem as soon as it is too large."""
    too_large = Problem(413, "too-large", f"A request may have at most {MOST_BYTES // 1024} KiB.")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MOST_BYTES:
        raise too_large
    try:
        async with asyncio.timeout(BODY_WITHIN):
            return await _read_to_its_end(request, too_large)
    except TimeoutError:
        raise Problem(400, "malformed", "The body did not come to its end in time.") from None


async def _read_to_its_end(request: Request, too_large: Problem) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "malformed", "The request ended before its body did.")
        part = message.get("body", b"")
        size += len(part)
        if size > MOST_BYTES:
            raise too_large
        parts.append(part)
        if not message.get("more_body"):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _content(raw: bytes, request: Request, model: TypeAdapter[Any] | None) -> Any:
    if not raw:
        return None
    media_type = request.headers.get("content-type", "").split(";", 1)[0].strip().lower()
    if media_type != "application/json":
        raise Problem(
            415,
            "unsupported-media-type",
            "Send JSON, with Content-Type: application/json.",
            headers={"Accept": "application/json"},
        )
    if model is None:
        _must_say_nothing(raw)
        return None
    try:
        content = model.validate_json(raw)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        if problems[0]["type"] == "json_invalid":
            raise _unreadable(raw) from None
        raise invalid(sentences(problems)) from None
    if b"\\u0000" in raw:
        _refuse(raw, "\x00", "It holds a NUL character, which is not text.")
    return content


def _must_say_nothing(raw: bytes) -> None:
    try:
        said = json.loads(raw, parse_constant=_no_constants)
    except (ValueError, RecursionError):
        raise malformed() from None
    if said not in ({}, None):
        names = list(said) if isinstance(said, dict) else [""]
        raise invalid(dict.fromkeys(names, "There is no such field here: this takes no body."))


def _unreadable(raw: bytes) -> Problem:
    """What is wrong with a body that is not JSON: half a character is invalid text, all else is malformed."""
    try:
        _refuse(raw, "\ud800", "It holds half a character (a lone surrogate); please write it again.")
    except Problem as problem:
        return problem
    except (ValueError, RecursionError):
        pass
    return malformed()


def _refuse(raw: bytes, what: str, sentence: str) -> None:
    """Refuses a body with such a character in any of its texts, naming the field; NUL or any lone surrogate."""
    found = {
        path: sentence
        for path, text in _texts(json.loads(raw, parse_constant=_no_constants), "")
        if (what in text if what == "\x00" else any("\ud800" <= c <= "\udfff" for c in text))
    }
    if found:
        raise invalid(found)


def _no_constants(name: str) -> Any:
    raise ValueError(name)


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    waiting = [(path, value)]
    while waiting:
        at, one = waiting.pop()
        if isinstance(one, str):
            yield at, one
        elif isinstance(one, dict):
            for name, inner in one.items():
                # A name that is not text itself cannot be said back.
                yield at, name
                waiting.append((f"{at}.{name}".lstrip(".") if name.isprintable() else at, inner))
        elif isinstance(one, list):
            waiting.extend((f"{at}.{n}".lstrip("."), inner) for n, inner in enumerate(one))
