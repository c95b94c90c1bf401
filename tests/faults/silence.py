"""A link to a server that can fall silent: nothing is refused, nothing is closed, nothing arrives."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Link:
    """Forwards TCP connections to a server's Unix socket; `freeze` silences those that are open now."""

    def __init__(self, socket_path: str) -> None:
        self._socket_path = socket_path
        self._frozen = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections = 0
        self.port = 0

    def freeze(self) -> None:
        """From now on what is open carries nothing; what is opened later works."""
        self._frozen.set()
        self._frozen = asyncio.Event()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        frozen = self._frozen
        to_server = await asyncio.open_unix_connection(self._socket_path)
        pumps = [self._pump(reader, to_server[1], frozen), self._pump(to_server[0], writer, frozen)]
        for pump in pumps:
            task = asyncio.create_task(pump)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, frozen: asyncio.Event) -> None:
        silence = asyncio.create_task(frozen.wait())
        with contextlib.suppress(OSError):
            while True:
                reading = asyncio.create_task(reader.read(65536))
                await asyncio.wait([reading, silence], return_when=asyncio.FIRST_COMPLETED)
                if frozen.is_set():
                    reading.cancel()
                    await asyncio.sleep(3600)  # both ends stay open
                if not (read := reading.result()):
                    break
                writer.write(read)
                await writer.drain()
        silence.cancel()
        writer.close()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()


@contextlib.asynccontextmanager
async def link_to(socket_path: str) -> AsyncIterator[Link]:
    """A link on a free port of the loopback address."""
    link = Link(socket_path)
    server = await asyncio.start_server(link._serve, "127.0.0.1", 0)
    link.port = server.sockets[0].getsockname()[1]
    try:
        yield link
    finally:
        server.close()
        await link.close()
