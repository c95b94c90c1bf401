"""How an agreement evolved: as it stood on a day, two texts side by side, one term's story, and all that happened."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from adapters.http.pages import words
from adapters.http.pages.routes import Pages
from adapters.http.pages.timeline import Timeline, timeline_of
from adapters.http.pages.visit import Visit, Visits

pages = Pages()

MOST = 200
TURNS = {
    "agreement.shared": "The draft was shared",
    "agreement.amendment_opened": "An amendment was opened",
    "agreement.amendment_declined": "An amendment was declined",
    "agreement.amendment_retracted": "An amendment was taken back",
    "agreement.review_concluded": "A review was held",
    "agreement.paused": "It was paused",
    "agreement.resumed": "It went on",
    "agreement.leader_changed": "The leader changed",
    "agreement.part_left": "Somebody left",
    "agreement.notice_given": "Notice was given",
    "agreement.notice_rescinded": "Notice was taken back",
    "agreement.ended": "It ended",
    "agreement.expired": "It expired",
    "agreement.abandoned": "It was given up",
}
"""What is marked on the strip of time."""
_ENDS = frozenset({"agreement.ended", "agreement.expired", "agreement.abandoned"})


@pages.get("/agreements/{agreement_id}/history")
async def evolved_page(
    agreement_id: UUID,
    visit: Visits,
    on: str | None = None,
    from_: Annotated[str | None, Query(alias="from")] = None,
    to: str | None = None,
    everything: str | None = None,
) -> Response:
    """The whole story of an agreement."""
    here = f"/agreements/{agreement_id}"
    agreement, versions, history = await asyncio.gather(
        visit.get(here), visit.get(f"{here}/versions", limit=MOST), _history(visit, here)
    )
    texts = versions["items"]
    strip = _strip(visit, agreement, texts, history)
    standing_on = _day(on, strip)
    stood, compared = await asyncio.gather(
        _as_it_stood(visit, here, standing_on), _compared(visit, here, texts, from_, to)
    )
    number = stood["version"] if stood is not None else None
    changed = (
        await visit.get(f"{here}/diff", from_=number - 1, to=number) if number is not None and number > 1 else None
    )
    return await visit.page(
        "evolved.html",
        f"How it evolved: {agreement['title']}",
        agreement=agreement,
        here=here,
        versions=texts,
        strip=strip,
        on=standing_on,
        stood=stood,
        version=next((one for one in texts if one["version"] == number), None),
        changed=_by_term(changed),
        removed=changed["removed"] if changed is not None else [],
        compared=compared,
        everything=everything is not None,
        months=_months(visit, history, everything is not None),
        steps=_steps(strip, standing_on),
    )


@pages.get("/agreements/{agreement_id}/terms/{term_id}/lineage")
async def lineage_page(agreement_id: UUID, term_id: UUID, visit: Visits) -> Response:
    """The story of one term."""
    here = f"/agreements/{agreement_id}"
    agreement, lineage = await visit.get_all(here, f"{here}/terms/{term_id}/lineage")
    return await visit.page("lineage.html", "How this came to be", agreement=agreement, here=here, lineage=lineage)


async def _history(visit: Visit, here: str) -> list[dict[str, Any]]:
    """Everything that happened, oldest first."""
    found: list[dict[str, Any]] = []
    page = await visit.get(f"{here}/history", limit=MOST)
    found.extend(page["items"])
    while page["next_cursor"] is not None:
        page = await visit.get(f"{here}/history", limit=MOST, cursor=page["next_cursor"])
        found.extend(page["items"])
    return found


def _strip(
    visit: Visit, agreement: dict[str, Any], versions: Sequence[dict[str, Any]], history: Sequence[dict[str, Any]]
) -> Timeline:
    days = [(words.day_of(item["effective_at"], visit.days_zone), item) for item in history]
    opened = min((day for day, _ in days), default=visit.today)
    if versions:
        opened = min(opened, date.fromisoformat(versions[0]["takes_effect_on"]))
    ended = max((day for day, item in days if item["what"] in _ENDS), default=None)
    if agreement["imported"] and agreement["state"] == "ended":
        ended = max(day for day, _ in days)
    turns = [(day, TURNS[item["what"]]) for day, item in days if item["what"] in TURNS]
    return timeline_of(versions, turns, opened, ended, visit.today)


def _day(asked: str | None, strip: Timeline) -> date:
    """The day that was asked for, within the strip; the last one when none was, or what was asked is no day."""
    try:
        on = date.fromisoformat(asked) if asked else strip.last
    except ValueError:
        on = strip.last
    return min(max(on, strip.first), strip.last)


async def _as_it_stood(visit: Visit, here: str, on: date) -> dict[str, Any] | None:
    """The agreement at the end of that day; None when nothing was there for this person by then."""
    if on >= visit.today:
        found: dict[str, Any] | None = await visit.find(here)
    else:
        night = datetime.combine(on + timedelta(days=1), time(), visit.days_zone) - timedelta(microseconds=1)
        found = await visit.find(here, as_of=night.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    return found


async def _compared(
    visit: Visit, here: str, versions: Sequence[dict[str, Any]], from_: str | None, to: str | None
) -> dict[str, Any] | None:
    """Two texts side by side, the older one first; None when there are no such two."""
    numbers = {str(one["version"]) for one in versions}
    if from_ not in numbers or to not in numbers or from_ == to:
        return None
    first, second = sorted((int(from_ or 0), int(to or 0)))
    found: dict[str, Any] = await visit.get(f"{here}/diff", from_=first, to=second)
    return found


def _by_term(diff: dict[str, Any] | None) -> dict[str, Any]:
    """What a text changed, by term: its fields, or None for a term that was new in it."""
    if diff is None:
        return {}
    return {one["id"]: None for one in diff["added"]} | {one["term_id"]: one["fields"] for one in diff["changed"]}


def _months(
    visit: Visit, history: Sequence[dict[str, Any]], everything: bool
) -> list[tuple[str, list[dict[str, Any]]]]:
    """What happened, the newest first, by month; updates only where everything is wanted."""
    told = [item for item in reversed(history) if everything or item["what"].startswith(("agreement.", "imported"))]
    return [
        (month, list(items))
        for month, items in groupby(told, lambda item: f"{words.local(item['effective_at'], visit.zone):%B %Y}")
    ]


def _steps(strip: Timeline, on: date) -> tuple[date | None, date | None]:
    """The day on which the text before, and the one after, began."""
    before = [one.first for one in strip.stretches if one.until <= on]
    after = [one.first for one in strip.stretches if one.first > on]
    return (before[-1] if before else None, after[0] if after else None)
