"""Following what happens: at once, from where one was, and no longer than one may."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI

from adapters.bootstrap import Concord, open_concord
from adapters.http import following, streams
from adapters.http.app import create_app
from adapters.http.problems import Problem
from adapters.http.streams import EVENT_STREAM, MOST_OF_ONE
from adapters.settings import Settings
from services.people.sign_in import Browser, open_session
from tests.http.agreements import stories
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair
from tests.http.conftest import MovableClock, member, token_of

ENDS_WITHIN = 2.0
Following = Callable[..., Any]


class Followed:
    """A stream as its reader has it."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.status = answer.status_code
        self.headers = answer.headers
        self._lines = answer.aiter_lines()
        self.comments = 0

    async def next(self) -> dict[str, Any]:
        """The next event; fails after five seconds without one."""
        async with asyncio.timeout(5):
            event = await anext(self._events())
        assert event["id"] == event["data"]["cursor"]
        told: dict[str, Any] = event["data"]
        return told

    async def ends(self) -> float:
        """Waits for the end, past whatever is told before; how long that took."""
        began = time.monotonic()
        async with asyncio.timeout(10):
            async for _ in self._events():
                pass
        return time.monotonic() - began

    async def _events(self) -> AsyncIterator[dict[str, Any]]:
        event: dict[str, Any] = {}
        async for line in self._lines:
            name, _, value = line.partition(": ")
            if name == "id":
                event["id"] = value
            elif name == "data":
                event["data"] = json.loads(value)
            elif not line and event:
                yield event
                event = {}
            elif line.startswith(":"):
                self.comments += 1


@pytest.fixture
async def follows(address: str) -> Following:
    """Follows what happens for somebody, over a real connection."""

    @asynccontextmanager
    async def follow(who: Someone, query: str = "", **headers: str) -> AsyncIterator[Followed]:
        sent = {"Accept": EVENT_STREAM} | ({"Authorization": f"Bearer {who.token}"} if who.token else {})
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with (
            httpx2.AsyncClient(base_url=address, timeout=20) as client,
            client.stream("GET", f"/api/v1/events{query}", headers=sent) as answer,
        ):
            yield Followed(answer)

    return follow


async def test_what_happens_is_told_at_once_and_from_where_one_was(
    follows: Following, pair: Pair, cy: Someone, concord: Concord, settings: Settings, clock: MovableClock
) -> None:
    before = await stories.in_force(pair)
    async with follows(pair.ben) as ben, follows(cy) as stranger:
        assert (ben.status, ben.headers["content-type"].split(";")[0]) == (200, EVENT_STREAM)
        assert "no-store" in ben.headers["cache-control"]
        # Only what is new; of two who follow, each hears their own.
        draft = await pair.ada.makes("/agreements", pair.head())
        began = time.monotonic()
        told = await ben.next()
        assert time.monotonic() - began < 2  # what the pages promise
        assert (told["kind"], told["resource"]["id"]) == ("agreement.opened", draft["id"])
        await cy.makes("/tokens", {"name": "mine", "scopes": ["all"]})
        assert (await stranger.next())["kind"] == "person.token_issued"

        # What another process on the same store records is told as well.
        second = await open_concord(settings, clock=clock)
        try:
            app: FastAPI = create_app(settings, concord=second)
            async with (
                app.router.lifespan_context(app),
                httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://concord.test") as client,
            ):
                there = Someone(client, clock, pair.ada.id, pair.ada.token)
                await there.does(f"/agreements/{before['id']}/notice", {"ends_on": pair.ada.day(30)})
                assert (await ben.next())["kind"] == "agreement.notice_given"
        finally:
            await second.close()
    await pair.ada.does(f"/agreements/{draft['id']}/abandon")
    await pair.ada.does(f"/agreements/{before['id']}/notice/rescind")

    # Nothing is missed between two connections, and everything is there from the beginning on.
    async with follows(pair.ben, Last_Event_ID=told["cursor"]) as ben:
        kinds = [(await ben.next())["kind"] for _ in range(3)]
    assert kinds == ["agreement.notice_given", "agreement.abandoned", "agreement.notice_rescinded"]
    page = await pair.ben.sees("/events?limit=2")
    async with follows(pair.ben, f"?cursor={page['follow_from']}") as ben:
        rest = (await pair.ben.sees(f"/events?limit=200&cursor={page['follow_from']}"))["items"]
        assert [await ben.next() for _ in rest] == rest


async def test_a_stream_ends_with_whatever_let_it_begin(
    follows: Following, pair: Pair, steward: Someone, cy: Someone, concord: Concord
) -> None:
    dee = await member(concord, steward, "Dee")
    team = await steward.makes("/teams", {"name": "Crew", "members": [cy.id, dee.id]})
    other = Someone(cy.client, cy.clock, cy.id, await token_of(concord, cy.id))
    revoked = (await other.sees("/tokens"))["items"][-1]["id"]

    async def is_in_no_team() -> None:
        await steward.does(f"/teams/{team['id']}/members/{dee.id}", method="DELETE")

    async def leaves() -> None:
        await steward.does(f"/people/{pair.ben.id}/deactivate")

    async def takes_the_token_back() -> None:
        answer = await cy.sends("DELETE", f"/tokens/{revoked}", If_Match="*")
        assert answer.status_code == 200, answer.text

    async def is_steward() -> None:
        answer = await steward.sends("PUT", f"/people/{pair.ada.id}/roles", {"roles": ["steward"]}, If_Match="*")
        assert answer.status_code == 200, answer.text

    ended: list[tuple[Someone, Callable[[], Awaitable[None]]]] = [
        (other, takes_the_token_back),
        (dee, is_in_no_team),
        (pair.ada, is_steward),
        (pair.ben, leaves),
    ]
    async with follows(cy) as stays:
        for who, what in ended:
            async with follows(who) as followed:
                assert followed.status == 200
                # So that it is open, and not just about to be refused.
                await asyncio.sleep(0.2)
                await what()
                assert await followed.ends() < ENDS_WITHIN, what.__name__
        await cy.makes("/tokens", {"name": "mine", "scopes": ["all"]})
        kinds = [(await stays.next())["kind"]]
        while kinds[-1] != "person.token_issued":
            kinds.append((await stays.next())["kind"])
    for who in (other, pair.ben):
        async with follows(who) as refused:
            assert refused.status == 401


async def test_it_does_not_keep_a_session_and_ends_with_it(
    follows: Following, steward: Someone, cy: Someone, concord: Concord, clock: MovableClock
) -> None:
    standing = await concord.ledger.standing(UUID(cy.id))
    assert standing is not None

    async def signed_in() -> tuple[str, Someone]:
        opened = await open_session(
            concord.identities,
            concord.identities.sessions,
            standing.person_id,
            standing.organisation_id,
            "password",
            Browser("192.0.2.1", "a browser"),
            clock.now(),
        )
        browser = Someone(cy.client, clock, cy.id, None)
        return str(opened.session.session_id), replace(browser, headers={"Cookie": f"concord_session={opened.secret}"})

    session, browser = await signed_in()
    async with follows(browser, **browser.headers) as followed:
        assert followed.status == 200
        await asyncio.sleep(0.2)
        assert (await cy.sends("DELETE", f"/sessions/{session}", If_Match="*")).status_code == 200
        assert await followed.ends() < ENDS_WITHIN
    _, browser = await signed_in()
    async with follows(browser, **browser.headers) as followed:
        # Six days on nobody has used it but to listen; it does not live any longer for that.
        clock.move(days=6)
        await asyncio.sleep(1.2)
        clock.move(days=1)
        assert await followed.ends() < ENDS_WITHIN
    _, browser = await signed_in()
    async with follows(browser, **browser.headers) as followed:
        answer = await steward.sends("PATCH", "/organisation/policy", {"require_second_factor": True}, If_Match="*")
        assert answer.status_code == 200, answer.text
        assert await followed.ends() < ENDS_WITHIN
    async with follows(browser, **browser.headers) as refused:
        assert refused.status == 403


async def test_there_is_a_sign_of_life_and_an_end_to_how_many_there_are(
    follows: Following, cy: Someone, monkeypatch: pytest.MonkeyPatch, app: FastAPI
) -> None:
    monkeypatch.setattr(following, "SIGN_OF_LIFE", 0.0)
    async with follows(cy) as one:
        async with asyncio.timeout(5):
            async for line in one._lines:
                if line.startswith(":"):
                    break
    monkeypatch.setattr(following, "SIGN_OF_LIFE", 15.0)
    many = [follows(cy) for _ in range(MOST_OF_ONE)]
    opened = [await each.__aenter__() for each in many]
    assert {each.status for each in opened} == {200}
    async with follows(cy) as too_many:
        assert (too_many.status, too_many.headers["retry-after"]) == (429, "30")
    await many.pop().__aexit__(None, None, None)
    async with asyncio.timeout(5):
        while True:
            async with follows(cy) as again:
                if again.status == 200:
                    break
    # The server's own end is the end of all of them, and waits for none.
    app.state.streams.ending.set()
    assert max(await asyncio.gather(*(each.ends() for each in opened[:-1]))) < ENDS_WITHIN
    for each in many:
        await each.__aexit__(None, None, None)


async def test_a_reader_who_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PATIENCE", 0.05)
    here, reader = streams.Streams(), uuid4()

    async def events() -> AsyncIterator[bytes]:
        while True:
            yield b": still here\n\n"

    async def never(*_: Any) -> Any:
        await asyncio.Event().wait()

    opened = [here.open(reader, events()) for _ in range(MOST_OF_ONE)]
    with pytest.raises(Problem, match="8 streams"):
        here.open(reader, events())
    async with asyncio.timeout(5):
        await asyncio.gather(*(each({"type": "http"}, never, never) for each in opened))
    here.open(reader, events())
