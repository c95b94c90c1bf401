"""The event log on SQLite: the store's writing thread appends, each command in a savepoint of its own."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from uuid import UUID, uuid4

from adapters.database import SqliteDatabase
from adapters.eventlog import rows
from adapters.eventlog.log import Append, Outcome
from adapters.eventlog.questions import Questions

_SCHEMA = """
CREATE TABLE IF NOT EXISTS log_head (
    id INTEGER PRIMARY KEY CHECK (id = 1), log_id TEXT NOT NULL, position INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS log_events (
    position INTEGER PRIMARY KEY AUTOINCREMENT, stream_id TEXT NOT NULL, stream_version INTEGER NOT NULL,
    type TEXT NOT NULL, header BLOB NOT NULL, body BLOB NOT NULL, leaf BLOB NOT NULL,
    UNIQUE (stream_id, stream_version));
CREATE TABLE IF NOT EXISTS log_receipts (
    command_id TEXT PRIMARY KEY, request_hash TEXT NOT NULL, answer TEXT NOT NULL, position INTEGER NOT NULL,
    recorded_at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log_sights (
    thing_id TEXT NOT NULL, person_id TEXT NOT NULL, sight TEXT NOT NULL, until_position INTEGER,
    PRIMARY KEY (thing_id, person_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS log_sights_by_person ON log_sights (person_id, thing_id);
CREATE INDEX IF NOT EXISTS log_sights_memberships ON log_sights (person_id, thing_id) WHERE sight = 'member';
CREATE INDEX IF NOT EXISTS log_sights_teams ON log_sights (person_id, thing_id) WHERE sight = 'team';
CREATE TABLE IF NOT EXISTS log_standings (
    person_id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL, kind TEXT NOT NULL, leader_id TEXT,
    roles TEXT NOT NULL, active INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS log_standings_by_organisation ON log_standings (organisation_id, person_id);
"""
_REFUSAL = "BEGIN SELECT RAISE(ABORT, 'what is recorded is never changed'); END"
_REFUSALS = [
    *(
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} BEFORE {act} ON {table} {_REFUSAL}"
        for table in ("log_events", "log_receipts")
        for act in ("UPDATE", "DELETE")
    ),
    # INSERT OR REPLACE takes the old row away without asking the trigger on DELETE.
    "CREATE TRIGGER IF NOT EXISTS log_events_no_replace BEFORE INSERT ON log_events "
    "WHEN EXISTS (SELECT 1 FROM log_events WHERE position = NEW.position) OR EXISTS (SELECT 1 FROM log_events "
    f"WHERE stream_id = NEW.stream_id AND stream_version = NEW.stream_version) {_REFUSAL}",
    "CREATE TRIGGER IF NOT EXISTS log_receipts_no_replace BEFORE INSERT ON log_receipts "
    f"WHEN EXISTS (SELECT 1 FROM log_receipts WHERE command_id = NEW.command_id) {_REFUSAL}",
]
_RECEIPT = "SELECT request_hash, answer, position FROM log_receipts WHERE command_id = ?"
_TAKEN = "SELECT 1 FROM log_events WHERE stream_id = ? AND stream_version = ?"
_INSERT_EVENT = (
    "INSERT INTO log_events (position, stream_id, stream_version, type, header, body, leaf) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_RECEIPT = "INSERT INTO log_receipts VALUES (?, ?, ?, ?, ?)"
_DELETE_SIGHT = "DELETE FROM log_sights WHERE thing_id = :thing_id AND person_id = :person_id"
_INSERT_SIGHT = (
    "INSERT INTO log_sights VALUES (:thing_id, :person_id, :sight, :until_position) ON CONFLICT (thing_id, person_id) "
    "DO UPDATE SET sight = excluded.sight, until_position = excluded.until_position"
)
_INSERT_STANDING = (
    "INSERT INTO log_standings VALUES (:person_id, :organisation_id, :kind, :leader_id, :roles, :active) "
    "ON CONFLICT (person_id) DO UPDATE SET kind = excluded.kind, leader_id = excluded.leader_id, "
    "roles = excluded.roles, active = excluded.active WHERE organisation_id = excluded.organisation_id"
)


class SqliteEventLog(Questions):
    """The log in a SQLite file."""

    log_id: UUID

    def __init__(self, store: SqliteDatabase) -> None:
        super().__init__(store)
        self._store = store

    async def prepare(self) -> None:
        """Creates the tables, the triggers that refuse changes, and the head where they are missing."""
        self.log_id = await self._store.writer.run(self._create)

    async def append(self, append: Append) -> Outcome:
        """Stores one command; acknowledged after COMMIT."""
        outcome = await self._store.writer.run(lambda connection: append_in(connection, append))
        self._has_changed()
        return outcome

    async def close(self) -> None:
        """Nothing of its own to close: the store finishes what it accepted."""

    def _create(self, connection: sqlite3.Connection) -> UUID:
        for statement in [*_SCHEMA.split(";\n"), *_REFUSALS]:
            if statement.strip():
                connection.execute(statement)
        connection.execute("INSERT INTO log_head VALUES (1, ?, 0) ON CONFLICT DO NOTHING", (str(uuid4()),))
        return UUID(connection.execute("SELECT log_id FROM log_head").fetchone()[0])


def append_in(connection: sqlite3.Connection, append: Append) -> Outcome:
    """Stores one command inside the caller's transaction, of which nobody else writes at the same time.

    So what is there can be looked at before inserting: a rule of a table that is broken nevertheless
    is a defect, and never taken for a conflict.
    """
    known = connection.execute(_RECEIPT, (append.command_id,)).fetchone()
    if known is not None:
        return Outcome("repeat" if known[0] == append.request_hash else "reuse", known[2], known[1])
    for record in append.records:
        if connection.execute(_TAKEN, (str(record.stream_id), record.version)).fetchone() is not None:
            return Outcome("conflict", 0)
    position: int = connection.execute("SELECT position FROM log_head").fetchone()[0]
    if append.records:
        for record in append.records:
            position += 1
            values = (str(record.stream_id), record.version, record.topic, record.header, record.body, record.leaf)
            connection.execute(_INSERT_EVENT, (position, *values))
        connection.execute("UPDATE log_head SET position = ?", (position,))
    connection.execute(
        _INSERT_RECEIPT,
        (append.command_id, append.request_hash, append.answer, position, datetime.now(UTC).isoformat()),
    )
    for sight in append.sights:
        connection.execute(_DELETE_SIGHT if sight.sight is None else _INSERT_SIGHT, rows.sight_values(sight))
    for standing in append.standings:
        connection.execute(_INSERT_STANDING, rows.standing_values(standing))
    return Outcome("stored", position, append.answer)
