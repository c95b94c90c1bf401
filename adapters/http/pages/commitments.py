"""Commitments: what one owes and is owed, making one, and the conversation about each."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from starlette.responses import Response

from adapters.http.pages.routes import Pages
from adapters.http.pages.visit import Visit, Visits

pages = Pages()

Document = dict[str, Any]
RUNNING = ("reported", "promised", "suspended", "requested", "offered", "countered")
SIDES = ("owed_by", "owed_to")
MOST = 30
"""Of each state so many are shown at once."""
_HIGHEST = 6
"""How many commitments above one are looked for; a chain of task, result and impact has three."""


@pages.get("/commitments")
async def commitments_page(
    visit: Visits, over: str | None = None, side: str | None = None, cursor: str | None = None
) -> Response:
    """What I owe and what is owed to me, the soonest due first; what is over, and all that is promised, on demand."""
    me = visit.me
    teams = {team["id"]: team["name"] for team in (await visit.get("/teams", limit=200))["items"]}
    if over is not None:
        page = await visit.get("/commitments", cursor=cursor, limit=100)
        ended = [one for one in page["items"] if one["state"] not in RUNNING]
        return await visit.page(
            "commitments_over.html", "What came of it", ended=ended, teams=teams, next_cursor=page["next_cursor"]
        )
    if side in SIDES:
        page = await visit.get("/commitments", state="promised", sort="due", cursor=cursor, limit=MOST, **{side: me})
        return await visit.page(
            "commitments_side.html", "Promises", side=side, items=page["items"], teams=teams, next=page["next_cursor"]
        )
    asked = [(side, state) for side in SIDES for state in RUNNING]
    pages = await visit.get_all(
        *(f"/commitments?{side}={me}&state={state}&sort=due&limit={MOST}" for side, state in asked)
    )
    found: dict[str, list[Document]] = {side: [] for side in SIDES}
    for (of, _), page in zip(asked, pages, strict=True):
        found[of] += page["items"]
    return await visit.page(
        "commitments.html",
        "Promises",
        mine=sorted(found["owed_by"], key=_by_due),
        theirs=sorted(found["owed_to"], key=_by_due),
        more={of for (of, _), page in zip(asked, pages, strict=True) if page["next_cursor"] is not None},
        teams=teams,
    )


@pages.get("/commitments/new")
async def new_commitment_page(
    visit: Visits,
    kind: str = "",
    agreement: UUID | None = None,
    serves: UUID | None = None,
    follows: UUID | None = None,
) -> Response:
    """Asking for something, or offering it; either waits for the other's yes."""
    people, above, earlier, under = await asyncio.gather(
        visit.get("/people", limit=200),
        _seen(visit, "commitments", serves),
        _seen(visit, "commitments", follows),
        _seen(visit, "agreements", agreement),
    )
    others = [
        one for one in people["items"] if one["active"] and one["kind"] == "member" and one["id"] != str(visit.me)
    ]
    first = {party.get("person_id") for party in (under or {}).get("parties", ())}
    others.sort(key=lambda one: (one["id"] not in first, one["name"].casefold()))
    return await visit.page(
        "commitment_new.html",
        {"request": "Ask for a promise", "offer": "Offer something"}.get(kind, "A new promise"),
        kind=kind if kind in ("request", "offer") else "",
        others=others,
        above=above,
        earlier=earlier,
        under=under,
    )


@pages.get("/commitments/{commitment_id}")
async def commitment_page(commitment_id: UUID, visit: Visits) -> Response:
    """The conversation about one promise, and what may be said next."""
    path = f"/commitments/{commitment_id}"
    shown, teams, said = await asyncio.gather(visit.get(path), visit.get("/teams", limit=200), _said(visit, path))
    above, below, under, follows = await asyncio.gather(
        _above(visit, shown),
        visit.get("/commitments", serves=commitment_id, limit=MOST),
        _seen(visit, "agreements", shown.get("agreement_id")),
        _seen(visit, "commitments", shown.get("follows")),
    )
    hand_on = {"delegate", "assign"} & set(shown.get("changes_to_propose", ()))
    people = (await visit.get("/people", limit=200))["items"] if hand_on else []
    on_it = {side.get("person_id") for side in (*shown["owed_by"], *shown["owed_to"])}
    return await visit.page(
        "commitment.html",
        "A promise",
        shown=shown,
        allowed=frozenset(shown["allowed_actions"]),
        teams={team["id"]: team["name"] for team in teams["items"]},
        said=said,
        above=above,
        below=sorted(below["items"], key=_by_due),
        under=under,
        follows=follows,
        people=sorted(
            ((one["id"], one["name"]) for one in people if one["active"] and one["id"] not in on_it),
            key=lambda one: one[1].casefold(),
        ),
    )


async def _said(visit: Visit, path: str) -> list[Document]:
    """Everything that was said and done, oldest first."""
    found: list[Document] = []
    cursor: dict[str, str] = {}
    while True:
        page = await visit.get(f"{path}/history", limit=200, **cursor)
        found.extend(page["items"])
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def _above(visit: Visit, shown: Document) -> list[Document]:
    """What it serves, and what that serves in turn, the highest first."""
    found: list[Document] = []
    seen = {shown["id"]}
    while (id := shown.get("serves")) is not None and id not in seen and len(found) < _HIGHEST:
        seen.add(id)
        above = await visit.find(f"/commitments/{id}")
        if above is None:
            break
        found.insert(0, above)
        shown = above
    return found


async def _seen(visit: Visit, kind: str, id: UUID | str | None) -> Document | None:
    return None if id is None else await visit.find(f"/{kind}/{id}")


def _by_due(one: Document) -> tuple[bool, str]:
    return one["due_at"] is None, one["due_at"] or ""
