"""The log as the deeds see it: aggregates and facts in, receipts and facts out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from pathlib import Path
from typing import TypeVar, cast
from uuid import UUID

import domain.facts  # noqa: F401 - so that every fact is registered
from adapters.database import Database, SqliteDatabase, connect
from adapters.eventlog import rows
from adapters.eventlog.envelope import Envelope, header_of, owners, owners_in
from adapters.eventlog.kept import KeptFacts
from adapters.eventlog.keys import Keyring
from adapters.eventlog.log import Append, EventLog, EventLogError, StoredRecord
from adapters.eventlog.registry import Registry
from adapters.eventlog.sqlite import SqliteEventLog
from adapters.stores.reach import covers
from domain.base import Aggregate, Fact, fold
from services.ports import Answer, Command, Conflict, KeyReused, Receipt, Recorded, Sight, Standing, Withheld

A = TypeVar("A", bound=Aggregate)


async def open_eventlog(
    database: Database,
    data_dir: Path,
    *,
    registry: Registry | None = None,
    erased: Callable[[], Set[UUID]] = frozenset,
    keys: Database | None = None,
) -> EventLedger:
    """The ledger over the log in this database, created where it is missing; keys beside it.

    On SQLite the keys are a file of their own in `data_dir`, on PostgreSQL a schema of their own;
    the wrapping keys are files in `data_dir`/keks on both. `erased` names whose keys are used no more;
    `keys` is the same PostgreSQL under the keys' own role, where there is one.
    """
    data_dir.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - once, at start
    log: EventLog
    if isinstance(database, SqliteDatabase):
        log = SqliteEventLog(database)
        key_store = connect(f"sqlite:///{data_dir / 'keys.sqlite'}")
    else:
        log, key_store = _postgres_log(database), keys or database
    await log.prepare()
    keyring = Keyring(key_store, data_dir / "keks", erased)
    await keyring.prepare()
    return EventLedger(log, keyring, registry or Registry(), key_store if key_store is not database else None)


def _postgres_log(database: Database) -> EventLog:
    # The driver is loaded only where it is used.
    from adapters.eventlog.postgres import PostgresEventLog  # noqa: PLC0415
    from adapters.stores.postgres import PostgresDatabase  # noqa: PLC0415

    if not isinstance(database, PostgresDatabase):
        raise TypeError(f"there is no event log for {type(database).__name__}")
    return PostgresEventLog(database)


class EventLedger:
    """Implements `services.ports.Ledger` over an event log and a keyring."""

    def __init__(self, log: EventLog, keyring: Keyring, registry: Registry, key_store: Database | None = None) -> None:
        self.log = log
        self.keyring = keyring
        self.registry = registry
        self.envelope = Envelope(log.log_id, registry, keyring)
        self.withheld = ""
        """Why this log takes no writes, where it is not the one that was signed here."""
        self._key_store = key_store
        self._kept = KeptFacts()
        keyring.forgetting.append(self._kept.forget_all)

    async def load(self, kind: type[A], id: UUID, *, up_to: int | None = None) -> A | None:
        """The aggregate folded from its facts (up to a version); of whatever class its first fact begins."""
        del kind  # the first fact knows; the caller checks what it got
        recorded = await self._whole(id)
        return cast("A | None", fold(r.fact for r in recorded if up_to is None or r.fact.originator_version <= up_to))

    async def facts(self, id: UUID, *, after: int = 0) -> Sequence[Recorded]:
        """All facts of one stream in order, each with its position."""
        recorded = await self._whole(id)
        return [r for r in recorded if r.fact.originator_version > after] if after else recorded

    async def _whole(self, id: UUID) -> Sequence[Recorded]:
        """A whole stream: what is kept of it, and whatever was recorded since."""
        self.keyring.look()
        kept = self._kept.of(id)
        if kept and not covers(kept[0].fact.organisation_id):
            kept = ()
        records = await self.log.read_stream(id, kept[-1].fact.originator_version if kept else 0)
        if not records:
            return kept
        restored = await self.restore(records)
        recorded = [*kept, *(Recorded(r.position, f) for r, f in zip(records, restored, strict=True))]
        self._kept.keep(id, recorded)
        return recorded

    async def restore(self, records: Sequence[StoredRecord]) -> list[Fact]:
        """The facts in these records; raises EventLogError at the first that cannot be read."""
        headers = [header_of(record) for record in records]
        await self.keyring.ensure({owner for header in headers for owner in owners_in(header)})
        take_out = self.envelope.take_out
        return [take_out(record, header) for record, header in zip(records, headers, strict=True)]

    async def decode(self, records: Sequence[StoredRecord]) -> list[Fact | EventLogError]:
        """The same, with the error in the place of each record that cannot be read."""
        try:
            return list(await self.restore(records))
        except EventLogError as error:
            if len(records) == 1:
                return [error]
        return [one for record in records for one in await self.decode([record])]

    async def version(self, id: UUID) -> int:
        """The stream's current version, 0 when it does not exist."""
        return await self.log.stream_version(id)

    async def record(
        self,
        command: Command,
        answer: Answer,
        *aggregates: Aggregate,
        sights: Iterable[Sight] = (),
        standings: Iterable[Standing] = (),
    ) -> Receipt:
        """Stores the pending facts of all aggregates, the receipt and the rows in one append."""
        if self.withheld:
            raise Withheld(self.withheld)
        pending = [cast("Fact", f) for a in aggregates for f in a.collect_events()]
        append = await self.appending(command, answer, pending, sights, standings)
        outcome = await self.log.append(append)
        if outcome.kind == "conflict":
            raise Conflict("somebody else was recorded first; load again and decide again")
        if outcome.kind == "reuse":
            raise KeyReused("this key was used for another request")
        if outcome.kind == "stored":
            for position, fact in enumerate(pending, start=outcome.position - len(pending) + 1):
                self._kept.grow(fact.originator_id, Recorded(position, fact))
        return rows.receipt((command.id, command.request_hash, outcome.answer, outcome.position))

    async def appending(
        self,
        command: Command,
        answer: Answer,
        facts: Sequence[Fact],
        sights: Iterable[Sight] = (),
        standings: Iterable[Standing] = (),
    ) -> Append:
        """What would be appended for a command: sealed and hashed, not yet stored."""
        about = {owner for fact in facts for owner in (fact.originator_id, fact.actor_id) if owner is not None}
        await self.keyring.bind(about, command.organisation_id)
        await self.keyring.ensure(owner for fact in facts for owner in owners(fact))
        records = [self.envelope.put_in(fact) for fact in facts]
        return Append(
            command.id,
            command.request_hash,
            rows.answer_text(answer),
            records,
            tuple(sights),
            tuple(standings),
            organisation_id=command.organisation_id,
        )

    async def receipt(self, command_id: str) -> Receipt | None:
        """The receipt of a command, or None."""
        return await self.log.receipt(command_id)

    async def receipts(self, command_ids: Sequence[str]) -> dict[str, Receipt]:
        """The receipts of those among these commands that are known."""
        return await self.log.receipts(command_ids)

    async def head(self) -> int:
        """The position of the last event."""
        return await self.log.head()

    async def sights_of(self, person_id: UUID) -> Sequence[Sight]:
        """Everything this person may see."""
        return await self.log.sights_of(person_id)

    async def teams_of(self, person_id: UUID) -> frozenset[UUID]:
        """The teams that this person is a member of."""
        return await self.log.teams_of(person_id)

    async def teams_in(self, organisation_id: UUID, *, after: UUID | None = None, limit: int = 50) -> Sequence[UUID]:
        """The organisation's teams, by id."""
        return await self.log.teams_in(organisation_id, after, limit)

    async def sight(self, thing_id: UUID, person_id: UUID) -> Sight | None:
        """What this person may see of one thing, themself or by a team of theirs."""
        return await self.log.sight(thing_id, person_id)

    async def standing(self, person_id: UUID) -> Standing | None:
        """The person's current standing."""
        return await self.log.standing(person_id)

    async def standings(self, organisation_id: UUID) -> Sequence[Standing]:
        """Everybody's standing in one organisation."""
        return await self.log.standings(organisation_id)

    async def new_keys(self, *owner_ids: UUID) -> None:
        """Makes a sealing key for each that has none, but for who was erased."""
        await self.keyring.make(owner_ids)

    async def close(self) -> None:
        """Finishes what was accepted."""
        await self.log.close()
        if self._key_store is not None:
            await self._key_store.close()
