"""A stream of bytes is cut into lines wherever its pieces begin and end."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.imports.lines import MOST_BYTES, lines_of


async def cut(file: bytes, size: int) -> list[bytes | None]:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(file), size):
            yield file[start : start + size]

    found = [(line, done) async for line, done in lines_of(pieces())]
    assert [done for _, done in found] == sorted({done for _, done in found})
    assert not found or found[-1][1] == len(file)
    return [line for line, _ in found]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
@pytest.mark.parametrize(
    ("file", "lines"),
    [
        (b"", []),
        (b"a\n", [b"a"]),
        (b"a", [b"a"]),
        (b"a\nbc\r\n\nd", [b"a", b"bc", b"", b"d"]),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n", [b"a", b"\xef\xbb\xbfb"]),
        (b"\n\n", [b"", b""]),
        (b"a\rb\n", [b"a\rb"]),
    ],
)
async def test_lines_end_where_they_end_and_not_where_a_piece_does(file: bytes, lines: list[bytes], size: int):
    assert await cut(file, size) == lines


@pytest.mark.parametrize("size", [1_000, 65_536, 10_000_000])
async def test_a_line_that_is_too_long_is_left_out_and_the_next_one_is_whole(size: int):
    longest, too_long = b"x" * MOST_BYTES, b"y" * (MOST_BYTES + 1)
    file = b"\n".join([b"a", longest, too_long, longest + b"\r", b"z" * (3 * MOST_BYTES), b"b", too_long])

    assert await cut(file, size) == [b"a", longest, None, longest, None, b"b", None]
