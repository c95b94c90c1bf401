"""Follow-through: what was kept of what was promised, in both directions, each count with the list that it counts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.responses import Response

from adapters.http.conventions import API
from adapters.http.pages.routes import Pages
from adapters.http.pages.visit import Visits

pages = Pages()

Document = dict[str, Any]
GROUPINGS = {
    "level": "level",
    "month": "month",
    "agreement": "agreement",
    "imbalance": "inside or outside an imbalance",
}
"""What one may look at it by. Never by person: there is nobody to be compared with."""
_MOST = 100


@pages.get("/people/{person_id}/follow-through")
async def follow_through_page(
    person_id: UUID, visit: Visits, by: str = "", from_on: str | None = None, to_on: str | None = None
) -> Response:
    """Both directions side by side."""
    by = by if by in GROUPINGS else "level"
    found = await visit.get(f"/people/{person_id}/follow-through", group_by=by, from_=from_on or None, to=to_on or None)
    groups = [_readable(group) for group in found["groups"]]
    agreements = {group["key"]["agreement"] for group in groups} - {None} if by == "agreement" else set()
    titles = {id: await visit.find(f"/agreements/{id}") for id in sorted(agreements)}
    return await visit.page(
        "follow_through.html",
        "Follow-through",
        of=str(person_id),
        totals={total["key"]["direction"]: _readable(total) for total in found["totals"]},
        groups={way: [group for group in groups if group["key"]["direction"] == way] for way in ("owed_by", "owed_to")},
        by=by,
        groupings=GROUPINGS,
        titles={id: shown["title"] for id, shown in titles.items() if shown is not None},
        from_on=from_on or "",
        to_on=to_on or "",
        most=max([1, *(sum(group["counts"].values()) for group in groups)]),
    )


@pages.get("/follow-through/list")
async def counted_page(visit: Visits) -> Response:
    """Exactly those commitments that a count counts: the address comes with the count."""
    asked = dict(visit.request.query_params)
    page = await visit.get("/commitments", **{"limit": _MOST, **asked})
    teams = {team["id"]: team["name"] for team in (await visit.get("/teams", limit=200))["items"]}
    return await visit.page(
        "follow_through_list.html",
        "What is counted",
        asked=asked,
        items=page["items"],
        teams=teams,
        next_cursor=page["next_cursor"],
    )


def _readable(group: Document) -> Document:
    """The same, its lists as pages."""
    return group | {
        "commitments": _as_page(group["commitments"]),
        "lists": {name: _as_page(address) for name, address in group["lists"].items()},
    }


def _as_page(address: str) -> str:
    return "/follow-through/list" + address.removeprefix(f"{API}/commitments")
