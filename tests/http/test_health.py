"""Whether it is alive and ready, its figures, how it starts, and what it says to what is not even HTTP."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi import FastAPI

from adapters.bootstrap import Concord
from adapters.http.app import create_app
from adapters.settings import Settings
from services.ports import Unavailable
from services.queries import Lag, Parked
from tests.http.agreements import stories
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair


def from_elsewhere(app: FastAPI, host: str = "192.0.2.7") -> httpx2.AsyncClient:
    """Requests that come from another machine."""
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app, client=(host, 1234)), base_url="http://concord.test")


async def test_it_is_alive_whatever_the_store_does(
    nobody: Someone, concord: Concord, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise Unavailable("the cable")

    monkeypatch.setattr(concord.projector, "lag", away)
    alive, ready = [await nobody.client.get(path) for path in ("/healthz", "/readyz")]
    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()["status"], ready.headers["Retry-After"]) == (503, "store unreachable", "1")


async def test_it_is_ready_once_the_read_models_are_up_with_the_log(pair: Pair, nobody: Someone) -> None:
    made = await pair.ada.sends("POST", "/agreements", pair.head())
    position = int(made.headers["Concord-Position"])
    await pair.ada.sends("GET", "/agreements", Concord_Min_Position=str(position))
    ready = await nobody.client.get("/readyz")
    assert (ready.status_code, ready.json()["status"], ready.json()["parked"]) == (200, "ok", [])
    by_name = {model["name"]: model for model in ready.json()["read_models"]}
    assert (by_name["agreements"]["head"], by_name["agreements"]["events"]) == (position, 0)


async def test_it_says_how_far_behind_it_is_and_what_it_left_aside(
    nobody: Someone, concord: Concord, monkeypatch: pytest.MonkeyPatch
) -> None:
    from uuid import UUID

    async def lag() -> Sequence[Lag]:
        return [Lag("agreements", 3, 10, 7, seconds)]

    async def parked() -> Sequence[Parked]:
        return [Parked("agreements", 4, UUID(int=1), 2, "concord.agreement.shared", "KeyError", datetime.now(UTC))]

    monkeypatch.setattr(concord.projector, "lag", lag)
    monkeypatch.setattr(concord.projector, "parked", parked)
    for seconds, status, word in ((1.0, 200, "parked"), (61.0, 503, "behind")):
        ready = await nobody.client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (status, word)
        assert ready.json()["read_models"] == [
            {"name": "agreements", "position": 3, "head": 10, "events": 7, "seconds": seconds}
        ]
        assert ready.json()["parked"] == [
            {"read_model": "agreements", "position": 4, "type": "concord.agreement.shared", "failure": "KeyError"}
        ]


async def test_figures_are_for_this_machine_and_for_stewards(app: FastAPI, steward: Someone, cy: Someone) -> None:
    assert (await steward.client.get("/metrics")).status_code == 200
    through_a_proxy = await steward.client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"})
    assert through_a_proxy.status_code == 401
    async with from_elsewhere(app) as elsewhere:
        assert (await elsewhere.get("/metrics")).status_code == 401
        for who, status in ((cy, 403), (steward, 200)):
            answer = await elsewhere.get("/metrics", headers={"Authorization": f"Bearer {who.token}"})
            assert answer.status_code == status


async def test_figures_count_requests_and_name_nobody(pair: Pair, concord: Concord) -> None:
    agreement = await stories.shared(pair)
    await pair.ada.sends("GET", "/nowhere-" + agreement["id"])
    await pair.ada.sends("BREW", "/me")
    figures = (await pair.ada.client.get("/metrics")).text
    assert 'concord_request_seconds_count{operation="share_draft",status="200"} ' in figures
    assert 'operation="none (GET)",status="404"' in figures
    assert 'operation="none",status="405"' in figures
    assert f"concord_log_position {float(await concord.ledger.head())}" in figures
    assert 'concord_read_model_lag_events{read_model="agreements"}' in figures
    for personal in ("Ada", "BREW", agreement["id"], pair.ada.id, pair.ada.token or "", "nowhere"):
        assert personal not in figures


async def test_it_opens_its_own_store_and_closes_it_again(settings: Settings) -> None:
    app = create_app(settings)
    try:
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://concord.test") as client,
        ):
            for _ in range(200):
                ready = await client.get("/readyz")
                if [m["name"] for m in ready.json()["read_models"]] and ready.status_code == 200:
                    break
                await asyncio.sleep(0.02)
            assert ready.json()["status"] == "ok"
            assert (await client.get("/api/v1/me")).status_code == 401
    finally:
        gc.unfreeze()
        gc.set_threshold(700, 10, 10)


async def test_behind_tls_browsers_are_told_to_stay_there(tmp_path: Path, concord: Concord) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, public_url="https://concord.example")
    app = create_app(settings, concord=concord)
    async with app.router.lifespan_context(app), from_elsewhere(app) as client:
        assert "max-age=" in (await client.get("/healthz")).headers["Strict-Transport-Security"]
    plain = create_app(Settings(_env_file=None, data_dir=tmp_path), concord=concord)
    async with plain.router.lifespan_context(plain), from_elsewhere(plain) as client:
        assert "Strict-Transport-Security" not in (await client.get("/healthz")).headers


@pytest.mark.parametrize(
    "sent",
    [b"\x00\x01\x02\x03\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n"],
)
async def test_what_is_not_even_http_is_answered_as_a_problem(address: str, sent: bytes) -> None:
    port = urlsplit(address).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head
    assert json.loads(body)["code"] == "malformed"


async def test_a_body_that_ends_too_early_records_nothing(address: str, cy: Someone, concord: Concord) -> None:
    before = await concord.ledger.head()
    port = urlsplit(address).port
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"POST /api/v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + f"Authorization: Bearer {cy.token}\r\nContent-Length: 500\r\n\r\n".encode()
        + b'{"name": "x", "scopes": ["all"]}'
    )
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await cy.sees("/me")
    assert await concord.ledger.head() == before
