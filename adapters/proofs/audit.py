"""The whole log looked at anew, as it is stored: nothing that was kept about it is taken for granted.

In the order of positions each row is compared with its header, its header and body with its leaf, each
body with its keys and with what its header commits to; then what follows from all of them: streams
without gaps, a receipt for every command, the tree, every checkpoint that was ever signed, and who may see what.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from adapters.database import Database
from adapters.eventlog.envelope import header_of
from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import EventLogError, StoredRecord
from adapters.eventlog.merkle import Edge, leaf_hash, root
from adapters.eventlog.rows import record as record_of
from adapters.proofs.findings import Report
from adapters.proofs.notes import BadNote, Checkpoint, VerifierKey
from adapters.proofs.rights import check_rights
from adapters.proofs.signer import Refused, Signer
from adapters.proofs.tree import RECEIPT_ROWS, RECEIPTS, TILE, digest_of_receipts

AT_ONCE = 500
_BEGINNING = -(2**62)
_ROWS = (
    "SELECT position, stream_id, stream_version, type, header, body, leaf FROM log_events "
    "WHERE position > :after AND position <= :until ORDER BY position LIMIT :limit"
)
_BEYOND = "SELECT position FROM log_events WHERE position > :head ORDER BY position LIMIT 1"
_NOTES = "SELECT size, note FROM log_checkpoints ORDER BY size, signed_at"


class Signed(NamedTuple):
    """What was signed: the public key, the signer's last note, and checkpoints that others kept.

    The note is empty before the first, and None where the signer's memory is not to be held against the log.
    """

    key: VerifierKey | None
    last: str | None
    others: Sequence[str] = ()


def what_was_signed(signer: Signer, others: Sequence[str] = (), key: VerifierKey | None = None) -> Signed:
    """What the signer remembers, to be checked by its key unless another is given."""
    try:
        known = key or (signer.verifier if signer.has_signed() or others else None)
    except Refused:
        known = None  # which is a finding, where anything was signed
    return Signed(known, signer.last_note(), others)


async def audit(ledger: EventLedger, database: Database, signed: Signed) -> Report:
    """Looks at everything up to the present end of the log; safe beside whoever writes."""
    return await _Audit(ledger, database, signed).report()


class _Audit:
    def __init__(self, ledger: EventLedger, database: Database, signed: Signed) -> None:
        self._ledger = ledger
        self._database = database
        self._signed = signed
        self._log = str(ledger.log.log_id)
        self._report = Report(self._log, key=str(signed.key) if signed.key else "")
        self._edge = Edge()
        self._tile: list[bytes] = []
        self._tiles: list[bytes] = []
        self._versions: dict[str, int] = {}
        self._newest: Checkpoint | None = None
        self._checkpoints: list[tuple[Checkpoint, str]] = []
        self._sound_until = 0

    async def report(self) -> Report:
        database, report = self._database, self._report
        if database.dialect == "sqlite":
            for row in await database.fetch_all("PRAGMA integrity_check(1)"):
                if row[0] != "ok":
                    report.add(f"the file is damaged: {row[0]}", 1)
        await self._take_checkpoints()
        head = await self._ledger.head()
        self._checkpoints.sort(key=lambda known: known[0].size)
        after, next_position = _BEGINNING, 1
        self._check_roots(0)
        while rows := await database.fetch_all(_ROWS, {"after": after, "until": head, "limit": AT_ONCE}):
            after = rows[-1][0]
            records = []
            for row in rows:
                if row[0] < next_position:
                    report.add("there is an event before the first", row[0])
                    continue
                if row[0] > next_position:
                    report.add("nothing is stored here", next_position, row[0] - 1)
                    next_position = row[0]
                records.append(self._row(row))
                next_position += 1
            await self._contents([one for one in records if one is not None])
        if next_position <= head:
            report.add("nothing is stored here", next_position, head)
        beyond = await database.fetch_one(_BEYOND, {"head": head})
        if beyond is not None and await self._ledger.head() == head:
            report.add("there are events after the end of the log", beyond[0])
        await self._receipts_beyond()
        await self._end()
        if report.ok:
            # What follows from events that are not sound says nothing about the rights.
            await check_rights(self._ledger, database, report)
        return report

    async def _take_checkpoints(self) -> None:
        notes = [(note, "the signer's last checkpoint") for note in (self._signed.last,) if note]
        notes += [(note, "the checkpoint that was given") for note in self._signed.others]
        for size, note in [(row[0], row[1]) for row in await self._kept_notes()]:
            notes.append((note, f"the stored checkpoint of {size} events"))
            if self._signed.last == "":
                self._report.add("there are checkpoints, but the signer's memory of them is gone", 1, size)
        for note, name in notes:
            if self._signed.key is None:
                self._report.add(f"{name} cannot be checked: the key is missing", 1)
                continue
            try:
                checkpoint = self._signed.key.checked(note)
            except BadNote as error:
                self._report.add(f"{name}: {error}", 1)
                continue
            if checkpoint.origin != f"concord.{self._log}/log":
                self._report.add(f"{name} is another log's", 1)
            else:
                self._checkpoints.append((checkpoint, name))
                if note == self._signed.last:
                    self._newest = checkpoint

    async def _kept_notes(self) -> list[Any]:
        return await self._database.fetch_all(_NOTES) if await self._is_there("log_checkpoints") else []

    def _row(self, row: Any) -> StoredRecord | None:
        """What depends on the row alone: its form, its leaf, its header, and its place in its stream."""
        position, add = row[0], self._report.add
        self._report.events += 1
        try:
            found = record_of(row)
            stored = bytes(row[6])
            leaf = leaf_hash(found.header, found.body)
        except (TypeError, ValueError, AttributeError):
            add("the row is no event", position)
            self._leaf(b"", position)
            return None
        self._leaf(leaf, position)
        if stored != leaf:
            add("header or body is not what its leaf hash stands for", position)
            return None
        try:
            header = header_of(found)
            stream, version = str(found.stream_id), found.version
            told = (header["log"], header["stream"], header["version"], header["type"])
            str(header["command"])
        except (EventLogError, KeyError, TypeError) as error:
            add(str(error) if isinstance(error, EventLogError) else "the header is none", position)
            return None
        if told != (self._log, stream, version, found.topic):
            add("the row is not the one that its header speaks of", position)
            return None
        if version != self._versions.get(stream, 0) + 1:
            add(f"version {version} of its stream comes after version {self._versions.get(stream, 0)}", position)
        self._versions[stream] = version
        return found

    def _leaf(self, leaf: bytes, position: int) -> None:
        self._edge.add(leaf)
        self._tile.append(leaf)
        if len(self._tile) == TILE:
            self._tiles.append(root(self._tile))
            self._tile = []
        self._check_roots(self._report.events, position)

    def _check_roots(self, size: int, position: int = 0) -> None:
        """Compares the root so far with the checkpoints of this size."""
        while self._checkpoints and self._checkpoints[0][0].size <= size:
            checkpoint, name = self._checkpoints.pop(0)
            self._report.checkpoints += 1
            self._report.signed = max(self._report.signed, checkpoint.size)
            if self._edge.root() == checkpoint.root:
                self._sound_until = checkpoint.size
            else:
                self._report.add(f"the log is not the one of {name}", self._sound_until + 1, max(position, 1))

    async def _contents(self, records: Sequence[StoredRecord]) -> None:
        """What needs keys, and whether every command in these records has its receipt."""
        for record, fact in zip(records, await self._ledger.decode(records), strict=True):
            if isinstance(fact, EventLogError):
                self._report.add(str(fact) or type(fact).__name__, record.position)
                continue
            try:
                self._ledger.envelope.open_groups(record)
            except (EventLogError, ValueError, KeyError, TypeError) as error:
                self._report.add(str(error), record.position)
        await self._receipts_of([(str(header_of(r)["command"]), r.position) for r in records])

    async def _receipts_of(self, commands: Sequence[tuple[str, int]]) -> None:
        """A receipt's position is that of the last event of its command; the newest command may have more to come."""
        last = dict(commands)
        names = {f"c{n}": command for n, command in enumerate(last)}
        listed = ", ".join(f":{name}" for name in names)
        rows = (
            await self._database.fetch_all(
                f"SELECT command_id, position FROM log_receipts WHERE command_id IN ({listed})", names
            )
            if names
            else []
        )
        known = {row[0]: row[1] for row in rows}
        for command, position in last.items():
            if command not in known:
                self._report.add("the receipt of the command is missing", position)
            elif known[command] < position:
                self._report.add("the receipt of the command names an earlier position", position)

    async def _receipts_beyond(self) -> None:
        """A receipt names a position at which there is an event, and none beyond the end."""
        end = self._report.events
        for row in await self._database.fetch_all(
            "SELECT position FROM log_receipts WHERE position > :end ORDER BY position LIMIT 1", {"end": end}
        ):
            if await self._ledger.head() < row[0]:
                self._report.add("a receipt names a position that is not there", row[0])

    async def _end(self) -> None:
        """What follows from all: checkpoints of a longer log, the kept tree, and the receipts that were signed."""
        report = self._report
        report.root = self._edge.root()
        for checkpoint, name in self._checkpoints:
            said = f"the log ends here, and {name} is of {checkpoint.size}: an older copy came back"
            report.add(said, report.events + 1, checkpoint.size)
        if not await self._is_there("log_tree"):
            return
        await self._kept_tree()
        newest = self._newest
        if newest is None or not newest.receipts or newest.size > report.events:
            return
        if await self._receipts(newest.size) != newest.receipts:
            report.add("the receipts are not those that were signed", 1, newest.size)

    async def _is_there(self, table: str) -> bool:
        sql = (
            "SELECT name FROM sqlite_master WHERE name = :table"
            if self._database.dialect == "sqlite"
            else "SELECT 1 WHERE to_regclass(:table) IS NOT NULL"
        )
        return await self._database.fetch_one(sql, {"table": table}) is not None

    async def _kept_tree(self) -> None:
        """Compares the kept roots of tiles with those of the events."""
        level, hashes = 1, self._tiles
        known: dict[tuple[int, int], bytes] = {}
        while hashes:
            known |= {(level, n): one for n, one in enumerate(hashes)}
            level += 1
            hashes = [root(hashes[n : n + TILE]) for n in range(0, len(hashes) - TILE + 1, TILE)]
        for row in await self._database.fetch_all("SELECT level, number, hash FROM log_tree ORDER BY level, number"):
            tiles, last = row[1] * TILE ** max(row[0], 1), (row[1] + 1) * TILE ** max(row[0], 1)
            if last > self._report.events:
                continue  # kept meanwhile, of events that came after this audit began
            right = known.get((row[0], row[1])) if row[0] != RECEIPTS else await self._receipts_between(tiles, last)
            if bytes(row[2]) != right:
                self._report.add("what is kept of the tree does not follow from the log", tiles + 1, last)

    async def _receipts(self, size: int) -> bytes:
        digest = hashlib.sha256()
        for first in range(0, size - size % TILE + 1, TILE):
            digest.update(await self._receipts_between(first, min(size, first + TILE)))
        return digest.digest()

    async def _receipts_between(self, first: int, end: int) -> bytes:
        return digest_of_receipts(await self._database.fetch_all(RECEIPT_ROWS, {"first": first, "end": end}))
