"""An independent count of a history's commitments, straight from its JSON lines.

It shares no code with Concord: a table of what happened on which day, asked one rule at a time.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

LIFE = (
    "proposed", "requested", "promised", "amended", "reassigned", "due_date_renegotiated", "due_date_withdrawn",
    "delivered", "delivery_claimed", "confirmed", "not_delivered", "cancelled", "reopened",
)  # fmt: skip
MAY_SET = ("proposed", "requested", "promised", "amended", "reassigned", "due_date_renegotiated")


def instant(text: str) -> datetime:
    """An ISO 8601 instant, UTC where it names no offset."""
    when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def due_day(line: dict[str, Any]) -> date | None:
    """The day that a line makes due, where it names one."""
    held = line.get("new" if line["type"].endswith("renegotiated") else "due")
    alone = [line] if line["type"].endswith("amended") else []
    for change in line.get("changes") or alone:
        if change.get("field") in ("due", "due_at"):
            held = change.get("new")
    due_at = held.get("due_at") if isinstance(held, dict) else held
    try:
        return instant(due_at).date() if due_at else None
    except ValueError:
        return None


def commitments(lines: Iterable[dict[str, Any]], as_of: datetime) -> dict[str, list[dict[str, Any]]]:
    """What had happened to each commitment by then, in the order of the file."""
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        kind, _, what = line["type"].partition(".")
        if kind != "commitment" or what not in LIFE or not line.get("commitment_id"):
            continue
        when = instant(line.get("effective_at") or line["at"])
        if when <= as_of:
            told[line["commitment_id"]].append({"what": what, "day": when.date(), "due": due_day(line), "line": line})
    return told


def judged(told: list[dict[str, Any]], today: date) -> dict[str, Any]:
    """One commitment by the rules of the data's README, section 4."""
    days = sorted({one["day"] for one in told})
    story = [one for day in days for one in told if one["day"] == day]
    sets = [one for one in story if one["what"] in MAY_SET and one["due"] and one["due"] >= one["day"]]
    delivered = standing(story)
    row: dict[str, Any] = {
        "first_due": sets[0]["due"] if sets else None,
        "promised": any(one["what"] == "promised" for one in story),
        "before": 0,
        "after": 0,
    }
    if not sets or (delivered and delivered < sets[0]["day"]):
        return row | {"class": "not_counted", "why": "retrospective"}

    # Which day was in force at the end of each day, and what moved it.
    begun = story.index(sets[0])
    in_force = named = sets[0]["due"]
    missed = False
    for one in story[begun + 1 :]:
        if delivered and one["day"] > delivered:
            break
        off = one["what"] == "due_date_withdrawn" or (one["what"] == "due_date_renegotiated" and one["due"] is None)
        moves = any(one is each for each in sets)
        if off or moves:
            missed |= in_force is not None and in_force < one["day"]
        if off:
            in_force = None
        elif moves:
            if one["due"] != named:
                row["after" if named < one["day"] else "before"] += 1
            in_force = named = one["due"]
    end = delivered or today
    missed |= in_force is not None and in_force < end
    if delivered:
        if missed:
            return row | {"class": "kept_late", "why": None}
        return row | {"class": "kept_renegotiated" if row["before"] else "kept_on_time", "why": None}
    if gone(story) or in_force is None:
        return row | {"class": "not_counted", "why": "withdrawn"}
    return row | {"class": "open_overdue" if in_force < today else "open", "why": None}


def standing(story: list[dict[str, Any]]) -> date | None:
    """The day of the delivery that was not taken back; of its confirmation where nobody claimed it."""
    last = max((n for n, one in enumerate(story) if one["what"] == "reopened"), default=-1)
    after = story[last + 1 :]
    claims = [one["day"] for one in after if one["what"] in ("delivered", "delivery_claimed")]
    confirmations = [one["day"] for one in after if one["what"] == "confirmed"]
    days: list[date] = claims or confirmations
    return days[0] if days else None


def gone(story: list[dict[str, Any]]) -> bool:
    """Whether the last word on its being there is that it was cancelled."""
    words = [one["what"] for one in story]
    words = [w for w in words if w in ("cancelled", "reopened", "proposed", "requested", "promised")]
    return bool(words) and words[-1] == "cancelled"


def rows(lines: Iterable[dict[str, Any]], as_of: datetime) -> dict[str, dict[str, Any]]:
    """Each commitment of the history as it stood then."""
    return {name: judged(told, as_of.date()) for name, told in commitments(lines, as_of).items()}


def creditors(told: list[dict[str, Any]]) -> list[str]:
    """To whom it is owed, as last stated."""
    stated = [one["line"].get("creditors") or [] for one in told if one["what"] in ("proposed", "requested")]
    return stated[-1] if stated else []


def total(judgements: Iterable[dict[str, Any]], *, proposed: bool = False) -> Counter[str]:
    """How many of each class; only promised ones unless asked for the proposed as well."""
    return Counter(one["class"] for one in judgements if proposed or one["promised"])


def read(path: str) -> list[dict[str, Any]]:
    """The lines of a history file."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]
