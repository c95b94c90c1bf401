"""Imbalance periods: the year with them in it, declaring one, and one as it is for each whom it concerns."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from starlette.responses import Response

from adapters.http.pages import words
from adapters.http.pages.routes import Pages
from adapters.http.pages.timeline import Timeline, year_of
from adapters.http.pages.visit import Visit, Visits

pages = Pages()

Document = dict[str, Any]
YEAR = timedelta(days=365)
_MOST_TERMS = 12
"""Of so many agreements the terms are offered to be set aside; there is free text for the rest."""


@pages.get("/imbalance-periods")
async def imbalances_page(visit: Visits) -> Response:
    """Every period that I may see, and how much of the year they took."""
    page = await visit.get("/imbalance-periods", limit=200)
    strip, days = await _year(visit, page["items"])
    return await visit.page(
        "imbalances.html",
        "Imbalance periods",
        periods=page["items"],
        more=page["next_cursor"] is not None,
        strip=strip,
        days=days,
        policy=await visit.get("/organisation/policy"),
    )


@pages.get("/imbalance-periods/new")
async def new_imbalance_page(visit: Visits) -> Response:
    """Drafting one: nothing of it holds before it is declared."""
    people, policy, agreements, mine, theirs = await visit.get_all(
        "/people?limit=200",
        "/organisation/policy",
        f"/agreements?state=in_force&party={visit.me}&limit={_MOST_TERMS}",
        f"/commitments?state=promised&owed_by={visit.me}&sort=due&limit=50",
        f"/commitments?state=promised&owed_to={visit.me}&sort=due&limit=50",
    )
    active = {one["id"]: one for one in people["items"] if one["active"] and one["kind"] == "member"}
    me = str(visit.me)
    return await visit.page(
        "imbalance_new.html",
        "Declare an imbalance",
        led=sorted(
            (one for id, one in active.items() if _leads(active, me, id)), key=lambda one: one["name"].casefold()
        ),
        leaders=[active[id] for id in _above(active, me)],
        policy=policy,
        owed_terms=await _terms(visit, agreements["items"]),
        promises=[one for one in (*mine["items"], *theirs["items"]) if not one["imported"]],
    )


@pages.get("/imbalance-periods/{period_id}")
async def imbalance_page(period_id: UUID, visit: Visits) -> Response:
    """One period: why, until when, what is set aside and what comes back."""
    shown = await visit.get(f"/imbalance-periods/{period_id}")
    people = (await visit.get("/people", limit=200))["items"] if "POST join" in shown["allowed_actions"] else []
    named = {one["person_id"] for one in shown["people"]}
    active = {one["id"]: one for one in people if one["active"] and one["kind"] == "member"}
    return await visit.page(
        "imbalance.html",
        "An imbalance period",
        shown=shown,
        allowed=frozenset(shown["allowed_actions"]),
        things=await things_of(visit, shown),
        beside=await visit.get(f"/imbalance-periods/{period_id}/limits")
        if "POST declare" in shown["allowed_actions"]
        else None,
        mine=next((one for one in shown["people"] if one["person_id"] == str(visit.me)), None),
        looked_at=await visit.find(f"/imbalance-periods/{period_id}/reads", limit=5),
        may_join=[
            (id, one["name"])
            for id, one in active.items()
            if id not in named and _leads(active, shown["declarer_id"], id)
        ],
    )


async def _year(visit: Visit, periods: Iterable[Document]) -> tuple[Timeline, int]:
    """The last year and what lies ahead of it, and on how many of its days results came first."""
    first = visit.today - YEAR + timedelta(days=1)
    held = [one for one in periods if one["state"] in ("active", "ended", "closed")]
    recent = [one for one in held if date.fromisoformat(one["ends_on"]) >= first]
    shown = await asyncio.gather(*(visit.get(f"/imbalance-periods/{one['id']}") for one in recent))
    spans = [
        (one["focus"], words.day_of(one["started_at"], visit.days_zone), _until(visit, one))
        for one in shown
        if one["started_at"]
    ]
    critical = {
        day
        for focus, begins, until in spans
        if focus == "results"
        for day in _days(max(begins, first), min(until, visit.today + timedelta(days=1)))
    }
    return year_of(spans, first, max([visit.today, *(until for _, _, until in spans)])), len(critical)


def _until(visit: Visit, period: Document) -> date:
    """The first day on which it does not hold any more."""
    if period["ended_at"] is not None:
        return words.day_of(period["ended_at"], visit.days_zone)
    return date.fromisoformat(period["ends_on"]) + timedelta(days=1)


def _days(first: date, until: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range(max(0, (until - first).days)))


def _above(active: dict[str, Document], person: str) -> list[str]:
    """Who leads somebody, directly or above, the nearest first."""
    found: list[str] = []
    leader = active.get(person, {}).get("leader_id")
    while leader is not None and leader in active and leader not in found:
        found.append(leader)
        leader = active[leader]["leader_id"]
    return found


def _leads(active: dict[str, Document], leader: str, person: str) -> bool:
    return leader in _above(active, person)


async def _terms(visit: Visit, agreements: Sequence[Document]) -> list[tuple[str, list[Document]]]:
    """What is owed in my agreements in force, by agreement: what one can set aside."""
    shown = await asyncio.gather(
        *(
            visit.find(f"/agreements/{one['id']}")
            for one in agreements
            if not one["withheld"] and not one.get("imported")
        )
    )
    return [
        (one["title"], owed)
        for one in shown
        if one is not None and (owed := [term for term in one["terms"] if term.get("owed_by")])
    ]


async def things_of(visit: Visit, period: Document) -> list[Document]:
    """What a period sets aside, as far as the viewer may see it, each with what it says."""
    titles = await asyncio.gather(*(_thing(visit, thing) for thing in period["set_aside"]))
    return [thing | {"title": title} for thing, title in zip(period["set_aside"], titles, strict=True)]


async def _thing(visit: Visit, thing: Document) -> str:
    """What something that is set aside says, to whoever may see it."""
    if thing["kind"] == "commitment":
        found = await visit.find(f"/commitments/{thing['commitment_id']}")
        return str(found["outcome"]) if found is not None else "A promise"
    if thing["kind"] == "term":
        found = await visit.find(f"/agreements/{thing['agreement_id']}")
        term: Document = next((one for one in (found or {}).get("terms", ()) if one["id"] == thing["term_id"]), {})
        return str(term.get("topic") or term.get("trigger") or term.get("text") or "A term of an agreement")
    return str(thing["text"] or "erased")
