"""What can be asked of the log; the same questions on both stores, through the store's own reading."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from uuid import UUID

from adapters.database import Database
from adapters.eventlog import rows
from adapters.eventlog.log import StoredRecord
from services.ports import Receipt, Sight, Standing

_RECEIPT = "SELECT command_id, request_hash, answer, position FROM log_receipts"
_SIGHT = "SELECT thing_id, person_id, sight, until_position FROM log_sights"
_OWN_OR_BY_A_TEAM = (
    f"{_SIGHT} WHERE thing_id = :thing AND person_id = :person UNION ALL "
    "SELECT t.thing_id, m.person_id, t.sight, t.until_position FROM log_sights m "
    "JOIN log_sights t ON t.thing_id = :thing AND t.person_id = m.thing_id "
    "WHERE m.person_id = :person AND m.sight = 'member'"
)
_STANDING = "SELECT person_id, organisation_id, kind, leader_id, roles, active FROM log_standings"
_RECORDS = f"SELECT {rows.RECORD} FROM log_events"


class Questions:
    """The reading half of the log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changed: asyncio.Event | None = None

    async def read_stream(
        self,
        stream_id: UUID,
        after: int = 0,
        up_to: int | None = None,
        *,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Sequence[StoredRecord]:
        """One stream in order of versions."""
        found = await self._database.fetch_all(
            f"{_RECORDS} WHERE stream_id = :stream AND stream_version > :after AND stream_version <= :up_to "
            f"ORDER BY stream_version {'DESC' if newest_first else ''} {'' if limit is None else 'LIMIT :limit'}",
            {"stream": str(stream_id), "after": after, "up_to": 2**31 - 1 if up_to is None else up_to, "limit": limit},
        )
        return [rows.record(row) for row in found]

    async def read_after(
        self, position: int, limit: int, *, up_to: int | None = None, topics: Sequence[str] = ()
    ) -> Sequence[StoredRecord]:
        """The log in order of positions."""
        wanted = {f"topic_{n}": topic for n, topic in enumerate(topics)}
        names = ", ".join(f":{name}" for name in wanted)
        found = await self._database.fetch_all(
            f"{_RECORDS} WHERE position > :after {'' if up_to is None else 'AND position <= :up_to'} "
            f"{f'AND type IN ({names})' if wanted else ''} ORDER BY position LIMIT :limit",
            {"after": position, "up_to": up_to, "limit": limit, **wanted},
        )
        return [rows.record(row) for row in found]

    async def read_streams(self, after: tuple[UUID, int] | None, *, up_to: int, limit: int) -> Sequence[StoredRecord]:
        """The records up to a position, stream by stream."""
        begun = "(stream_id, stream_version) > (:stream, :version) AND " if after else ""
        values = {"stream": str(after[0]), "version": after[1]} if after else {}
        found = await self._database.fetch_all(
            f"{_RECORDS} WHERE {begun}position <= :up_to ORDER BY stream_id, stream_version LIMIT :limit",
            {**values, "up_to": up_to, "limit": limit},
        )
        return [rows.record(row) for row in found]

    async def stream_version(self, stream_id: UUID) -> int:
        """The newest version of a stream, 0 when it has none."""
        row = await self._database.fetch_one(
            "SELECT stream_version FROM log_events WHERE stream_id = :stream ORDER BY stream_version DESC LIMIT 1",
            {"stream": str(stream_id)},
        )
        return row[0] if row is not None else 0

    async def head(self) -> int:
        """The newest position."""
        row = await self._database.fetch_one("SELECT position FROM log_head")
        return row[0] if row is not None else 0

    async def receipt(self, command_id: str) -> Receipt | None:
        """What a known command answered."""
        row = await self._database.fetch_one(f"{_RECEIPT} WHERE command_id = :command", {"command": command_id})
        return None if row is None else rows.receipt(row)

    async def receipts(self, command_ids: Sequence[str]) -> dict[str, Receipt]:
        """The known ones among these commands."""
        known: dict[str, Receipt] = {}
        for n in range(0, len(command_ids), 500):
            some = command_ids[n : n + 500]
            names = ", ".join(f":c{i}" for i in range(len(some)))
            found = await self._database.fetch_all(
                f"{_RECEIPT} WHERE command_id IN ({names})", {f"c{i}": c for i, c in enumerate(some)}
            )
            known |= {row[0]: rows.receipt(row) for row in found}
        return known

    async def sights_of(self, person_id: UUID) -> Sequence[Sight]:
        """Everything that person may see."""
        found = await self._database.fetch_all(
            f"{_SIGHT} WHERE person_id = :person ORDER BY thing_id", {"person": str(person_id)}
        )
        return [rows.sight(row) for row in found]

    async def teams_of(self, person_id: UUID) -> frozenset[UUID]:
        """The teams that person is a member of."""
        found = await self._database.fetch_all(
            "SELECT thing_id FROM log_sights WHERE person_id = :person AND sight = 'member'",
            {"person": str(person_id)},
        )
        return frozenset(UUID(row[0]) for row in found)

    async def teams_in(self, organisation_id: UUID, after: UUID | None, limit: int) -> Sequence[UUID]:
        """The teams of an organisation, by id."""
        found = await self._database.fetch_all(
            "SELECT thing_id FROM log_sights WHERE person_id = :organisation AND sight = 'team' "
            "AND thing_id > :after ORDER BY thing_id LIMIT :limit",
            {"organisation": str(organisation_id), "after": str(after or ""), "limit": limit},
        )
        return [UUID(row[0]) for row in found]

    async def sight(self, thing_id: UUID, person_id: UUID) -> Sight | None:
        """What that person may see of one thing, themself or by a team that they belong to; `party` before else."""
        found = await self._database.fetch_all(_OWN_OR_BY_A_TEAM, {"thing": str(thing_id), "person": str(person_id)})
        if len(found) > 1:
            found = sorted(found, key=lambda row: row[2] != "party")
        return rows.sight(found[0]) if found else None

    async def standing(self, person_id: UUID) -> Standing | None:
        """That person's standing."""
        row = await self._database.fetch_one(f"{_STANDING} WHERE person_id = :person", {"person": str(person_id)})
        return None if row is None else rows.standing(row)

    async def standings(self, organisation_id: UUID) -> Sequence[Standing]:
        """Everybody's standing in an organisation."""
        found = await self._database.fetch_all(
            f"{_STANDING} WHERE organisation_id = :organisation ORDER BY person_id",
            {"organisation": str(organisation_id)},
        )
        return [rows.standing(row) for row in found]

    async def wait_for_change(self, timeout: float) -> None:
        """Returns when this process has appended something, or after `timeout` seconds."""
        if self._changed is None:
            self._changed = asyncio.Event()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._changed.wait()

    def _has_changed(self) -> None:
        if self._changed is not None:
            waiting, self._changed = self._changed, asyncio.Event()
            waiting.set()
