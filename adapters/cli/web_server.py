"""The web server process: uvicorn, which lets Concord finish what was accepted before it ends."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from adapters.http.protocol import ConcordProtocol
from adapters.http.streams import Streams


class WebServer(uvicorn.Server):
    """Serves one application on a socket that is bound already."""

    def __init__(self, app: Any) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=ConcordProtocol,
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=10,
            )
        )
        self._started: Callable[[], None] = lambda: None
        self._streams: Streams = app.state.streams

    async def serve_on(self, listening: socket.socket, started: Callable[[], None]) -> None:
        """Serves until the process is told to stop; `started` is called once requests are answered."""
        self._started = started
        await self.serve(sockets=[listening])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen, and says so."""
        await super().startup(sockets)
        if self.started:
            self._started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends the answers that would go on for ever, then waits for all others."""
        self._streams.ending.set()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ends in good order on Ctrl-C and SIGTERM.

        uvicorn would raise the signal again afterwards and so end the process before the stores are closed.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
