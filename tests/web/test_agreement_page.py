"""A leader and a report at an agreement in force: an update and its answer, a review, an end and its taking back."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair, in_force
from tests.http.conftest import MovableClock
from tests.web.browsers import PHONE, House, is_fit_to_read


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_an_update_is_given_on_a_phone_and_answered(
    house: House, pair: Pair, clock: MovableClock, scripts: bool
) -> None:
    await in_force(pair)
    clock.move(days=3)  # a Monday, and the update is due
    ben = await house.sees(pair.ben, scripts=scripts, viewport=PHONE)
    await ben.get_by_text("Give the update", exact=True).first.click()
    await ben.get_by_label("Your update").fill("Schema done. Risk: the index. I need an *hour* of Cy.")
    await ben.get_by_role("button", name="Give the update").click()
    await expect(ben.get_by_role("status").first).to_contain_text("Your update is there.")
    await expect(ben.get_by_text("Nothing waits for you")).to_be_visible()

    ada = await house.sees(pair.ada, scripts=scripts)
    await expect(ada.get_by_text("Ben gave an update")).to_be_visible()
    await ada.get_by_role("link", name="Read it").click()
    await expect(ada.get_by_role("emphasis")).to_have_text("hour")
    await ada.get_by_role("button", name="I have read it").click()
    await expect(ada.get_by_text("read by Ada")).to_be_visible()
    told = ada.get_by_role("article")
    await told.get_by_text("Answer", exact=True).click()
    await told.get_by_label("Your answer").fill("Cy has time on Wednesday.")
    await told.get_by_role("button", name="Send the answer").click()
    await ben.goto(ada.url)
    await expect(ben.get_by_text("Cy has time on Wednesday.")).to_be_visible()
    await ada.get_by_role("link", name="Ask for a promise, or offer one").click()
    await ada.get_by_role("link", name="Ask somebody for something").click()
    await expect(ada.get_by_text("Under the agreement")).to_be_visible()
    await ada.goto(ben.url)
    if scripts:
        await is_fit_to_read(ada, "agreement")


async def test_a_review_shows_both_views_only_when_both_are_in(house: House, pair: Pair) -> None:
    agreement = await in_force(pair)
    path = f"/agreements/{agreement['id']}"
    ada, ben = await house.sees(pair.ada, path), await house.sees(pair.ben, path)
    await ada.get_by_text("Hold a review", exact=True).click()
    await ada.get_by_role("button", name="Open the review").click()
    for page, words in ((ada, "The Mondays are short and good."), (ben, "I would write on Tuesdays.")):
        await page.goto(path)
        await page.get_by_text("Answer the review", exact=True).click()
        if page is ben:
            await is_fit_to_read(page, "review")
        await page.get_by_label("What works?").fill(words)
        await page.get_by_label("What would you change?").fill("Nothing else")
        await page.get_by_label("It is still right").check()
        await page.get_by_role("button", name="Keep my answer").click()
        await expect(page.get_by_role("status").first).to_contain_text("Your answer is kept.")
        if page is ada:
            await ben.goto(path)
            assert "The Mondays are short" not in await ben.content()
    await ada.goto(path)
    await ada.get_by_text("still right", exact=False).first.click()
    await expect(ada.get_by_text("I would write on Tuesdays.")).to_be_visible()


async def test_what_ends_says_its_consequence_and_can_be_taken_back(house: House, pair: Pair) -> None:
    agreement = await in_force(pair)
    path = f"/agreements/{agreement['id']}"
    ada = await house.sees(pair.ada, path, scripts=False)
    await ada.get_by_text("End it with notice", exact=True).click()
    await expect(ada.get_by_text("Nobody's leave is needed")).to_be_visible()
    await ada.get_by_role("button", name="Give notice").click()
    await expect(ada.get_by_role("status").first).to_contain_text("Notice is given.")
    ben = await house.sees(pair.ben, path)
    await expect(ben.get_by_text("Ada gave notice")).to_be_visible()
    await ada.get_by_role("button", name="Take the notice back").click()
    await expect(ada.get_by_text("in force", exact=True)).to_be_visible()
    await ada.get_by_text("End it now, together", exact=True).click()
    await ada.get_by_role("button", name="Propose the end").click()
    await ben.goto("/")
    await ben.get_by_role("link", name="Look at it").click()
    await ben.get_by_role("button", name="Agree").click()
    await expect(ben.get_by_text("ended", exact=True)).to_be_visible()
    assert (await pair.ada.sees(path))["state"] == "ended"


async def test_what_one_writes_survives_a_reload_and_is_gone_once_it_is_sent(house: House, pair: Pair) -> None:
    agreement = await in_force(pair)
    path = f"/agreements/{agreement['id']}"
    ada = await house.sees(pair.ada, path)
    await ada.get_by_text("Propose an amendment", exact=True).click()
    why = ada.get_by_label("Why should it change?")
    await why.fill("Mondays are full of other meetings.")
    await expect(ada.get_by_text("Kept in this tab, not sent yet.")).to_be_visible()
    await ada.reload()
    await expect(why).to_have_value("Mondays are full of other meetings.")
    await ada.context.set_offline(True)
    await ada.get_by_role("button", name="Open the amendment").click()
    await ada.context.set_offline(False)
    await ada.goto(path)
    await expect(why).to_have_value("Mondays are full of other meetings.")
    await ada.get_by_role("button", name="Open the amendment").dblclick()
    await expect(ada.get_by_role("status").first).to_contain_text("The amendment is open.")
    assert (await pair.ben.sees(path))["proposal"]["number"] == 1
    await ada.goto(path)
    await expect(ada.get_by_text("A change is being talked over")).to_be_visible()


async def test_all_of_it_goes_by_keyboard_alone(house: House, pair: Pair, clock: MovableClock) -> None:
    await in_force(pair)
    clock.move(days=3)
    ben = await house.sees(pair.ben)
    await ben.keyboard.press("Tab")
    await expect(ben.get_by_role("link", name="Skip to the content")).to_be_focused()
    await ben.keyboard.press("Enter")
    await ben.keyboard.press("Tab")
    await ben.keyboard.press("Enter")  # what waits is the first thing there, and unfolds
    await ben.keyboard.press("Tab")
    await expect(ben.get_by_label("Your update")).to_be_focused()
    await ben.keyboard.press("Tab")
    await ben.keyboard.press("Enter")  # sent blank, it comes back, and says so where one stands
    wrong = ben.get_by_role("alert")
    await expect(wrong).to_be_focused()
    await ben.keyboard.press("Tab")
    await expect(ben.get_by_label("Your update")).to_be_focused()
    await expect(ben.get_by_label("Your update")).to_have_attribute("aria-invalid", "true")
    await ben.keyboard.type("Done by hand.")
    await ben.keyboard.press("Tab")
    await ben.keyboard.press("Enter")
    await expect(ben.get_by_role("status").first).to_contain_text("Your update is there.")


async def test_somebody_may_read_along_when_both_agree_until_one_says_no(house: House, pair: Pair, cy: Someone) -> None:
    agreement = await in_force(pair)
    path = f"/agreements/{agreement['id']}"
    ada = await house.sees(pair.ada, f"{path}/read-along", scripts=False)
    await ada.get_by_label("Who?").select_option("Cy")
    await ada.get_by_role("button", name="Propose it").click()
    ben = await house.sees(pair.ben, path, scripts=False)
    await expect(ben.get_by_role("heading", name="Let Cy read along?")).to_be_visible()
    await ben.get_by_role("button", name="Agree").click()
    reader = await house.sees(cy, path)
    await expect(reader.get_by_text("30 minutes each week")).to_be_visible()
    assert await reader.get_by_text("End it with notice").count() == 0
    await is_fit_to_read(reader)
    await reader.emulate_media(media="print")
    await expect(reader.get_by_text("30 minutes each week")).to_be_visible()
    assert await reader.get_by_role("navigation", name="Main").count() == 0
    assert await reader.get_by_role("button").count() == 0
    await ben.goto(f"{path}/read-along")
    await ben.get_by_role("button", name="They read along no more").click()
    await reader.goto(path)
    await expect(reader.get_by_role("heading", name="Nothing here")).to_be_visible()


async def test_one_corrects_ones_own_words_and_takes_terms_along_to_a_new_leader(
    house: House, pair: Pair, cy: Someone, steward: Someone
) -> None:
    agreement = await in_force(pair)
    path = f"/agreements/{agreement['id']}"
    ben = await house.sees(pair.ben, path, scripts=False)
    term = ben.locator(f"#term-{agreement['terms'][1]['id']}")
    await term.get_by_text("Comment", exact=True).click()
    await term.get_by_label("Your comment").fill("Would Tusday do?")
    await term.get_by_role("button", name="Send the comment").click()
    await term.get_by_text("Comments (1)").click()
    await term.get_by_text("Correct", exact=True).click()
    await term.get_by_label("What it should have said").fill("Would Tuesday do?")
    await term.get_by_role("button", name="Correct it").click()
    await term.get_by_text("Comments (1)").click()
    await expect(term.get_by_text("Would Tuesday do?").first).to_be_visible()

    await steward.does(f"/people/{pair.ben.id}/leader", {"leader_id": cy.id}, "PUT")
    await ben.goto(path)
    await ben.get_by_text("Take terms along to Cy", exact=True).click()
    await ben.get_by_role("checkbox", name="Progress").check()
    await ben.get_by_role("button", name="Begin the draft").click()
    await expect(ben).to_have_url(re.compile("/agreements/.*/draft"))
    await ben.goto(path)
    await ben.get_by_text("Let Cy read the earlier versions", exact=True).click()
    await ben.get_by_role("button", name="Let them read").click()
    leader = await house.sees(cy, path, scripts=False)
    await expect(leader.get_by_text("30 minutes each week").first).to_be_visible()
    await ben.get_by_role("button", name="Cy reads the earlier versions no more").click()
    await leader.goto(path)
    await expect(leader.get_by_role("heading", name="Nothing here")).to_be_visible()
