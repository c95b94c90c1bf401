"""Stands between a client and PostgreSQL; cuts the next answer off, or lets nothing through any more."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Self
from urllib.parse import quote, urlsplit

import psycopg


class Proxy:
    """One listening port; every connection to it is passed on to the server behind `url`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._doomed: set[_Passage] = set()
        self._open: set[_Passage] = set()
        self.cut = 0
        """How many answers were cut off."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for passage in list(self._open):
            passage.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Where to connect instead."""
        parts, port = urlsplit(self._url), self._server.sockets[0].getsockname()[1]
        user = psycopg.conninfo.conninfo_to_dict(self._url).get("user", "postgres")
        return f"postgresql://{quote(str(user))}@127.0.0.1:{port}{parts.path}?sslmode=disable&gssencmode=disable"

    def cut_next_answer(self) -> None:
        """Lets each connection that is open now ask once more, and cuts it off when the answer comes."""
        self._doomed = set(self._open)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await self._connect()
        passage = _Passage(writer, server_writer)
        self._open.add(passage)
        try:
            await asyncio.gather(self._asks(passage, reader), self._answers(passage, server_reader))
        finally:
            passage.close()
            self._open.discard(passage)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        given = psycopg.conninfo.conninfo_to_dict(self._url)
        host, port = str(given.get("host", "localhost")), str(given.get("port", "5432"))
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, int(port))

    async def _asks(self, passage: _Passage, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            while asked := await reader.read(65_536):
                passage.server.write(asked)
                await passage.server.drain()
        passage.close()

    async def _answers(self, passage: _Passage, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            while answer := await reader.read(65_536):
                if passage in self._doomed:
                    # The server has answered: what was asked is committed, and the client never hears of it.
                    self._doomed.discard(passage)
                    self.cut += 1
                    break
                passage.client.write(answer)
                await passage.client.drain()
        passage.close()


class _Passage:
    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client, self.server = client, server

    def close(self) -> None:
        self.client.transport.abort()
        self.server.close()
