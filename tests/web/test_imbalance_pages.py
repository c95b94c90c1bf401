"""An imbalance period from its draft to looking back, on the pages of the leader and of the one it is for."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import expect

from adapters.bootstrap import Concord
from tests.http.agreements.stories import Pair
from tests.http.commitments.asking import promised
from tests.http.conftest import MovableClock
from tests.http.imbalance.test_by_itself import Running
from tests.web.browsers import House, is_fit_to_read
from tests.web.test_promises_pages import does


async def test_a_period_is_drafted_declared_acknowledged_and_looked_back_on(
    house: House, pair: Pair, clock: MovableClock, concord: Concord
) -> None:
    await concord.policies.start()
    await promised(pair, outcome="The reading circle meets", due_at=pair.ada.day(60))
    first = (clock.now() + timedelta(days=2)).date()
    ada = await house.sees(pair.ada, "/imbalance-periods")
    await ada.get_by_role("link", name="Draft one").click()
    ben = await house.sees(pair.ben)
    await ada.get_by_label("Why is this truly extraordinary?").fill("The fair is on the 30th and cannot move.")
    await ada.get_by_label("Ben", exact=True).check()
    await ada.get_by_label("What Ben is asked for").fill("Two late evenings.")
    await ada.get_by_label("First day").fill(first.isoformat())
    await ada.get_by_label("Last day").fill((first + timedelta(days=400)).isoformat())
    await ada.get_by_label("The reading circle meets").check()
    await ada.get_by_label("Something else, in your own words").fill("The report on tools")
    await is_fit_to_read(ada, "imbalance-new")
    await ada.get_by_role("button", name="Keep the draft").click()
    await does(
        ada, "Three questions to yourself first", "Keep my answers", **{"Can I put trust first": "On good days."}
    )
    await expect(ada.get_by_text("401 days long, of at most 90")).to_be_visible()
    await expect(ada.get_by_text("Beyond the limit for its length and its share of the year")).to_be_visible()
    await does(ada, "Declare it")
    # Too long by far: the figures are said, and nothing that was written is lost.
    await expect(ada.get_by_role("alert")).to_contain_text("90")
    await does(ada, "Change the draft", "Change it", **{"Last day": (first + timedelta(days=9)).isoformat()})
    await expect(ada.get_by_text("10 of at most 91 days for results in a year, with this one")).to_be_visible()
    await does(ada, "Declare it")
    await expect(ada.get_by_text("declared", exact=True)).to_be_visible()
    where = ada.url

    await ben.goto("/")
    await ben.get_by_role("link", name="Acknowledge, or object").click()
    await expect(ben.get_by_text("Two late evenings.")).to_be_visible()
    assert "On good days." not in await ben.content()
    await does(ben, "I have read it", "Acknowledge")
    clock.move(days=3)
    await Running(concord, clock).catches_up()
    await ben.goto("/")
    await expect(ben.get_by_role("heading", name="For now, results come first")).to_be_visible()
    await ben.goto(where)
    await expect(ben.get_by_text("stands still for Ben")).to_be_visible()
    await is_fit_to_read(ben, "imbalance")

    clock.move(days=12)
    await Running(concord, clock).catches_up()
    ada = await house.sees(pair.ada, where)
    await expect(ada.get_by_text("over", exact=True)).to_be_visible()
    looking_back = ada.locator("details").filter(has_text="Look back")
    await looking_back.locator("summary").click()
    await looking_back.get_by_role("group", name="Was it kept to").get_by_label("Yes").check()
    await looking_back.get_by_label("Not, or not yet").check()
    await looking_back.get_by_label("What did it cost?").fill("Two evenings.")
    await looking_back.get_by_role("button", name="Keep it").click()
    await expect(ada.get_by_text("What it cost: Two evenings.")).to_be_visible()
    await ada.goto("/imbalance-periods")
    await expect(ada.get_by_text("10 of the last 365 days")).to_be_visible()
    await is_fit_to_read(ada, "imbalances")
