"""The page that begins an agreement: with whom first, then what it is for; the questions follow on the draft."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from adapters.http.pages.examples import PURPOSES
from adapters.http.pages.fields import one
from adapters.http.pages.routes import Pages
from adapters.http.pages.visit import Visits

pages = Pages()

MOST = 10
"""Beside oneself, how many may be chosen here; the API takes more."""
_PAGES_OF_PEOPLE = 5


@pages.get("/agreements/new")
async def begin_agreement_page(visit: Visits) -> Response:
    """Chooses the people, then asks for what an agreement cannot be begun without; all of it is filled in already."""
    query = visit.request.query_params
    me = await visit.get("/me")
    people = await _colleagues(visit)
    wanted = list(dict.fromkeys(query.getlist("with")))[:MOST]
    chosen = [person for id in wanted for person in people if person["id"] == id]
    if not chosen:
        near = [person for person in people if person["id"] == me["leader_id"] or person["leader_id"] == me["id"]]
        others = [person for person in people if person not in near]
        return await visit.page(
            "starting.html", "Begin an agreement", myself=me, chosen=[], near=near, others=others, several=MOST
        )
    start = query.get("start", "usual")
    return await visit.page(
        "starting.html",
        "Begin an agreement",
        myself=me,
        chosen=chosen,
        roles=_roles(me, chosen),
        headline=_title([me, *chosen]),
        purposes=PURPOSES,
        start=start if start in PURPOSES else "usual",
        written=visit.refused is not None and bool(one(visit.refused.given, "purpose_text")),
        with_whom="&".join(f"with={person['id']}" for person in chosen),
    )


async def _colleagues(visit: Visits) -> list[dict[str, Any]]:
    """Whoever one could begin with, by name."""
    found: list[dict[str, Any]] = []
    cursor = None
    for _ in range(_PAGES_OF_PEOPLE):
        page = await visit.get("/people", limit=200, cursor=cursor)
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    here = [one for one in found if one["active"] and one["kind"] == "member" and one["id"] != str(visit.me)]
    return sorted(here, key=lambda one: one["name"].casefold())


def _roles(me: dict[str, Any], chosen: list[dict[str, Any]]) -> list[str]:
    """What each is to the others as far as it is known: mine first, then theirs."""
    if any(person["leader_id"] == me["id"] for person in chosen):
        return ["leader", *("report" if person["leader_id"] == me["id"] else "peer" for person in chosen)]
    if any(person["id"] == me["leader_id"] for person in chosen):
        return ["report", *("leader" if person["id"] == me["leader_id"] else "peer" for person in chosen)]
    return ["peer"] * (len(chosen) + 1)


def _title(people: list[dict[str, Any]]) -> str:
    first = [person["name"].split()[0] for person in people]
    return f"{', '.join(first[:-1])} and {first[-1]}"[:200]
