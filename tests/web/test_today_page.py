"""Today: what waits for one with the act that answers it, what is promised both ways, and what is set aside for now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import expect

from adapters.bootstrap import Concord
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair
from tests.http.commitments.asking import requested, wish
from tests.http.conftest import MovableClock, member
from tests.http.imbalance.test_by_itself import Running
from tests.http.imbalance.weeks import declared
from tests.web.browsers import PHONE, House, is_fit_to_read
from tests.web.test_drafting import SOON


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_what_waits_is_answered_and_is_then_what_one_promised_next(
    house: House, pair: Pair, scripts: bool
) -> None:
    await requested(pair, outcome="A runbook that the night shift can follow")
    ben = await house.sees(pair.ben, scripts=scripts, viewport=PHONE)
    mine, theirs = (
        ben.get_by_role("region", name=name) for name in ("What you promised next", "What is promised to you")
    )
    await expect(mine).to_contain_text("You owe nobody anything")
    await expect(theirs).to_contain_text("Nothing is promised to you")
    waits = ben.get_by_role("region", name="What waits for you")
    await expect(waits.get_by_role("listitem")).to_contain_text("Ada asks you for a promise")
    await waits.get_by_role("link", name="Answer").click()
    await ben.get_by_role("button", name="I promise it").click()
    await ben.get_by_role("link", name="Concord").click()
    await expect(waits).to_contain_text("Nothing")
    await expect(waits.get_by_role("listitem")).to_have_count(0)
    await expect(mine.get_by_role("listitem")).to_contain_text("A runbook that the night shift can follow")
    await expect(mine.get_by_role("listitem")).to_contain_text("to Ada")
    ada = await house.sees(pair.ada, scripts=scripts)
    await expect(ada.get_by_role("region", name="What is promised to you")).to_contain_text("from Ben")
    if scripts:
        await is_fit_to_read(ada, "today")


async def test_who_has_nothing_yet_is_told_the_one_next_step(house: House, concord: Concord, steward: Someone) -> None:
    kit = await member(concord, steward, "Kit")
    page = await house.sees(kit)
    await expect(page.get_by_role("region", name="What waits for you").get_by_role("link")).to_have_count(1)
    await page.get_by_role("link", name="Begin an agreement").click()
    await expect(page.get_by_role("heading", name="Begin an agreement")).to_be_visible()
    await is_fit_to_read(page, "starting")


async def test_what_comes_to_wait_appears_by_itself(house: House, pair: Pair) -> None:
    ben = await house.sees(pair.ben)
    waits = ben.get_by_role("region", name="What waits for you")
    await expect(waits.get_by_role("listitem")).to_have_count(0)
    path = await requested(pair, outcome="The fair has a stand")
    await expect(waits.get_by_role("listitem")).to_contain_text("Ada asks you for a promise", timeout=SOON)
    # It is answered elsewhere: it goes, and what follows from it comes.
    await pair.ben.does(f"{path}/promise", {"revision": 1})
    await expect(waits.get_by_role("listitem")).to_have_count(0, timeout=SOON)
    await expect(ben.get_by_role("region", name="What you promised next")).to_contain_text("The fair", timeout=SOON)


async def test_a_promise_that_both_look_at_changes_before_the_other(house: House, pair: Pair) -> None:
    offered = await pair.ben.makes("/commitments", wish(pair.ben, pair.ada))
    path = f"/commitments/{offered['id']}"
    ada, ben = await house.sees(pair.ada, path), await house.sees(pair.ben, path)
    await expect(ben.get_by_role("heading", name="What you can say now")).to_be_visible()
    await ada.get_by_role("button", name="Yes, I accept").click()
    await expect(ben.locator("summary", has_text="It is done")).to_be_visible(timeout=SOON)
    # What one is writing in is left alone.
    await ada.locator("summary", has_text="Propose another day or text").click()
    await ada.get_by_role("textbox", name="Why?").fill("Half of it will do.")
    await pair.ben.makes(f"{path}/progress", {"text": "The first half stands."})
    await expect(ada.get_by_text("The first half stands.")).to_be_visible(timeout=SOON)
    await expect(ada.get_by_role("textbox", name="Why?")).to_have_value("Half of it will do.")


async def test_a_time_of_imbalance_says_what_is_set_aside_and_when_it_ends(
    house: House, pair: Pair, clock: MovableClock, concord: Concord
) -> None:
    await concord.policies.start()
    await declared(pair, first=1, last=14, set_aside=[{"text": "The reading circle"}])
    clock.move(days=2)
    await Running(concord, clock).catches_up()
    ben = await house.sees(pair.ben)
    card = ben.get_by_role("region", name="For now, results come first")
    await expect(card.get_by_role("listitem")).to_have_text(["The reading circle"])
    ends = (clock.now() + timedelta(days=12)).date()
    await expect(card).to_contain_text(f"{ends.day}")
    await expect(card).to_contain_text("runs again by itself")
    await is_fit_to_read(ben, "today-imbalance")
