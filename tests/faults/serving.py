"""Concord as it is really started, in a process that a test may kill; and somebody who keeps writing to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Serving:
    """`concord serve` on one store; killed without a word and started again as often as a test likes."""

    def __init__(self, data_dir: Path, url: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CONCORD_")}
        self._environment = {
            **kept,
            "PYTHONPATH": str(ROOT),
            "CONCORD_DATA_DIR": str(data_dir),
            "CONCORD_DATABASE_URL": url,
            "CONCORD_LOG_FORMAT": "json",
            "CONCORD_REQUESTS_PER_MINUTE": "0",
        }
        data_dir.mkdir(parents=True, exist_ok=True)
        self._folder = data_dir
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str, given: str = "") -> dict[str, Any]:
        """Runs one command of the command line and reads the JSON that it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "adapters.cli.main", *arguments],
            cwd=self._folder, env=self._environment, input=given, capture_output=True, text=True, check=True,
        )  # fmt: skip
        answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return answer

    def start(self) -> None:
        """Starts the server and waits for its first answer."""
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "adapters.cli.main", "serve", "--port", str(self.port)],
                cwd=self._folder, env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert self._process.poll() is None, (self._folder / "server.log").read_text()[-2000:]
            try:
                if self.ask("GET", "/healthz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("the server did not answer within 30 seconds")

    def kill(self) -> None:
        """Ends the server as a power cut would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def stop(self) -> None:
        """Ends the server in good order, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(20)

    def ask(
        self, method: str, path: str, token: str = "", body: Any = None, key: str | None = None
    ) -> tuple[int, Any, dict[str, str]]:
        """One request: status, JSON, headers. Raises OSError when no answer came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None, dict(answer.getheaders())
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()


@dataclass(frozen=True)
class Draft:
    """A shared draft that has one term to comment on."""

    path: str
    term_id: str


@dataclass
class Pair:
    """Two people with some shared drafts: several, so that no single history grows long."""

    serving: Serving
    tokens: list[str]
    drafts: list[Draft]

    def comments(self) -> list[str]:
        """The texts of all comments on all drafts."""
        texts = []
        for draft in self.drafts:
            status, shown, _ = self.serving.ask("GET", draft.path, self.tokens[0])
            assert status == 200, shown
            texts += [c["text"] for c in shown["comments"]]
        return texts


def two_people(serving: Serving, drafts: int = 12) -> Pair:
    """An organisation, two people, and shared drafts between them."""
    founded = serving.command(
        "init", "--organisation", "Acme", "--name", "Ada", "--email", "ada@example.org", "--password-stdin",
        given="a long enough sentence\n",
    )  # fmt: skip
    serving.start()
    ada = founded["token"]
    _, ben, _ = serving.ask("POST", "/api/v1/people", ada, {"name": "Ben", "email": "ben@example.org"})
    accept = "/api/v1" + ben["invitation_url"].split("/api/v1")[1]
    status, accepted, _ = serving.ask("POST", accept, "", {"password": "a long enough sentence"})
    assert status == 201, accepted
    pair = Pair(serving, [ada, accepted["token"]], [])
    parties = [{"person_id": founded["person_id"], "role": "leader"}, {"person_id": ben["id"], "role": "report"}]
    head = {"title": "Ada and Ben", "purpose_text": "To know.", "use": "reviewable", "parties": parties}
    term = {"kind": "expectation", "owed_by": [ben["id"]], "text": "I raise doubts early."}
    for _ in range(drafts):
        _, draft, _ = serving.ask("POST", "/api/v1/agreements", ada, head)
        path = f"/api/v1/agreements/{draft['id']}"
        _, made, _ = serving.ask("POST", f"{path}/terms", ada, term)
        status, answer, _ = serving.ask("POST", f"{path}/share", ada)
        assert status == 200, answer
        pair.drafts.append(Draft(path, made["term"]["id"]))
    return pair


@dataclass
class Writers:
    """Threads that comment without a pause, each comment under a key of its own, and note which were acknowledged."""

    pair: Pair
    count: int = 4
    acknowledged: set[str] = field(default_factory=set)
    sent: list[str] = field(default_factory=list)
    refused: list[Any] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begins to write."""
        self._threads = [threading.Thread(target=self._write, args=(n,), daemon=True) for n in range(self.count)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Lets each writer finish the request that it is at."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(60)

    def comment(self, text: str) -> tuple[int, Any, dict[str, str]]:
        """Sends one comment; the text is its key as well, so sending it again is the same command."""
        pair, turn = self.pair, int(text.split("-")[1])
        draft = pair.drafts[turn % len(pair.drafts)]
        path = f"{draft.path}/terms/{draft.term_id}/comments"
        return pair.serving.ask("POST", path, pair.tokens[turn % 2], {"text": text}, key=text)

    def _write(self, writer: int) -> None:
        n = 0
        while not self._stopping.is_set():
            text, n = f"w{writer}-{n}", n + 1
            self.sent.append(text)
            try:
                status, answer, _ = self.comment(text)
            except OSError:
                time.sleep(0.05)  # nobody is there, or the answer was lost: this one is sent again at the end
                continue
            if status == 201:
                self.acknowledged.add(text)
            elif status != 503:
                self.refused.append((status, answer))
            time.sleep(0.5)  # a stream that grows by thousands would be all that is tried here
