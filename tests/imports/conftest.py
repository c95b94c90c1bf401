"""An importer on a fresh store, with all that it brings in there to be looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from adapters.database import Database, connect
from adapters.eventlog.ledger import EventLedger, open_eventlog
from adapters.identity.store import Handles, IdentityStore
from domain.agreements.imported import ImportedAgreement, imported_agreement_id
from domain.base import Act
from domain.people.person import Person
from services.imports.import_history import ImportDesk, ImportHistory, ImportReport, import_history
from services.ports import Actor, Answer, Command, Organisation, Standing
from tests.imports.invented import WELL, in_chunks, jsonl

ORGANISATION = Organisation(UUID("01900000-0000-7000-8000-00000000000f"), "Village", ZoneInfo("Europe/Oslo"))
IMPORTER = UUID("01900000-0000-7000-8000-000000000001")
COLLEAGUE = UUID("01900000-0000-7000-8000-000000000002")


class Clock:
    """The wall clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Importer:
    """Brings histories in, for one person of one organisation."""

    ledger: EventLedger
    database: Database
    people: IdentityStore
    organisation: Organisation = ORGANISATION
    person: UUID = IMPORTER
    scopes: frozenset[str] = frozenset({"all"})
    operator: bool = False

    async def bring(self, *records: Any, **how: Any) -> ImportReport:
        """Imports these records as one file."""
        return await self.bring_file(jsonl(*records), **how)

    async def bring_file(self, file: bytes, **how: Any) -> ImportReport:
        actor = Actor(self.person, self.organisation, self.scopes)
        desk = ImportDesk(self.ledger, Handles(self.database), Clock(), actor, self.operator)
        return await import_history(desk, ImportHistory(**how), in_chunks(file))

    async def agreement(self, name: str = WELL) -> ImportedAgreement:
        found = await self.ledger.load(ImportedAgreement, imported_agreement_id(self.organisation.id, name))
        assert isinstance(found, ImportedAgreement)
        return found

    async def told(self) -> dict[UUID, list[dict[str, Any]]]:
        """Everything imported, stream by stream: all that facts say but when they were recorded here."""
        streams: dict[UUID, list[dict[str, Any]]] = {}
        for fact in await self.ledger.restore(await self.ledger.log.read_after(0, 1_000_000)):
            if not fact.TOPIC.startswith("concord.imported_"):
                continue
            said = {f.name: getattr(fact, f.name) for f in fields(fact)}  # type: ignore[arg-type]
            del said["timestamp"]
            streams.setdefault(fact.originator_id, []).append(said | {"topic": fact.TOPIC})
        return streams

    async def join(self, person: UUID, *roles: str) -> None:
        """Makes somebody a member who can sign in."""
        act = Act(None, datetime.now(UTC), self.organisation.id, person.hex * 2, self.organisation.zone)
        await self.ledger.record(
            Command(person.hex * 2, "0" * 64, None, self.organisation.id),
            Answer(),
            Person.join(act, person, roles=roles),
            standings=[Standing(person, self.organisation.id, "member", None, roles, True)],
        )


async def importer_on(url: str, folder: Path) -> Importer:
    """An importer on the store at this URL; whoever asks closes it."""
    database = connect(url)
    people = IdentityStore(database)
    await people.prepare()
    return Importer(await open_eventlog(database, folder), database, people)


@pytest.fixture
async def imports(store_url: str, tmp_path: Path) -> AsyncIterator[Importer]:
    """An importer on a fresh store, on each kind in turn."""
    importer = await importer_on(store_url, tmp_path)
    await importer.join(IMPORTER, "steward")
    await importer.join(COLLEAGUE)
    yield importer
    await importer.ledger.close()
    await importer.database.close()
