"""The commands as a person runs them: exit codes, one sentence on stderr, answers on stdout."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PASSWORD = "a sentence makes a good password"
FOUND = ["init", "--organisation", "Example", "--name", "Ada", "--email", "ada@example.org", "--password-stdin"]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONCORD_")}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def concord(*arguments: str, folder: Path, given: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "adapters.cli.main", *arguments],
        cwd=folder,
        env=environment(**variables),
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def sentences(told: str) -> list[str]:
    return [line for line in told.splitlines() if not line.startswith("20")]


def test_init_prints_one_line_of_json_and_keeps_the_folder_closed(tmp_path: Path) -> None:
    done = concord(*FOUND, folder=tmp_path, given=PASSWORD)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert set(json.loads(line)) == {"organisation_id", "person_id", "token"}
    assert (tmp_path / "var").stat().st_mode & 0o077 == 0


def test_the_same_organisation_twice_fails_with_one_sentence(tmp_path: Path) -> None:
    assert concord(*FOUND, folder=tmp_path, given=PASSWORD).returncode == 0
    again = concord(*FOUND, folder=tmp_path, given=PASSWORD)
    assert (again.returncode, again.stdout) == (1, "")
    assert sentences(again.stderr) == ["There is an organisation called Example already."]


def test_a_short_password_makes_nothing(tmp_path: Path) -> None:
    done = concord(*FOUND, folder=tmp_path, given="short")
    assert (done.returncode, done.stdout) == (1, "")
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    "arguments",
    [["init"], ["init", "--no-such-option"], ["no-such-command"], ["serve", "--port", "eighty"], ["import", "nowhere"]],
    ids=" ".join,
)
def test_asking_in_the_wrong_way_ends_with_2_and_one_sentence(tmp_path: Path, arguments: list[str]) -> None:
    done = concord(*arguments, folder=tmp_path)
    assert (done.returncode, done.stdout, len(sentences(done.stderr))) == (2, "", 1)


def test_a_misspelt_setting_stops_every_command(tmp_path: Path) -> None:
    done = concord("doctor", folder=tmp_path, CONCORD_DATA_DRI="elsewhere")
    assert done.returncode == 1
    assert sentences(done.stderr) == [
        "CONCORD_DATA_DRI in the environment is not a setting of Concord (did you mean CONCORD_DATA_DIR?)."
    ]


def test_doctor_finds_nothing_wrong_with_a_fresh_installation_on_either_store(tmp_path: Path, store_url: str) -> None:
    assert concord(*FOUND, folder=tmp_path, given=PASSWORD, CONCORD_DATABASE_URL=store_url).returncode == 0
    assert concord("rebuild", folder=tmp_path, CONCORD_DATABASE_URL=store_url).returncode == 0
    done = concord("doctor", "--json", folder=tmp_path, CONCORD_DATABASE_URL=store_url)
    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"]) == (0, True)
    assert {"store", "read model agreements", "read model deadlines"} <= {each["about"] for each in told["findings"]}


def test_doctor_says_what_to_do_when_the_store_cannot_be_reached(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(mode=0o700)
    nobody_there = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    done = concord("doctor", folder=tmp_path, CONCORD_DATABASE_URL=nobody_there)
    assert done.returncode == 1
    assert "WRONG store: PostgreSQL: OperationalError" in done.stdout
    assert "Start PostgreSQL, or correct CONCORD_DATABASE_URL." in done.stdout


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(mode=0o700)
    (tmp_path / "var" / "concord.sqlite").write_text("A list of groceries\n" * 100)
    done = concord("doctor", folder=tmp_path)
    assert (done.returncode, done.stdout.count("WRONG")) == (1, 1)
    assert "WRONG store: SQLite: file is not a database" in done.stdout
    refused = concord("serve", "--port", "0", folder=tmp_path)
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (
        1,
        "The store cannot be reached; nothing is known to be recorded. `concord doctor` looks for the cause.",
    )
    assert (tmp_path / "var" / "concord.sqlite").read_text().startswith("A list of groceries")


def test_doctor_makes_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    assert concord("doctor", folder=tmp_path).returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_rebuild_says_what_it_built(tmp_path: Path) -> None:
    concord(*FOUND, folder=tmp_path, given=PASSWORD)
    built = json.loads(concord("rebuild", "--json", folder=tmp_path).stdout)["rebuilt"]
    assert {"agreements", "deadlines"} <= {each["projection"] for each in built}
    assert all(each["events"] > 0 and each["parked"] == 0 for each in built)
    assert concord("rebuild", "nothing", folder=tmp_path).returncode == 2


def test_serve_answers_and_ends_in_good_order_when_told_to_stop(tmp_path: Path) -> None:
    with serving(tmp_path) as (server, port):
        assert ask(port, "/healthz") == 200
        assert ask(port, "/no-such-place") == 404
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
    # The write-ahead log is gone: the store was closed, not dropped.
    assert not (tmp_path / "var" / "concord.sqlite-wal").exists()


def test_a_second_server_on_the_same_port_ends_with_one_sentence(tmp_path: Path) -> None:
    with serving(tmp_path) as (_, port):
        done = concord("serve", "--port", str(port), "--data-dir", "other", folder=tmp_path)
    assert done.returncode == 1
    assert sentences(done.stderr) == [f"Port {port} on 127.0.0.1 cannot be listened on: Address already in use."]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    command = [sys.executable, "-m", "adapters.cli.main", "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=folder, env=environment(), stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                ask(port, "/healthz")
                break
            except OSError:
                assert server.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
        yield server, port
    finally:
        server.kill()
        server.wait(10)
