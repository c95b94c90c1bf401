"""What somebody was shown is on record, whenever the server is killed."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest

from tests.faults.serving import Draft, Pair, Serving, two_people

KILLS = 2
EACH_TIME = 3

pytestmark = pytest.mark.fault


def open_all(serving: Serving, steward: str, drafts: list[Draft], shown: list[str]) -> None:
    """Opens one after the other until nobody answers any more; notes those that were shown."""
    for draft in drafts:
        try:
            status, answer, _ = serving.ask("POST", f"{draft.path}/break-glass", steward, {"reason": "A complaint"})
        except OSError:
            return
        assert (status, "head" in answer) == (200, True), answer
        shown.append(draft.path.removeprefix("/api/v1"))


def a_steward(pair: Pair) -> str:
    """The token of a steward who is a party of nothing."""
    serving, body = pair.serving, {"name": "Sol", "email": "sol@example.org", "roles": ["steward"]}
    _, sol, _ = serving.ask("POST", "/api/v1/people", pair.tokens[0], body)
    accept = "/api/v1" + sol["invitation_url"].split("/api/v1")[1]
    _, accepted, _ = serving.ask("POST", accept, "", {"password": "a long enough sentence"})
    token: str = accepted["token"]
    return token


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_whatever_was_shown_is_on_record(store_url: str, tmp_path: Path) -> None:
    serving = Serving(tmp_path / "data", store_url)
    pair = two_people(serving, drafts=KILLS * EACH_TIME)
    steward = a_steward(pair)
    shown: list[str] = []
    try:
        for n in range(KILLS):
            drafts = pair.drafts[n * EACH_TIME : (n + 1) * EACH_TIME]
            before = len(shown)
            reading = threading.Thread(target=open_all, args=(serving, steward, drafts, shown))
            reading.start()
            deadline = time.monotonic() + 20
            while len(shown) == before:
                assert time.monotonic() < deadline, "nothing was answered any more"
                time.sleep(0.001)
            time.sleep(random.uniform(0, 0.05))
            serving.kill()
            reading.join(20)
            serving.start()
        for token in pair.tokens:
            status, answer, _ = serving.ask("GET", "/api/v1/audit/reads?about=me&limit=200", token)
            assert status == 200, answer
            kept = {item["resource"]["path"] for item in answer["items"] if item["seen_as"] == "glass"}
            assert set(shown) - kept == set()
    finally:
        serving.stop()
