"""An agreement in force: what it says, by who owes it; giving updates; and what may be done with it now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from starlette.responses import RedirectResponse, Response

from adapters.http.pages.routes import Pages
from adapters.http.pages.visit import Visit, Visits

pages = Pages()

Document = dict[str, Any]
RECENT = 6
LATELY = timedelta(days=28)
"""How far back it is told how it went, for both sides."""
_FRAME = ("decision", "given", "norm")


@pages.get("/agreements")
async def agreements_page(visit: Visits, cursor: str | None = None) -> Response:
    """The agreements that I may see: what is being drafted, what is in force, what is over."""
    page = await visit.get("/agreements", cursor=cursor)
    mine = [one for one in page["items"] if not one["withheld"]]
    return await visit.page(
        "agreements.html",
        "Agreements",
        drafts=[one for one in mine if one["state"] == "drafting"],
        running=[one for one in mine if one["state"] in ("in_force", "paused", "ending")],
        over=[one for one in mine if one["state"] not in ("drafting", "in_force", "paused", "ending")],
        withheld=[one for one in page["items"] if one["withheld"]],
        next_cursor=page["next_cursor"],
    )


@pages.get("/agreements/{agreement_id}")
async def agreement_page(agreement_id: UUID, visit: Visits) -> Response:
    """One agreement as it is for me; what is still a draft has a page of its own."""
    path = f"/agreements/{agreement_id}"
    shown = await visit.get(path)
    if shown.get("withheld"):
        return await visit.page("agreement_withheld.html", "An agreement", shown=shown)
    if shown["state"] == "drafting" and not shown["imported"]:
        return RedirectResponse(f"{path}/draft", 303)
    log = await _log(visit, path)
    promises = await visit.get(f"/commitments?agreement_id={agreement_id}&limit=20")
    return await visit.page(
        "agreement.html",
        shown["title"],
        shown=shown,
        allowed=frozenset(shown["allowed_actions"]),
        sides=_sides(shown),
        frame=[term for term in shown["terms"] if term["kind"] in _FRAME or not term.get("owed_by")],
        by_id={term["id"]: term for term in shown["terms"]},
        comments=_by_term(shown.get("comments", ())),
        promises=promises["items"],
        looked_at=await visit.find(f"{path}/reads", limit=5),
        leader=_new_leader(visit, shown),
        carried=[(term["id"], _short(term)) for term in shown["terms"]],
        soonest_end=visit.today + timedelta(days=_days(shown["head"].get("notice_period", "P14D"))),
        **log,
    )


@pages.get("/agreements/{agreement_id}/read-along")
async def read_along_page(agreement_id: UUID, visit: Visits) -> Response:
    """Whom the parties let read along, and proposing somebody."""
    shown = await visit.get(f"/agreements/{agreement_id}")
    people = await visit.get("/people", limit=200)
    there = {party.get("person_id") for party in shown["parties"]} | set(shown.get("contributors", ()))
    members = [one for one in people["items"] if one["active"] and one["kind"] == "member" and one["id"] not in there]
    return await visit.page(
        "read_along.html",
        "Who reads along",
        shown=shown,
        choices=sorted(((one["id"], one["name"]) for one in members), key=lambda one: one[1].casefold()),
    )


async def _log(visit: Visit, path: str) -> Document:
    """What was said under the agreement; nothing where that is not for this viewer."""
    updates = await visit.find(f"{path}/updates", limit=RECENT)
    if updates is None:
        return {"updates": [], "escalations": [], "notes": [], "adherence": None, "mine_next": []}
    escalations, notes = await visit.get_all(f"{path}/escalations?limit=3", f"{path}/notes?limit=5")
    adherence = await visit.find(f"{path}/adherence", from_=visit.today - LATELY, to=visit.today)
    expected = await visit.find(f"{path}/expected-updates")
    return {
        "updates": updates["items"],
        "escalations": escalations["items"],
        "notes": notes["items"],
        "adherence": adherence,
        "mine_next": _next(expected["items"] if expected is not None else [], str(visit.me)),
    }


def _next(expected: Sequence[Document], me: str) -> list[Document]:
    """For each term that I owe: what is missing or due now, else what comes next."""
    found: dict[str, Document] = {}
    for one in expected:
        if one["owed_by"] == me and one["status"] in ("missed", "due", "ahead"):
            kept = found.get(one["term_id"])
            if kept is None or (kept["status"] == "missed" and one["status"] in ("missed", "due")):
                found[one["term_id"]] = one
    return list(found.values())


def _sides(shown: Document) -> list[Document]:
    """What each owes, the leader first; what several owe together, last."""
    order = sorted(shown["parties"], key=lambda party: party["role"] != "leader")
    owed = [term for term in shown["terms"] if term.get("owed_by") and term["kind"] not in _FRAME]
    sides = [
        {
            "by": [one["person_id"]],
            "role": one["role"],
            "terms": [t for t in owed if t["owed_by"] == [one["person_id"]]],
        }
        for one in order
        if one.get("person_id")
    ]
    together = [term for term in owed if len(term["owed_by"]) > 1]
    if together:
        sides.append({"by": [], "role": None, "terms": together})
    return sides


def _by_term(comments: Sequence[Document]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {}
    for comment in comments:
        if not comment["withdrawn"]:
            found.setdefault(comment["term_id"], []).append(comment)
    return found


def _new_leader(visit: Visit, shown: Document) -> str | None:
    """Who leads me now, where that is nobody of this agreement."""
    leader = visit.standing.leader_id if visit.standing is not None else None
    here = {party.get("person_id") for party in shown["parties"]}
    return None if leader is None or str(leader) in here else str(leader)


def _short(term: Document) -> str:
    words = str(term.get("topic") or term.get("trigger") or term.get("text") or "")
    return words if len(words) <= 80 else f"{words[:79]}…"


def _days(period: str) -> int:
    """The days of a notice period, as near as a suggestion needs."""
    count = int("".join(filter(str.isdecimal, period)) or "14")
    return count * {"W": 7, "M": 31, "Y": 366}.get(period[-1:], 1)
