"""Which route a request is for: looked up in a tree of path segments, however many routes there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from adapters.http.unbuilt import Unbuilt

_SELECTED = "concord.selected"


@dataclass
class _Place:
    """A place in the tree: what may follow, by its word or as any value, and the routes that end here."""

    words: dict[str, _Place] = field(default_factory=dict)
    value: _Place | None = None
    routes: dict[str, tuple[Unbuilt, tuple[str, ...]]] = field(default_factory=dict)


class Switchboard(BaseRoute):
    """All routes as one. A word goes before a value: `updates/ask` is never an update called ask."""

    def __init__(self, routes: Iterable[Unbuilt]) -> None:
        """Raises ValueError when two routes are for the same method and path."""
        self._all = list(routes)
        self._root = _Place()
        for route in self._all:
            self._add(route)

    @property
    def routes(self) -> list[APIRoute]:
        """Every route; those that nobody has asked for yet are built now."""
        return [one.route for one in self._all]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Finds the route for a path; which method it is for is said by `handle`."""
        if scope["type"] != "http":
            return Match.NONE, {}
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        values: list[str] = []
        place = _find(self._root, path.split("/")[1:], 0, values)
        if place is None:
            return Match.NONE, {}
        unbuilt, names = place.routes.get(scope["method"], (None, ()))
        if unbuilt is None:
            return Match.FULL, {_SELECTED: sorted(place.routes)}
        route, params = unbuilt.route, dict(zip(names, values, strict=True))
        return Match.FULL, {_SELECTED: route, "route": route, "endpoint": route.endpoint, "path_params": params}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets the route answer; 405 with what is allowed where there is none for this method."""
        selected = scope[_SELECTED]
        if isinstance(selected, list):
            raise HTTPException(405, headers={"Allow": ", ".join(selected)})
        await selected.app(scope, receive, send)

    def _add(self, route: Unbuilt) -> None:
        place, names = self._root, []
        for segment in route.path.split("/")[1:]:
            if segment.startswith("{"):
                names.append(segment[1:-1])
                place.value = place.value or _Place()
                place = place.value
            else:
                place = place.words.setdefault(segment, _Place())
        for method in route.methods:
            if method in place.routes:
                raise ValueError(f"two routes are for {method} {route.path}")
            place.routes[method] = (route, tuple(names))


def _find(place: _Place, segments: list[str], at: int, values: list[str]) -> _Place | None:
    if at == len(segments):
        return place if place.routes else None
    segment = segments[at]
    word = place.words.get(segment)
    if word is not None and (found := _find(word, segments, at + 1, values)) is not None:
        return found
    if place.value is None or not segment:
        return None
    values.append(segment)
    found = _find(place.value, segments, at + 1, values)
    if found is None:
        values.pop()
    return found
