"""The OpenAPI 3.1 document: what every operation has in common is said once, here."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from adapters.http.problems import MEDIA_TYPE

_COMMANDS = frozenset({"post", "put", "patch", "delete"})

_PROBLEM = {
    "type": "object",
    "description": "An RFC 9457 problem document.",
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
        "current_version": {"type": "integer", "description": "412 only: the version it is at now.", "examples": [7]},
        "errors": {
            "type": "array",
            "description": "422 only: each field that is wrong, and why.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {"type": "string", "description": "Its path.", "examples": ["title"]},
                    "message": {"type": "string", "description": "A sentence.", "examples": ["This is missing."]},
                },
            },
        },
    },
}

_STATUSES = {
    400: "The request cannot be read: truncated, or not JSON.",
    401: "No credential, or one that does not hold.",
    403: "The caller can see it, and could not do this to it in any state; or the token's scopes do not cover it.",
    404: "Unknown, or not for the caller's eyes: the same answer.",
    405: "This method is not for this path.",
    409: "A rule or the present state refuses.",
    412: "It changed since the version in `If-Match`.",
    413: "More than 256 KiB.",
    415: "Another media type is needed.",
    422: "The content is not right, or the key was used for another request.",
    428: "`If-Match` is required here.",
    503: "The store, or the position waited for, is not there right now.",
}

_HEADERS = {
    "Idempotency-Key": (
        "Visible ASCII, 1 to 200 characters, yours alone; a repeat gets the first answer again.",
        {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
        "0f3c2a54-retry-1",
    ),
    "If-Match": (
        "The version that you saw, from the ETag. Required on PATCH, PUT and DELETE.",
        {"type": "string"},
        '"7"',
    ),
    "If-None-Match": ("An ETag that you have: 304 when nothing changed.", {"type": "string"}, '"7.0123456789abcdef"'),
    "Concord-Min-Position": (
        "Answer once the read models have reached this position (5 s at most).",
        {"type": "integer", "minimum": 0},
        12,
    ),
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title="Concord",
            version="1",
            summary="Agreements on what two people expect of each other, co-drafted, consented to, kept alive.",
            description=(
                "Bearer tokens; JSON; errors are RFC 9457 problem documents; every command takes `Idempotency-Key` and "
                "answers `Concord-Position`. Durations are ISO 8601, instants RFC 3339 in UTC, dates days in the "
                "organisation's time zone, first and last included."
            ),
            routes=app.routes,
        )
        _complete(document)
        app.openapi_schema = document
    return app.openapi_schema


def _complete(document: dict[str, Any]) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _PROBLEM
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": "An API token."}}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path.startswith("/api/"):
                _complete_operation(method, path, operation)


def _complete_operation(method: str, path: str, operation: dict[str, Any]) -> None:
    public = operation.pop("x-public", False)
    if not public:
        operation["security"] = [{"token": []}]
    responses = operation["responses"]
    responses.pop("422", None)
    command = method in _COMMANDS
    statuses = {422, 503} if public else {401, 403, 404, 422, 503}
    parameters = operation.setdefault("parameters", [])
    if command:
        statuses |= {400, 404, 409, 412, 413, 415}
        _add_header(parameters, "Idempotency-Key", required=False)
        if method != "post":
            statuses.add(428)
        _add_header(parameters, "If-Match", required=method != "post")
    else:
        _add_header(parameters, "If-None-Match", required=False)
        _add_header(parameters, "Concord-Min-Position", required=False)
        responses["304"] = {"description": "Nothing changed since that ETag."}
    for status in sorted(statuses):
        responses[str(status)] = {
            "description": _STATUSES[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _add_header(parameters: list[dict[str, Any]], name: str, *, required: bool) -> None:
    if any(p["name"].lower() == name.lower() and p["in"] == "header" for p in parameters):
        return
    description, schema, example = _HEADERS[name]
    parameters.append(
        {
            "name": name,
            "in": "header",
            "required": required,
            "description": description,
            "schema": schema,
            "example": example,
        }
    )
