"""What Concord is for, with no pointer: beginning, consenting, promising, putting first, and looking back."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from tests.http.agreements.stories import Pair, consented_by_ada
from tests.http.commitments.asking import reported
from tests.http.conftest import MovableClock
from tests.web.browsers import House
from tests.web.test_evolved_page import evolved

MOST_STOPS = 60


async def goes_to(page: Page, there: Locator) -> None:
    """Presses Tab until that has the focus and shows it; it must be there to be come to."""
    await expect(there).to_be_visible()
    for _ in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        if await there.evaluate("(one) => one === document.activeElement && one.matches(':focus-visible')"):
            return
    raise AssertionError(f"Not reached by {MOST_STOPS} presses of Tab: {there}")


async def presses(page: Page, there: Locator) -> None:
    """Goes to a link or a button and presses it."""
    await goes_to(page, there)
    await page.keyboard.press("Enter")


async def test_an_agreement_is_begun_and_a_first_term_written(house: House, pair: Pair) -> None:
    ada = await house.sees(pair.ada)
    await presses(ada, ada.get_by_role("link", name="Begin an agreement"))
    await presses(ada, ada.get_by_role("link", name="Ben"))
    await presses(ada, ada.get_by_role("button", name="Begin", exact=True))
    await expect(ada.get_by_role("heading", name="First the questions")).to_be_visible()
    for left in reversed(range(await ada.get_by_role("button", name="Keep my answer").count())):
        await goes_to(ada, ada.get_by_label("Your answer").and_(ada.locator(":visible")).first)
        await ada.keyboard.type("Short and written.")
        await presses(ada, ada.get_by_role("button", name="Keep my answer").first)
        await expect(ada.get_by_role("button", name="Keep my answer")).to_have_count(left)
    await presses(ada, ada.get_by_role("link", name="Support", exact=True))
    await presses(ada, ada.get_by_role("link", name="I clear the way"))
    await presses(ada, ada.get_by_role("button", name="Put it on the sheet"))
    await presses(ada, ada.get_by_role("button", name="Share it with Ben"))
    await expect(ada.get_by_role("button", name="Share it with Ben")).to_have_count(0)
    (begun,) = (await pair.ben.sees("/agreements"))["items"]
    (term,) = (await pair.ben.sees(f"/agreements/{begun['id']}"))["proposal"]["terms"]
    assert (term["kind"], term["owed_by"]) == ("support", [pair.ada.id])


async def test_a_period_is_drafted_and_declared(house: House, pair: Pair) -> None:
    ada = await house.sees(pair.ada, "/imbalance-periods/new")
    await goes_to(ada, ada.get_by_label("Why is this truly extraordinary?"))
    await ada.keyboard.type("The fair cannot move.")
    await goes_to(ada, ada.get_by_label("myself alone"))
    await ada.keyboard.press("Space")
    for field, typed in (
        ("First day", "02012027"),
        ("Last day", "02092027"),
        ("Something else, in your own words", "The report on tools"),
    ):
        await goes_to(ada, ada.get_by_label(field, exact=True))
        await ada.keyboard.type(typed)
    await presses(ada, ada.get_by_role("button", name="Keep the draft"))
    await presses(ada, ada.locator("summary", has_text=re.compile("^Declare it$")))
    await presses(ada, ada.get_by_role("button", name="Declare it"))
    await expect(ada.get_by_text("declared", exact=True)).to_be_visible()
    (declared,) = (await pair.ada.sees("/imbalance-periods"))["items"]
    assert (declared["state"], declared["starts_on"], declared["people"]) == ("declared", "2027-02-01", [pair.ada.id])


async def test_one_looks_through_what_came_of_it_and_signs_out(house: House, pair: Pair) -> None:
    path = await reported(pair, outcome="The fair has a stand")
    await pair.ada.does(f"{path}/confirm", {})
    ben = await house.sees(pair.ben, f"/people/{pair.ben.id}/follow-through")
    kept = ben.get_by_role("region", name="What you promised").get_by_role("row", name="kept on time")
    await presses(ben, kept.get_by_role("link"))
    await presses(ben, ben.get_by_role("link", name="The fair has a stand"))
    await expect(ben.get_by_role("heading", name="The fair has a stand")).to_be_visible()

    await presses(ben, ben.locator(".account summary"))
    await presses(ben, ben.get_by_role("link", name="Your settings"))
    await expect(ben.get_by_role("heading", level=1)).to_be_visible()
    await presses(ben, ben.locator(".account summary"))
    await presses(ben, ben.get_by_role("button", name="Sign out", exact=True))
    await expect(ben).to_have_url(re.compile("/sign-in"))


async def test_a_promise_is_asked_for_and_made(house: House, pair: Pair) -> None:
    ada = await house.sees(pair.ada, "/commitments")
    await presses(ada, ada.get_by_role("link", name="Ask for something"))
    for field, typed in (
        ("Of whom?", "Ben"),
        ("What will be so once it is done?", "A runbook that the night shift can follow"),
        ("How will both of you know?", "every alarm has a page"),
        ("By when?", "02012027"),
    ):
        await goes_to(ada, ada.get_by_label(field))
        await ada.keyboard.type(typed)
    await presses(ada, ada.get_by_role("button", name="Ask for it"))
    await expect(ada.get_by_role("heading", name="A runbook")).to_be_visible()

    ben = await house.sees(pair.ben)
    await presses(ben, ben.get_by_role("link", name="Answer"))
    await presses(ben, ben.get_by_role("button", name="I promise it"))
    await expect(ben.get_by_text("promised", exact=True).first).to_be_visible()
    (made,) = (await pair.ben.sees("/commitments"))["items"]
    assert (made["state"], made["due_at"], made["owed_by"][0]["person_id"]) == ("promised", "2027-02-01", pair.ben.id)


async def test_the_exact_text_is_read_and_consented_to(house: House, pair: Pair) -> None:
    here = f"/agreements/{(await consented_by_ada(pair))['id']}"
    ben = await house.sees(pair.ben, f"{here}/draft")
    await presses(ben, ben.get_by_role("link", name="Read the exact text, and consent"))
    await presses(ben, ben.get_by_role("button", name="I consent to this text"))
    await expect(ben).to_have_url(re.compile(f"{here}$"))
    assert (await pair.ada.sees(here))["state"] == "in_force"


async def test_one_slides_along_the_days(house: House, pair: Pair, clock: MovableClock) -> None:
    path, _ = await evolved(pair, clock)
    ada = await house.sees(pair.ada, f"{path}/history")
    slide, stood = ada.get_by_role("slider"), ada.locator("#as-it-stood")
    await goes_to(ada, slide)
    await ada.keyboard.press("Home")
    await expect(stood).to_contain_text("every Monday")
    await expect(slide).to_have_attribute("aria-valuetext", "2027-01-01")
    await ada.keyboard.press("End")
    await expect(stood).to_contain_text("Version 2")
    for _ in range(8):
        await ada.keyboard.press("ArrowLeft")
    await expect(stood).to_contain_text("Version 1, in force since")
    await expect(slide).to_be_focused()
    await presses(ada, stood.get_by_role("link", name="How this came to be").first)
    await expect(ada).to_have_url(re.compile("/lineage$"))
