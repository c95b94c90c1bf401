"""What is not even HTTP is answered as a problem, too."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from adapters.http.problems import MEDIA_TYPE, Problem

_Base: Any = AutoHTTPProtocol


class ConcordProtocol(_Base):  # type: ignore[misc]  # which one there is, is known only at run time
    """The server's own protocol, but for what it says of a request that it cannot parse."""

    transport: asyncio.Transport

    def send_400_response(self, msg: str) -> None:
        """Says so and hangs up; `msg` is the server's own word for it, which helps nobody."""
        del msg
        body = Problem(400, "malformed", "This is not a request that can be read.").body()
        head = (
            f"HTTP/1.1 400 Bad Request\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n"
            "Cache-Control: private, no-store\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
        self.transport.close()
