"""The tree over the log, kept as it grows: the roots of whole tiles of 256 leaves, and of 256 of those.

The leaves themselves stand in the log's rows. So a proof reads a few tiles however long the log is,
and what is kept beside the log is a 256th of its leaf hashes. On PostgreSQL an application's role needs
`GRANT SELECT, INSERT ON log_tree, log_checkpoints`, and no more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from adapters.database import Database, Statement
from adapters.eventlog.merkle import Edge, consistency_parts, inclusion_parts, root

TILE = 256
_AT_ONCE = 64
RECEIPTS = -1
"""The level at which digests of receipts are kept: one for those of each tile of positions."""

_LEAVES = "SELECT leaf FROM log_events WHERE position > :after AND position <= :until ORDER BY position"
_NODES = "SELECT hash FROM log_tree WHERE level = :level AND number >= :first AND number < :end ORDER BY number"
_KEEP = "INSERT INTO log_tree (level, number, hash) VALUES (:level, :number, :hash) ON CONFLICT DO NOTHING"
_TOP = "SELECT count(*) FROM log_tree WHERE level = :level"
RECEIPT_ROWS = (
    "SELECT position, command_id, request_hash, answer FROM log_receipts "
    "WHERE position >= :first AND position < :end ORDER BY position, command_id"
)


class Incomplete(Exception):
    """The log does not have the leaves that it says it has."""


class Tree:
    """The tree of one log, in its own store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def prepare(self) -> None:
        """Creates the tables where they are missing; an application's role, which may not, finds them there."""
        binary = "BLOB"
        if self._database.dialect == "postgresql":
            row = await self._database.fetch_one("SELECT to_regclass('log_checkpoints') IS NOT NULL AS found")
            if row is not None and row.found:
                return
            binary = "BYTEA"
        await self._database.write(
            [
                *([Statement("SELECT pg_advisory_xact_lock(7306013)")] if binary == "BYTEA" else []),
                Statement(
                    "CREATE TABLE IF NOT EXISTS log_tree (level INTEGER NOT NULL, number BIGINT NOT NULL, "
                    f"hash {binary} NOT NULL, PRIMARY KEY (level, number))"
                ),
                Statement(
                    "CREATE TABLE IF NOT EXISTS log_checkpoints (size BIGINT NOT NULL, note TEXT NOT NULL, "
                    "signed_at TEXT NOT NULL, PRIMARY KEY (size, note))"
                ),
            ]
        )

    async def grow(self, size: int) -> None:
        """Keeps what became whole of a log of that size; other processes may do the same at the same time."""
        await self._grow_receipts(size)
        level, count = 1, size // TILE
        while count:
            row = await self._database.fetch_one(_TOP, {"level": level})
            done = row[0] if row is not None else 0
            while done < count:
                end = min(count, done + _AT_ONCE)
                below = await self._below(level, done * TILE, end * TILE)
                roots = [root(below[n : n + TILE]) for n in range(0, len(below), TILE)]
                await self._keep(level, done, roots)
                done = end
            level, count = level + 1, count // TILE

    async def root(self, size: int) -> bytes:
        """The root over the first `size` leaves; what is whole of them must have been kept."""
        return await self._of(0, size, {})

    async def inclusion(self, index: int, size: int) -> list[bytes]:
        """The hashes which prove that the leaf at this index is in the tree of that size."""
        tiles: dict[tuple[int, int], list[bytes]] = {}
        return [await self._of(begin, end, tiles) for begin, end in inclusion_parts(index, size)]

    async def consistency(self, old: int, new: int) -> list[bytes]:
        """The hashes which prove that the tree of the old size is the beginning of the new one."""
        tiles: dict[tuple[int, int], list[bytes]] = {}
        return [await self._of(begin, end, tiles) for begin, end in consistency_parts(old, new)]

    async def receipts(self, size: int) -> bytes:
        """A digest of all receipts whose position is below `size`: no other can join them any more."""
        row = await self._database.fetch_one(_NODES_COUNT, {"level": RECEIPTS, "end": size // TILE})
        whole = row[0] if row is not None else 0
        kept = await self._database.fetch_all(_NODES, {"level": RECEIPTS, "first": 0, "end": whole})
        digest = hashlib.sha256()
        for one in kept:
            digest.update(bytes(one[0]))
        for number in range(whole, size // TILE + 1):
            digest.update(await self._receipts_of(number * TILE, min(size, (number + 1) * TILE)))
        return digest.digest()

    async def keep_note(self, size: int, note: str, signed_at: str) -> None:
        """Keeps a checkpoint with the log."""
        sql = "INSERT INTO log_checkpoints VALUES (:size, :note, :at) ON CONFLICT DO NOTHING"
        await self._database.write([Statement(sql, {"size": size, "note": note, "at": signed_at})])

    async def _of(self, begin: int, end: int, tiles: dict[tuple[int, int], list[bytes]]) -> bytes:
        """The root over leaves `begin` to `end`, which are a subtree: its tiles first, then what is left of leaves."""
        edge, level = Edge(), 0
        while TILE ** (level + 1) <= end - begin:
            level += 1
        while level >= 0:
            step = TILE**level
            until = end - end % step
            for digest in await self._run(level, begin // step, until // step, tiles):
                edge.add(digest, step)
            begin, level = until, level - 1
        return edge.root()

    async def _run(self, level: int, first: int, end: int, tiles: dict[tuple[int, int], list[bytes]]) -> list[bytes]:
        """The hashes number `first` to `end` of a level; a tile that was read is not read again."""
        found: list[bytes] = []
        while first < end:
            tile = first // TILE
            if (level, tile) not in tiles:
                tiles[level, tile] = await self._row_of(level, tile * TILE, (tile + 1) * TILE)
            until = min(end, (tile + 1) * TILE)
            some = tiles[level, tile][first - tile * TILE : until - tile * TILE]
            if len(some) != until - first:
                raise Incomplete(f"the tree has gaps at level {level} after {first}")
            found += some
            first = until
        return found

    async def _below(self, level: int, first: int, end: int) -> list[bytes]:
        found = await self._row_of(level - 1, first, end)
        if len(found) != end - first:
            raise Incomplete(f"the tree has gaps at level {level - 1} after {first}")
        return found

    async def _row_of(self, level: int, first: int, end: int) -> list[bytes]:
        if level == 0:
            rows = await self._database.fetch_all(_LEAVES, {"after": first, "until": end})
        else:
            rows = await self._database.fetch_all(_NODES, {"level": level, "first": first, "end": end})
        return [bytes(row[0]) for row in rows]

    async def _grow_receipts(self, size: int) -> None:
        row = await self._database.fetch_one(_TOP, {"level": RECEIPTS})
        done = row[0] if row is not None else 0
        while done < size // TILE:
            end = min(size // TILE, done + _AT_ONCE)
            digests = [await self._receipts_of(n * TILE, (n + 1) * TILE) for n in range(done, end)]
            await self._keep(RECEIPTS, done, digests)
            done = end

    async def _receipts_of(self, first: int, end: int) -> bytes:
        rows = await self._database.fetch_all(RECEIPT_ROWS, {"first": first, "end": end})
        return digest_of_receipts(rows)

    async def _keep(self, level: int, first: int, hashes: Sequence[bytes]) -> None:
        rows = [{"level": level, "number": first + n, "hash": one} for n, one in enumerate(hashes)]
        await self._database.write([Statement(_KEEP, rows)])


_NODES_COUNT = "SELECT count(*) FROM log_tree WHERE level = :level AND number < :end"


def digest_of_receipts(rows: Sequence[Sequence[object]]) -> bytes:
    """A digest of (position, command id, request hash, answer) of receipts in order."""
    digest = hashlib.sha256()
    for row in rows:
        for value in row:
            text = str(value).encode()
            digest.update(len(text).to_bytes(8, "big") + text)
    return digest.digest()
