"""A small HTTP/1.1 load generator on raw connections: a client library would be the bottleneck."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast


class Answer(NamedTuple):
    """What came back: the status, the head's fields in lower case, and the body as it came."""

    status: int
    fields: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class Connection(asyncio.Protocol):
    """One kept-alive connection; one request at a time."""

    def __init__(self) -> None:
        self._received = b""
        self._waiting: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, port: int) -> Connection:
        """Connects to this machine's port."""
        _, connection = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport."""
        # uvloop's transports have the face of asyncio's and not their class.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Hands the answer over once all of it is here."""
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0 or self._waiting is None:
            return
        head = self._received[:end]
        at = head.lower().find(b"\r\ncontent-length:")
        length = int(head[at + 17 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._received) < end + 4 + length:
            return
        lines = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        answer = Answer(int(head[9:12]), fields, self._received[end + 4 : end + 4 + length])
        self._received = self._received[end + 4 + length :]
        waiting, self._waiting = self._waiting, None
        waiting.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fails the request under way."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError("the server closed the connection"))

    async def ask(self, request: bytes) -> Answer:
        """Sends one request and waits for its answer."""
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Ends the connection."""
        if self._transport is not None:
            self._transport.close()


def request(
    method: str, path: str, *, token: str = "", body: Any = None, fields: dict[str, str] | None = None
) -> bytes:
    """One HTTP request as bytes; a body is sent as JSON."""
    content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body is not None:
        lines.append("Content-Type: application/json")
    if body is not None or method not in {"GET", "HEAD"}:
        lines.append(f"Content-Length: {len(content)}")
    lines += [f"{name}: {value}" for name, value in (fields or {}).items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content


@dataclass
class Measured:
    """What a load did: how long each answer took, in seconds, and what did not succeed."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    failed: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Successful answers a second."""
        return len(self.took) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The time within which that share of the answers came, in milliseconds."""
        return percentile(self.took, share) * 1000


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which that share of the values lies; 0 when there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


async def load(
    port: int,
    make: Callable[[int, int, Answer | None], bytes],
    *,
    connections: int,
    seconds: float,
    per_second: float | None = None,
    warm_up: float = 0.5,
) -> Measured:
    """Sends `make(connection, turn, answer before)` on each connection in a loop, or paced to `per_second` in all.

    The first `warm_up` seconds are not counted. Paced requests are timed from when they were due,
    so that a stall counts for everything that waited behind it.
    """
    measured = Measured()
    opened = [await Connection.open(port) for _ in range(connections)]
    start = time.perf_counter() + warm_up
    end = start + seconds

    async def run(number: int, connection: Connection) -> None:
        turn, answer = 0, None
        pause = connections / per_second if per_second else 0.0
        due = time.perf_counter() + pause * number / connections
        while (now := time.perf_counter()) < end:
            if pause:
                if due > now:
                    await asyncio.sleep(due - now)
                began, due = due, due + pause
            else:
                began = now
            answer = await connection.ask(make(number, turn, answer))
            turn += 1
            if began >= start:
                if answer.status < 400:
                    measured.took.append(time.perf_counter() - began)
                else:
                    measured.failed[answer.status] = measured.failed.get(answer.status, 0) + 1

    await asyncio.gather(*(run(number, connection) for number, connection in enumerate(opened)))
    measured.seconds = time.perf_counter() - start
    for connection in opened:
        connection.close()
    return measured
