"""How an agreement evolved: its days, two texts side by side, and the story of one term."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.http.agreements.stories import Pair, consents, in_force
from tests.http.conftest import MovableClock
from tests.web.browsers import House, is_fit_to_read


async def evolved(pair: Pair, clock: MovableClock) -> tuple[str, str]:
    """An agreement whose update moved to Tuesdays ten days after it came into force; its path, and the term's id."""
    agreement = await in_force(pair)
    path = f"/agreements/{agreement['id']}"
    term = next(one for one in agreement["terms"] if one["kind"] == "update")
    clock.move(days=10)
    await pair.ben.makes(f"{path}/amendments", {"reason": "Mondays are full"})
    cadence = {**term["cadence"], "rrule": "FREQ=WEEKLY;BYDAY=TU"}
    said = {"cadence": cadence, "reason": "Tuesdays are calm"}
    await pair.ben.does(f"{path}/terms/{term['id']}", said, "PATCH")
    for person in (pair.ada, pair.ben):
        await consents(person, agreement["id"])
    clock.move(days=5)
    return path, term["id"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_one_goes_back_to_a_day_and_sees_the_text_of_that_day(
    house: House, pair: Pair, clock: MovableClock, scripts: bool
) -> None:
    path, _ = await evolved(pair, clock)
    page = await house.sees(pair.ada, f"{path}/history", scripts=scripts)
    standing = page.get_by_role("region", name="today")
    await expect(standing).to_contain_text("Version 2")
    await expect(standing).to_contain_text("Mondays are full")
    await expect(standing.get_by_role("deletion")).to_contain_text("Monday")
    await expect(standing.get_by_role("insertion")).to_contain_text("Tuesday")
    if scripts:
        slide = page.get_by_role("slider")
        await slide.focus()
        for _ in range(8):
            await slide.press("ArrowLeft")
    else:
        await page.get_by_role("link", name="the text before").click()
    await expect(page.get_by_text("Version 1, in force since")).to_be_visible()
    await expect(page.locator("#as-it-stood")).to_contain_text("every Monday")
    await expect(page.get_by_role("link", name="the text after")).to_be_visible()
    assert "undefined" not in await page.locator("main").inner_text()
    await expect(page.locator("#as-it-stood").get_by_role("insertion")).to_have_count(0)
    consented = page.get_by_role("heading", name="Who consented").locator("..")
    await expect(consented.get_by_role("listitem")).to_have_count(2)


async def test_two_texts_side_by_side_and_the_story_of_a_term(house: House, pair: Pair, clock: MovableClock) -> None:
    path, term = await evolved(pair, clock)
    page = await house.sees(pair.ben, f"{path}/history")
    await page.get_by_role("button", name="Compare").click()
    compared = page.get_by_role("region", name="Two versions side by side")
    await expect(compared).to_contain_text("Version 1 on the left, version 2 on the right.")
    await expect(compared.get_by_role("deletion")).to_contain_text("Monday")
    await is_fit_to_read(page, "evolved")
    await page.goto(f"{path}/terms/{term}/lineage")
    told = page.get_by_role("listitem").filter(has_text="Ben changed it")
    await expect(told).to_contain_text("Tuesdays are calm")
    await is_fit_to_read(page, "lineage")
