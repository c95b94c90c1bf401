"""The tree over the log: leaf hashes at append, roots by RFC 6962 section 2.1.

A leaf is SHA-256(0x00 | header length as 8 bytes big-endian | header | SHA-256(body)) at index
position - 1. The body is hashed first, so that a proof can leave the sealed body out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(header: bytes, body: bytes) -> bytes:
    """The 32 bytes that stand for one stored event."""
    return hashlib.sha256(b"\x00" + len(header).to_bytes(8, "big") + header + hashlib.sha256(body).digest()).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes in order; of no leaves, the hash of nothing. Cost is linear."""
    if not leaves:
        return EMPTY_ROOT
    # One pass with a stack of perfect subtrees, joined as a binary counter carries.
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        size, digest = 1, leaf
        while stack and stack[-1][0] == size:
            digest = node_hash(stack.pop()[1], digest)
            size *= 2
        stack.append((size, digest))
    digest = stack.pop()[1]
    while stack:
        digest = node_hash(stack.pop()[1], digest)
    return digest
