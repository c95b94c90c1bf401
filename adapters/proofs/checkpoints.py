"""Checkpoints of the log: signed when it grew, at least every minute, and when somebody asks.

Before the first write, and at each checkpoint, the log is compared with what the signer signed last.
A log that is shorter, or another one, takes no writes until an operator has recorded its restoration.
"""

from __future__ import annotations

import asyncio
import contextlib
import time

import structlog

from adapters.database import Database
from adapters.eventlog.ledger import EventLedger
from adapters.proofs.notes import Checkpoint, VerifierKey
from adapters.proofs.signer import Behind, Overtaken, Refused, Rewritten, Signer
from adapters.proofs.tree import Incomplete, Tree
from services.ports import Clock, Unavailable, Withheld

_logger = structlog.get_logger(__name__)

EVERY_SECONDS = 60.0
NOT_OFTENER = 1.0
"""Who asks for a checkpoint gets one that is at most this old (seconds)."""
_MOST_TRIES = 10
WHAT_TO_DO = "Nothing is recorded until an operator looked into it: see `concord verify`, then `concord restore`."


class Checkpoints:
    """The tree and the signer of one installation."""

    def __init__(self, ledger: EventLedger, database: Database, signer: Signer, clock: Clock) -> None:
        self.tree = Tree(database)
        self.signer = signer
        self._ledger = ledger
        self._clock = clock
        self._making = asyncio.Lock()
        self._prepared = False
        self._made_at = float("-inf")

    @property
    def verifier(self) -> VerifierKey:
        """The public key."""
        return self.signer.verifier

    async def look(self) -> None:
        """Creates what is missing, and withholds writes where the log is not the one that was signed last."""
        await self._prepare()
        if self.signer.is_restoring():
            self._ledger.withheld = f"A backup was put back, and that is not recorded yet. {WHAT_TO_DO}"
            return
        if not self.signer.has_signed():
            return
        try:
            await self._continues(await self._ledger.head(), self.signer.last())
        except (Refused, Incomplete) as error:
            self._withhold(error)
        else:
            self._ledger.withheld = ""

    async def current(self, at_least: int = 0) -> str:
        """The newest checkpoint; a fresh one where the log grew or that does not reach a size. Raises Unavailable."""
        note = self.signer.last_note()
        young = time.monotonic() - self._made_at < NOT_OFTENER
        if note and young and self.signer.last().size >= at_least:
            return note
        return await self.make()

    async def make(self) -> str:
        """Signs a checkpoint of the whole log, unless it has one; raises Withheld where the signer refuses."""
        async with self._making:
            try:
                note = await self._made()
            except (Refused, Incomplete) as error:
                self._withhold(error)
                raise Withheld(self._ledger.withheld) from error
            self._made_at = time.monotonic()
            self._ledger.withheld = ""  # another process may have recorded a restoration
            return note

    async def run(self) -> None:
        """Makes checkpoints for ever; while the store cannot be reached, later."""
        while True:
            with contextlib.suppress(Unavailable):
                await self.make()
            await asyncio.sleep(EVERY_SECONDS)

    async def restored(self) -> str:
        """Lets the signer go on from the log as it is now, on an operator's word; writes are taken again."""
        await self._prepare()
        size = await self._ledger.head()
        await self.tree.grow(size)
        root, receipts = await self.tree.root(size), await self.tree.receipts(size)
        note = await asyncio.to_thread(self.signer.restore, size, root, receipts)
        await self.tree.keep_note(size, note, self._clock.now().isoformat())
        self._ledger.withheld = ""
        return note

    async def _made(self) -> str:
        await self._prepare()
        for _ in range(_MOST_TRIES):
            last, head = self.signer.last(), await self._ledger.head()
            await self._continues(head, last)
            note = self.signer.last_note()
            if head > last.size or not note:
                await self.tree.grow(head)
                root, receipts = await self.tree.root(head), await self.tree.receipts(head)
                proof = await self.tree.consistency(last.size, head)
                try:
                    note = await asyncio.to_thread(self.signer.sign, head, root, receipts, since=last.size, proof=proof)
                except Overtaken:
                    continue
            # Also one that was signed by a process which then ended: it is kept but once.
            await self.tree.keep_note(max(head, last.size), note, self._clock.now().isoformat())
            return note
        raise Unavailable("other processes sign without end")

    async def _continues(self, head: int, last: Checkpoint) -> None:
        if head < last.size:
            raise Behind(f"The log ends at {head}, but {last.size} events were signed: an older copy came back.")
        await self.tree.grow(last.size)
        if await self.tree.root(last.size) != last.root:
            raise Rewritten(f"The first {last.size} events are not those that were signed.")

    async def _prepare(self) -> None:
        if not self._prepared:
            await self.tree.prepare()
            self._prepared = True

    def _withhold(self, error: Exception) -> None:
        sentence = str(error) if isinstance(error, Refused) else "The log has gaps."
        if not self._ledger.withheld:
            _logger.error("the log does not continue what was signed: nothing is recorded any more")
        self._ledger.withheld = f"{sentence} {WHAT_TO_DO}"
