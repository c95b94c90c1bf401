"""What this browser showed last of a text that is being drafted, so that the next time says what changed since.

Only the browser keeps it, in a cookie: that somebody looked is written down nowhere else, and nobody can ask for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from adapters.http.cookies import keep_looked, looked_in
from adapters.settings import Settings

A_VISIT = 30
"""Minutes after which coming back is another visit: until then what was new stays marked."""
MOST = 12
"""Of how many texts a browser keeps it; the one that was not opened for longest goes first."""


@dataclass(frozen=True)
class Look:
    """One text as this browser knows it: the revision before this visit, the newest one shown, and when (minutes)."""

    text: str
    before: int
    newest: int
    at: int


def look(request: Request, settings: Settings, text: str, revision: int, minutes: int) -> tuple[int, list[Look]]:
    """Up to which revision it was known when this visit began, and what the browser is to keep now.

    Who sees it for the first time reads all of it: what comes after that is new to them.
    """
    kept = _read(looked_in(request, settings))
    known = next((one for one in kept if one.text == text), None)
    before = revision
    if known is not None:
        before = known.before if minutes - known.at < A_VISIT else known.newest
    now = Look(text, before, revision, minutes)
    return before, [now, *(one for one in kept if one.text != text)][:MOST]


def keep(response: Response, settings: Settings, looks: list[Look]) -> Response:
    """Lets the browser keep it."""
    return keep_looked(response, "_".join(f"{o.text}.{o.before}.{o.newest}.{o.at}" for o in looks), settings)


def name_of(agreement_id: str, person_id: str, proposal: int, *, shared: bool) -> str:
    """What a text is called there: short, and another one for everybody who uses the same browser."""
    return f"{agreement_id[-12:]}-{person_id[-6:]}-{proposal if shared else 'own'}"


def _read(written: str) -> list[Look]:
    looks = []
    for part in written.split("_"):
        text, *numbers = part.split(".")
        if len(numbers) == 3 and all(n.isascii() and n.isdecimal() and len(n) < 12 for n in numbers):
            before, newest, at = (int(n) for n in numbers)
            looks.append(Look(text, before, newest, at))
    return looks
