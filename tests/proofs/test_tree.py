"""The tree and its proofs: for every size and every leaf they hold, and for nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from adapters.eventlog.merkle import (
    consistency_parts,
    inclusion_parts,
    leaf_hash,
    proves_consistency,
    proves_inclusion,
    root,
)
from adapters.proofs.tree import TILE, Tree
from adapters.stores.sqlite import SqliteDatabase
from adapters.stores.statements import Statement

LEAVES = [hashlib.sha256(f"leaf {n}".encode()).digest() for n in range(70)]
ROOTS = [root(LEAVES[:n]) for n in range(len(LEAVES) + 1)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 31, 64, 70])
def test_every_leaf_is_proved_and_no_other_in_its_place(size: int) -> None:
    for index in range(size):
        proof = [root(LEAVES[a:b]) for a, b in inclusion_parts(index, size)]
        assert proves_inclusion(LEAVES[index], index, size, ROOTS[size], proof)
        assert not proves_inclusion(LEAVES[index - 1], index, size, ROOTS[size], proof) or size == 1
        assert not proves_inclusion(LEAVES[index], index + 1, size, ROOTS[size], proof)
        assert not proves_inclusion(LEAVES[index], index, size, ROOTS[size - 1], proof)
        assert not proves_inclusion(LEAVES[index], index, size, ROOTS[size], [*proof, LEAVES[0]])


@pytest.mark.parametrize("new", [1, 2, 3, 8, 9, 64, 70])
def test_every_beginning_is_proved_and_no_other_log(new: int) -> None:
    for old in range(new + 1):
        proof = [root(LEAVES[a:b]) for a, b in consistency_parts(old, new)]
        assert proves_consistency(old, ROOTS[old], new, ROOTS[new], proof)
        assert not proves_consistency(old, LEAVES[0][::-1], new, ROOTS[new], proof)
        if 0 < old < new:
            assert not proves_consistency(old, ROOTS[old], new, ROOTS[new - 1], proof)
            assert not proves_consistency(old, ROOTS[old], new, ROOTS[new], proof[:-1])


async def test_what_is_kept_in_tiles_proves_the_same(tmp_path: Path) -> None:
    """More than one tile of tiles: every level is read."""
    size = TILE * TILE + 3 * TILE + 5
    leaves = [leaf_hash(str(n).encode(), b"") for n in range(size)]
    database = SqliteDatabase(tmp_path / "tree.sqlite")
    try:
        tables = (
            "CREATE TABLE log_events (position INTEGER PRIMARY KEY, leaf BLOB)",
            "CREATE TABLE log_receipts (position INTEGER, command_id TEXT, request_hash TEXT, answer TEXT)",
        )
        rows = [{"position": n, "leaf": leaf} for n, leaf in enumerate(leaves, 1)]
        await database.write(
            [*map(Statement, tables), Statement("INSERT INTO log_events VALUES (:position, :leaf)", rows)]
        )
        tree = Tree(database)
        await tree.prepare()
        for grown in (TILE - 1, TILE * 5, size):
            await tree.grow(grown)
            assert await tree.root(grown) == root(leaves[:grown])
        for index in (0, TILE - 1, TILE * TILE, size - 1):
            assert proves_inclusion(leaves[index], index, size, root(leaves), await tree.inclusion(index, size))
        for old in (1, TILE, TILE * 7 + 3, TILE * TILE, TILE * TILE + 1):
            proof = await tree.consistency(old, size)
            assert proves_consistency(old, root(leaves[:old]), size, root(leaves), proof)
    finally:
        await database.close()
