"""A request that never ends, or never comes, is hung up on: it holds neither memory nor a connection for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx2
import pytest

from adapters.http import protocol, routing
from tests.http.agreements.people import Someone


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One store is enough: none of this reaches it."""
    return sqlite_url


@asynccontextmanager
async def a_line_to(address: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    yield reader, writer
    writer.close()


async def answer_of(reader: asyncio.StreamReader) -> str:
    """Everything until the other side hangs up."""
    try:
        async with asyncio.timeout(5):
            return (await reader.read()).decode()
    except ConnectionResetError:
        return "hung up"


async def test_a_head_without_an_end_is_hung_up_on(address: str) -> None:
    async with a_line_to(address) as (reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: concord.test\r\n")
        sent = 0
        try:
            while sent < 100 * protocol.MOST_HEAD and not reader.at_eof():
                writer.write(b"X-More: " + b"x" * 8_000 + b"\r\n")
                sent += 8_010
                await writer.drain()
                await asyncio.sleep(0)
        except ConnectionError:
            pass
        assert sent < 100 * protocol.MOST_HEAD
        said = await answer_of(reader)
        assert said == "hung up" or said.startswith("HTTP/1.1 431 ")
    async with a_line_to(address) as (reader, writer):
        cookie = "x" * (protocol.MOST_HEAD // 2)
        writer.write(f"GET /healthz HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n".encode())
        assert (await answer_of(reader)).startswith("HTTP/1.1 200 ")


async def test_who_never_comes_to_an_end_is_not_waited_for(
    address: str, cy: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_WITHIN", 0.2)
    monkeypatch.setattr(routing, "BODY_WITHIN", 0.2)
    for begun in (b"", b"GET /healthz HTTP/1.1\r\nHost: con"):
        async with a_line_to(address) as (reader, writer):
            writer.write(begun)
            assert (await answer_of(reader)).startswith("HTTP/1.1 408 ")
    # Also where a whole request came first on the same connection.
    async with a_line_to(address) as (reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\n")
        said = await answer_of(reader)
        assert said.startswith("HTTP/1.1 200 ")
        assert "HTTP/1.1 408 " in said
    async with a_line_to(address) as (reader, writer):
        head = f"POST /api/v1/teams HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {cy.token}\r\nConnection: close\r\n"
        writer.write(f'{head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"name":'.encode())
        said = await answer_of(reader)
        assert said.startswith("HTTP/1.1 400 ")
        assert "did not come to its end" in said
    # What waits for its answer is not what is waited for.
    async with httpx2.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {cy.token}"}) as client:
        for _ in range(3):
            assert (await client.get("/api/v1/me")).status_code == 200
            await asyncio.sleep(0.25)
