"""Promises between Ada and Ben as most tests need them, told over HTTP."""

from __future__ import annotations

from typing import Any

from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair

Shown = dict[str, Any]

CONDITIONS = ["A file of 10,000 lines goes in", "No line is lost", "It takes less than a minute", "It is documented"]


def wish(by: Someone, to: Someone, **other: Any) -> Shown:
    """What is asked: due in 30 days, with four conditions."""
    body = {"owed_by": [{"person_id": by.id}], "owed_to": [{"person_id": to.id}], "outcome": "The import copes"}
    return {**body, "conditions": CONDITIONS, "due_at": to.day(30), **other}


async def requested(pair: Pair, **other: Any) -> str:
    """Ada has asked Ben; the address of it."""
    made = await pair.ada.makes("/commitments", wish(pair.ben, pair.ada, **other))
    return f"/commitments/{made['id']}"


async def promised(pair: Pair, **other: Any) -> str:
    """Ben has promised what Ada asked."""
    here = await requested(pair, **other)
    await pair.ben.does(f"{here}/promise", {"revision": 1})
    return here


async def reported(pair: Pair, **other: Any) -> str:
    """Ben has said that it is done."""
    here = await promised(pair, **other)
    await pair.ben.does(f"{here}/done", {})
    return here


async def refused(someone: Someone, path: str, body: Any, status: int, code: str) -> Shown:
    """A command that is refused in just this way; the problem."""
    answer = await someone.sends("POST", path, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    problem: Shown = answer.json()
    return problem
