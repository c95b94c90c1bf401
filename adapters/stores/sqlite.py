"""One SQLite file: one thread writes, everybody reads beside it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias, TypeVar

import structlog
from sqlalchemy.dialects import sqlite as sqlite_dialect

from adapters.stores.file_lock import FileLock
from adapters.stores.statements import Params, Phrasebook, Row, Said, Statement, Unexpected, Violation
from services.ports import Unavailable

_logger = structlog.get_logger(__name__)

T = TypeVar("T")
Work: TypeAlias = Callable[[sqlite3.Connection], T]
"""Something to do inside a transaction; what it returns is answered once the transaction is committed."""

BUSY_TIMEOUT = 30.0
"""How long to wait for another process that writes (seconds)."""
MOST_JOBS = 512
"""How many jobs may share one transaction."""

_AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_CORRUPT,
    }
)


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Says of the driver's errors what they mean to us; a mistake in the SQL stays what it is."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise Violation(str(error)) from error
    except sqlite3.DatabaseError as error:
        if (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _AWAY:
            raise Unavailable(f"SQLite: {error}") from error
        raise


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    connection.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT * 1000)}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA mmap_size = 0")
    return connection


class SqliteDatabase:
    """The file as a Database, and as the writer that the event log shares.

    Reads are made at once, in the thread that asks, on that thread's own connection: they never wait
    for the writer. In WAL mode they see everything that was committed before they began.
    """

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        """Opens the file, or makes it, readable by its owner only."""
        self.path = path
        self._phrases = Phrasebook(sqlite_dialect.dialect(paramstyle="named"), named=":x")
        self._readers = threading.local()
        self._all_readers: list[sqlite3.Connection] = []
        self.writer = Writer(path)

    async def fetch_all(self, sql: Any, params: Params | None = None) -> list[Row]:
        """All rows of a query."""
        return self.read(sql, params or {})

    async def fetch_one(self, sql: Any, params: Params | None = None) -> Row | None:
        """The first row of a query, or None."""
        rows = self.read(sql, params or {})
        return rows[0] if rows else None

    async def write(self, statements: Sequence[Statement]) -> list[int]:
        """Executes all in one transaction and answers how many rows each touched, or undoes all."""
        said = [(self._phrases.say(s.sql, s.params), s.expect_rows) for s in statements]
        return await self.writer.run(lambda connection: _execute_all(connection, said))

    async def settle(self) -> None:
        """Moves everything into the file itself and leaves the WAL empty: what was overwritten is nowhere any more.

        Raises Unavailable where somebody reads for so long that it cannot be done now.
        """
        if not await self.writer.run_outside(_move_the_wal):
            raise Unavailable("somebody still reads what was there before")

    async def renew(self) -> None:
        """Nothing to do: a file has no other side that could fall silent."""

    async def close(self) -> None:
        """Ends writing once what waits is done, and closes the file."""
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        """The same for whoever does not await; must not be called by the writer's own thread."""
        self.writer.stop()
        # The writer's connection goes last: the last one to close moves the WAL into the file.
        for connection in self._all_readers:
            connection.close()
        self._all_readers.clear()
        self._readers = threading.local()
        self.writer.close()

    def read(self, sql: Any, params: Params) -> list[Row]:
        """All rows of a query, read at once in this thread."""
        said = self._phrases.say(sql, params)
        with _in_our_words():
            cursor = self.reader().execute(said.sql, said.params or {})
            return said.rows.make(cursor.description, cursor.fetchall())

    def reader(self) -> sqlite3.Connection:
        """This thread's connection for reading; it refuses to write."""
        connection: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if connection is None:
            with _in_our_words():
                connection = _open(self.path)
            connection.execute("PRAGMA wal_autocheckpoint = 0")
            connection.execute("PRAGMA query_only = ON")
            self._readers.connection = connection
            self._all_readers.append(connection)
        return connection


def _execute_all(connection: sqlite3.Connection, statements: Sequence[tuple[Said, int | None]]) -> list[int]:
    counts = []
    for said, expected in statements:
        if isinstance(said.params, list):
            count = connection.executemany(said.sql, said.params).rowcount if said.params else 0
        else:
            count = connection.execute(said.sql, said.params or {}).rowcount
        count = max(0, count)  # -1 where nothing is counted, as for a CREATE
        if expected is not None and count != expected:
            raise Unexpected(said.sql, expected, count)
        counts.append(count)
    return counts


def _move_the_wal(connection: sqlite3.Connection) -> bool:
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


class _Job:
    __slots__ = ("error", "future", "loop", "outside", "result", "work")

    def __init__(
        self, work: Work[Any], future: Any, loop: asyncio.AbstractEventLoop | None, *, outside: bool = False
    ) -> None:
        self.work = work
        self.outside = outside
        self.future = future
        self.loop = loop
        self.result: Any = None
        self.error: BaseException | None = None

    def answer(self) -> None:
        if self.future.cancelled() or self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Writer:
    """The one thread that writes to the file.

    Whatever waits is taken together into one transaction, each job behind a savepoint of its own: a
    job that fails undoes only itself. Answers are given after COMMIT, which with synchronous=FULL
    means that the data has reached the disk.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._process = os.getpid()
        # Before 3.51.3, SQLite may damage the file when one process commits while another moves the WAL into it
        # (https://sqlite.org/wal.html#walresetbug). Both are done by writers only, one process at a time.
        self._lock = FileLock(path.with_name(f"{path.name}-lock"), BUSY_TIMEOUT)
        with _in_our_words(), self._lock.held():
            self._connection = self._open()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name=f"writes {path.name}", daemon=True)
        self._thread.start()

    def _open(self) -> sqlite3.Connection:
        # Only a file that is not there yet: to close one that is in use would drop the locks SQLite holds on it.
        with suppress(FileExistsError):
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        connection = _open(self._path)
        connection.execute("PRAGMA journal_mode = WAL")
        return connection

    async def run(self, work: Work[T]) -> T:
        """Does the work in a transaction and answers once it is on the disk."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._put(_Job(work, future, loop))
        return await future

    async def run_outside(self, work: Work[T]) -> T:
        """Does what must not be in a transaction."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._put(_Job(work, future, loop, outside=True))
        return await future

    def run_now(self, work: Work[T]) -> T:
        """The same as `run` for whoever does not await."""
        future: Future[T] = Future()
        self._put(_Job(work, future, None))
        return future.result()

    def _put(self, job: _Job) -> None:
        if self._stopped:
            raise Unavailable("the store is closed")
        if os.getpid() != self._process:
            raise RuntimeError("a store must be opened in the process that uses it, not before a fork")
        self._jobs.put(job)

    def stop(self) -> None:
        """Lets what waits be done, then ends the thread."""
        if not self._stopped:
            self._stopped = True
            self._jobs.put(None)
        self._thread.join()

    def close(self) -> None:
        """Closes the connection; the thread has ended before."""
        self._connection.close()
        self._lock.close()

    def _work(self) -> None:
        stopping = False
        while not stopping:
            jobs: list[_Job] = []
            job = self._jobs.get()
            while True:
                if job is None:
                    stopping = True
                else:
                    jobs.append(job)
                if len(jobs) >= MOST_JOBS:
                    break
                try:
                    job = self._jobs.get_nowait()
                except Empty:
                    break
            if together := [job for job in jobs if not job.outside]:
                self._do_together(together)
            for job in jobs:
                if job.outside:
                    self._do_outside(job)
            _answer_all(jobs)

    def _do_outside(self, job: _Job) -> None:
        try:
            with _in_our_words(), self._lock.held():
                job.result = job.work(self._connection)
        except Exception as error:
            job.error = error

    def _do_together(self, jobs: list[_Job]) -> None:
        try:
            with _in_our_words(), self._lock.held():
                self._connection.execute("BEGIN IMMEDIATE")
                for job in jobs:
                    self._do(job, alone=len(jobs) == 1)
                if self._connection.in_transaction:
                    self._connection.execute("COMMIT")
        except BaseException as error:
            # The transaction as a whole failed (a full disk, a lock held too long): nothing is stored.
            for job in jobs:
                job.error = error
            self._undo()

    def _do(self, job: _Job, *, alone: bool) -> None:
        connection = self._connection
        if not alone:
            connection.execute("SAVEPOINT job")
        try:
            with _in_our_words():
                job.result = job.work(connection)
        except Exception as error:
            if not connection.in_transaction:
                raise  # SQLite itself undid everything
            job.error = error
            connection.execute("ROLLBACK" if alone else "ROLLBACK TO job")
        if not alone:
            connection.execute("RELEASE job")

    def _undo(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            _logger.warning("the writer's connection is opened anew", exc_info=True)
            self._connection.close()
            self._connection = self._open()


def _answer_all(jobs: list[_Job]) -> None:
    """Gives each job's answer in the loop that waits for it: one wake-up for each loop, not for each job."""
    loops: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in jobs:
        if job.loop is None:
            job.answer()
        else:
            loops.setdefault(job.loop, []).append(job)
    for loop, theirs in loops.items():
        try:
            loop.call_soon_threadsafe(_answer_each, theirs)
        except RuntimeError:
            _logger.warning("nobody waits for an answer any more: the loop is closed", jobs=len(theirs))


def _answer_each(jobs: list[_Job]) -> None:
    for job in jobs:
        job.answer()
