"""Routes that are built when they are first asked for: there are hundreds of them, and no start waits for that."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute


class Unbuilt:
    """A route by its path and methods; all else about it is found out when `route` is looked at."""

    def __init__(self, path: str, methods: frozenset[str], build: Callable[[], APIRoute]) -> None:
        self.path = path
        self.methods = methods
        self._build = build

    @cached_property
    def route(self) -> APIRoute:
        """The route itself."""
        return self._build()


class UnbuiltRouter(APIRouter):
    """A router that only takes note of its routes, in `unbuilt`; each comes to its `routes` as it is built."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.unbuilt: list[Unbuilt] = []

    def add_api_route(
        self, path: str, endpoint: Callable[..., Any], *, methods: set[str] | list[str] | None = None, **more: Any
    ) -> None:
        """Takes note of a route; what is wrong with its parameters shows when it is built."""

        def build() -> APIRoute:
            super(UnbuiltRouter, self).add_api_route(path, endpoint, methods=methods, **more)
            route = self.routes[-1]
            assert isinstance(route, APIRoute)
            return route

        self.unbuilt.append(Unbuilt(self.prefix + path, frozenset(methods or ("GET",)), build))
