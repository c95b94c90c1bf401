"""Histories in which everything that may happen to a commitment happens, in nasty orders and close together."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.follow_through.oracle import LIFE
from tests.imports.invented import HEADER, record

FIRST = datetime(2031, 3, 1, 6, tzinfo=UTC)
NAMES = ["@ada", "@bo", "@cy", "water", "roads"]
OFTEN = ("proposed", "requested", "promised", "due_date_renegotiated", "due_date_renegotiated", "delivered")


def crowded(commitments: int, seed: int) -> list[dict[str, Any]]:
    """Each commitment in up to eleven records within two weeks, some dated back, some by nobody, some unknown types."""
    dice = random.Random(seed)
    records = []
    for n in range(commitments):
        for _ in range(dice.randrange(1, 12)):
            at = FIRST + timedelta(days=dice.randrange(14), hours=dice.choice([0, 0, 5, 17]))
            records.append((at, _one(dice, n, at)))
    records.sort(key=lambda one: one[0])
    return [HEADER, *({"seq": n} | one for n, (_, one) in enumerate(records, 1))]


def _one(dice: random.Random, number: int, at: datetime) -> dict[str, Any]:
    what = dice.choice([*LIFE, *OFTEN, "blessed"])
    name = f"crowd/{number:04}"
    said: dict[str, Any] = {"agreement_id": f"crowd-{number % 9}", "commitment_id": name}
    if dice.random() < 0.1:
        said["effective_at"] = (at - timedelta(days=dice.randrange(4), hours=3)).isoformat()
    if dice.random() < 0.1:
        said["actor"] = None
    due = {"due_at": dice.choice([_day(dice, at), f"{_day(dice, at)}T23:59:59Z"]), "due_basis": "stated"}
    if dice.random() < 0.12:
        due = {"due_at": dice.choice([None, "TBD", "x.y", ""]), "raw": "TBD"}
    named = dice.sample(NAMES, dice.randrange(3))
    said |= {
        "proposed": {"text": "dig", "debtors": named, "creditors": dice.sample(NAMES, 1), "due": due, "level": "task"},
        "requested": {"text": "dig", "debtors": [], "creditors": named, "due": due, "level": "result"},
        "promised": dice.choice([{}, {"debtors": ["@ada"]}, {"due": due}]),
        "reassigned": {"old": [], "new": named},
        "amended": dice.choice(
            [
                {"changes": [{"field": "text", "new": "dig on"}, {"field": "due", "new": due}]},
                {"changes": [{"field": "due_at", "new": due["due_at"]}]},
                {"field": "due", "new": due},
                {"field": "text", "new": "dig on"},
            ]
        ),
        "due_date_renegotiated": {"old": None, "new": due},
    }.get(what, {})
    id = f"crowd-{dice.getrandbits(80):020x}"
    return record(f"commitment.{what}", at.isoformat().replace("+00:00", "Z"), id=id, **said)


def _day(dice: random.Random, at: datetime) -> str:
    return (at + timedelta(days=dice.randrange(-3, 9))).date().isoformat()
