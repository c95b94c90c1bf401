"""The few pages that stand before everything else: first run, an invitation, a new password. They run no script."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from starlette.responses import Response

STYLE = (
    ":root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}"
    "body{max-width:30rem;margin:3rem auto;padding:0 1rem}"
    "label{display:block;margin:1rem 0}input{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.5rem}"
    "button{font:inherit;padding:.5rem 1.5rem}"
    "[role=alert]{border-inline-start:.25rem solid;padding-inline-start:.75rem}"
)
_STYLE_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    # With none at all a browser would not say either that the form came from here.
    "Referrer-Policy": "same-origin",
}


@dataclass(frozen=True)
class Field:
    """One thing to fill in."""

    name: str
    label: str
    kind: str = "text"
    autocomplete: str = "off"
    value: str = ""


PASSWORD = Field(
    "password", "A password: 12 characters or more; a sentence makes a good one", "password", "new-password"
)


def form(title: str, words: str, fields: Sequence[Field], button: str) -> Response:
    """A page with a form that is sent to where the page is."""
    return _form_page(title, words, fields, button, {}, "", 200)


def form_again(
    title: str, words: str, fields: Sequence[Field], button: str, given: Mapping[str, str], wrong: str, status: int
) -> Response:
    """The same with what was given, passwords and secrets left out, and what was wrong with it."""
    return _form_page(title, words, fields, button, given, wrong, status)


def said(title: str, words: str, status: int = 200) -> Response:
    """A page that says something."""
    return _page(title, f"<p>{escape(words)}</p>", status)


def _form_page(
    title: str, words: str, fields: Sequence[Field], button: str, given: Mapping[str, str], wrong: str, status: int
) -> Response:
    inputs = "".join(
        f'<label>{escape(f.label)}<input name="{f.name}" type="{f.kind}" autocomplete="{f.autocomplete}" required '
        f'value="{escape("" if f.kind == "password" else given.get(f.name, f.value))}"></label>'
        for f in fields
    )
    alert = f'<p role="alert">{escape(wrong)}</p>' if wrong else ""
    body = f'<p>{escape(words)}</p>{alert}<form method="post">{inputs}<button>{escape(button)}</button></form>'
    return _page(title, body, status)


def _page(title: str, body: str, status: int) -> Response:
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style><main><h1>{escape(title)}</h1>{body}</main></html>"
    )
    return Response(page, status, _HEADERS, media_type="text/html")
