"""Passwords: argon2id, off the event loop, a few at a time since each takes 64 MiB."""

from __future__ import annotations

import asyncio

MOST_AT_ONCE = 2
_room: dict[int, asyncio.Semaphore] = {}


async def hashed(password: str) -> str:
    """The hash to keep; takes tens of milliseconds on purpose."""
    from pwdlib import PasswordHash  # noqa: PLC0415 - not needed to start

    room = _room.setdefault(id(asyncio.get_running_loop()), asyncio.Semaphore(MOST_AT_ONCE))
    async with room:
        return await asyncio.to_thread(PasswordHash.recommended().hash, password)
