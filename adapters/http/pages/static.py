"""What browsers load beside a page: one style sheet and a few small scripts, from here only."""

from __future__ import annotations

from starlette.responses import Response

from adapters.http.pages.rendering import static_files
from adapters.http.pages.routes import Pages
from adapters.http.problems import not_found

pages = Pages()

_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"


@pages.get("/static/{name}", openapi_extra={"x-anonymous": True, "x-static": True})
async def static(name: str) -> Response:
    """The file of that name."""
    found = static_files().get(name)
    if found is None:
        raise not_found()
    content, digest = found
    headers = {"Cache-Control": _FOR_EVER, "ETag": f'"{digest}"'}
    return Response(content, headers=headers, media_type=_TYPES[name.rsplit(".", 1)[-1]])
