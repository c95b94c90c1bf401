"""What is not even HTTP is answered as a problem, too; and no head of a request is so long or so slow as it likes."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from adapters.http.problems import MEDIA_TYPE, Problem

_Base: Any = AutoHTTPProtocol
MOST_HEAD = 64 * 1024
"""How much of a request may come before its body (bytes), give or take what is read from the network at once."""
HEAD_WITHIN = 20.0
"""How long it may take to come (seconds), from the connection on."""


class ConcordProtocol(_Base):  # type: ignore[misc]  # which one there is, is known only at run time
    """The server's own protocol, but for what it says of a request that it cannot parse, or that never comes."""

    transport: asyncio.Transport
    _head = 0
    _in_head = False
    _too_slow: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begins to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def on_message_begin(self) -> None:
        """The first bytes of a request are there."""
        super().on_message_begin()
        self._in_head, self._head = True, 0

    def on_headers_complete(self) -> None:
        """Its head is there as a whole."""
        self._in_head = False
        self._wait_no_more()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Takes in what has come; hangs up on a head that goes on and on."""
        super().data_received(data)
        if self._in_head:
            self._head += len(data)
            if self._head > MOST_HEAD:
                self._hang_up(431, "Request Header Fields Too Large", "This request says too much before its body.")
            elif self._too_slow is None:
                self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits for nothing any more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Says so and hangs up; `msg` is the server's own word for it, which helps nobody."""
        del msg
        self._hang_up(400, "Bad Request", "This is not a request that can be read.")

    def _wait(self) -> None:
        self._too_slow = asyncio.get_running_loop().call_later(HEAD_WITHIN, self._give_up)

    def _wait_no_more(self) -> None:
        if self._too_slow is not None:
            self._too_slow.cancel()
            self._too_slow = None

    def _give_up(self) -> None:
        self._hang_up(408, "Request Timeout", "This request did not come to its end in time.")

    def _hang_up(self, status: int, reason: str, sentence: str) -> None:
        self._wait_no_more()
        self._in_head = False
        if self.transport.is_closing():
            return
        body = Problem(status, "malformed", sentence).body()
        head = (
            f"HTTP/1.1 {status} {reason}\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n"
            "Cache-Control: private, no-store\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
        self.transport.close()
