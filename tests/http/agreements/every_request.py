"""Every request that can be made of an agreement, with a body that fits it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from tests.http.agreements.stories import MONDAYS, REVIEW_ANSWER, Pair

Shown = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A request as `allowed_actions` writes it, filled in for one agreement."""

    action: str
    method: str
    path: str
    body: Shown | None


ACTIONS = (
    "POST share",
    "POST abandon",
    "PATCH proposal",
    "POST terms",
    "PATCH terms/{term_id}",
    "DELETE terms/{term_id}",
    "POST terms/{term_id}/comments",
    "POST terms/{term_id}/comments/{cid}/correct",
    "POST terms/{term_id}/comments/{cid}/withdraw",
    "POST heard/{heard_id}/right",
    "POST prompts/{key}/answer",
    "POST consents",
    "DELETE consents/mine",
    "POST changes-asked",
    "POST amendments",
    "POST amendments/open/retract",
    "POST amendments/open/decline",
    "POST motions",
    "POST motions/{mid}/agree",
    "POST motions/{mid}/refuse",
    "POST motions/{mid}/retract",
    "DELETE contributors/{person_id}",
    "POST reviews",
    "POST reviews/{rid}/answers",
    "POST reviews/{rid}/answers/mine/correct",
    "POST reviews/{rid}/answers/mine/withdraw",
    "POST resume",
    "POST notice",
    "POST notice/rescind",
    "POST carry-over",
    "POST grants/{person_id}",
    "DELETE grants/{person_id}",
    "POST updates",
    "POST updates/ask",
    "POST escalations",
    "POST notes",
)

READS = (
    "",
    "/versions",
    "/versions/1",
    "/diff?from=1&to=1",
    "/terms/{term_id}/lineage",
    "/history",
    "/updates",
    "/expected-updates",
    "/adherence",
)


def filled(action: str, agreement: Shown, pair: Pair, other_id: str, *, by: str) -> Asked:
    """The request with ids of this agreement in it where it has some that fit, else with unknown ones.

    `by` is who will send it: their own comment, another's motion, and so on.
    """
    method, path = action.split(" ")
    terms = (agreement.get("proposal") or {}).get("terms") or agreement.get("terms") or []
    mine = [c for c in agreement.get("comments") or [] if c["by"] == by and not c["withdrawn"]]
    on_motion = {"agree": "others", "refuse": "others", "retract": "mine"}.get(path.rsplit("/", 1)[-1])
    motions = [
        m
        for m in agreement.get("motions") or []
        if m["state"] == "open" and (m["by"] == by) == (on_motion == "mine") and by not in m["agreed"]
    ]
    heards = [h for h in agreement.get("heard") or [] if h["by"] != by]
    reviews = agreement.get("reviews") or []
    editable = [t for t in terms if t.get("set_by") in (None, by)]
    term_id = mine[0]["term_id"] if "{cid}" in path and mine else _first([t["id"] for t in editable or terms])
    path = path.format(
        term_id=term_id,
        cid=_first([c["id"] for c in mine]),
        heard_id=_first([h["id"] for h in heards]),
        key="work_for_both",
        mid=_first([m["id"] for m in motions]),
        rid=_first([r["id"] for r in reviews]),
        person_id=_first([*(agreement.get("contributors") or []), other_id]),
    )
    return Asked(action, method, f"/agreements/{agreement['id']}/{path}", body_of(action, agreement, pair, other_id))


def body_of(action: str, agreement: Shown, pair: Pair, other_id: str) -> Shown | None:
    """A body that fits the request, as far as this agreement has what it names."""
    proposal = agreement.get("proposal") or {"revision": 1, "content_hash": "0" * 64}
    terms = agreement.get("terms") or []
    of_kind = {t["kind"]: t["id"] for t in terms}
    unknown = str(uuid.uuid4())
    bodies: dict[str, Shown] = {
        "PATCH proposal": {"title": "Another title"},
        "POST terms": pair.escalation(),
        "PATCH terms/{term_id}": {"owed_by": [pair.ada.id, pair.ben.id]},
        "POST terms/{term_id}/comments": {"text": "A word"},
        "POST terms/{term_id}/comments/{cid}/correct": {"text": "A better word"},
        "POST prompts/{key}/answer": {"text": "By talking"},
        "POST consents": {"revision": proposal["revision"], "content_hash": proposal["content_hash"]},
        "POST changes-asked": {"note": "Shorter, please"},
        "POST amendments": {"reason": "Work changed"},
        "POST amendments/open/decline": {"reason": "Not now"},
        "POST motions": {"kind": "invite_contributor", "person_id": other_id},
        "POST reviews/{rid}/answers": REVIEW_ANSWER,
        "POST reviews/{rid}/answers/mine/correct": REVIEW_ANSWER,
        "POST notice": {"ends_on": pair.ada.day(30)},
        "POST carry-over": {"term_ids": [of_kind.get("update", unknown)], "with_person_id": other_id},
        "POST updates": {"term_id": of_kind.get("update", unknown), "text": "All well"},
        "POST updates/ask": {"term_id": of_kind.get("update", unknown)},
        "POST escalations": {
            "term_id": of_kind.get("escalation", unknown),
            "happened_at": pair.ada.clock.now().isoformat(),
            "text": "It slips",
        },
        "POST notes": {"term_id": of_kind.get("support", unknown), "on": pair.ada.day(), "kept": True},
    }
    return bodies.get(action)


def _first(found: list[str]) -> str:
    return found[0] if found else str(uuid.uuid4())


__all__ = ["ACTIONS", "MONDAYS", "READS", "Asked", "body_of", "filled"]
