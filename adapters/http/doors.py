"""The few pages that stand before everything else: first run, an invitation, a new password. They need no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from adapters.http.pages.rendering import HEADERS, render


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
    """A page that says something, and leads on."""
    return _page(title, words, status, (), "", {}, "")


def _form_page(
    title: str, words: str, fields: Sequence[Field], button: str, given: Mapping[str, str], wrong: str, status: int
) -> Response:
    values = {field.name: "" if field.kind == "password" else given.get(field.name, field.value) for field in fields}
    return _page(title, words, status, fields, button, values, wrong)


def _page(
    title: str,
    words: str,
    status: int,
    fields: Sequence[Field],
    button: str,
    values: Mapping[str, str],
    wrong: str,
) -> Response:
    context = {
        "title": title, "words": words, "status": status, "fields": fields, "button": button, "values": values,
        "wrong": wrong,
    }  # fmt: skip
    return Response(render("door.html", context), status, HEADERS, media_type="text/html")
