"""Signing in, today, people, one's own settings, who sees what, and what holds for everybody."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair, in_force
from tests.web.browsers import House, is_fit_to_read

PASSWORD = "a long walk by the sea"


async def test_somebody_is_added_chooses_a_password_and_signs_in(
    house: House, steward: Someone, quick_passwords: None
) -> None:
    sol = await house.sees(steward, "/people", scripts=False)
    await sol.get_by_text("Add somebody", exact=True).click()
    await sol.get_by_label("Their name").fill("Dana Reed")
    await sol.get_by_label("Their address").fill("dana@northwind.example")
    await sol.get_by_role("button", name="Add them").click()
    await expect(sol.get_by_role("heading", name="An invitation for Dana Reed")).to_be_visible()
    link = await sol.get_by_role("code").inner_text()
    dana = await house.sees(None, link, scripts=False)
    await dana.get_by_label(re.compile("password")).fill(PASSWORD)
    await dana.get_by_role("button", name="Accept").click()
    await dana.goto("/")
    await expect(dana.get_by_role("heading", name="Today")).to_be_visible()
    await dana.get_by_text("Dana Reed").first.click()
    await dana.get_by_role("button", name="Sign out").click()
    await expect(dana.get_by_role("status")).to_contain_text("You are signed out.")
    await dana.get_by_label("Your address").fill("dana@northwind.example")
    await dana.get_by_label("Your password").fill(PASSWORD)
    await dana.get_by_role("button", name="Sign in", exact=True).click()
    await expect(dana.get_by_role("heading", name="Today")).to_be_visible()


async def test_every_page_of_people_and_settings_is_fit_to_read(house: House, steward: Someone, pair: Pair) -> None:
    await in_force(pair)
    page = await house.sees(steward)
    for name, path in (
        ("today", "/"),
        ("agreements", "/agreements"),
        ("people", "/people"),
        ("person", f"/people/{pair.ben.id}"),
        ("settings", "/settings"),
        ("privacy", "/settings/privacy"),
        ("organisation", "/organisation"),
        ("wrong", "/nowhere"),
    ):
        await page.goto(path)
        await page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
        await is_fit_to_read(page, name)
    door = await house.sees(None, "/sign-in")
    await is_fit_to_read(door, "sign-in")
    await door.goto("/forgotten")
    await is_fit_to_read(door)


async def test_a_session_elsewhere_is_ended_and_a_token_is_told_once(house: House, pair: Pair) -> None:
    elsewhere = await house.sees(pair.ada)
    here = await house.sees(pair.ada, "/settings", scripts=False)
    await here.get_by_role("button", name="Sign out there").click()
    await expect(here.get_by_role("status")).to_contain_text("Signed out there.")
    await elsewhere.goto("/people")
    await expect(elsewhere).to_have_url(re.compile("/sign-in"))
    await here.get_by_text("Make a token", exact=True).click()
    await here.get_by_label("What is it for?").fill("my editor")
    await here.get_by_label("read my agreements").check()
    await here.get_by_role("button", name="Make it").click()
    secret = await here.get_by_role("code").inner_text()
    assert (await Someone(pair.ada.client, pair.ada.clock, pair.ada.id, secret).sees("/me"))["scopes"] == [
        "agreements:read"
    ]
    await here.goto("/settings")
    assert secret not in await here.content()
    await expect(here.get_by_text("my editor")).to_be_visible()


async def test_whoever_looked_in_is_told_to_the_parties_with_the_reason(
    house: House, steward: Someone, pair: Pair
) -> None:
    agreement = await in_force(pair)
    path = f"/agreements/{agreement['id']}"
    sol = await house.sees(steward, path, scripts=False)
    assert "Progress" not in await sol.content()
    await sol.get_by_text("Open it for an hour, with a reason").click()
    await sol.get_by_label("Why must you read it?").fill("A complaint that both brought to me.")
    await sol.get_by_role("button", name="Open it for an hour").click()
    await expect(sol.get_by_text("Progress").first).to_be_visible()
    ben = await house.sees(pair.ben, "/settings/privacy")
    await expect(ben.get_by_text("A complaint that both brought to me.").first).to_be_visible()
    await ben.goto(path)
    await expect(ben.get_by_text(re.compile("Sol.*opened this agreement"))).to_be_visible()


async def test_a_change_of_what_holds_for_everybody_is_seen_by_everybody(
    house: House, steward: Someone, pair: Pair
) -> None:
    sol = await house.sees(steward, "/organisation", scripts=False)
    await sol.get_by_text("Change it", exact=True).first.click()
    await sol.get_by_label("Longest imbalance period").fill("60")
    await sol.get_by_label("Count what was kept").select_option("no")
    await sol.get_by_role("button", name="Change it").click()
    await expect(sol.get_by_text("at most 60 days")).to_be_visible()
    ben = await house.sees(pair.ben, "/organisation")
    changed = ben.get_by_role("list").filter(has_text="imbalance longest days")
    await expect(changed.get_by_role("deletion").first).to_have_text("90")
    assert await ben.get_by_role("button", name="Change it").count() == 0


async def test_a_passkey_is_made_and_lets_one_in(house: House, pair: Pair) -> None:
    house.address = house.address.replace("127.0.0.1", "localhost")  # browsers give no keys to a bare address
    ada = await house.sees(pair.ada, "/settings")
    device = await ada.context.new_cdp_session(ada)
    await device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    await device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    await ada.get_by_label("What do you call this device?").fill("my telephone")
    await ada.get_by_role("button", name="Make a passkey").click()
    await expect(ada.get_by_text("my telephone")).to_be_visible()
    await ada.get_by_role("button", name="Sign out everywhere").click()
    await ada.goto("/people")
    await ada.get_by_role("button", name="Sign in with a passkey").click()
    await expect(ada).to_have_url(re.compile("/people$"))
    await expect(ada.get_by_role("heading", name="People")).to_be_visible()
