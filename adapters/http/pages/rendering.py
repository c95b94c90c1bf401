"""Templates, and what every one of them may call."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.http.pages import words
from adapters.http.pages.texts import prose

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent.parent
TEMPLATES, STATIC = _HERE / "templates", _HERE / "static"


HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    # With none at all a browser would not say either that a form came from here.
    "Referrer-Policy": "same-origin",
}
"""What every page says about what a browser may do with it."""


def render(template: str, context: dict[str, Any]) -> str:
    """A page's HTML; everything in the context is escaped unless it says that it is HTML."""
    return _environment().get_template(template).render(context)


@cache
def static_files() -> dict[str, tuple[bytes, str]]:
    """What browsers load beside a page, each with a digest of what is in it."""
    read = {path.name: path.read_bytes() for path in STATIC.iterdir() if path.suffix in (".css", ".js", ".svg")}
    return {name: (content, hashlib.sha256(content).hexdigest()[:16]) for name, content in read.items()}


def address_of(name: str) -> str:
    """Where a browser finds one of them; another content has another address, so it may be kept for ever."""
    return f"/static/{name}?v={static_files()[name][1]}"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - a start does not wait for it
    from markupsafe import Markup  # noqa: PLC0415

    class Absent(StrictUndefined):
        """What a document does not hold may be asked after, and is never shown as if it were blank."""

        def __bool__(self) -> bool:  # type: ignore[override]
            return False

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=Absent,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        prose=lambda text: Markup(prose(text)),  # noqa: S704 - cleaned there
        rhythm=words.rhythm,
        span=words.span,
    )
    environment.globals.update(spans=words.spans, static=address_of, new_key=lambda: secrets.token_urlsafe(18))
    environment.globals["what_comes_first"] = words.FIRST
    return environment
