"""The people of the organisation, and one of them; what stewards do is done here too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.responses import Response

from adapters.http.conventions import API
from adapters.http.pages.routes import Pages
from adapters.http.pages.visit import Visit, Visits

pages = Pages()

MOST = 200


@pages.get("/people")
async def people_page(visit: Visits, cursor: str | None = None) -> Response:
    """Who is here and who leads whom; the teams; for stewards, adding somebody."""
    people = await visit.get("/people", limit=MOST, cursor=cursor)
    teams = await visit.get("/teams", limit=MOST)
    by_name = sorted(people["items"], key=lambda one: (one["name"] or "").casefold())
    members = [one for one in by_name if one["kind"] == "member" and one["active"]]
    return await visit.page(
        "people.html",
        "People",
        members=members,
        former=[one for one in by_name if one["kind"] in ("member", "erased") and not one["active"]],
        elsewhere=[one for one in by_name if one["kind"] == "imported"],
        choices=[(one["id"], one["name"]) for one in members],
        teams=teams["items"],
        next_cursor=people["next_cursor"],
        invited=invitation(visit),
    )


@pages.get("/people/{person_id}")
async def person_page(person_id: UUID, visit: Visits) -> Response:
    """Somebody as I know them here, and what lies between us."""
    person = await visit.get(f"/people/{person_id}")
    people = await visit.get("/people", limit=MOST) if visit.steward else {"items": []}
    agreements = await visit.get("/agreements", party=person_id, limit=20)
    led = [one for one in people["items"] if one["leader_id"] == str(person_id) and one["active"]]
    others = [one for one in people["items"] if one["active"] and one["kind"] == "member" and one["id"] != person["id"]]
    return await visit.page(
        "person.html",
        person["name"] or "Former party",
        person=person,
        agreements=[one for one in agreements["items"] if not one["withheld"]],
        led=led,
        choices=sorted(((one["id"], one["name"]) for one in others), key=lambda one: one[1].casefold()),
        invited=invitation(visit),
    )


def invitation(visit: Visit) -> dict[str, Any] | None:
    """Who was just invited, with the address of the page where they choose a password if no mail takes it there."""
    answered = visit.answered
    if not isinstance(answered, dict) or "leader_id" not in answered:
        return None
    url = answered.get("invitation_url")
    page = url.replace(f"{API}/", "/").removesuffix("/accept") if url else None
    return {"name": answered["name"], "id": answered["id"], "url": page}
