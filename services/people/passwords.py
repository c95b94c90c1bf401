"""What may be a password: long enough, not one that many have, and not made of what is known about its owner."""

from __future__ import annotations

import re
import unicodedata

from domain.refusals import Invalid
from services.people.ports import CommonPasswords, Identity
from services.ports import Organisation

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
SHORTEST_REST = 8
"""How much must be left of a password when what is known about its owner is taken out."""
SHORTEST_WORD = 3
_OURS = "concord"


def must_be_long_enough(password: str) -> None:
    """Refuses what is too short to be safe, or too long to be meant."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; a sentence makes a good one.",
            field="password",
        )


async def must_be_hard_to_guess(
    common: CommonPasswords, password: str, person: Identity | None, organisation: Organisation
) -> None:
    """Refuses what is guessed first: what others have, and a name or an address with a few figures."""
    must_be_long_enough(password)
    if await common.is_common(password):
        raise Invalid(
            "Many people have this password, so it would be guessed soon; a sentence makes a good one.",
            field="password",
        )
    rest = password = _folded(password)
    for word in _near(person, organisation):
        rest = rest.replace(word, "")
    if rest != password and len("".join(c for c in rest if c.isalnum())) < SHORTEST_REST:
        raise Invalid(
            "This is little more than your name, your address or your organisation; a sentence makes a good one.",
            field="password",
        )


def _near(person: Identity | None, organisation: Organisation) -> list[str]:
    """The words that somebody would try who knows whose password it is, the longest first."""
    known = [_OURS, organisation.name]
    if person is not None:
        known += [person.name, person.email or ""]
    whole = {_folded(one) for one in known}
    words = {word for one in whole for word in re.split(r"[\W_]+", one)} | {"".join(one.split()) for one in whole}
    return sorted((word for word in words if len(word) >= SHORTEST_WORD), key=lambda word: (-len(word), word))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
