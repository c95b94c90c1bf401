"""Passwords: argon2id, off the event loop, a few at a time since each takes 64 MiB."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")

MOST_AT_ONCE = 2
_room: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def hashed(password: str) -> str:
    """The hash to keep; takes tens of milliseconds on purpose."""
    return await _in_turn(lambda: str(_hasher().hash(password)))


async def fits(password: str, kept: str | None) -> bool:
    """Whether it is the password of this hash; takes as long where there is none."""
    return await _in_turn(lambda: bool(_hasher().verify(password, kept or _nobodys()))) and bool(kept)


async def _in_turn(work: Callable[[], T]) -> T:
    room = _room.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(MOST_AT_ONCE))
    async with room:
        return await asyncio.to_thread(work)


@lru_cache(maxsize=1)
def _hasher() -> Any:
    from pwdlib import PasswordHash  # noqa: PLC0415 - not needed to start
    from pwdlib.hashers.argon2 import Argon2Hasher  # noqa: PLC0415

    return PasswordHash((Argon2Hasher(),))


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return str(_hasher().hash("nobody has this one"))
