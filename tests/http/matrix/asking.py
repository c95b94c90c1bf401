"""A request of each operation that is about one thing, whole in its form: what is asked is only who may."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import httpx2
from fastapi import FastAPI

from adapters.http.routing import ConcordRoute
from tests.http.agreements.people import Someone
from tests.http.described import example_body, filled, needed_query
from tests.http.matrix.company import Thing, unknown

QUERIES = {"get_diff": "?from=1&to=1"}
"""Where the examples of the description do not go together with what there is."""
_FAMILIES = (("/updates/asks/", "ask"), ("/updates/", "update"), ("/escalations/", "escalation"), ("/notes/", "note"))
Plain = tuple[int, bytes, tuple[tuple[str, str], ...]]
ANOTHER_VERSION = '"999999"'
ANY_VERSION = "*"


@dataclass(frozen=True)
class Asked:
    """One request."""

    operation: str
    method: str
    path: str
    body: Any
    seen: str

    async def by(self, who: Someone) -> httpx2.Response:
        """The answer to somebody who sends it."""
        return await who.sends(self.method, self.path, self.body, **({"If_Match": self.seen} if self.seen else {}))

    def seeing(self, version: str) -> Asked:
        """The same from who saw another version."""
        return replace(self, seen=version)

    def elsewhere(self, id: str, other: str) -> Asked:
        """The same about another id."""
        return replace(self, path=self.path.replace(id, other))


def asked(app: FastAPI, method: str, path: str, route: ConcordRoute, thing: Thing | None) -> Asked:
    """The request of an operation about a thing (None: it names none), with all that its path names filled in.

    A command says that it saw a version which there is not: whoever gets past the policy changes nothing all the
    same, and is told of the version. Where that would not be the thing's own, it says that any version will do.
    """
    operation = str(route.operation_id)
    family = next((name for part, name in _FAMILIES if part in path), "")

    def fitting(gap: str) -> str:
        if thing is None:
            return unknown()
        if gap == thing.gap:
            return thing.id
        named = (f"{operation} {gap}", f"{family} {gap}", gap)
        return next((thing.gaps[name] for name in named if thing.gaps.get(name)), unknown())

    document = app.openapi()
    query = QUERIES.get(operation, needed_query(document, path, method))
    where = filled(app, method, path, fitting) + query
    seen = ANY_VERSION if thing is None or thing.kind in ("own", "team") else ANOTHER_VERSION
    return Asked(operation, method, where, example_body(document, path, method), "" if method == "GET" else seen)


def plain(answer: httpx2.Response) -> Plain:
    """All of an answer that could tell one thing from another."""
    return answer.status_code, answer.content, tuple(sorted(answer.headers.items()))
