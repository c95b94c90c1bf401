"""Who is far from their organisation is told instants as the clocks go there, and its days as the days they are."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI

from adapters.bootstrap import Concord
from tests.http.agreements.stories import Pair, consents, shared
from tests.http.commitments.asking import promised
from tests.http.conftest import MovableClock
from tests.web.forms import OURS, form_in, sends, text_of
from tests.web.test_frame import signs_in


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Ben's browser."""
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://concord.test", headers=OURS) as own:
        yield own


async def test_instants_are_told_where_one_is_and_days_stay_the_days_they_are(
    browser: httpx2.AsyncClient, concord: Concord, pair: Pair, clock: MovableClock
) -> None:
    draft = await shared(pair)
    told = pair.escalation() | {"owed_by": [pair.ben.id]}
    await pair.ben.makes(f"/agreements/{draft['id']}/terms", told)
    await consents(pair.ada, draft["id"])
    path = f"/agreements/{(await consents(pair.ben, draft['id']))['id']}"
    await promised(pair, due_at=pair.ada.day(0))
    await signs_in(browser, concord, pair.ben)
    clock.move(hours=3)  # 13:00 of the first of January in Oslo, and one in the night of the second in Auckland

    assert await concord.projector.caught_up(await concord.ledger.head(), 10.0)
    near = text_of((await browser.get("/")).text)
    assert "Today Fri 1 Jan" in near
    assert "· today" in near
    assert "Days and times are those of Oslo." in near
    assert "A day without a time" not in near

    form = form_in((await browser.get("/settings")).text, "PUT /me/time-zone")
    refused = await sends(browser, form, **{"time_zone?": "Auckland"})
    assert refused.status_code == 422
    assert "There is no time zone called" in refused.text
    assert 'value="Auckland"' in refused.text
    form = form_in(refused.text, "PUT /me/time-zone")
    assert (await sends(browser, form, **{"time_zone?": "Pacific/Auckland"})).status_code == 303

    far = text_of((await browser.get("/")).text)
    assert "Today Sat 2 Jan" in far
    assert "Times are told in that zone from now on." in far
    assert "Days and times are those of Auckland. A day without a time is one of Oslo." in far
    # Midnight in Oslo is noon of the second in Auckland; what is due is due on the first all the same.
    assert "· on Fri 1 Jan" in far
    assert "by Fri 1 Jan" in far
    assert "yesterday" not in far

    page = (await browser.get(path)).text
    term = next(one["id"] for one in (await pair.ben.sees(path))["terms"] if one["kind"] == "escalation")
    form = form_in(page, f"escalate-{term}")
    assert form["happened_at@"][0].startswith("2027-01-02T01:")
    answer = await sends(browser, form, text="The disk is full", **{"happened_at@": "2027-01-02T00:30"})
    assert answer.status_code == 303, text_of(answer.text)
    escalation = (await pair.ada.sees(f"{path}/escalations"))["items"][0]
    assert escalation["happened_at"].startswith("2027-01-01T11:30:00")
    assert "Sat 2 Jan, 01:" in text_of((await browser.get(path)).text)
