"""Bodies that nobody sends by mistake, and some that people do: a clear answer, at once, and nothing recorded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import httpx2
import pytest

from adapters.bootstrap import Concord
from adapters.http.routing import MOST_BYTES
from tests.http.agreements.people import API, Someone

JSON = "application/json"
GOOD = b'{"name": "x", "scopes": ["all"]}'


async def posts(
    someone: Someone, content: bytes | AsyncIterator[bytes], media_type: str | None = JSON
) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {someone.token}"}
    if media_type is not None:
        headers["Content-Type"] = media_type
    return await someone.client.post(f"{API}/tokens", content=content, headers=headers)


@pytest.fixture
async def at(cy: Someone, concord: Concord) -> AsyncIterator[int]:
    """The log's end: whatever the test sends must leave it there."""
    before = await concord.ledger.head()
    yield before
    assert await concord.ledger.head() == before


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"name": "x", "scopes": ["all"]', 400, "malformed"),
        (b'{"name": "x', 400, "malformed"),
        (b"{", 400, "malformed"),
        (b"name=x&scopes=all", 400, "malformed"),
        (b"\xff\xfe{\x00}\x00", 400, "malformed"),
        (b'{"name": "\xff", "scopes": ["all"]}', 400, "malformed"),
        (b'{"name": "\xed\xa0\x80", "scopes": ["all"]}', 422, "invalid"),
        (b'{"name": "a\x00b", "scopes": ["all"]}', 400, "malformed"),
        (b'{"name": NaN, "scopes": ["all"]}', 422, "invalid"),
        (b'{"name": "x", "scopes": ["all"],}', 400, "malformed"),
        (b'{"name": "x", "scopes": ["all"]} {}', 400, "malformed"),
        (b'{"name": "a\\u0000b", "scopes": ["all"]}', 422, "invalid"),
        (b'{"name": "\\ud800", "scopes": ["all"]}', 422, "invalid"),
        (b'{"name": "\\udc00\\ud800", "scopes": ["all"]}', 422, "invalid"),
        (b'{"name": "x", "scopes": ["all"], "\\ud83d": 1}', 422, "invalid"),
        (b'{"name": "x", "scopes": ["all"], "\\u0000": 1}', 422, "invalid"),
        (b'{"name": "x", "scopes": ["all"], "more": 1}', 422, "invalid"),
        (b'{"name": 1, "scopes": ["all"]}', 422, "invalid"),
        (b'{"name": null, "scopes": ["all"]}', 422, "invalid"),
        (b'{"name": "x", "scopes": {"0": "all"}}', 422, "invalid"),
        (b"[]", 422, "invalid"),
        (b"null", 422, "invalid"),
        (b'"name"', 422, "invalid"),
        (b"1" * 5_000, 400, "malformed"),
        (b"", 422, "invalid"),
    ],
)  # fmt: skip
async def test_a_body_that_is_not_what_it_should_be(
    content: bytes, status: int, code: str, cy: Someone, at: int
) -> None:
    answer = await posts(cy, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    if status == 422:
        assert all(set(e) == {"field", "message"} for e in answer.json()["errors"])


@pytest.mark.parametrize("name", ["field of a body", "a\\ud83db"])
async def test_what_was_sent_is_not_said_back(name: str, cy: Someone, at: int) -> None:
    answer = await posts(cy, b'{"name": "Ada is ill", "scopes": ["Ada is ill"]}')
    assert answer.status_code == 422
    assert "ill" not in answer.text


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"[" * 10_000,
        b'{"name":' + b"[" * 10_000,
    ],
    ids=["lists", "objects", "unclosed", "inside"],
)
async def test_ten_thousand_levels_are_answered_in_milliseconds(content: bytes, cy: Someone, at: int) -> None:
    await posts(cy, b"[]")
    took = []
    for _ in range(5):
        began = time.perf_counter()
        answer = await posts(cy, content)
        took.append(time.perf_counter() - began)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert min(took) < 0.05


@pytest.mark.parametrize(
    "media_type", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                   "application/jsonl", "application/json-patch+json", "json"],
)  # fmt: skip
async def test_another_media_type_is_refused(media_type: str | None, cy: Someone, at: int) -> None:
    answer = await posts(cy, GOOD, media_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
    assert "application/json" in answer.headers["Accept"]


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "Application/JSON"])
async def test_the_media_type_of_json_is_taken_as_it_is_written(media_type: str, cy: Someone) -> None:
    assert (await posts(cy, GOOD, media_type)).status_code == 201


async def test_as_much_as_fits_is_read_and_no_more(cy: Someone, at: int) -> None:
    fits = GOOD[:-1] + b" " * (MOST_BYTES - len(GOOD)) + b',"more":1}'
    assert len(fits) > MOST_BYTES
    over = await posts(cy, fits)
    assert (over.status_code, over.json()["code"]) == (413, "too-large")
    just = b" " * (MOST_BYTES - 2) + b"[]"
    assert (await posts(cy, just)).status_code == 422


async def test_more_than_that_is_refused_while_it_comes(cy: Someone, at: int) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 64 * 1024 * 1024:
            sent += 16_384
            yield b" " * 16_384

    answer = await posts(cy, endless())
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def test_a_command_that_takes_no_body_takes_an_empty_one_only(cy: Someone, steward: Someone) -> None:
    path = f"{API}/people/{cy.id}/deactivate"
    headers = {"Authorization": f"Bearer {steward.token}", "Content-Type": JSON}
    for content, status in ((b'{"reason": "x"}', 422), (b"[1]", 422), (b"{", 400), (b"[" * 10_000, 400)):
        assert (await cy.client.post(path, content=content, headers=headers)).status_code == status
    assert (
        await cy.client.post(path, content=b"x", headers=headers | {"Content-Type": "text/plain"})
    ).status_code == 415
    assert (await cy.client.post(path, content=b"{}", headers=headers)).status_code == 200


async def test_nobodys_body_is_not_even_read(nobody: Someone) -> None:
    async def never() -> AsyncIterator[bytes]:
        await asyncio.sleep(60)
        yield b""

    async with asyncio.timeout(5):
        answer = await posts(nobody, never(), "text/plain")
    assert answer.status_code == 401
