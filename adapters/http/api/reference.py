"""What the API is: its OpenAPI document, and the same as a page to read."""

from __future__ import annotations

import hashlib
from base64 import b64encode

import orjson
from fastapi import FastAPI, Request
from starlette.responses import Response

from adapters.http import reference
from adapters.http.conventions import json_response, not_modified
from adapters.http.routing import Routes

outside = Routes(tags=["Reference"], under="")

_STYLE_HASH = b64encode(hashlib.sha256(reference.STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'"
_KEPT = "public, max-age=300"


@outside.get(
    "/openapi.json",
    operation_id="read_reference",
    summary="The OpenAPI 3.1 document",
    responses={200: {"description": "The document.", "content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def route_openapi(request: Request) -> Response:
    """Every operation with its statuses, every field with what it means."""
    document, tag = _document(request.app)
    if not_modified(request.headers, tag):
        return Response(status_code=304, headers={"ETag": tag})
    return json_response(document, headers={"Cache-Control": _KEPT, "ETag": tag})


@outside.get(
    "/docs",
    operation_id="read_reference_page",
    summary="This reference as a page",
    responses={200: {"description": "The page.", "content": {"text/html": {"schema": {"type": "string"}}}}},
    openapi_extra={"x-deed": "read_reference"},
)
async def route_reference_page(request: Request) -> Response:
    """Made from the OpenAPI document; it loads nothing from anywhere."""
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": _KEPT}
    return Response(_page(request.app), headers=headers, media_type="text/html")


def _document(app: FastAPI) -> tuple[bytes, str]:
    kept: tuple[bytes, str] | None = getattr(app.state, "openapi_document", None)
    if kept is None:
        document = orjson.dumps(app.openapi())
        kept = app.state.openapi_document = document, f'"{hashlib.sha256(document).hexdigest()[:16]}"'
    return kept


def _page(app: FastAPI) -> str:
    kept: str | None = getattr(app.state, "reference_page", None)
    if kept is None:
        kept = app.state.reference_page = reference.page(app.openapi())
    return kept
