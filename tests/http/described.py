"""Every route that the application serves, by its description: which there are, and a request that fits each."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI

from adapters.http.conventions import API
from adapters.http.openapi import operations
from adapters.http.pages.routes import PageRoute
from adapters.http.routing import ConcordRoute
from adapters.http.switchboard import Switchboard


def every_route(app: FastAPI) -> Iterator[tuple[str, str, ConcordRoute]]:
    """Each route that the application serves, with its method and whole path."""
    by_name: dict[str, ConcordRoute] = {}
    for board in app.routes:
        assert isinstance(board, Switchboard), f"{board} would ask nobody"
        for route in board.routes:
            if isinstance(route, PageRoute):
                continue  # it asks the API, as tests/web tries
            assert isinstance(route, ConcordRoute), f"{route} would ask nobody"
            assert route.operation_id is not None
            by_name[route.operation_id] = route
    described = {o["operationId"]: (path, method) for path, method, o in operations(app.openapi())}
    assert set(described) == set(by_name)
    for name, (path, method) in described.items():
        yield method.upper(), path, by_name[name]


def filled(app: FastAPI, method: str, path: str, with_id: Callable[[str], str] | None = None) -> str:
    """The path with every gap filled: an id (one that nobody has, unless said), else the example of the description."""
    parameters = app.openapi()["paths"][path][method.lower()].get("parameters", [])
    schemas = {p["name"]: p["schema"] | {"example": p.get("example")} for p in parameters if p["in"] == "path"}

    def fitting(gap: re.Match[str]) -> str:
        schema = schemas[gap[1]]
        if schema.get("format") == "uuid":
            return with_id(gap[1]) if with_id is not None else str(uuid.uuid4())
        return str(schema["example"] or schema["examples"][0])

    return re.sub(r"\{(\w+)\}", fitting, path).removeprefix(API)


def example_body(document: dict[str, Any], path: str, method: str) -> Any:
    """A body made from the examples in the description: so these are tried, too."""
    content = document["paths"][path][method.lower()].get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    schema = content["schema"]
    for option in [schema, *schema.get("anyOf", [])]:
        if "$ref" in option:
            model = document["components"]["schemas"][option["$ref"].rsplit("/", 1)[-1]]
            return {n: f["examples"][0] for n, f in model["properties"].items() if n in model.get("required", [])}
    return {}


def needed_query(document: dict[str, Any], path: str, method: str) -> str:
    """The parameters that a query cannot do without, by the examples in the description."""
    needed = [
        f"{p['name']}={p.get('example', (p['schema'].get('examples') or ['x'])[0])}"
        for p in document["paths"][path][method.lower()].get("parameters", [])
        if p["in"] == "query" and p.get("required")
    ]
    return "?" + "&".join(needed) if needed else ""
