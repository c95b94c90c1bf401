"""The shared sheet: a draft or an open amendment, written by all of its parties; what changed, and whose move it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from starlette.responses import RedirectResponse, Response

from adapters.http.pages import looked
from adapters.http.pages.examples import EXAMPLES, GRACE, RHYTHMS, SOON, as_term
from adapters.http.pages.fields import one
from adapters.http.pages.routes import Pages
from adapters.http.pages.visit import Visit, Visits

pages = Pages()

Document = dict[str, Any]
TEXT = "text"
"""What stands before the terms, among what may be changed: the head."""


@pages.get("/agreements/{agreement_id}/draft")
async def draft_page(agreement_id: UUID, visit: Visits) -> Response:
    """What is being drafted, for one of its parties; what is not a draft any more has a page of its own."""
    path = f"/agreements/{agreement_id}"
    shown = await visit.get(path)
    proposal = shown.get("proposal")
    if shown.get("withheld") or (proposal is None and shown["state"] != "drafting"):
        return RedirectResponse(path, 303)
    query = visit.request.query_params
    parties = sorted(shown["parties"] if proposal is None else proposal["head"]["parties"], key=leader_first)
    page: Document = {
        "shown": shown,
        "proposal": proposal,
        "parties": parties,
        "allowed": frozenset(shown["allowed_actions"]),
        "others": [party["person_id"] for party in parties if party["person_id"] != str(visit.me)],
        "waiting_answers": [prompt for prompt in shown["prompts"] if prompt["waits_for_me"]],
        "rhythms": RHYTHMS,
        "soon": SOON,
        "grace": GRACE,
    }
    if proposal is None:
        return await visit.page("draft.html", shown["title"], **page)
    text = looked.name_of(shown["id"], str(visit.me), proposal["number"], shared=shown["shared"])
    minutes = int(visit.now.timestamp()) // 60
    before, looks = looked.look(visit.request, visit.concord.settings, text, proposal["revision"], minutes)
    since = await _since(visit, path, proposal, _read_up_to(proposal, before, str(visit.me)))
    adding, example = _adding(query.get("add"), query.get("like"))
    response = await visit.page(
        "draft.html",
        proposal["head"]["title"],
        **page,
        sides=sides(proposal["terms"], parties),
        together=[term for term in proposal["terms"] if len(term.get("owed_by", ())) != 1],
        comments=_by_term(shown["comments"]),
        heard=_by_term(shown["heard"]),
        records=shown["term_records"],
        asked=_asked_since(proposal),
        since=since,
        amended={edit["term_id"]: edit["what"] for edit in reversed(proposal["changes"]) if proposal["number"]},
        changing=query.get("change", ""),
        rhythm=query.get("rhythm"),
        conflict=await _conflict(visit, path, proposal),
        left_over=_left_over(visit, proposal),
        adding=adding,
        examples=EXAMPLES.get(adding, ()),
        like=example,
        example=(as_term(EXAMPLES[adding][example], adding, parties, str(visit.me), visit.today) if adding else None),
    )
    return looked.keep(response, visit.concord.settings, looks)


async def _since(visit: Visit, path: str, proposal: Document, revision: int) -> Document | None:
    """What changed since a revision that this person knows, word by word; None where that is nothing."""
    if not 0 < revision < proposal["revision"]:
        return None
    diff = await visit.get(f"{path}/diff", from_=f"r{revision}", to="proposal")
    edits = [edit for edit in proposal["changes"] if edit["revision"] > revision]
    return {
        "head": diff["head"],
        "changed": {term["term_id"]: term["fields"] for term in diff["changed"]},
        "added": {term["id"] for term in diff["added"]},
        "removed": diff["removed"],
        "edits": edits,
        "last": {edit["term_id"]: edit for edit in edits},
        "count": len(diff["changed"]) + len(diff["added"]) + len(diff["removed"]) + (1 if diff["head"] else 0),
    }


def _read_up_to(proposal: Document, before: int, me: str) -> int:
    """The newest revision that somebody has read: shown to them in an earlier visit, written or consented to."""
    known = [before if before <= proposal["revision"] else 0]
    known += [edit["revision"] for edit in proposal["changes"] if edit["by"] == me]
    known += [yes["revision"] for yes in (*proposal["consents"], *proposal["voided"]) if yes["person_id"] == me]
    return max(known)


async def _conflict(visit: Visit, path: str, proposal: Document) -> Document | None:
    """What others changed while somebody wrote a form that was refused for it, where they still can be compared."""
    refused = visit.refused
    if refused is None or refused.status != 412:
        return None
    seen = one(refused.given, "_revision")
    edits = [edit for edit in proposal["changes"] if seen.isdecimal() and edit["revision"] > int(seen)]
    if not edits:
        return {"form": refused.form, "diff": None, "by": []}
    diff = await visit.find(f"{path}/diff", from_=f"r{seen}", to="proposal")
    return {"form": refused.form, "diff": diff, "by": list(dict.fromkeys(edit["by"] for edit in edits if edit["by"]))}


def _left_over(visit: Visit, proposal: Document) -> list[str]:
    """What somebody had written into a term that another took out meanwhile."""
    refused = visit.refused
    if refused is None or "/terms/" not in refused.form:
        return []
    if any(term["id"] in refused.form for term in proposal["terms"]):
        return []
    names = ("topic", "trigger", "text", "good_looks_like", "triggers[lines]", "limits", "channel", "reason", "heard")
    return [written for name in names if (written := one(refused.given, name).strip())]


def _asked_since(proposal: Document) -> list[Document]:
    """Who asked for changes after the last edit: what nobody has taken up yet."""
    last = proposal["changes"][-1]["at"] if proposal["changes"] else ""
    return [asked for asked in proposal["changes_asked"] if asked["at"] >= last]


def _adding(kind: str | None, like: str | None) -> tuple[str, int]:
    if kind not in EXAMPLES:
        return "", 0
    chosen = int(like) if like is not None and like.isdecimal() and len(like) < 3 else 0
    return kind, min(chosen, len(EXAMPLES[kind]) - 1)


def sides(terms: Iterable[Document], parties: Sequence[Document]) -> list[tuple[str, list[Document]]]:
    """The terms that one party alone owes, party by party."""
    alone = [term for term in terms if len(term.get("owed_by", ())) == 1]
    return [
        (party["person_id"], [term for term in alone if term["owed_by"][0] == party["person_id"]]) for party in parties
    ]


def _by_term(said: Iterable[Document]) -> dict[str | None, list[Document]]:
    found: dict[str | None, list[Document]] = {}
    for item in said:
        found.setdefault(item["term_id"], []).append(item)
    return found


def leader_first(party: Document) -> int:
    """Where a party stands among the others: who leads goes first."""
    return ("leader", "mentor").index(party["role"]) if party["role"] in ("leader", "mentor") else 2
