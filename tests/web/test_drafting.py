"""Beginning an agreement, writing on one sheet, and consenting to exactly what one reads."""

from __future__ import annotations

import re

import httpx2
from playwright.async_api import Page, expect

from adapters.http.pages.examples import EXAMPLES
from tests.http.agreements import stories
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair
from tests.http.conftest import MovableClock
from tests.web.browsers import House, is_fit_to_read
from tests.web.forms import form_in, sends

SOON = 4_000
"""Milliseconds within which what somebody does appears before the other: two seconds, and two for a busy machine."""


async def test_two_people_go_from_the_first_question_to_a_text_in_force(house: House, pair: Pair) -> None:
    ada = await house.sees(pair.ada, "/agreements/new")
    await ada.get_by_role("link", name="Ben").click()
    await ada.get_by_role("button", name="Begin").click()
    await expect(ada.get_by_role("heading", name="First the questions")).to_be_visible()
    sheet = ada.url

    ben = await house.sees(pair.ben, sheet)
    await expect(ben.get_by_role("heading", name="Ada has begun an agreement with you")).to_be_visible()
    await answers(ben, "A line when something moves.")
    await expect(ada.get_by_text("A line when something moves.").first).to_be_visible(timeout=SOON)
    hopes = ada.get_by_role("region", name="What do you hope for, and what worries you?")
    await expect(hopes.get_by_text("A line when something moves.")).to_have_count(0)
    await answers(ada, "Short and written.")
    await expect(hopes.get_by_text("A line when something moves.")).to_be_visible()

    await ada.get_by_role("link", name="Support", exact=True).click()
    await ada.get_by_role("link", name="I clear the way").click()
    await ada.get_by_role("button", name="Put it on the sheet").click()
    await ada.get_by_role("button", name="Share it with Ben").press("Enter")
    await expect(ben.get_by_text("when you ask me to")).to_be_visible(timeout=SOON)

    await ben.get_by_role("link", name="add what fits").click()
    await ben.get_by_role("link", name="Update", exact=True).click()
    await ben.get_by_role("button", name="Put it on the sheet").click()
    await expect(ada.get_by_text("Progress, risk, and what I need", exact=True)).to_be_visible(timeout=SOON)
    await expect(ada.get_by_text("new since you looked")).to_be_visible()

    await consents(ada)
    await expect(ben.get_by_role("heading", name="It is your move")).to_be_visible(timeout=SOON)
    await revises(ben, "I take up what other teams owe you, the same day.")
    await expect(ada.get_by_role("heading", name="The text changed after you had consented")).to_be_visible(
        timeout=SOON
    )
    await expect(ada.get_by_role("insertion").filter(has_text="the same day")).to_be_visible()
    await is_fit_to_read(ada, "draft-changed")

    await ada.get_by_role("link", name="Read the exact text, and consent").click()
    await revises(ben, "I take up what other teams owe you, within a day.")
    await expect(ada.get_by_role("alert")).to_contain_text("The text has just changed", timeout=SOON)
    await expect(ada.get_by_role("button", name="I consent to this text")).to_be_disabled()
    await ada.get_by_role("link", name="Read it as it is now").click()
    await ada.get_by_role("button", name="I consent to this text").press("Enter")
    await expect(ada.get_by_role("status").first).to_contain_text("You consented to exactly this text.")
    await ben.goto(sheet)
    await consents(ben)
    await expect(ben).to_have_url(re.compile(r"/agreements/[0-9a-f-]+$"))
    await expect(ben.get_by_text("within a day").first).to_be_visible()


async def test_who_writes_at_the_same_time_as_another_sees_both_and_loses_no_word(house: House, pair: Pair) -> None:
    here = f"/agreements/{(await stories.shared(pair))['id']}/draft"
    ada = await house.sees(pair.ada, here)
    await ada.get_by_role("link", name="Change Support").click()
    await ada.get_by_label("In your words").fill("30 minutes each week, never on a Friday")
    ben = await house.sees(pair.ben, here, scripts=False)
    await revises(ben, "60 minutes each week that are not about status")
    await expect(ada.get_by_text("60 minutes each week that are not about status", exact=True)).to_be_visible(
        timeout=SOON
    )
    await ada.get_by_role("button", name="Save the change").click()

    clash = ada.get_by_role("region", name="What changed meanwhile")
    await expect(clash.get_by_role("heading", name="Ben changed this while you were writing")).to_be_visible()
    await expect(clash.get_by_role("insertion")).to_have_text("60")
    await expect(ada.get_by_label("In your words")).to_have_value("30 minutes each week, never on a Friday")
    await is_fit_to_read(ada, "draft-clash")
    await ada.get_by_label("In your words").fill("60 minutes each week, never on a Friday")
    await ada.get_by_role("button", name="Save the change").click()
    await expect(ada.get_by_text("60 minutes each week, never on a Friday").first).to_be_visible()

    await ada.get_by_role("link", name="Change Support").click()
    await ada.get_by_label("In your words").fill("Words that find no place any more")
    await expect(ada.get_by_text("Kept in this tab, not sent yet.")).to_be_visible()
    await ada.goto("/")
    await ben.goto(here)
    await revises(ben, "90 minutes each week")
    await ada.goto(here)
    await ada.get_by_role("link", name="Change Support").click()
    await expect(ada.get_by_label("In your words")).to_have_value("Words that find no place any more")
    await ada.get_by_role("button", name="Save the change").click()
    await expect(clash.get_by_role("insertion")).to_contain_text("90")
    await ben.get_by_role("link", name="Change Support").click()
    await ben.get_by_text("Take it out of the text").click()
    await ben.get_by_role("button", name="Take it out").click()
    await ada.get_by_role("button", name="Save the change").click()
    await expect(ada.get_by_text("Words that find no place any more")).to_be_visible()


async def test_everything_on_the_sheet_is_done_without_scripts(house: House, pair: Pair) -> None:
    draft = await stories.consented_by_ada(pair)
    here = f"/agreements/{draft['id']}"
    ada = await house.sees(pair.ada, f"{here}/draft", scripts=False)
    await ada.get_by_role("button", name="Yes, that is it").click()
    await expect(ada.get_by_text("you: that is it")).to_be_visible()
    support = ada.get_by_role("listitem").filter(has_text="not about status")
    await support.get_by_text("Say something").click()
    await support.get_by_label("About this term").fill("Thursdays would do")
    await support.get_by_role("button", name="Say it").click()
    await support.get_by_text("Correct what you said").click()
    await support.get_by_label("What it should say").fill("Wednesdays would do")
    await support.get_by_role("button", name="Correct it").click()
    await expect(support.get_by_text("Wednesdays would do").first).to_be_visible()
    await ada.get_by_text("Take your consent back").click()
    await ada.get_by_role("button", name="Take it back").click()
    await expect(ada.get_by_role("heading", name="For both of you to write, or to consent")).to_be_visible()

    ben = await house.sees(pair.ben, f"{here}/consent", scripts=False)
    await ben.get_by_text("Not like this: ask for changes").click()
    await ben.get_by_label("What would have to be different?").fill("Shorter, please")
    await ben.get_by_role("button", name="Ask for them").click()
    await ada.reload()
    await expect(ada.get_by_role("heading", name="Ben asks for a change")).to_be_visible()
    await ada.get_by_role("link", name="Change what it is for").click()
    await ada.get_by_label("Its last day").fill("2027-12-31")
    await ada.get_by_text("It stays between you").click()
    await ada.get_by_role("button", name="Save the change").click()
    proposal = (await pair.ben.sees(here))["proposal"]
    assert (proposal["head"]["ends_on"], proposal["head"]["use"]) == ("2027-12-31", "coaching")
    await ben.goto(f"{here}/draft")
    await expect(ben.get_by_role("link", name="What it is for, and its frame")).to_be_visible()
    await ben.get_by_text("Give the draft up").click()
    await ben.get_by_role("button", name="Give it up").click()
    assert (await pair.ada.sees(here))["state"] == "abandoned"


async def test_an_amendment_is_written_on_the_same_sheet(house: House, pair: Pair) -> None:
    agreement = await stories.in_force(pair)
    here = f"/agreements/{agreement['id']}"
    await pair.ada.makes(f"{here}/amendments", {"reason": "More time"})
    ben = await house.sees(pair.ben, f"{here}/draft", scripts=False)
    await expect(ben.get_by_text("opened this amendment: “More time”")).to_be_visible()
    await revises(ben, "60 minutes each week")
    await expect(ben.get_by_text("changed in this amendment")).to_be_visible()
    await ben.get_by_role("link", name="All that it changes").click()
    changes = ben.get_by_role("region", name="What it changes in version 1")
    await expect(changes.get_by_role("insertion").first).to_have_text("60")
    await expect(ben.get_by_text("until then version 1 holds")).to_be_visible()
    await ben.get_by_role("link", name="Back to the sheet").click()
    await ben.get_by_text("Decline the amendment").click()
    await ben.get_by_role("button", name="Decline it").click()
    await expect(ben).to_have_url(re.compile(f"{here}$"))


async def test_who_looks_at_a_draft_that_is_not_theirs_is_led_to_what_they_may_read(
    client: httpx2.AsyncClient, house: House, pair: Pair, steward: Someone
) -> None:
    here = f"/agreements/{(await stories.shared(pair))['id']}"
    client.cookies.set("concord_session", await house.session(steward))
    assert (await client.get(f"{here}/draft")).headers["location"] == here
    await steward.does(f"{here}/break-glass", {"reason": "Somebody asked for help"})
    looks = await client.get(f"{here}/consent", follow_redirects=True)
    assert looks.status_code == 200
    assert "Nothing is agreed yet" in looks.text
    assert "not about status" not in looks.text


async def test_how_far_one_has_read_a_draft_is_kept_in_ones_browser_only(
    client: httpx2.AsyncClient, house: House, pair: Pair, clock: MovableClock
) -> None:
    draft = await stories.shared(pair)
    here = f"/agreements/{draft['id']}"
    support = next(term for term in draft["proposal"]["terms"] if term["kind"] == "support")
    client.cookies.set("concord_session", await house.session(pair.ada))

    async def looks() -> str:
        before = await house.concord.ledger.head()
        shown = await client.get(f"{here}/draft")
        assert await house.concord.ledger.head() == before
        return shown.text

    new, marked = "What changed since you last looked", "changed since you looked"
    assert new not in await looks()
    await pair.ben.does(f"{here}/terms/{support['id']}", {"text": "60 minutes"}, method="PATCH")
    for _ in range(2):
        assert marked in await looks()
    clock.move(minutes=31)
    assert new not in await looks()
    await pair.ben.does(f"{here}/terms/{support['id']}", {"text": "70 minutes"}, method="PATCH")
    clock.move(days=1)
    shown = await looks()
    assert (marked in shown, "<del>60</del>" in shown) == (True, True)
    client.cookies.delete("concord_looked")
    client.cookies.set("concord_looked", "not-what-we-wrote.x.1_")
    assert new not in await looks()


async def test_every_example_to_begin_with_can_be_put_on_the_sheet_as_it_is(
    client: httpx2.AsyncClient, house: House, pair: Pair
) -> None:
    here = f"/agreements/{(await stories.shared(pair))['id']}"
    for who in (pair.ada, pair.ben):
        client.cookies.set("concord_session", await house.session(who))
        for kind, examples in EXAMPLES.items():
            for like in range(len(examples)):
                shown = await client.get(f"{here}/draft?add={kind}&like={like}")
                written = _filled(shown.text, kind, like)
                answer = await sends(client, written)
                assert answer.status_code == 303, (kind, like, answer.text)
    terms = (await pair.ada.sees(here))["proposal"]["terms"]
    assert len(terms) == 2 + 2 * sum(len(examples) for examples in EXAMPLES.values())


def _filled(html: str, kind: str, like: int) -> dict[str, list[str]]:
    """The form as it stands in the page, texts and choices included."""
    form = form_in(html, f"add-{kind}-{like}")
    body = html[html.index(f'data-form="add-{kind}-{like}"') :].split("</form>", 1)[0]
    for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', body, re.S):
        form[name] = [text.replace("&#39;", "'")]
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', body, re.S):
        values = re.findall(r'value="([^"]*)"( selected)?', options)
        form[name] = [next((value for value, chosen in values if chosen), values[0][0])]
    return form


async def test_who_is_chosen_and_what_each_is_to_the_other_is_filled_in(house: House, pair: Pair, cy: Someone) -> None:
    ben = await house.sees(pair.ben, "/agreements/new", scripts=False)
    await ben.get_by_text("More than one").click()
    for name in ("Ada", "Cy"):
        await ben.get_by_label(name, exact=True).check()
    await ben.get_by_role("group").filter(has=ben.get_by_label("Cy", exact=True)).last.press("Tab")
    await ben.locator("details form").get_by_role("button", name="Go on").click()
    await ben.get_by_role("link", name="A project begins").click()
    await expect(ben.get_by_label("In this, you are the")).to_have_value("report")
    await expect(ben.get_by_label("Ada is the")).to_have_value("leader")
    await expect(ben.get_by_label("Cy is the")).to_have_value("peer")
    await ben.get_by_label("Its last day").evaluate("(field) => { field.value = '2020-01-01'; }")
    await ben.get_by_role("button", name="Begin").click()
    await expect(ben.get_by_role("alert").first).to_be_visible()
    await expect(ben.get_by_label("What is it for?")).to_have_value(re.compile("while this project lasts"))


async def answers(page: Page, words: str) -> None:
    """Answers every question that waits."""
    while await (waiting := page.get_by_role("button", name="Keep my answer")).count():
        await page.get_by_label("Your answer").and_(page.locator(":visible")).first.fill(words)
        left = await waiting.count()
        await waiting.first.click()
        await expect(page.get_by_role("button", name="Keep my answer")).to_have_count(left - 1)


async def consents(page: Page) -> None:
    await page.get_by_role("link", name="Read the exact text, and consent").click()
    await page.get_by_role("button", name="I consent to this text").click()


async def revises(page: Page, words: str) -> None:
    await page.get_by_role("link", name="Change Support").click()
    await page.get_by_label("In your words").fill(words)
    await page.get_by_role("button", name="Save the change").click()
    await expect(page.get_by_text(words).first).to_be_visible()
