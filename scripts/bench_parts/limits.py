"""What the machine itself can do, measured in the same run: the figures that Concord's stand beside."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from scripts.bench_parts.servers import ROOT, Server, free_port, wait_until_answering
from tests.postgres import OwnPostgres

BARE_APP = """
import asyncio, sys, uvicorn
from fastapi import FastAPI, Response
app = FastAPI()
BODY = b'{"id":"00000000-0000-7000-8000-000000000000","state":"draft","text":"' + b"x" * 800 + b'"}'
@app.get("/healthz")
async def answer():
    return Response(BODY, media_type="application/json")
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")
"""


def raw_sqlite_commits(seconds: float) -> float:
    """Single-row commits a second by one connection, with the durability that Concord's log has."""
    with tempfile.TemporaryDirectory(prefix="concord-bench-") as folder:
        connection = sqlite3.connect(Path(folder) / "raw.sqlite", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE raw (id INTEGER PRIMARY KEY, body BLOB)")
        body = b"x" * 600
        done, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO raw (body) VALUES (?)", (body,))
            connection.execute("COMMIT")
            done += 1
        took = time.perf_counter() - start
        connection.close()
    return done / took


def raw_postgres_commits(server: OwnPostgres, database: str, clients: int, seconds: float) -> float:
    """Single-row commits a second by the server's own pgbench, prepared, with that many clients."""
    socket_folder = re.search(r"host=([^&]+)", server.url)
    assert socket_folder is not None
    where = ["-h", socket_folder.group(1).replace("%2F", "/"), "-U", "postgres"]
    psql = [str(server.programs / "psql"), *where, "-d", database, "-q", "-c"]
    table = "CREATE TABLE IF NOT EXISTS bench_raw (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea)"
    subprocess.run([*psql, table], check=True, capture_output=True)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write("INSERT INTO bench_raw (body) VALUES (decode(repeat('78', 600), 'hex'));\n")
        script.flush()
        command = [str(server.programs / "pgbench"), *where, "-n", "-M", "prepared", "-f", script.name]
        command += ["-c", str(clients), "-j", "1", "-T", str(max(1, round(seconds))), database]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    subprocess.run([*psql, "DROP TABLE bench_raw"], check=True, capture_output=True)
    found = re.search(r"tps = ([0-9.]+)", told)
    assert found is not None, told
    return float(found.group(1))


@asynccontextmanager
async def bare_answer() -> AsyncIterator[Server]:
    """A FastAPI application that does nothing but answer, on the same server with the same settings."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", BARE_APP, str(port)], cwd=ROOT, env={**os.environ})
    try:
        await wait_until_answering(port, process)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(10)
