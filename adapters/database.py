"""A database as the adapters use it: the same face for one SQLite file and for PostgreSQL.

Statements are SQLAlchemy Core, or text with `:name` for each value; the drivers are called directly.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from adapters.stores import reach
from adapters.stores.sqlite import SqliteDatabase
from adapters.stores.statements import Params, Row, Statement, Unexpected, Violation

__all__ = [
    "Database",
    "Params",
    "Row",
    "SqliteDatabase",
    "Statement",
    "Unexpected",
    "Violation",
    "connect",
    "everything_in",
]


class Database(Protocol):
    """Where rows are kept. Everything raises `services.ports.Unavailable` while the store cannot be reached."""

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        ...

    async def fetch_all(self, sql: Any, params: Params | None = None) -> list[Row]:
        """All rows of a query; never waits behind a writer."""
        ...

    async def fetch_one(self, sql: Any, params: Params | None = None) -> Row | None:
        """The first row of a query, or None."""
        ...

    async def write(self, statements: Sequence[Statement]) -> list[int]:
        """Executes all in one transaction and answers how many rows each touched, or undoes all.

        Raises Unexpected when a statement does not touch the rows that it expects to, and Violation
        when a row breaks a rule of its table. After Unavailable it is not known whether it was done.
        """
        ...

    async def renew(self) -> None:
        """Lets go of every connection that is not in use: they may be dead in a way that only silence shows."""
        ...

    async def close(self) -> None:
        """Lets go of the store; what waits to be written is written first."""
        ...


class _Everything:
    """A database whose every question and change is about the rows of the whole installation."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.dialect = database.dialect

    async def fetch_all(self, sql: Any, params: Params | None = None) -> list[Row]:
        with reach.everything():
            return await self._database.fetch_all(sql, params)

    async def fetch_one(self, sql: Any, params: Params | None = None) -> Row | None:
        with reach.everything():
            return await self._database.fetch_one(sql, params)

    async def write(self, statements: Sequence[Statement]) -> list[int]:
        with reach.everything():
            return await self._database.write(statements)

    async def renew(self) -> None:
        await self._database.renew()

    async def close(self) -> None:
        await self._database.close()


def everything_in(database: Database) -> Database:
    """The same database, for what is reckoned over all organisations at once even while one of them asks."""
    return _Everything(database)


def connect(url: str, *, role: str = "") -> Database:
    """Opens `sqlite:///PATH` (the file is made when missing) or `postgresql://...` (connected when first used).

    On PostgreSQL its connections take on the `role`, if one is named. A driver is loaded only where it is used:
    PostgreSQL's takes a tenth of the time that Concord needs to start.
    """
    if url.startswith("sqlite:///"):
        return SqliteDatabase(Path(url.removeprefix("sqlite:///")))
    if url.startswith("postgresql://"):
        from adapters.stores.postgres import PostgresDatabase  # noqa: PLC0415 - see above

        return PostgresDatabase(url, role=role)
    raise ValueError("a store's address begins with sqlite:/// or postgresql://")
