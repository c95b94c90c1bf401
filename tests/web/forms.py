"""Forms as a browser without scripts sends them: what stands in the page, and what somebody writes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import httpx2

OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and self.forms and given.get("name"):
            chosen = given.get("type") not in ("checkbox", "radio") or "checked" in given
            if chosen:
                self.forms[-1].setdefault(str(given["name"]), []).append(given.get("value") or "")


def form_in(html: str, to: str) -> dict[str, list[str]]:
    """The fields of the form that makes this request."""
    reader = _Reader()
    reader.feed(html)
    return next(form for form in reader.forms if to in (form.get("_to", [""])[0], form.get("_name", [""])[0]))


async def sends(client: httpx2.AsyncClient, form: dict[str, list[str]], **written: Any) -> httpx2.Response:
    """Sends it with what somebody wrote; names with dots are written with two underscores."""
    filled = {name.replace("__", "."): value if isinstance(value, list) else [value] for name, value in written.items()}
    return await client.post("/forms", data={**form, **filled}, headers=OURS)


def text_of(html: str) -> str:
    """What stands on a page, without its markup."""
    return " ".join(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", html, flags=re.S).split())
