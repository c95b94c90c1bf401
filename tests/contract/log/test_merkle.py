"""The tree over the log is the one of RFC 6962, as published test vectors have it."""

from __future__ import annotations

import hashlib

import pytest

from adapters.eventlog.merkle import EMPTY_ROOT, leaf_hash, node_hash, root

# Inputs and roots of the Certificate Transparency reference implementation's merkle tree test.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_that_were_published(size: int) -> None:
    leaves = [hashlib.sha256(b"\x00" + bytes.fromhex(text)).digest() for text in INPUTS[:size]]
    assert root(leaves).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert root([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()


def recursive_root(leaves: list[bytes]) -> bytes:
    """Section 2.1 as it is written there."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(recursive_root(leaves[:split]), recursive_root(leaves[split:]))


@pytest.mark.parametrize("size", [9, 15, 16, 17, 100, 255, 256, 257, 1000])
def test_one_pass_gives_what_the_definition_gives(size: int) -> None:
    leaves = [leaf_hash(str(n).encode(), b"body") for n in range(size)]
    assert root(leaves) == recursive_root(leaves)


def test_a_leaf_tells_header_and_body_apart() -> None:
    assert leaf_hash(b"ab", b"c") != leaf_hash(b"a", b"bc")
    body = hashlib.sha256(b"body").digest()
    assert leaf_hash(b"head", b"body") == hashlib.sha256(b"\x00" + b"\x00" * 7 + b"\x04head" + body).digest()
