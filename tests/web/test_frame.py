"""What holds for every page and every form, without a browser: exactly what is sent and answered."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator
from html import unescape
from urllib.parse import urlencode
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI

from adapters.bootstrap import Concord
from adapters.http.openapi import operations
from adapters.http.pages.done import DONE
from adapters.http.pages.today import CALLS
from adapters.settings import Settings
from services.inbox.answers import KINDS
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair, drafted, in_force
from tests.web.browsers import House
from tests.web.forms import OURS, form_in, sends, text_of

PASSWORD = "a long walk by the sea"


@pytest.fixture
async def browser(app: FastAPI, client: httpx2.AsyncClient) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser of one's own: it keeps cookies, and says where a request comes from."""
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://concord.test", headers=OURS) as own:
        yield own


async def signs_in(browser: httpx2.AsyncClient, concord: Concord, who: Someone) -> None:
    secret = await House(concord, "", None).session(who)  # type: ignore[arg-type]
    browser.cookies.set("concord_session", secret)


async def test_nobody_is_led_to_the_sign_in_page_and_from_there_to_where_they_wanted_to_go(
    browser: httpx2.AsyncClient, concord: Concord, pair: Pair, quick_passwords: None
) -> None:
    await concord.identities.set_password(UUID(pair.ada.id), PASSWORD)
    identity = await concord.identities.identity(UUID(pair.ada.id))
    assert identity is not None
    led = await browser.get("/people")
    assert (led.status_code, led.headers["Location"]) == (303, "/sign-in?next=/people")
    page = await browser.get(led.headers["Location"])
    form = form_in(page.text, "POST /sessions")
    refused = await sends(browser, form, email=identity.email, password="something else")
    assert refused.status_code == 401
    assert "do not go together" in refused.text
    assert f'value="{identity.email}"' in refused.text
    assert "something else" not in refused.text
    form = form_in(refused.text, "POST /sessions")
    there = await sends(browser, form, email=identity.email, password=PASSWORD)
    assert (there.status_code, there.headers["Location"]) == (303, "/people")
    assert "Ada" in (await browser.get("/people")).text


async def test_before_there_is_an_organisation_everybody_is_led_to_the_first_run(
    browser: httpx2.AsyncClient, concord: Concord
) -> None:
    assert (await browser.get("/")).headers["Location"] == "/sign-in"
    assert (await browser.get("/sign-in")).headers["Location"] == "/first-run"
    page = await browser.get("/first-run")
    assert "The token that Concord printed" in page.text


async def test_where_one_factor_is_not_enough_every_page_leads_to_the_second(
    browser: httpx2.AsyncClient, concord: Concord, steward: Someone
) -> None:
    await signs_in(browser, concord, steward)
    form = form_in((await browser.get("/organisation")).text, "PATCH /organisation/policy")
    assert (await sends(browser, form, require_second_factor="true", statistics="true")).status_code == 303
    for path in ("/", "/agreements", "/settings"):
        assert (await browser.get(path)).headers["Location"] == "/second-factor", path
    page = await browser.get("/second-factor")
    assert (page.status_code, "asks for more than a password" in page.text) == (200, True)
    assert (await sends(browser, form_in(page.text, "DELETE /sessions/current"))).headers["Location"] == "/sign-in"


async def test_where_to_go_on_is_never_another_site(
    browser: httpx2.AsyncClient, concord: Concord, pair: Pair, quick_passwords: None
) -> None:
    await signs_in(browser, concord, pair.ada)
    for elsewhere in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        led = await browser.get(f"/sign-in?{urlencode({'next': elsewhere})}")
        assert led.headers["Location"] == "/", elsewhere
        form = form_in((await browser.get("/settings")).text, "POST /me/absences")
        form["_then"] = [elsewhere]
        done = await sends(browser, form, from_on=pair.ada.day(1), until_on=pair.ada.day(2))
        assert done.headers["Location"] == "/", elsewhere


async def test_what_is_not_there_and_what_is_not_ones_own_is_the_same_page(
    browser: httpx2.AsyncClient, concord: Concord, pair: Pair, cy: Someone
) -> None:
    agreement = await in_force(pair)
    await signs_in(browser, concord, cy)
    for path in ("/agreements", "/agreements/{}/draft", "/commitments"):
        mine, nobodys = (
            path.format(id) if "{}" in path else f"{path}/{id}" for id in (agreement["id"], str(uuid.uuid4()))
        )
        answers = [await browser.get(mine), await browser.get(nobodys)]
        keyless = [
            re.sub(r'name="_key" value="[^"]*"', "", answer.text).replace(where, "")
            for answer, where in zip(answers, (mine, nobodys), strict=True)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert keyless[0] == keyless[1]


async def test_a_form_sent_twice_is_done_once_and_the_next_page_shows_it(
    browser: httpx2.AsyncClient, concord: Concord, pair: Pair
) -> None:
    agreement = await in_force(pair)
    path = f"/agreements/{agreement['id']}"
    await signs_in(browser, concord, pair.ben)
    page = await browser.get(path)
    form = form_in(page.text, f"update-{agreement['terms'][0]['id']}-now")
    answers = [await sends(browser, form, text="Schema *done*. <script>alert(1)</script>") for _ in range(2)]
    assert [(a.status_code, a.headers["Location"]) for a in answers] == [(303, f"{path}#updates")] * 2
    shown = (await browser.get(path)).text
    assert shown.count("Schema <em>done</em>.") == 1
    assert "<script>alert" not in shown
    assert "Your update is there." in shown
    assert "Your update is there." not in (await browser.get(path)).text
    assert len((await pair.ada.sees(f"{path}/updates"))["items"]) == 1


async def test_a_form_of_another_site_does_nothing(
    app: FastAPI, browser: httpx2.AsyncClient, concord: Concord, pair: Pair
) -> None:
    await signs_in(browser, concord, pair.ada)
    form = form_in((await browser.get("/settings")).text, "POST /me/absences")
    written = {**form, "from_on": pair.ada.day(1), "until_on": pair.ada.day(2)}
    told = [{"Sec-Fetch-Site": site} for site in ("cross-site", "same-site", "none")]
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://concord.test") as old:
        old.cookies = browser.cookies
        for headers in (*told, {"Origin": "https://evil.example"}, {"Origin": "null"}, {}):
            assert (await old.post("/forms", data=written, headers=headers)).status_code == 403, headers
        assert (await pair.ada.sees("/me/absences"))["items"] == []
        ours = {"Origin": "http://concord.test"}
        assert (await old.post("/forms", data=written, headers=ours)).status_code == 303


async def test_what_is_wrong_stands_beside_its_field_and_nothing_written_is_lost(
    browser: httpx2.AsyncClient, concord: Concord, pair: Pair
) -> None:
    agreement = await in_force(pair)
    path = f"/agreements/{agreement['id']}"
    await signs_in(browser, concord, pair.ada)
    form = form_in((await browser.get(path)).text, f"POST {path}/notice")
    soon = await sends(browser, form, ends_on=pair.ada.day(2), reason="I move to “Bergen” & beyond")
    assert soon.status_code == 409
    assert "I move to “Bergen” & beyond" in unescape(soon.text)
    assert re.search(r'<div class="alert" role="alert"[^>]*><p>[^<]{20,}', soon.text)
    wrong = await sends(browser, form_in(soon.text, f"POST {path}/notice"), ends_on="next week", reason="Bergen")
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text
    assert "Write a date like" in wrong.text
    assert (await pair.ada.sees(path))["state"] == "in_force"


async def test_a_session_that_ends_in_mid_form_costs_no_word_and_shows_none_to_anybody_else(
    browser: httpx2.AsyncClient, concord: Concord, pair: Pair, quick_passwords: None
) -> None:
    agreement = await in_force(pair)
    path = f"/agreements/{agreement['id']}"
    await signs_in(browser, concord, pair.ada)
    form = form_in((await browser.get(path)).text, f"POST {path}/amendments")
    await concord.identities.sessions.end_all(UUID(pair.ada.id), concord.clock.now())
    asked = await sends(browser, form, reason="Mondays are full: half an hour of thinking went into this")
    assert asked.status_code == 401
    assert "Please sign in again" in asked.text
    again = form_in(asked.text, "POST /sessions")
    for who, kept in ((pair.ben, False), (pair.ada, True)):
        await concord.identities.set_password(UUID(who.id), PASSWORD)
        identity = await concord.identities.identity(UUID(who.id))
        assert identity is not None
        back = await sends(browser, again, email=identity.email, password=PASSWORD)
        assert ("half an hour of thinking" in back.text) == kept
    assert "You had been signed out" in back.text
    assert (await pair.ada.sees(path))["proposal"] is None
    done = await sends(browser, form_in(back.text, f"POST {path}/amendments"), reason="Mondays are full")
    assert done.status_code == 303
    assert (await pair.ada.sees(path))["proposal"]["reason"] == "Mondays are full"


async def test_a_page_that_was_opened_by_somebody_else_sends_nothing(
    browser: httpx2.AsyncClient, concord: Concord, pair: Pair
) -> None:
    agreement = await in_force(pair)
    path = f"/agreements/{agreement['id']}"
    await signs_in(browser, concord, pair.ada)
    form = form_in((await browser.get(path)).text, f"POST {path}/amendments")
    await signs_in(browser, concord, pair.ben)
    answer = await sends(browser, form, reason="As Ada")
    assert answer.status_code == 409
    assert "opened by somebody else" in answer.text
    assert (await pair.ben.sees(path))["proposal"] is None


async def test_a_form_can_ask_nothing_but_commands_of_the_api(
    browser: httpx2.AsyncClient, concord: Concord, pair: Pair, cy: Someone
) -> None:
    draft = await drafted(pair)
    await signs_in(browser, concord, cy)
    form = form_in((await browser.get("/settings")).text, "POST /me/absences")
    for to in ("GET /me", "POST /forms", "POST ../../first-run", "POST //me/absences", "nonsense", ""):
        assert (await sends(browser, form, _to=to)).status_code == 404, to
    assert (await sends(browser, form, _to=f"POST /agreements/{draft['id']}/share")).status_code == 404
    assert (await sends(browser, form, _to="POST /people", name="X", email="x@y.example")).status_code == 403


async def test_what_no_form_of_ours_sends_is_refused_and_breaks_nothing(
    browser: httpx2.AsyncClient, concord: Concord, pair: Pair
) -> None:
    await signs_in(browser, concord, pair.ada)
    form = form_in((await browser.get("/settings")).text, "POST /me/absences")
    days = {"from_on": [pair.ada.day(1)], "until_on": [pair.ada.day(2)]}
    nonsense = (
        {"_key": "日本"}, {"_carried": "%ff"}, {"_carried": "a=1&" * 600}, {"x": "1", "x.y": "2"},
        {".".join("x" * 20_000): "deep"},
    )  # fmt: skip
    for written in nonsense:
        answer = await browser.post("/forms", data={**form, **days, **written}, headers=OURS)
        assert (answer.status_code, "nothing was done" in text_of(answer.text)) == (400, True), written
    for written in ({f"x.{'1' * 5000}": "1"}, {"x.²": "1"}):
        assert (await browser.post("/forms", data={**form, **days, **written}, headers=OURS)).status_code == 422
    assert (await pair.ada.sees("/me/absences"))["items"] == []
    for n, away in enumerate(("//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example")):
        day = {"from_on": [pair.ada.day(10 + n)], "until_on": [pair.ada.day(10 + n)], "_key": [f"day{n}"]}
        led = await browser.post("/forms", data={**form, **day, "_then": away}, headers=OURS)
        assert (led.status_code, led.headers.get("Location")) == (303, "/"), (away, text_of(led.text))


async def test_a_password_does_not_wait_on_the_sign_in_page(
    browser: httpx2.AsyncClient, concord: Concord, pair: Pair, quick_passwords: None
) -> None:
    await signs_in(browser, concord, pair.ada)
    form = form_in((await browser.get("/settings")).text, "PUT /me/password")
    await concord.identities.sessions.end_all(UUID(pair.ada.id), concord.clock.now())
    asked = await sends(browser, form, current="old-CANARY-words", password="new-CANARY-words")
    assert asked.status_code == 401
    assert "CANARY" not in asked.text


async def test_whoever_asks_too_much_is_told_so_by_a_page(
    browser: httpx2.AsyncClient, concord: Concord, settings: Settings
) -> None:
    concord.settings = settings.model_copy(update={"requests_per_minute": 10})
    answers = [await browser.get("/forgotten") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200, 429}
    assert "Too often" in text_of(answers[-1].text)
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


async def test_every_page_says_what_a_browser_may_do_with_it(
    browser: httpx2.AsyncClient, concord: Concord, pair: Pair
) -> None:
    await signs_in(browser, concord, pair.ada)
    page = await browser.get("/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["Cache-Control"] == "private, no-store"
    assert not re.search(r'style="|<script>|onclick|https?://', page.text.replace("http://www.w3.org", ""))
    loaded = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(loaded) >= 3
    scripts = 0
    for where in loaded:
        file = await browser.get(where.replace("&amp;", "&"))
        assert (file.status_code, file.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
        scripts += len(file.content) if where.partition("?")[0].endswith(".js") else 0
    assert scripts < 12_000
    assert len(page.content) < 30_000
    lost = await browser.get("/nowhere")
    assert (lost.status_code, "There is nothing here" in text_of(lost.text)) == (404, True)
    assert (await browser.get("/static/nothing.css")).status_code == 404


def test_whatever_can_wait_for_somebody_has_a_sentence_of_its_own() -> None:
    assert set(CALLS) == set(KINDS)


def test_what_is_said_after_a_form_is_said_of_an_operation_that_there_is(app: FastAPI) -> None:
    assert set(DONE) <= {operation["operationId"] for _, _, operation in operations(app.openapi())}
