"""Knows the passwords that many have, from a list that is here; implements `services.people.ports.CommonPasswords`."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

LIST = Path(__file__).parent / "common_passwords" / "passwords.txt.gz"


class CommonPasswordList:
    """The list of this folder; it is read when it is asked, which is seldom, and nothing of it stays in memory."""

    async def is_common(self, password: str) -> bool:
        """Whether it is in the list, however its letters are written; no network is asked."""
        return await asyncio.to_thread(_holds, password.casefold())


def _holds(password: str) -> bool:
    with gzip.open(LIST) as file:
        return f"\n{password}\n".encode() in file.read()
