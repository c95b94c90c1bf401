"""The routes with their lines."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import FastAPI

from adapters.http.routing import ConcordRoute
from tests.http.described import every_route
from tests.http.matrix.rules import RULES, Rule


def ruled(app: FastAPI) -> Iterator[tuple[str, str, ConcordRoute, Rule]]:
    """Every route that has a line; that all have one is a test of its own."""
    for method, path, route in every_route(app):
        if (rule := RULES.get(str(route.operation_id))) is not None:
            yield method, path, route, rule
