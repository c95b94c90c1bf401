"""Seals text in rows: under the same key as in the log, and always into the same bytes.

A row is made again from the same events at every rebuild and must then be the same, so the sealing
is deterministic (AES-SIV, RFC 5297): who reads the table sees at most that a text is as it was
before. The key is derived from the person's or agreement's own; once that is destroyed, nothing of
a row can be read or guessed at.
"""

from __future__ import annotations

from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

from adapters.eventlog.keys import Keyring
from services.queries import ERASED

# The one nonce that no event is sealed with but by a chance of 2^-96, for one message only.
_NONCE = b"concord rows"
_USE = b"concord.readmodels.1"


class RowSeal:
    """Seals and opens single texts; `ensure` the owners' keys first."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def ensure(self, owners: set[UUID]) -> None:
        """Loads the keys of these people and agreements."""
        await self._keyring.ensure(owners)

    def seal(self, owner: UUID, text: str, place: str) -> bytes | None:
        """The text under its owner's key, bound to its place; None when that key is gone."""
        key = self._keyring.opening(owner)
        return None if key is None else _derived(key).encrypt(text.encode(), [place.encode()])

    def open(self, owner: UUID, sealed: bytes | None, place: str) -> str:
        """The text again, or "[erased]" once its owner's key is gone."""
        key = self._keyring.opening(owner)
        if key is None or sealed is None:
            return ERASED
        try:
            return _derived(key).decrypt(sealed, [place.encode()]).decode()
        except InvalidTag:
            # The key was destroyed and another made since: what the old one sealed is gone all the same.
            return ERASED


def _derived(key: AESGCM) -> AESSIV:
    return AESSIV(key.encrypt(_NONCE, bytes(64), _USE)[:64])
