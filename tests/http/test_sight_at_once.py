"""Whoever is let go reads nothing any more from the answer on, in every process, whatever is on the way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from adapters.bootstrap import Concord, open_concord
from adapters.http.app import create_app
from adapters.settings import Settings
from tests.http.agreements import stories
from tests.http.agreements.people import API, Someone
from tests.http.agreements.stories import Pair
from tests.http.agreements.test_several_parties import joined
from tests.http.commitments.asking import wish
from tests.http.conftest import member, token_of
from tests.http.imbalance.weeks import PERIODS, declared


@pytest.fixture
async def elsewhere(settings: Settings, concord: Concord, clock: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """Another process of the same installation, with whatever it remembers of its own."""
    second = await open_concord(settings, clock=clock)
    app = create_app(settings, concord=second)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://elsewhere.test") as client,
    ):
        yield client
    await second.close()


@dataclass
class Watch:
    """Reads paths over and over, in both processes, and notes when each request began and how it ended."""

    who: Someone
    clients: list[httpx2.AsyncClient]
    paths: list[str]
    seen: list[tuple[float, str, int]] = field(default_factory=list)
    over: bool = False

    async def read_on(self, client: httpx2.AsyncClient, path: str) -> None:
        while not self.over:
            began = time.monotonic()
            answer = await client.get(API + path, headers={"Authorization": f"Bearer {self.who.token}"})
            self.seen.append((began, path, answer.status_code))
            await asyncio.sleep(0.002)

    async def until_gone(self, let_go: Callable[[], Awaitable[object]]) -> None:
        """All of it is read until it is taken away, and none of it from then on."""
        tasks = [asyncio.create_task(self.read_on(client, path)) for client in self.clients for path in self.paths]
        try:
            await self._asked_again(0)
            assert {status for _, _, status in self.seen} == {200}, self.seen
            await let_go()
            gone = time.monotonic()
            await self._asked_again(gone)
        finally:
            self.over = True
            await asyncio.gather(*tasks)
        later = [(path, status) for began, path, status in self.seen if began > gone]
        assert [one for one in later if one[1] not in (401, 403, 404)] == []

    async def _asked_again(self, since: float) -> None:
        """Until each path was asked for, and answered, since then."""
        async with asyncio.timeout(20):
            while {path for began, path, _ in self.seen if began > since} != set(self.paths):  # noqa: ASYNC110
                await asyncio.sleep(0.005)


async def test_not_one_later_read_succeeds(
    concord: Concord, client: httpx2.AsyncClient, elsewhere: httpx2.AsyncClient, pair: Pair, steward: Someone
) -> None:
    ada, ben = pair.ada, pair.ben
    cy, di, ed = [await member(concord, steward, name) for name in ("Cy", "Di", "Ed")]
    here = f"/agreements/{(await stories.in_force(pair))['id']}"
    everything = [here, f"{here}/history", f"{here}/versions/1", f"{here}?version=1"]

    async def watched(who: Someone, paths: list[str], let_go: Callable[[], Awaitable[object]]) -> None:
        await Watch(who, [client, elsewhere], paths).until_gone(let_go)

    # A contributor is dismissed.
    motion = (await ada.makes(f"{here}/motions", {"kind": "invite_contributor", "person_id": cy.id}))["motions"][-1]
    await ben.does(f"{here}/motions/{motion['id']}/agree")
    await watched(cy, everything, lambda: ada.does(f"{here}/contributors/{cy.id}", method="DELETE"))

    # A leave to read is taken back.
    await ben.does(f"{here}/grants/{di.id}")
    await watched(di, [*everything, f"{here}/updates"], lambda: ben.does(f"{here}/grants/{di.id}", method="DELETE"))

    # Somebody who was to join is not to any more.
    await ada.makes(f"{here}/amendments", {"reason": "Ed comes in"})
    parties = [{"person_id": ada.id, "role": "leader"}, {"person_id": ben.id, "role": "report"}]
    joining = {"parties": [*parties, {"person_id": ed.id, "role": "peer"}]}
    await ada.does(f"{here}/proposal", joining, method="PATCH")
    await watched(ed, [here, f"{here}/history"], lambda: ben.does(f"{here}/amendments/open/decline", {"reason": "No"}))

    # A member leaves the team that owes something.
    team = await ben.makes("/teams", {"name": "Crew", "members": [ben.id, cy.id]})
    promise = await ada.makes("/commitments", wish(ben, ada, owed_by=[{"team_id": team["id"]}]))
    there = f"/commitments/{promise['id']}"
    gone = f"/teams/{team['id']}/members/{cy.id}"
    await watched(cy, [there, f"{there}/history"], lambda: ben.does(gone, method="DELETE"))

    # A leader above leads no more whoever declared a period; a steward is none any more.
    await steward.does(f"/people/{ada.id}/leader", {"leader_id": di.id}, method="PUT")
    period = f"{PERIODS}/{(await declared(pair))['id']}"
    nobody = {"leader_id": None}
    await watched(di, [period], lambda: steward.does(f"/people/{ada.id}/leader", nobody, method="PUT"))
    await steward.does(f"/people/{ed.id}/roles", {"roles": ["steward"]}, method="PUT")
    await ed.does(f"{here}/break-glass", {"reason": "A complaint"})
    await watched(ed, [here, period], lambda: steward.does(f"/people/{ed.id}/roles", {"roles": []}, method="PUT"))

    # A token is taken back, and at last somebody leaves.
    ben.token, kept = await token_of(concord, ben.id, "agreements:read"), ben.token
    narrow = Someone(ben.client, ben.clock, ben.id, ben.token)
    ben.token = kept
    (token,) = [t["id"] for t in (await ben.sees("/tokens"))["items"] if t["scopes"] == ["agreements:read"]]
    await watched(narrow, everything, lambda: ben.sends("DELETE", f"/tokens/{token}", If_Match="*"))
    deactivation = f"/people/{ben.id}/deactivate"
    await watched(ben, [*everything, period, there, "/me", "/agreements"], lambda: steward.does(deactivation))


async def test_who_left_reads_no_word_that_was_written_later(
    client: httpx2.AsyncClient, elsewhere: httpx2.AsyncClient, pair: Pair, cy: Someone
) -> None:
    agreement = await joined(pair, cy)
    here, term = f"/agreements/{agreement['id']}", agreement["terms"][0]["id"]
    leaving = {"parties": agreement["parties"][:2], "reason": "Cy goes on elsewhere"}
    await pair.ada.makes(f"{here}/amendments", {"reason": "Two again"})
    for owed in (await pair.ada.sees(here))["proposal"]["terms"]:
        if owed["owed_by"] == [cy.id]:
            await pair.ada.does(f"{here}/terms/{owed['id']}?reason=gone", method="DELETE")
    await pair.ada.does(f"{here}/proposal", leaving, method="PATCH")
    for someone in (pair.ada, pair.ben, cy):
        await stories.consents(someone, agreement["id"])
    assert [p["person_id"] for p in (await pair.ada.sees(here))["former_parties"]] == [cy.id]
    await pair.ada.makes(f"{here}/terms/{term}/comments", {"text": "Only for who stayed"})
    head = {"Authorization": f"Bearer {cy.token}"}
    for process in (client, elsewhere):
        for path in ("", "/history", "/versions", f"/terms/{term}/lineage", "/updates"):
            answer = await process.get(API + here + path, headers=head)
            assert (answer.status_code, "who stayed" in answer.text) == (200, False), path
