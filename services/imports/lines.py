"""Cutting a stream of bytes into lines, without ever holding more than one line that is too long."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator

MOST_BYTES = 256 * 1024
"""How long one line may be, its end not counted."""

_BOM = b"\xef\xbb\xbf"


async def lines_of(chunks: AsyncIterable[bytes]) -> AsyncIterator[tuple[bytes | None, int]]:
    """Each line with the number of bytes read up to its end; None in the place of a line that is too long.

    Lines end with LF or CR LF. The last one needs no end; nothing after the last end is no line.
    """
    held, read, too_long, begun = bytearray(), 0, False, False
    async for chunk in chunks:
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            read += end + 1 - start
            part = chunk[start:end]
            start = end + 1
            if too_long or len(held) + len(part) > MOST_BYTES + 1:
                yield None, read
            else:
                held += part
                yield _line(held, first=not begun), read
            begun, too_long = True, False
            held.clear()
        rest = chunk[start:]
        read += len(rest)
        if too_long or len(held) + len(rest) > MOST_BYTES + 1:
            too_long = True
            held.clear()
        else:
            held += rest
    if too_long:
        yield None, read
    elif held:
        yield _line(held, first=not begun), read


def _line(held: bytearray, *, first: bool) -> bytes | None:
    line = bytes(held.removesuffix(b"\r"))
    if first:
        line = line.removeprefix(_BOM)
    return line if len(line) <= MOST_BYTES else None
