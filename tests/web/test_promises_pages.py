"""A promise from the asking to the thanks, and what its acts say of their consequences."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from tests.http.agreements.stories import Pair
from tests.http.conftest import MovableClock
from tests.web.browsers import PHONE, House, is_fit_to_read


async def does(page: Page, act: str, button: str | None = None, **fields: str) -> None:
    """Unfolds an act, writes into its fields and sends it."""
    fold = page.locator("details").filter(has=page.locator("summary", has_text=re.compile(f"^{re.escape(act)}$")))
    await fold.locator("summary").click()
    for label, words in fields.items():
        await fold.get_by_label(label.replace("_", " ")).first.fill(words)
    await fold.get_by_role("button", name=button or act).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_a_promise_is_asked_for_put_differently_moved_in_time_and_kept(
    house: House, pair: Pair, clock: MovableClock, scripts: bool
) -> None:
    due = (clock.now() + timedelta(days=14)).date()
    ada = await house.sees(pair.ada, "/commitments", scripts=scripts)
    await ada.get_by_role("link", name="Ask for something").click()
    await ada.get_by_label("Of whom?").select_option(label="Ben")
    await ada.get_by_label("What will be so once it is done?").fill("A runbook that the night shift can follow")
    await ada.get_by_label("How will both of you know?").fill("every alarm has a page\none of them has tried it")
    await ada.get_by_label("By when?").fill(due.isoformat())
    await ada.get_by_role("button", name="Ask for it").click()
    await expect(ada.get_by_role("heading", name="A runbook")).to_be_visible()
    where = ada.url

    ben = await house.sees(pair.ben, scripts=scripts, viewport=PHONE)
    await ben.get_by_role("link", name="Answer").click()
    await does(ben, "Put it differently", What_I_heard_you_say="You want them to stop calling you.")
    await expect(ben.get_by_text("You want them to stop calling you.").first).to_be_visible()
    await ada.goto("/commitments")
    await expect(ada.get_by_role("region", name="What is owed to you")).to_contain_text("put differently")
    await ada.goto(where)
    await ada.get_by_role("button", name="Yes, I accept").click()
    await expect(ada.get_by_text("promised", exact=True).first).to_be_visible()

    clock.move(days=5)
    await ben.goto(where)
    await does(ben, "Warn that it is at risk", "Warn them", **{"What stands in the way?": "Half of it is new to me."})
    later = (due + timedelta(days=7)).isoformat()
    await does(
        ben, "Propose another day or text", "Propose it", **{"By when?": later, "Why?": "I sit with them twice."}
    )
    await ada.goto(where)
    await expect(ada.get_by_text("changing one's mind early and openly")).to_be_visible()
    await ada.get_by_role("button", name="Accept the change").click()
    await expect(ada.get_by_text("in time", exact=False).first).to_be_visible()

    await ben.goto(where)
    await does(ben, "It is done", "Report it done", **{"Where can one see it?": "in the wiki"})
    await ada.goto(where)
    await does(ada, "Something is missing", "Send it back", **{"What is missing?": "The restore has no page."})
    await ben.goto(where)
    await does(ben, "It is done", "Report it done")
    await ada.goto(where)
    await does(ada, "Confirm that it is done", "It was kept", Thank_you_for="The first quiet week.")
    await expect(ada.get_by_text("kept, on a day agreed anew")).to_be_visible()
    await ben.goto(where)
    await expect(ben.get_by_text("The first quiet week.")).to_be_visible()
    if scripts:
        await is_fit_to_read(ben, "promise")
        await ben.goto("/commitments")
        await is_fit_to_read(ben, "promises")
        await ben.goto("/commitments/new?kind=offer")
        await is_fit_to_read(ben, "promise-new")
        me = pair.ben.id
        await ben.goto(f"/people/{me}/follow-through")
        mine = ben.get_by_role("region", name="What you promised")
        await expect(mine.get_by_role("row", name="kept, on a day agreed anew")).to_contain_text("1")
        await is_fit_to_read(ben, "follow-through")
        await mine.get_by_role("row", name="kept, on a day agreed anew").get_by_role("link").click()
        await expect(ben.get_by_role("link", name="A runbook")).to_be_visible()
