"""The OpenAPI 3.1 document: what every operation has in common is said once, here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from adapters.http.conventions import API
from adapters.http.pacing import UNCOUNTED
from adapters.http.problems import MEDIA_TYPE, TITLES
from adapters.http.routing import ConcordRoute
from adapters.http.switchboard import Switchboard
from services.access import DEEDS

COMMANDS = frozenset({"post", "put", "patch", "delete"})

_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong, as RFC 9457 says it.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {
            "type": "string",
            "description": "urn:concord:problem:CODE.",
            "examples": ["urn:concord:problem:invalid"],
        },
        "title": {"type": "string", "description": "The kind of problem, for people.", "examples": ["Nothing here"]},
        "status": {"type": "integer", "description": "The HTTP status.", "examples": [422]},
        "detail": {
            "type": "string",
            "description": "What is wrong, in a sentence.",
            "examples": ["Please write something here: it may not be blank."],
        },
        "code": {"type": "string", "description": "Stable; what clients decide by.", "examples": ["invalid"]},
        "current_version": {
            "type": "integer",
            "description": "412 only: the version that it is at now.",
            "examples": [7],
        },
        "errors": {
            "type": "array",
            "description": "422 `invalid` only: each field that is wrong, and why.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {"type": "string", "description": "The path to the field.", "examples": ["title"]},
                    "message": {"type": "string", "description": "A sentence.", "examples": ["This is missing."]},
                },
            },
            "examples": [[{"field": "title", "message": "This is missing."}]],
        },
    },
}

_STATUSES = {
    400: ("malformed", "It cannot be read: truncated, or not JSON."),
    401: ("unauthenticated", "No credential, or one that does not hold."),
    403: ("not-your-act", "The caller could not do this in any state, or the token's scopes do not cover it."),
    404: ("not-found", "Unknown, or not for the caller's eyes: the same answer."),
    405: ("method-not-allowed", "This method is not for this path; `Allow` says which are."),
    409: ("wrong-state", "A rule or the present state refuses; `code` says which."),
    412: ("stale-version", "It changed since the version in `If-Match`; `ETag` and `current_version` say to what."),
    413: ("too-large", "More than 256 KiB."),
    415: ("unsupported-media-type", "Another media type is needed."),
    422: ("invalid", "The content is not right, or `key-reused`: the key was sent with another request."),
    428: ("precondition-required", "`If-Match` is required here."),
    429: (
        "too-many-requests",
        "More requests in a minute than one credential, or without one an address, may send; or `too-many-tries`. "
        "`Retry-After` says in how many seconds one may go on.",
    ),
    503: ("unavailable", "The store, or the position waited for, is not there right now."),
}

_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Visible ASCII, 1 to 200 characters, per person, method and path; a repeat gets the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
    "example": "0f3c2a54-retry",
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The version that you saw: its ETag, or its number in quotes, or `*` for any. POST may omit it.",
    "schema": {"type": "string", "pattern": r'^(\*|"[0-9]{1,9}(\.[0-9a-f]+)?")$'},
    "example": '"7"',
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "An ETag that you have: 304 when what you are shown did not change.",
    "schema": {"type": "string"},
    "example": '"7.0123456789abcdef"',
}
_SEEN = "Answer once this log position has been taken in, as a command's `Concord-Position` gave it (5 s at most)."
_POSITION = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
_MIN_POSITION_HEADER = {
    "name": "Concord-Min-Position", "in": "header", "description": _SEEN, "schema": _POSITION, "example": 12,
}  # fmt: skip
_MIN_POSITION = {
    "name": "min_position", "in": "query", "description": _SEEN, "schema": _POSITION, "example": 12,
}  # fmt: skip

_TAG = {"description": "The version, and a digest of what you are shown.", "schema": {"type": "string"}}
_ANSWER_HEADERS = {
    "ETag": _TAG,
    "Concord-Position": {
        "description": "The log position of the command's last event.",
        "schema": {"type": "integer"},
    },
    "Idempotent-Replayed": {
        "description": "`true` when this is the answer of an earlier request under the same key.",
        "schema": {"type": "string"},
    },
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document, made once."""
    if app.openapi_schema is None:
        routes = [route for board in app.routes if isinstance(board, Switchboard) for route in board.routes]
        for route in routes:
            if isinstance(route, ConcordRoute):
                route.describe_answers()
        document = get_openapi(
            title="Concord",
            version="1",
            summary="Agreements on what two people expect of each other, co-drafted, consented to, kept alive.",
            description=(
                "Bearer tokens; JSON in UTF-8; errors are RFC 9457 problem documents; every command takes "
                "`Idempotency-Key` and answers `Concord-Position`. Instants are RFC 3339 in UTC, durations ISO 8601, "
                "dates are days in the organisation's time zone, first and last included. Texts are Markdown."
            ),
            routes=routes,
        )
        _complete(document)
        app.openapi_schema = document
    return app.openapi_schema


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each operation of a document with its path and method."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _complete(document: dict[str, Any]) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _PROBLEM
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "An API token."},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "concord_session",
            "description": "A session (`__Host-concord_session` over TLS); commands must come from our own pages.",
        },
    }
    components["responses"] = {_name(status): _problem(status) for status in _STATUSES}
    for path, method, operation in operations(document):
        _complete_operation(path, method, operation)


def _complete_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    deed = operation.pop("x-deed", operation["operationId"])
    rule = DEEDS[deed]
    streamed = operation.pop("x-streamed", False)
    operation.pop("x-any-query", None)
    responses: dict[str, Any] = operation["responses"]
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
    statuses: set[int] = set(operation.pop("x-also", ()))
    parameters: list[dict[str, Any]] = operation.setdefault("parameters", [])
    if not rule.anonymous:
        operation["security"] = [{"token": []}, {"session": []}]
        statuses |= {401, 403}
    statuses.add(422)
    if deed not in UNCOUNTED:
        statuses.add(429)
    if path.startswith(API):
        statuses |= {503}
        if "{" in path or not rule.anonymous:
            statuses.add(404)
        if method in COMMANDS:
            _complete_command(method, operation, parameters, statuses, streamed=streamed)
        else:
            for parameter in (_IF_NONE_MATCH, _MIN_POSITION_HEADER, _MIN_POSITION):
                _add(parameters, parameter)
            responses["304"] = {"description": "Nothing changed since that ETag."}
            for status, answer in responses.items():
                if status == "200":
                    answer.setdefault("headers", {"ETag": _TAG})
    for number in sorted(statuses):
        responses.setdefault(str(number), {"$ref": f"#/components/responses/{_name(number)}"})


def _complete_command(
    method: str, operation: dict[str, Any], parameters: list[dict[str, Any]], statuses: set[int], *, streamed: bool
) -> None:
    statuses |= {400, 409, 412, 413, 415}
    _add(parameters, _KEY)
    if not streamed:
        _add(parameters, _IF_MATCH | {"required": method != "post"})
    if method != "post":
        statuses.add(428)
    for status, answer in operation["responses"].items():
        if status in {"200", "201"}:
            headers = dict(_ANSWER_HEADERS)
            if status == "201":
                headers["Location"] = {"description": "Where what was made is.", "schema": {"type": "string"}}
            answer.setdefault("headers", headers)


def _add(parameters: list[dict[str, Any]], parameter: dict[str, Any]) -> None:
    key = (parameter["name"].lower(), parameter["in"])
    if all((p["name"].lower(), p["in"]) != key for p in parameters):
        parameters.append(dict(parameter))


def _name(status: int) -> str:
    return "Problem" + str(status)


def _problem(status: int) -> dict[str, Any]:
    code, meaning = _STATUSES[status]
    example: dict[str, Any] = {
        "type": f"urn:concord:problem:{code}",
        "title": TITLES.get(code, "A rule says no"),
        "status": status,
        "detail": meaning,
        "code": code,
    }
    if code == "invalid":
        example["errors"] = [{"field": "title", "message": "This is missing."}]
    if code == "stale-version":
        example["current_version"] = 7
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": meaning, "content": {MEDIA_TYPE: {"schema": schema, "example": example}}}
