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
    edge = Edge()
    for leaf in leaves:
        edge.add(leaf)
    return edge.root()


class Edge:
    """The right edge of a growing tree: perfect subtrees, joined as a binary counter carries."""

    def __init__(self) -> None:
        self._stack: list[tuple[int, bytes]] = []

    def add(self, digest: bytes, size: int = 1) -> None:
        """Adds a leaf, or a perfect subtree of no more leaves than the last one that was added."""
        while self._stack and self._stack[-1][0] == size:
            digest = node_hash(self._stack.pop()[1], digest)
            size *= 2
        self._stack.append((size, digest))

    def root(self) -> bytes:
        """The root over all that was added."""
        if not self._stack:
            return EMPTY_ROOT
        digest = self._stack[-1][1]
        for _, left in reversed(self._stack[:-1]):
            digest = node_hash(left, digest)
        return digest


def inclusion_parts(index: int, size: int) -> list[tuple[int, int]]:
    """The subtrees, as (first leaf, one after the last), whose hashes prove that a leaf is in a tree of that size."""
    begin, end, parts = 0, size, []
    while end - begin > 1:
        middle = begin + _left_of(end - begin)
        if index < middle:
            parts.append((middle, end))
            end = middle
        else:
            parts.append((begin, middle))
            begin = middle
    return parts[::-1]


def consistency_parts(old: int, new: int) -> list[tuple[int, int]]:
    """The subtrees whose hashes prove that the tree of the old size is the beginning of the new one."""
    if not 0 < old < new:
        return []
    begin, end, parts = 0, new, []
    while old != end:
        middle = begin + _left_of(end - begin)
        if old <= middle:
            parts.append((middle, end))
            end = middle
        else:
            parts.append((begin, middle))
            begin = middle
    if begin:
        # Where the old tree is a whole subtree from the first leaf on, whoever checks has its hash already.
        parts.append((begin, end))
    return parts[::-1]


def proves_inclusion(leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the leaf is at the index of the tree with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, digest = index, size - 1, leaf
    for one in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            digest = node_hash(one, digest)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            digest = node_hash(digest, one)
        at, last = at >> 1, last >> 1
    return last == 0 and digest == root


def proves_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the old tree is the beginning of the new one (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    if not 0 < old < new or not proof:
        return False
    hashes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    was = now = hashes[0]
    for one in hashes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            was, now = node_hash(one, was), node_hash(one, now)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            now = node_hash(now, one)
        at, last = at >> 1, last >> 1
    return last == 0 and was == old_root and now == new_root


def _left_of(size: int) -> int:
    """How many leaves the left subtree has: the largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1
