"""Where each projection stands, who runs it, which set of tables is live, and what was parked.

Three tables, the same on both stores. Every change that must not race is one statement that says
what it expects to find; when it finds something else the whole transaction is undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from adapters.database import Database, Statement, Unexpected
from adapters.eventlog.log import StoredRecord
from adapters.projection.holder import is_gone
from services.queries import Parked

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS projections (
        name TEXT NOT NULL, version INTEGER NOT NULL, generation INTEGER NOT NULL, position BIGINT NOT NULL,
        holder TEXT NOT NULL, beat DOUBLE PRECISION NOT NULL, PRIMARY KEY (name, version))""",
    """CREATE TABLE IF NOT EXISTS projection_builds (
        name TEXT NOT NULL, version INTEGER NOT NULL, generation INTEGER NOT NULL,
        holder TEXT NOT NULL, beat DOUBLE PRECISION NOT NULL, PRIMARY KEY (name, version))""",
    """CREATE TABLE IF NOT EXISTS projection_parked (
        name TEXT NOT NULL, version INTEGER NOT NULL, generation INTEGER NOT NULL, position BIGINT NOT NULL,
        stream_id TEXT NOT NULL, stream_version BIGINT NOT NULL, topic TEXT NOT NULL, failure TEXT NOT NULL,
        parked_at TEXT NOT NULL, PRIMARY KEY (name, version, generation, position))""",
)
_LOCK = 0x436F6E636F726450  # "ConcordP": concurrent first starts on PostgreSQL create the tables one after another
# The database's own clock, so that hosts whose clocks differ agree on who has been silent.
_NOW = {
    "sqlite": "((julianday('now') - 2440587.5) * 86400.0)",
    "postgresql": "extract(epoch FROM clock_timestamp())::double precision",
}


@dataclass(frozen=True)
class Place:
    """Where a projection stands: `generation` 0: no set of tables is live yet; `holder` "": nobody runs it."""

    generation: int
    position: int
    holder: str
    silent_for: float


@dataclass(frozen=True)
class Build:
    """A set of tables that is being filled, and by whom."""

    generation: int
    holder: str
    silent_for: float


async def create_tracking(database: Database) -> None:
    """Creates the tables of this module where they are missing; any number of processes may do so at once."""
    lock = []
    if database.dialect == "postgresql":
        # An application's role, which may not, finds them there.
        there = await database.fetch_one("SELECT to_regclass('projection_parked') IS NOT NULL AS found")
        if there is not None and there.found:
            return
        lock = [Statement(f"SELECT pg_advisory_xact_lock({_LOCK})")]
    await database.write([*lock, *(Statement(sql) for sql in _SCHEMA)])


class Tracking:
    """The rows of one projection in those tables."""

    def __init__(self, database: Database, name: str, version: int) -> None:
        self._database = database
        self.name = name
        self.version = version
        self._key = {"name": name, "version": version}
        self._now = _NOW[database.dialect]

    async def place(self) -> Place:
        """Where the projection stands; its row is made when it is asked for the first time."""
        row = await self._fetch_place()
        if row is None:
            await self._database.write(
                [
                    Statement(
                        "INSERT INTO projections (name, version, generation, position, holder, beat) "
                        "VALUES (:name, :version, 0, 0, '', 0) ON CONFLICT DO NOTHING",
                        self._key,
                    )
                ]
            )
            row = await self._fetch_place()
            assert row is not None
        return row

    async def _fetch_place(self) -> Place | None:
        row = await self._database.fetch_one(
            f"SELECT generation, position, holder, {self._now} - beat AS silent_for FROM projections "
            "WHERE name = :name AND version = :version",
            self._key,
        )
        return row and Place(row.generation, row.position, row.holder, row.silent_for)

    async def older_versions(self) -> list[tuple[int, Place]]:
        """Where older versions of this projection stand, that a program before this one ran."""
        rows = await self._database.fetch_all(
            f"SELECT version, generation, position, holder, {self._now} - beat AS silent_for FROM projections "
            "WHERE name = :name AND version < :version",
            self._key,
        )
        return [(r.version, Place(r.generation, r.position, r.holder, r.silent_for)) for r in rows]

    def forget_version(self, version: int, place: Place) -> list[Statement]:
        """Takes an older version's rows away; fails when somebody has begun to run it again."""
        key = {"name": self.name, "version": version}
        return [
            Statement(
                "DELETE FROM projections WHERE name = :name AND version = :version "
                "AND generation = :generation AND holder = :holder AND position = :position",
                {**key, "generation": place.generation, "holder": place.holder, "position": place.position},
                expect_rows=1,
            ),
            Statement("DELETE FROM projection_parked WHERE name = :name AND version = :version", key),
        ]

    # The lease ------------------------------------------------------------------------------------

    async def take(self, holder: str, lease: float) -> Place | None:
        """Takes the runner's place when it is free, left, or held by nobody alive; None when it is taken."""
        seen = await self.place()
        free = seen.holder in ("", holder) or seen.silent_for >= lease or is_gone(seen.holder)
        if not free:
            return None
        try:
            await self._database.write(
                [
                    Statement(
                        f"UPDATE projections SET holder = :holder, beat = {self._now} "
                        "WHERE name = :name AND version = :version AND holder = :seen",
                        {**self._key, "holder": holder, "seen": seen.holder},
                        expect_rows=1,
                    )
                ]
            )
        except Unexpected:
            return None
        return await self.place()

    def beat(self, holder: str) -> Statement:
        """Says that this runner is still there; fails when another has taken its place."""
        return Statement(
            f"UPDATE projections SET beat = {self._now} WHERE name = :name AND version = :version AND holder = :holder",
            {**self._key, "holder": holder},
            expect_rows=1,
        )

    def leave(self, holder: str) -> Statement:
        """Gives the runner's place free at once."""
        return Statement(
            "UPDATE projections SET holder = '' WHERE name = :name AND version = :version AND holder = :holder",
            {**self._key, "holder": holder},
        )

    def advance(self, holder: str, generation: int, position: int, to: int) -> Statement:
        """Moves the position, if this runner holds the place and the projection stands where it thinks."""
        return Statement(
            f"UPDATE projections SET position = :to, beat = {self._now} WHERE name = :name AND version = :version "
            "AND holder = :holder AND generation = :generation AND position = :position",
            {**self._key, "holder": holder, "generation": generation, "position": position, "to": to},
            expect_rows=1,
        )

    # Building a new set of tables -----------------------------------------------------------------

    async def build(self) -> Build | None:
        """The set of tables that is being filled, if any."""
        row = await self._database.fetch_one(
            f"SELECT generation, holder, {self._now} - beat AS silent_for FROM projection_builds "
            "WHERE name = :name AND version = :version",
            self._key,
        )
        return row and Build(row.generation, row.holder, row.silent_for)

    def begin_build(self, holder: str, generation: int) -> list[Statement]:
        """Takes the builder's place for the generation after the live one; fails when somebody has it."""
        return [
            # Changes nothing, but holds the row: no switch can come between the check and the build.
            Statement(
                "UPDATE projections SET generation = generation "
                "WHERE name = :name AND version = :version AND generation = :live",
                {**self._key, "live": generation - 1},
                expect_rows=1,
            ),
            Statement(
                "INSERT INTO projection_builds (name, version, generation, holder, beat) "
                f"VALUES (:name, :version, :generation, :holder, {self._now}) ON CONFLICT DO NOTHING",
                {**self._key, "generation": generation, "holder": holder},
                expect_rows=1,
            ),
        ]

    def beat_build(self, holder: str, generation: int) -> Statement:
        """Says that the build goes on; fails when it was given up for dead."""
        return Statement(
            f"UPDATE projection_builds SET beat = {self._now} WHERE name = :name AND version = :version "
            "AND generation = :generation AND holder = :holder",
            {**self._key, "generation": generation, "holder": holder},
            expect_rows=1,
        )

    def end_build(self, build: Build) -> list[Statement]:
        """Takes a build's row away, and what was parked in it; fails when it is not there any more."""
        key = {**self._key, "generation": build.generation, "holder": build.holder}
        return [
            Statement(
                "DELETE FROM projection_builds WHERE name = :name AND version = :version "
                "AND generation = :generation AND holder = :holder",
                key,
                expect_rows=1,
            ),
            self.forget_parked(build.generation),
        ]

    def switch(self, build: Build, old_generation: int, position: int) -> list[Statement]:
        """Makes a built set the live one; fails while the live one is ahead of it."""
        key = {**self._key, "generation": build.generation, "holder": build.holder}
        return [
            Statement(
                "UPDATE projections SET generation = :generation, position = :position "
                "WHERE name = :name AND version = :version AND generation = :old AND position <= :position",
                {**self._key, "generation": build.generation, "old": old_generation, "position": position},
                expect_rows=1,
            ),
            Statement(
                "DELETE FROM projection_builds WHERE name = :name AND version = :version "
                "AND generation = :generation AND holder = :holder",
                key,
                expect_rows=1,
            ),
            self.forget_parked(old_generation),
        ]

    # Parked events --------------------------------------------------------------------------------

    def park(self, records: Sequence[StoredRecord], generation: int, failure: str) -> Statement:
        """Notes events as left aside. The failure is a type's name: messages may hold people's words."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        return Statement(
            "INSERT INTO projection_parked (name, version, generation, position, stream_id, stream_version, topic, "
            "failure, parked_at) VALUES (:name, :version, :generation, :position, :stream_id, :stream_version, "
            ":topic, :failure, :parked_at) ON CONFLICT DO NOTHING",
            [
                {
                    **self._key,
                    "generation": generation,
                    "position": r.position,
                    "stream_id": str(r.stream_id),
                    "stream_version": r.version,
                    "topic": r.topic,
                    "failure": failure,
                    "parked_at": now,
                }
                for r in records
            ],
        )

    def forget_parked(self, generation: int) -> Statement:
        """Takes away what was parked in one generation."""
        return Statement(
            "DELETE FROM projection_parked WHERE name = :name AND version = :version AND generation = :generation",
            {**self._key, "generation": generation},
        )

    async def parked(self, generation: int) -> list[Parked]:
        """What is parked in one generation, in order of position."""
        rows = await self._database.fetch_all(
            "SELECT position, stream_id, stream_version, topic, failure, parked_at FROM projection_parked "
            "WHERE name = :name AND version = :version AND generation = :generation ORDER BY position",
            {**self._key, "generation": generation},
        )
        return [
            Parked(
                self.name,
                r.position,
                UUID(r.stream_id),
                r.stream_version,
                r.topic,
                r.failure,
                datetime.fromisoformat(r.parked_at),
            )
            for r in rows
        ]
