"""Every page that there is, in one filled organisation: small, still, closed to other hosts, and usable by anybody.

What a screen reader would stumble over is looked for by axe (`is_fit_to_read`), in the journeys of the pages; here is
what axe does not see: how wide a page gets, how large its targets are, whether focus is seen with forced colours, what
goes to paper, and what it weighs.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from playwright.async_api import CDPSession, Page, Response

from adapters.bootstrap import Concord
from adapters.http.pages.rendering import static_files
from adapters.http.pages.routes import PageRoute
from adapters.http.switchboard import Switchboard
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair, consents, shared
from tests.http.commitments.asking import requested
from tests.http.conftest import MovableClock
from tests.http.imbalance.test_by_itself import Running
from tests.http.matrix.company import ANONYMOUS, OTHER_PARTY, PARTY, STEWARD, Company, a_company
from tests.web.browsers import DESK, House, is_fit_to_read
from tests.web.test_evolved_page import evolved

LOOKS = Path(__file__).with_name("fitness.js").read_text()
LONG = "https://wiki.example/" + "an_address_in_which_no_line_can_break_" * 4
MOST_HTML, MOST_SCRIPT = 30_000, 5_000
"""Bytes of a page, and of all of its scripts, as they go over the wire."""
PAPER = {"width": 700, "height": 1000}
ELSEWHERE = frozenset(
    {
        "/docs",  # the reference for whoever programs against the API: one long document, with tests of its own
        "/api/v1/oidc/callback",  # where an organisation's own provider leads back to; a page only when that went wrong
        "/first-run",  # gone once there is an organisation; it is made of the same template as an invitation
    }
)

WRONG = """
<style>
  html { scroll-behavior: smooth }
  button { font-size: 4px; padding: 0; border: 0; animation: to-and-fro 9s infinite }
  :focus { outline: none }
  @keyframes to-and-fro { to { opacity: .5 } }
  .wide { width: 5000px }
  .stuck { position: fixed; height: 95vh; width: 9px; top: 0; right: 0 }
</style>
<nav aria-label="Main"><a href="/">on</a></nav><h1 id="one">One</h1><h1 id="one">Two</h1>
<p>A sentence with <a href="/">a link</a> in it.</p><p><a href="/">alone</a></p>
<input name="nameless"><button>small</button><div class="wide">wide</div><div class="stuck">stuck</div>
"""
SEEN = {
    "structure": ("2 first headings", "0 main", "no title", "no language", "no label", "two have the id one"),
    "targets": ("small", "alone", "on"),
    "still": ("moves", "scrolls by itself"),
    "width": ("too wide",),
    "covered": ("stuck",),
    "focus": ("focus is not seen",),
    "paper": ("<nav>", "small", "no heading on paper"),
}
"""A page that is wrong in every way, and by which words each is told."""


@dataclass(frozen=True)
class Example:
    """An address of a page, and who looks; `axe` where no journey has a look by it."""

    path: str
    who: str = PARTY
    axe: bool = False


@dataclass
class Walk:
    """One window that goes from page to page, and what was not as it should be."""

    page: Page
    zoom: CDPSession
    hosts: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    async def looks(self, example: Example, house: House) -> None:
        """Tries one page in all the ways in which people have it before them."""
        page, wrong = self.page, list[str]()
        answer = await page.goto(example.path)
        assert answer is not None
        wrong += [f"status {answer.status}"] if answer.status != 200 else []
        wrong += [f"led on to {page.url}"] if urlsplit(page.url).path != example.path.partition("?")[0] else []
        wrong += _policy(answer) + await _weight(page, answer)
        wrong += await self._finds("structure", "targets", "still", "width")
        # 1280 px at 400 %: a quarter of the width and of the height, each of its pixels four.
        narrow = {"width": 320, "height": 256, "deviceScaleFactor": 4, "mobile": False}
        await self.zoom.send("Emulation.setDeviceMetricsOverride", narrow)
        wrong += [f"at 400 %: {one}" for one in await self._finds("width", "targets", "covered")]
        await page.emulate_media(forced_colors="active")
        await page.keyboard.press("Tab")
        wrong += [f"with forced colours: {one}" for one in await self._finds("focus", "width")]
        await page.emulate_media(forced_colors="none", media="print")
        await self.zoom.send("Emulation.setDeviceMetricsOverride", {**narrow, **PAPER, "deviceScaleFactor": 1})
        wrong += [f"on paper: {one}" for one in await self._finds("paper", "width")]
        await page.emulate_media(media="screen")
        await self.zoom.send("Emulation.clearDeviceMetricsOverride")
        if example.axe and not wrong:
            await is_fit_to_read(page)
        wrong += [f"the console: {one}" for one in house.complaints]
        house.complaints.clear()
        self.faults += [f"{example.path} ({example.who}): {one}" for one in dict.fromkeys(wrong)]

    async def _finds(self, *looks: str) -> list[str]:
        found: list[str] = await self.page.evaluate("looks => looks.flatMap((look) => fitness[look]())", looks)
        return found


@pytest.fixture
async def company(concord: Concord, client: httpx2.AsyncClient, clock: MovableClock, quick_passwords: None) -> Company:
    """One of everything, also what is long and cannot be broken; a time of imbalance runs."""
    await concord.policies.start()
    return await a_company(concord, Someone(client, clock), clock)


async def test_every_page_is_small_and_still_and_fits_whoever_looks(
    house: House, app: FastAPI, company: Company, concord: Concord, clock: MovableClock
) -> None:
    examples = await every_example(company, Running(concord, clock))
    there = _pages(app) - ELSEWHERE
    assert set(examples) == there, "Each page has an example of its address here, and only what is a page."
    page = await house.sees(None, "/sign-in", viewport=DESK, reduced_motion="reduce")
    await page.add_init_script(LOOKS)
    walk = Walk(page, await page.context.new_cdp_session(page))
    page.on("request", lambda request: walk.hosts.add(urlsplit(request.url).netloc))
    looks_as = ANONYMOUS
    every = [example for some in examples.values() for example in some]
    for example in sorted(every, key=lambda one: (one.who != ANONYMOUS, one.who)):
        if example.who != looks_as:
            secret = await house.session(company.people[example.who])
            await page.context.add_cookies([{"name": "concord_session", "value": secret, "url": house.address}])
            looks_as = example.who
        await walk.looks(example, house)
    assert not walk.faults, "\n".join(walk.faults)
    assert walk.hosts == {urlsplit(house.address).netloc}


async def test_what_is_wrong_with_a_page_is_seen(house: House) -> None:
    page = await house.sees(None, "/sign-in")
    await page.goto("about:blank")
    await page.set_content(WRONG)
    await page.evaluate(LOOKS)
    await page.keyboard.press("Tab")
    found = {look: " ".join(await page.evaluate(f"fitness.{look}()")) for look in SEEN}
    for look, faults in SEEN.items():
        for fault in faults:
            assert fault in found[look], (look, found[look])
    assert "a link" not in found["targets"]  # in a sentence it is as high as its line


async def every_example(company: Company, running: Running) -> Mapping[str, tuple[Example, ...]]:
    """For every page the addresses at which it is looked at, by the path of its route."""
    ada, ben, sol = (company.people[who] for who in (PARTY, OTHER_PARTY, STEWARD))
    pair = Pair(ada, ben)
    history, term = await evolved(pair, company.clock)
    await running.catches_up()
    sheet = f"/agreements/{(await shared(pair, title=LONG, purpose_text=LONG))['id']}"
    asked = await requested(pair, outcome=LONG, conditions=[LONG])
    wide = await _in_long_words(pair)
    full, hidden, imported = (f"/agreements/{thing.id}" for thing in company.of("agreement"))
    promises = [f"/commitments/{thing.id}" for thing in company.of("commitment")]
    periods = [f"/imbalance-periods/{thing.id}" for thing in company.of("period")]
    invited = await sol.makes("/people", {"name": "Kit", "email": "kit@northwind.example"})
    secret = invited["invitation_url"].rsplit("/", 2)[1]
    return {
        "/": (Example("/"),),
        "/agreements": (Example("/agreements"),),
        "/agreements/new": (Example("/agreements/new"), Example(f"/agreements/new?with={ben.id}")),
        "/agreements/{agreement_id}": (
            Example(full, OTHER_PARTY), Example(wide), Example(imported), Example(full, STEWARD, axe=True),
        ),
        "/agreements/{agreement_id}/read-along": (Example(f"{full}/read-along", axe=True),),
        "/agreements/{agreement_id}/draft": (
            Example(f"{sheet}/draft"), Example(f"{sheet}/draft?add=support"), Example(f"{hidden}/draft"),
        ),
        "/agreements/{agreement_id}/consent": (Example(f"{sheet}/consent"),),
        "/agreements/{agreement_id}/history": (
            Example(f"{history}/history"), Example(f"{history}/history?from=1&to=2"),
        ),
        "/agreements/{agreement_id}/terms/{term_id}/lineage": (Example(f"{history}/terms/{term}/lineage"),),
        "/commitments": (Example("/commitments"),),
        "/commitments/new": (Example("/commitments/new"), Example("/commitments/new?kind=request")),
        "/commitments/{commitment_id}": (
            *(Example(path) for path in promises), Example(asked), Example(asked, OTHER_PARTY),
        ),
        "/imbalance-periods": (Example("/imbalance-periods"),),
        "/imbalance-periods/new": (Example("/imbalance-periods/new"),),
        "/imbalance-periods/{period_id}": (
            *(Example(path) for path in periods), Example(periods[0], OTHER_PARTY),
        ),
        "/people": (Example("/people"), Example("/people", STEWARD)),
        "/people/{person_id}": (Example(f"/people/{ben.id}"), Example(f"/people/{ben.id}", STEWARD)),
        "/people/{person_id}/follow-through": (Example(f"/people/{ada.id}/follow-through?by=agreement"),),
        "/follow-through/list": (Example(f"/follow-through/list?owed_by={ben.id}", OTHER_PARTY, axe=True),),
        "/settings": (Example("/settings"),),
        "/settings/privacy": (Example("/settings/privacy"),),
        "/organisation": (Example("/organisation", STEWARD),),
        "/second-factor": (Example("/second-factor", axe=True),),
        "/sign-in": (Example("/sign-in", ANONYMOUS),),
        "/forgotten": (Example("/forgotten", ANONYMOUS),),
        "/invitations/{secret}": (Example(f"/invitations/{secret}", ANONYMOUS, axe=True),),
        "/password-resets/{secret}": (Example(f"/password-resets/{secret}", ANONYMOUS),),
    }  # fmt: skip


async def _in_long_words(pair: Pair) -> str:
    """An agreement in force in whose words no line can break, wherever they come to stand; its path."""
    here = f"/agreements/{(await shared(pair, title=LONG, purpose_text=LONG))['id']}"
    term = (await pair.ben.makes(f"{here}/terms", pair.update(topic=LONG)))["term"]["id"]
    await pair.ada.makes(f"{here}/terms", {**pair.escalation(), "trigger": LONG, "channel": LONG[:100]})
    for one in (pair.ada, pair.ben):
        await consents(one, here.rsplit("/", 1)[1])
    await pair.ben.makes(f"{here}/terms/{term}/comments", {"text": LONG})
    given = await pair.ben.makes(f"{here}/updates", {"term_id": term, "text": LONG})
    await pair.ada.makes(f"{here}/updates/{given['id']}/answer", {"text": LONG})
    return here


def _pages(app: FastAPI) -> set[str]:
    """Everything that answers with a page: the pages themselves, and the doors that stand before them."""
    routes = [route for board in app.routes if isinstance(board, Switchboard) for route in board.routes]
    looked_at = [route for route in routes if isinstance(route, PageRoute) and route.methods == {"GET"}]
    doors = {
        path
        for path, operations in app.openapi()["paths"].items()
        if "text/html" in operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
    }
    return doors | {page.path for page in looked_at if not page.static}


def _policy(answer: Response) -> list[str]:
    """What a browser is told about what it may load: nothing, but what comes from here."""
    said = answer.headers.get("content-security-policy", "")
    rules = {rule.split()[0]: rule.split()[1:] for rule in said.split(";") if rule.strip()}
    wrong = [f"no {one} in its policy" for one in ("form-action", "frame-ancestors", "base-uri") if one not in rules]
    if rules.get("default-src") != ["'none'"]:
        wrong.append("its policy does not begin with nothing")
    allowed = {source for sources in rules.values() for source in sources}
    return wrong + [f"its policy allows {source}" for source in allowed - {"'none'", "'self'"}]


async def _weight(page: Page, answer: Response) -> list[str]:
    """What goes over the wire for it, beyond what is kept from the page before."""
    html = await answer.text()
    weighs, loads = len(gzip.compress(html.encode(), 6)), re.findall(r'<script[^>]*src="/static/([^"?]+)', html)
    scripts = sum(len(gzip.compress(static_files()[name][0], 6)) for name in loads)
    wrong = [f"its HTML weighs {weighs} bytes"] if weighs >= MOST_HTML else []
    return wrong + ([f"its scripts weigh {scripts} bytes"] if scripts >= MOST_SCRIPT else [])
