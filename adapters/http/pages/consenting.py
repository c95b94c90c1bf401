"""The page on which one consents: the exact text, what it binds everybody to, and nothing to distract from either."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.responses import RedirectResponse, Response

from adapters.http.pages.drafting import leader_first, sides
from adapters.http.pages.fields import one
from adapters.http.pages.routes import Pages
from adapters.http.pages.visit import Visit, Visits

pages = Pages()


@pages.get("/agreements/{agreement_id}/consent")
async def consent_page(agreement_id: UUID, visit: Visits) -> Response:
    """The text as it stands now, whole; a consent names this revision and its hash, and no other."""
    path = f"/agreements/{agreement_id}"
    shown = await visit.get(path)
    proposal = shown.get("proposal")
    if proposal is None or not shown["shared"]:
        return RedirectResponse(f"{path}/draft", 303)
    parties = sorted(proposal["head"]["parties"], key=leader_first)
    return await visit.page(
        "consent.html",
        proposal["head"]["title"],
        shown=shown,
        proposal=proposal,
        parties=parties,
        allowed=frozenset(shown["allowed_actions"]),
        consented=any(yes["person_id"] == str(visit.me) for yes in proposal["consents"]),
        sides=sides(proposal["terms"], parties),
        together=[term for term in proposal["terms"] if len(term.get("owed_by", ())) != 1],
        since=await _since(visit, path, proposal),
        against=await _against(visit, path, proposal),
    )


async def _against(visit: Visit, path: str, proposal: dict[str, Any]) -> Any:
    """What an amendment changes in the version that holds; None for a first draft."""
    if proposal["number"] == 0:
        return None
    return await visit.find(f"{path}/diff", from_=str(proposal["number"]), to="proposal")


async def _since(visit: Visit, path: str, proposal: dict[str, Any]) -> Any:
    """What changed while somebody read the text, when their consent was refused for it; else None."""
    if visit.refused is None:
        return None
    read = one(visit.refused.given, "revision")
    if not read.isdecimal() or len(read) > 9 or not 0 < int(read) < proposal["revision"]:
        return None
    return await visit.find(f"{path}/diff", from_=f"r{read}", to="proposal")
