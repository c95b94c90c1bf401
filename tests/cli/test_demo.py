"""The demonstration: filled through the ordinary deeds, once, and people who can sign in to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from adapters.bootstrap import running
from adapters.demo.door import Door
from adapters.demo.story import prepare
from adapters.http.app import create_app
from adapters.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path)


async def test_it_is_filled_once_and_reads_like_a_year_of_work(settings: Settings) -> None:
    players = {p["name"].split()[0]: p for p in await prepare(settings)}
    assert await prepare(settings) == list(players.values()), "a second start tells nothing anew"
    async with running(settings) as concord:
        app = create_app(settings, concord=concord)
        transport = httpx2.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, base_url="http://demo.test") as client,
        ):

            async def ask(name: str, path: str) -> Any:
                told = await client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {players[name]['token']}"})
                assert told.status_code == 200, told.text
                return told.json()

            head = await concord.ledger.head()
            mira = await ask("Mira", f"/agreements?min_position={head}")
            assert {item["state"] for item in mira["items"]} == {"in_force", "drafting", "expired"}
            assert [i["title"] for i in (await ask("Aisha", "/agreements?waiting_on_me=true"))["items"]] == [
                "What Aisha and I expect of each other"
            ]
            standing = (await ask("Jonas", "/agreements?state=in_force"))["items"]
            pact = standing[0]["id"]
            assert (await ask("Jonas", f"/agreements/{pact}"))["version"] == 4
            for versions, kinds in (("from=1&to=2", {"update"}), ("from=3&to=4", {"escalation"})):
                changed = (await ask("Mira", f"/agreements/{pact}/diff?{versions}"))["changed"]
                assert {term["kind"] for term in changed} == kinds
            zone = ZoneInfo("Europe/Oslo")
            today = datetime.now(zone).date()
            since = today - timedelta(days=350)
            kept = await ask("Jonas", f"/agreements/{pact}/adherence?from={since}&to={today}")
            assert "excused" in str(kept)
            told = [item["outcome_class"] for item in (await ask("Mira", "/commitments?limit=100"))["items"]]
            assert set(told) == {
                "kept_on_time", "kept_renegotiated", "kept_late", "reneged_warned", "not_counted", "open", "ongoing",
            }  # fmt: skip
            periods = (await ask("Mira", "/imbalance-periods"))["items"]
            assert [period["state"] for period in periods] == ["active", "closed", "closed"]
            assert [item["what"] for item in (await ask("Mira", "/me/inbox"))["items"]][:2] == ["confirm", "consent"]
            assert {"consent", "prompt"} <= {item["what"] for item in (await ask("Jonas", "/me/inbox"))["items"]}
            tomas = (await ask("Tomas", "/agreements"))["items"]
            assert all(item.get("withheld") for item in tomas), "who manages people reads none of it"

            door = Door()
            app.router.routes.append(door.route)
            link = door.link_for(players["Jonas"])
            assert "Come in as Jonas Weber" in (await client.get(link)).text
            from_elsewhere = await client.post(link, headers={"Sec-Fetch-Site": "cross-site"})
            assert from_elsewhere.status_code == 403
            assert (await client.get("/api/v1/me")).status_code == 401, "looking at a link lets nobody in"
            assert (await client.post(link)).status_code == 303
            assert (await client.get("/api/v1/me")).json()["name"] == "Jonas Weber"
            for used_or_guessed in (link, "/demo/guessed"):
                assert (await client.post(used_or_guessed)).status_code == 404
