"""Sealing keys: one random 256-bit key for each person and agreement, wrapped by the month's own key.

They live apart from the events: in a SQLite file of their own, or in the schema `concord_keys`. The
wrapping keys are files (mode 0600) in the data folder, one a month, so that destroying an old one
bounds what an old backup of the key store can reveal. Loaded keys are kept for a short while only:
a key destroyed by any process is soon gone in all, within a blink where the erasure ledger names its owner.
A destroyed key leaves an empty row in its place, so that its owner never gets another.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Sequence, Set
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.database import Database, Statement
from adapters.stores import reach
from adapters.stores.row_security import BIND_KEYS, KEYS_TABLE, SETTING, SHIELD

KEPT_SECONDS = 30.0
"""How long a loaded key is used before it is looked up again."""
MOST_KEPT = 20_000
_NONCE = 12
_LOCK = 0x436F6E636F72644B  # "ConcordK": concurrent first starts create the table one after another
_SCHEMA = (
    # A session that waited for an advisory lock has not heard yet of what was created meanwhile, and would
    # still hold that the schema is missing; a session that takes a table's lock has.
    "LOCK TABLE pg_catalog.pg_namespace IN ACCESS SHARE MODE",
    "CREATE SCHEMA IF NOT EXISTS concord_keys",
)

# Whose a key is follows from who reaches for it when it is made.
_WHOSE = (
    f"ALTER TABLE {KEYS_TABLE} ADD COLUMN IF NOT EXISTS organisation_id TEXT NOT NULL DEFAULT '*', "
    f"ALTER COLUMN organisation_id SET DEFAULT current_setting('{SETTING}')"
)
_THERE = (
    "SELECT EXISTS (SELECT FROM pg_attribute WHERE attname = 'organisation_id' "
    f"AND attrelid = to_regclass('{KEYS_TABLE}')) AS found"
)


class Keyring:
    """Loads, makes and destroys sealing keys. `ensure` first, then `sealing` and `opening` answer at once."""

    def __init__(self, database: Database, folder: Path, erased: Callable[[], Set[UUID]] = frozenset) -> None:
        """`erased` names everybody whose key is not to be used any more, even where it is still there."""
        self.database = database
        self._folder = folder
        self._erased = erased
        self._gone: Set[UUID] = frozenset()
        self._table = KEYS_TABLE if database.dialect == "postgresql" else "sealing_keys"
        self._kept: dict[UUID, tuple[float, AESGCM | None]] = {}
        self._wrapping: dict[str, AESGCM] = {}
        self._unbound: set[UUID] = set()
        self.forgetting: list[Callable[[], None]] = []
        """Called when a key was destroyed: by whoever keeps what keys have opened."""

    async def prepare(self) -> None:
        """Creates the key store where it is missing; an application's role, which may not, finds it there."""
        if self.database.dialect == "postgresql":
            there = await self.database.fetch_one(_THERE)
            if there is not None and there.found:
                return
            binary, first = "BYTEA", [Statement(f"SELECT pg_advisory_xact_lock({_LOCK})"), *map(Statement, _SCHEMA)]
            last = [Statement(_WHOSE), Statement(SHIELD), Statement(BIND_KEYS)]
        else:
            binary, first, last = "BLOB", [], []
        create = (
            f"CREATE TABLE IF NOT EXISTS {self._table} (owner_id TEXT PRIMARY KEY, wrapped_by TEXT NOT NULL, "
            f"wrapped {binary} NOT NULL, made_at TEXT NOT NULL)"
        )
        await self.database.write([*first, Statement(create), *last])

    def look(self) -> None:
        """Lets go of the keys of whoever was erased since, and of what they opened."""
        gone = self._erased()
        if gone is not self._gone and gone != self._gone:
            self._gone = gone
            for owner in gone & self._kept.keys():
                self._kept[owner] = (float("inf"), None)
            self._forget()

    async def ensure(self, owners: Iterable[UUID]) -> None:
        """Loads the keys that are not at hand, in one look-up; a key that was not there is looked for again."""
        self.look()
        now, wanted = time.monotonic(), set(owners)
        missing = [o for o in wanted if (kept := self._kept.get(o)) is None or kept[0] < now or kept[1] is None]
        while missing:
            for n in range(0, len(missing), 500):
                await self._load(missing[n : n + 500], now, wanted)
            # While this waited, somebody else's look-up may have emptied what was kept.
            missing = [o for o in wanted if o not in self._kept]

    async def make(self, owners: Iterable[UUID]) -> None:
        """Makes a key for each that has none; keys that are there stay, and who was erased gets none."""
        self.look()
        owners = set(owners)
        month = datetime.now(UTC).strftime("%Y-%m")
        rows = []
        for owner in owners - self._gone:
            key, nonce = AESGCM.generate_key(256), os.urandom(_NONCE)
            wrapped = nonce + self._wrapping_key(month, make=True).encrypt(nonce, key, str(owner).encode())
            rows.append({"owner": str(owner), "by": month, "wrapped": wrapped, "at": datetime.now(UTC).isoformat()})
        if rows:
            insert = (
                f"INSERT INTO {self._table} (owner_id, wrapped_by, wrapped, made_at) "
                "VALUES (:owner, :by, :wrapped, :at) ON CONFLICT (owner_id) DO NOTHING"
            )
            await self.database.write([Statement(insert, rows)])
            if self.database.dialect == "postgresql" and reach.current() == reach.Reach(reach.EVERYTHING):
                self._unbound |= owners

    async def bind(self, owners: Iterable[UUID], organisation_id: UUID) -> None:
        """Lets keys that were made for nobody in particular be an organisation's: that of the first fact with them."""
        if self._unbound and (bound := self._unbound & set(owners)):
            bind = f"UPDATE {self._table} SET organisation_id = :organisation WHERE owner_id = :owner"
            whose = [{"owner": str(owner), "organisation": str(organisation_id)} for owner in bound]
            await self.database.write([Statement(bind, whose)])
            self._unbound -= bound

    async def destroy(self, owner: UUID) -> None:
        """Destroys a key: what it sealed can never be read again. Destroying twice is the same as once."""
        destroy = (
            f"INSERT INTO {self._table} (owner_id, wrapped_by, wrapped, made_at) VALUES (:owner, '', :nothing, '') "
            "ON CONFLICT (owner_id) DO UPDATE SET wrapped_by = '', wrapped = excluded.wrapped, made_at = ''"
        )
        await self.database.write([Statement(destroy, {"owner": str(owner), "nothing": b""})])
        self._kept[owner] = (time.monotonic() + KEPT_SECONDS, None)
        self._forget()

    async def find_there(self, owners: Sequence[UUID]) -> list[UUID]:
        """Those among these who have a key in the store, whatever is known here."""
        found: list[UUID] = []
        for n in range(0, len(owners), 500):
            names, values = _named(owners[n : n + 500])
            rows = await self.database.fetch_all(
                f"SELECT owner_id FROM {self._table} WHERE owner_id IN ({names}) AND wrapped_by <> ''", values
            )
            found += [UUID(row.owner_id) for row in rows]
        return found

    async def fingerprint(self, owner: UUID) -> str | None:
        """The SHA-256 of a key, by which it can be told that it was this one; None where there is none."""
        key = (await self._raw([owner])).get(owner)
        return hashlib.sha256(key).hexdigest() if key is not None else None

    def _forget(self) -> None:
        for forget in self.forgetting:
            forget()

    def sealing(self, owner: UUID) -> AESGCM:
        """The key to seal with; raises KeyError when this person or agreement has none."""
        key = self._kept[owner][1]
        if key is None:
            raise KeyError(f"{owner} has no sealing key")
        return key

    def opening(self, owner: UUID) -> AESGCM | None:
        """The key to open with; None when it was destroyed. It must have been ensured."""
        return self._kept[owner][1]

    async def _load(self, owners: Sequence[UUID], now: float, wanted: Set[UUID]) -> None:
        found = await self._raw([owner for owner in owners if owner not in self._gone])
        if len(self._kept) + len(owners) > MOST_KEPT:
            self._kept = {owner: kept for owner, kept in self._kept.items() if owner in wanted}
        for owner in owners:
            key = AESGCM(found[owner]) if owner in found and owner not in self._gone else None
            self._kept[owner] = (now + KEPT_SECONDS, key)

    async def _raw(self, owners: Sequence[UUID]) -> dict[UUID, bytes]:
        """The keys of those who have one, unwrapped."""
        if not owners:
            return {}
        names, values = _named(owners)
        rows = await self.database.fetch_all(
            f"SELECT owner_id, wrapped_by, wrapped FROM {self._table} WHERE owner_id IN ({names})", values
        )
        return {
            UUID(row.owner_id): self._wrapping_key(row.wrapped_by).decrypt(
                bytes(row.wrapped)[:_NONCE], bytes(row.wrapped)[_NONCE:], row.owner_id.encode()
            )
            for row in rows
            if row.wrapped_by
        }

    def _wrapping_key(self, month: str, *, make: bool = False) -> AESGCM:
        if month not in self._wrapping:
            path = self._folder / f"{month}.key"
            if make and not path.exists():
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                # Written whole under another name first: a process killed here leaves no half key behind.
                draft = path.with_suffix(f".{os.getpid()}")
                with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                    file.write(AESGCM.generate_key(256))
                    file.flush()
                    os.fsync(file.fileno())
                try:
                    os.link(draft, path)
                except FileExistsError:
                    pass
                finally:
                    draft.unlink()
            self._wrapping[month] = AESGCM(path.read_bytes())
        return self._wrapping[month]


def _named(owners: Sequence[UUID]) -> tuple[str, dict[str, str]]:
    """A placeholder for each, and their values."""
    values = {f"o{n}": str(owner) for n, owner in enumerate(owners)}
    return ", ".join(f":{name}" for name in values), values
