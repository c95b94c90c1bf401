"""Real browsers: one Chromium for all tests of a process, and windows in which somebody is signed in."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect

from adapters.bootstrap import Concord
from services.people.sign_in import Browser as Where
from services.people.sign_in import open_session
from tests.http.agreements.people import Someone

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
)  # fmt: skip
PHONE, DESK = {"width": 360, "height": 760}, {"width": 1280, "height": 800}
NARROWEST = {"width": 320, "height": 700}
SCHEMES: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast"]}},  # nothing else depends on the scheme
}
PATIENCE = 20_000
"""How long a page may take on a busy machine (milliseconds)."""
expect.set_options(timeout=PATIENCE)
PICTURES = Path("var/screenshots")


@contextmanager
def a_chromium(folder: Path) -> Iterator[str]:
    """A running Chromium; the address at which it is driven."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        raise LookupError("There is no Chromium on this machine (apt-get install chromium).")
    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={folder}"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        yield _driven_at(process, folder / "DevToolsActivePort")
    finally:
        process.terminate()
        process.wait(10)


def _driven_at(process: subprocess.Popen[bytes], told_in: Path) -> str:
    """The address that Chromium writes into its folder once it listens: the port, and the path."""
    for _ in range(600):
        told = told_in.read_text().splitlines() if told_in.exists() else []
        if len(told) >= 2:
            return f"ws://127.0.0.1:{told[0]}{told[1]}"
        assert process.poll() is None, "Chromium ended before it listened."
        time.sleep(0.1)
    raise AssertionError("Chromium does not say where it listens.")


@dataclass
class House:
    """The served application, and the windows through which people look at it."""

    concord: Concord
    address: str
    browser: Browser
    complaints: list[str] = field(default_factory=list)
    _windows: list[BrowserContext] = field(default_factory=list)

    async def sees(self, who: Someone | None, path: str = "/", *, scripts: bool = True, **how: Any) -> Page:
        """A window of its own in which somebody (or nobody) looks at a page."""
        window = await self.browser.new_context(
            base_url=self.address, java_script_enabled=scripts, viewport=how.pop("viewport", DESK), **how
        )
        self._windows.append(window)
        window.set_default_timeout(PATIENCE)
        if who is not None:
            await window.add_cookies(
                [{"name": "concord_session", "value": await self.session(who), "url": self.address}]
            )
        page = await window.new_page()
        page.on("console", lambda said: self._heard(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(path)
        return page

    def _heard(self, kind: str, text: str) -> None:
        # A page that says what is wrong has a status that says so too, and Chromium notes that.
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.complaints.append(text)

    async def session(self, who: Someone) -> str:
        """The secret of a new session of theirs."""
        standing = await self.concord.ledger.standing(UUID(who.id))
        assert standing is not None
        identities = self.concord.identities
        signed_in = await open_session(
            identities, identities.sessions, standing.person_id, standing.organisation_id, "password",
            Where("192.0.2.1", "a test"), self.concord.clock.now(),
        )  # fmt: skip
        return signed_in.secret

    async def close(self) -> None:
        """Closes all windows."""
        for window in self._windows:
            await window.close()


async def is_fit_to_read(page: Page, name: str = "") -> None:
    """Tries what every page must be, where it stands: accessible in both schemes, and never wider than a phone.

    Only in a window with scripts: what looks is one.
    """
    for scheme, rules in SCHEMES.items():
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        # What fades in is looked at when it is there.
        await page.evaluate("document.getAnimations().forEach((one) => one.finish())")
        found = await Axe().run(page, options={"resultTypes": ["violations"], **rules})
        assert found.violations_count == 0, f"{page.url} ({scheme}):\n{found.generate_report()}"
        if name and os.environ.get("CONCORD_SCREENSHOTS"):
            await _picture(page, f"{name}-{scheme}")
    await page.emulate_media(color_scheme="light")
    before = page.viewport_size
    await page.set_viewport_size(NARROWEST)  # type: ignore[arg-type]
    too_wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide <= 0, f"{page.url} is {too_wide} px wider than 320 px"
    await page.set_viewport_size(before)  # type: ignore[arg-type]


async def _picture(page: Page, name: str) -> None:
    for size, viewport in (("desk", DESK), ("phone", PHONE)):
        await page.set_viewport_size(viewport)  # type: ignore[arg-type]
        await page.screenshot(path=PICTURES / f"{name}-{size}.png", full_page=True)
    await page.set_viewport_size(DESK)  # type: ignore[arg-type]
