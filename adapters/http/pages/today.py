"""Today: what waits for me, what I promised next, what is promised to me, and a running imbalance period."""

from __future__ import annotations

from typing import Any, NamedTuple

from starlette.responses import Response

from adapters.http.pages.imbalances import things_of
from adapters.http.pages.routes import Pages
from adapters.http.pages.settings import PROMPTS
from adapters.http.pages.visit import Visit, Visits, slug

pages = Pages()

MOST = 30
NEXT = 7


class Call(NamedTuple):
    """How something that waits is said, who did it (`{who}`) included, and what the act that answers it is called."""

    sentence: str
    act: str


CALLS = {
    "consent": Call("A text waits for your consent", "Read the text"),
    "prompt": Call("An opening question waits for your answer", "Answer"),
    "motion": Call("{who} proposes something that needs your answer", "Look at it"),
    "review": Call("{who} opened a review; your view is missing", "Answer the review"),
    "review_due": Call("The day of the next review has come", "Hold the review"),
    "update_due": Call("An update is expected of you", "Give the update"),
    "update_missed": Call("An update was missed; late is better than never", "Give the update"),
    "update_asked": Call("{who} asks how it goes", "Give an update"),
    "update_given": Call("{who} gave an update", "Read it"),
    "escalation": Call("{who} told you of something that cannot wait", "Answer"),
    "promise": Call("{who} asks you for a promise", "Answer"),
    "accept": Call("{who} made you an offer, or put something differently", "Answer"),
    "change": Call("{who} proposes to change what was promised", "Look at the change"),
    "confirm": Call("{who} says it is done", "Confirm, or say what is missing"),
    "reopened": Call("{who} reopened what was kept", "Look at it"),
    "returned": Call("{who} says that something is missing", "Look at it"),
    "due": Call("A promise of yours falls due", "Say how it stands"),
    "overdue": Call("A promise to you is overdue", "Look at it"),
    "at_risk": Call("{who} warns you early: a promise to you is at risk", "Look at it"),
    "declare": Call("A draft of an imbalance period waits for you to declare it", "Look at it"),
    "acknowledge": Call("{who} declared an imbalance period that you are in", "Acknowledge, or object"),
    "join": Call("You are asked whether you join an imbalance period", "Look at it"),
    "answer": Call("{who} asks about your imbalance period", "Answer"),
    "end": Call("A majority asks for an early end of the imbalance period", "Decide"),
    "closing_review": Call("An imbalance period is over: look back at it", "Look back"),
    "glass_broken": Call("{who}, a steward, opened an agreement of yours with a reason", "Read the reason"),
    "erasure_asked": Call("Somebody is to be erased; it waits for your word", "Look at it"),
    "erasure_comes": Call("You are to be erased; you may object until then", "Look at it"),
    "attest": Call("A period of something lasting is over", "Say how it went"),
}


@pages.get("/")
async def today_page(visit: Visits) -> Response:
    """The first thing one sees."""
    me = visit.me
    inbox, mine, theirs, periods, agreements = await visit.get_all(
        f"/me/inbox?limit={MOST}",
        f"/commitments?owed_by={me}&state=promised&sort=due&limit={NEXT}",
        f"/commitments?owed_to={me}&state=promised&sort=due&limit={NEXT}",
        "/imbalance-periods?state=active&limit=5",
        f"/agreements?party={me}&limit=5",
    )
    return await visit.page(
        "today.html",
        "Today",
        waiting=[item | {"call": CALLS[item["what"]], "at": _where(item)} for item in inbox["items"]],
        questions=dict(PROMPTS),
        more_waits=inbox["next_cursor"] is not None,
        mine=mine,
        theirs=theirs,
        periods=[await _running(visit, one["id"]) for one in periods["items"]],
        agreements=agreements["items"],
    )


async def _running(visit: Visit, period_id: str) -> dict[str, Any]:
    shown = await visit.get(f"/imbalance-periods/{period_id}")
    return {**shown, "things": await things_of(visit, shown)}


def _where(item: dict[str, Any]) -> str:
    """The page on which it is answered, where on it the form for that is."""
    path, what = str(item["resource"]["path"]), item["what"]
    if what == "erasure_comes":
        return "/settings/privacy"
    if what == "review_due":
        return f"{path}#form-" + slug(f"POST {path}/reviews")
    if what == "prompt":
        return f"{path}#form-" + slug(f"POST {path}/prompts/{item['about']['key']}/answer")
    return path + {"review": "#review", "update_given": "#updates", "escalation": "#updates"}.get(what, "")
