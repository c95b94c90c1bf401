"""Which route a request is for, however many there are."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.routing import Match

from adapters.http.routing import Routes
from adapters.http.switchboard import Switchboard


def board(*routes: str) -> Switchboard:
    """A switchboard of such routes: `GET /a/{b}`."""
    router = Routes(under="")

    async def endpoint() -> None: ...

    for route in routes:
        method, path = route.split()
        router.add_api_route(path, endpoint, methods=[method], operation_id="read_me")
    return Switchboard(router.unbuilt)


def found(switchboard: Switchboard, method: str, path: str, **more: Any) -> tuple[str, dict[str, str]] | None:
    scope = {"type": "http", "method": method, "path": path, **more}
    match, child = switchboard.matches(scope)
    if match is Match.NONE:
        return None
    return child["route"].path, child["path_params"]


def test_words_go_before_values_and_values_are_named() -> None:
    switchboard = board("GET /a", "GET /a/{b}", "POST /a/ask", "GET /a/{b}/c", "GET /a/{b}/{d}", "GET /a/x/y/{z}")
    assert found(switchboard, "GET", "/a") == ("/a", {})
    assert found(switchboard, "GET", "/a/1") == ("/a/{b}", {"b": "1"})
    assert found(switchboard, "POST", "/a/ask") == ("/a/ask", {})
    assert found(switchboard, "GET", "/a/1/c") == ("/a/{b}/c", {"b": "1"})
    assert found(switchboard, "GET", "/a/1/2") == ("/a/{b}/{d}", {"b": "1", "d": "2"})


def test_a_word_that_leads_nowhere_is_a_value_after_all() -> None:
    switchboard = board("GET /a/x/y/{z}", "GET /a/{b}/c")
    assert found(switchboard, "GET", "/a/x/c") == ("/a/{b}/c", {"b": "x"})
    assert found(switchboard, "GET", "/a/x/y/1") == ("/a/x/y/{z}", {"z": "1"})


@pytest.mark.parametrize("path", ["", "/", "/b", "/a/", "/a//c", "/a/1/c/", "/a/1/c/2", "//a", "a"])
def test_anything_else_is_nowhere(path: str) -> None:
    assert found(board("GET /a", "GET /a/{b}/c"), "GET", path) is None


def test_it_stands_under_whatever_the_server_says() -> None:
    assert found(board("GET /a"), "GET", "/concord/a", root_path="/concord") == ("/a", {})


async def test_another_method_is_refused_with_those_of_the_most_literal_path() -> None:
    switchboard = board("GET /a/{b}", "POST /a/ask", "PUT /a/ask")
    scope = {"type": "http", "method": "GET", "path": "/a/ask"}
    match, child = switchboard.matches(scope)
    assert match is Match.FULL

    async def nothing(*_: Any) -> Any: ...

    with pytest.raises(HTTPException) as refused:
        await switchboard.handle(scope | child, nothing, nothing)
    assert (refused.value.status_code, refused.value.headers) == (405, {"Allow": "POST, PUT"})


def test_two_routes_for_the_same_are_refused() -> None:
    with pytest.raises(ValueError, match="two routes"):
        board("GET /a/{b}", "GET /a/{c}")
