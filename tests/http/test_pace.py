"""Nobody sends more requests in a minute than they may, over all processes together; others go on as before."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from adapters.bootstrap import Concord, open_concord
from adapters.identity.pace import Pace, TooFast
from adapters.settings import Settings
from tests.http.agreements.people import Someone
from tests.http.browsers import a_browser, in_a_session
from tests.http.conftest import MovableClock

MOST = 20


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"requests_per_minute": MOST})


class Watch:
    def __init__(self) -> None:
        self.at = 600.0

    def now(self) -> float:
        return self.at


@pytest.fixture
def watch(concord: Concord) -> Watch:
    """The clock by which the minutes of this installation go."""
    watch = Watch()
    vars(concord)["pace"] = Pace(concord.database, concord.identities.secret_for, watch.now)
    return watch


async def test_who_is_too_fast_is_told_when_to_go_on_and_nobody_else_is_held_up(
    steward: Someone, cy: Someone, watch: Watch, app: FastAPI
) -> None:
    watch.at = 660.0
    assert [(await cy.sends("GET", "/me")).status_code for _ in range(MOST)] == [200] * MOST
    watch.at += 12.5
    refused = await cy.sends("GET", "/me")
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-requests")
    assert refused.headers["Retry-After"] == "48"
    # Another credential of the same person, other people, and whoever has none yet go on.
    async with in_a_session(cy) as browser:
        assert (await browser.sends("GET", "/me")).status_code == 200
    assert (await steward.sends("GET", "/me")).status_code == 200
    async with a_browser(app, "198.51.100.7") as strangers, a_browser(app, "198.51.100.8") as others:
        guesses = [await strangers.client.get("/api/v1/me", headers={"Authorization": f"Bearer {n}"}) for n in range(4)]
        assert {g.status_code for g in guesses} == {401}
        for headers in ({"Authorization": "Bearer 5"}, {}):
            assert (await strangers.client.get("/api/v1/me", headers=headers)).status_code == 429
        assert (await strangers.signs_in("sol@northwind.example", "a guess")).status_code == 429
        assert (await others.sends("GET", "/me")).status_code == 401
        # Who is here already is not held up by what comes from the same address.
        right = {"Authorization": f"Bearer {steward.token}"}
        assert (await strangers.client.get("/api/v1/me", headers=right)).status_code == 200
        assert (await strangers.client.get("/healthz")).status_code == 200
    watch.at += 47.5
    assert (await cy.sends("GET", "/me")).status_code == 200


async def test_the_processes_of_an_installation_count_together(
    steward: Someone, concord: Concord, watch: Watch, clock: MovableClock, settings: Settings
) -> None:
    other = await open_concord(settings, clock=clock)
    vars(other)["pace"] = Pace(other.database, other.identities.secret_for, watch.now)
    watch.at = 720.0
    used = 0
    try:
        while True:
            for one in (concord, other):
                one.pace.step("somebody", MOST)
                await one.pace.rest()
            used += 2
            watch.at += 1
    except TooFast:
        pass
    # A tenth each may be on its way.
    assert MOST <= used <= MOST * 1.2
    await other.close()
    rows = await concord.database.fetch_all("SELECT who_hash FROM identity_requests")
    assert rows
    assert "somebody" not in str(rows)


async def test_who_asks_now_and_then_leaves_no_trace(concord: Concord, watch: Watch) -> None:
    for minute in range(3):
        watch.at = 780.0 + 60 * minute
        for _ in range(MOST // 10):
            concord.pace.step("somebody", MOST)
        await concord.pace.rest()
    assert await concord.database.fetch_all("SELECT who_hash FROM identity_requests") == []
    for _ in range(MOST * 5):
        concord.pace.step("somebody", 0)
