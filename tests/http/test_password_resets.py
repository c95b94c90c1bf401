"""Password resets and invitations by mail, an operator's reset in the open, and the first run."""

from __future__ import annotations

import asyncio
import email
import re
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from fastapi import FastAPI

from adapters.bootstrap import Concord, open_concord
from adapters.http.app import create_app
from adapters.identity.letters import PlainLetters
from adapters.settings import Misconfigured, Settings, load_settings
from services.people.first_run import first_run_token
from services.people.password_resets import reset_for_operator
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair
from tests.http.browsers import Browser, a_browser
from tests.http.conftest import MovableClock
from tests.http.test_passkeys import makes_a_passkey
from tests.identity.authenticator import Authenticator

pytestmark = pytest.mark.usefixtures("quick_passwords")
EMAIL, PASSWORD, NEW = "sol@northwind.example", "nobody else would think of this", "and now for another sentence"
FORM = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One store is enough: the tables are tried on both elsewhere."""
    return sqlite_url


class Sink:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def handle_DATA(self, _: object, __: object, envelope: Envelope) -> str:
        message = email.message_from_bytes(envelope.content or b"")
        self.mails.put_nowait((envelope.rcpt_tos[0], str(message.get_payload(decode=True), "utf-8")))
        return "250 OK"

    async def link(self, to: str) -> str:
        """The path of the link in the next mail, which is for them."""
        (link,) = re.findall(r"http://concord.test(/\S+)", await self.text(to))
        return str(link)

    async def text(self, to: str) -> str:
        """What the next mail says, which is for them."""
        async with asyncio.timeout(10):
            recipient, text = await self.mails.get()
        assert recipient == to
        return text


@pytest.fixture
async def sink(concord: Concord) -> AsyncIterator[Sink]:
    """The mail server that the installation is set up with."""
    sink = Sink()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(sink, hostname="sink"), "127.0.0.1", 0)
    concord.settings = Settings(
        _env_file=None,
        data_dir=concord.settings.data_dir,
        database_url=concord.settings.database_url,
        smtp_url=f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}",
        mail_from="concord@northwind.example",
        public_url="http://concord.test",
    )
    sending = asyncio.create_task(concord.postman.run())
    yield sink
    sending.cancel()
    server.close()


@pytest.fixture
async def sol(concord: Concord, steward: Someone) -> Someone:
    await concord.identities.set_password(UUID(steward.id), PASSWORD)
    return steward


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[Browser]:
    async with a_browser(app) as browser:
        yield browser


async def test_a_link_by_mail_sets_a_password_once_and_ends_every_session(
    sol: Someone, browser: Browser, sink: Sink, app: FastAPI
) -> None:
    await browser.signs_in(EMAIL, PASSWORD)
    async with a_browser(app) as forgetful:
        known = await forgetful.sends("POST", "/password-resets", {"email": EMAIL})
        link = await sink.link(EMAIL)
        unknown = await forgetful.sends("POST", "/password-resets", {"email": "nobody@northwind.example"})
        assert (known.status_code, known.content) == (200, unknown.content)
        accept = f"{link}/accept"
        short = await forgetful.sends("POST", accept, {"password": "short"})
        assert short.status_code == 422
        done = await forgetful.sends("POST", accept, {"password": NEW}, {"Idempotency-Key": "one"})
        assert (done.status_code, done.json()["session"]["how"]) == (201, "reset"), done.text
        again = await forgetful.sends("POST", accept, {"password": NEW}, {"Idempotency-Key": "one"})
        assert again.json()["session"]["id"] == done.json()["session"]["id"]
        other = await forgetful.sends("POST", accept, {"password": PASSWORD}, {"Idempotency-Key": "one"})
        assert (other.status_code, other.json()["code"]) == (422, "key-reused")
        assert (await forgetful.sends("POST", accept, {"password": NEW})).status_code == 404
        assert (await forgetful.sends("GET", "/me")).json()["sign_in_resets"][0]["by"] == "link"
    assert (await browser.sends("GET", "/me")).status_code == 401
    assert (await browser.signs_in(EMAIL, PASSWORD)).status_code == 401
    assert (await browser.signs_in(EMAIL, NEW)).status_code == 201
    assert "a new password" in await sink.text(EMAIL)
    assert sink.mails.empty()


async def test_what_is_done_to_ones_way_in_is_told_by_mail(
    sol: Someone, cy: Someone, browser: Browser, sink: Sink, concord: Concord
) -> None:
    email = (await cy.sees("/me"))["email"]
    await concord.identities.set_password(UUID(cy.id), PASSWORD)
    await browser.signs_in(email, PASSWORD)
    any_version = {"Sec-Fetch-Site": "same-origin", "If-Match": "*"}
    wrong = await browser.sends("PUT", "/me/password", {"current": "a guess", "password": NEW}, any_version)
    assert wrong.status_code == 409
    await browser.sends("PUT", "/me/password", {"current": PASSWORD, "password": NEW}, any_version)
    assert "was changed" in await sink.text(email)
    made = await makes_a_passkey(cy, Authenticator())
    assert "a passkey was added" in await sink.text(email)
    await browser.sends("DELETE", f"/passkeys/{made['id']}")
    assert "was taken away" in await sink.text(email)
    await sol.does(f"/people/{cy.id}/sign-out")
    assert "a steward of your organisation" in await sink.text(email)
    identities, letters = concord.identities, PlainLetters(concord.settings)
    await reset_for_operator(concord.ledger, identities, identities.resets, letters, concord.clock, email)
    told = await sink.text(email)
    assert "whoever runs this installation" in told
    assert "/password-resets/" not in told
    # Nothing more, and nobody else was told: the refused one above told nobody.
    assert sink.mails.empty()


async def test_a_link_holds_for_seventy_two_hours_and_a_newer_one_ends_it(
    sol: Someone, browser: Browser, sink: Sink, clock: MovableClock
) -> None:
    await browser.sends("POST", "/password-resets", {"email": EMAIL})
    older = await sink.link(EMAIL)
    await browser.sends("POST", "/password-resets", {"email": EMAIL})
    newer = await sink.link(EMAIL)
    assert (await browser.sends("POST", f"{older}/accept", {"password": NEW})).status_code == 404
    clock.move(hours=72)
    assert (await browser.sends("POST", f"{newer}/accept", {"password": NEW})).status_code == 404


async def test_nobody_is_flooded_with_mail(sol: Someone, browser: Browser, sink: Sink) -> None:
    answers = [await browser.sends("POST", "/password-resets", {"email": EMAIL}) for _ in range(6)]
    assert [a.status_code for a in answers] == [200] * 5 + [429]


async def test_without_mail_it_says_who_can_help(sol: Someone, browser: Browser) -> None:
    answer = await browser.sends("POST", "/password-resets", {"email": EMAIL})
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")


async def test_an_invitation_goes_to_who_is_invited_and_to_nobody_else(
    sol: Someone, browser: Browser, sink: Sink
) -> None:
    body = {"name": "Dee", "email": "dee@example.org"}
    invited = (await sol.sends("POST", "/people", body, Idempotency_Key="one")).json()
    assert "invitation_url" not in invited
    link = await sink.link("dee@example.org")
    # Sent again it is answered again, and no second mail goes out.
    assert (await sol.sends("POST", "/people", body, Idempotency_Key="one")).json() == invited
    page = await browser.client.get(link)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    elsewhere = FORM | {"Sec-Fetch-Site": "cross-site"}
    assert (await browser.client.post(link, content=f"password={NEW}", headers=elsewhere)).status_code == 403
    short = await browser.client.post(link, content="password=short", headers=FORM)
    assert (short.status_code, "12 to 256" in short.text) == (422, True)
    done = await browser.client.post(link, content=f"password={NEW}", headers=FORM)
    assert done.status_code == 200, done.text
    assert (await browser.sends("GET", "/me")).json()["id"] == invited["id"]
    assert (await browser.client.post(link, content=f"password={NEW}", headers=FORM)).status_code == 404
    assert sink.mails.empty()


async def test_an_operators_reset_ends_every_session_and_is_seen(
    pair: Pair, cy: Someone, concord: Concord, browser: Browser, steward: Someone
) -> None:
    await pair.ada.makes(
        "/agreements",
        {
            "title": "Ours",
            "purpose_text": "To know",
            "use": "coaching",
            "parties": [{"person_id": pair.ada.id, "role": "leader"}, {"person_id": pair.ben.id, "role": "report"}],
        },
    )
    await concord.identities.set_password(UUID(pair.ben.id), PASSWORD)
    ben = (await pair.ben.sees("/me"))["email"]
    await browser.signs_in(ben, PASSWORD)
    identities = concord.identities
    letters = PlainLetters(concord.settings)
    link = await reset_for_operator(concord.ledger, identities, identities.resets, letters, concord.clock, ben)
    assert (await browser.sends("GET", "/me")).status_code == 401
    assert (await browser.signs_in(ben, PASSWORD)).status_code == 401
    for who in (pair.ben, pair.ada):
        shown = (await who.sees(f"/people/{pair.ben.id}"))["sign_in_resets"]
        assert [reset["by"] for reset in shown] == ["operator"]
    for who in (cy, steward):
        assert "sign_in_resets" not in await who.sees(f"/people/{pair.ben.id}")
    done = await browser.client.post(f"/password-resets/{link.secret}", content=f"password={NEW}", headers=FORM)
    assert done.status_code == 200
    assert (await browser.sends("GET", "/me")).json()["id"] == pair.ben.id


async def test_the_first_run_makes_one_organisation_with_the_printed_token(
    settings: Settings, clock: MovableClock
) -> None:
    concord = await open_concord(settings, clock=clock)
    app = create_app(settings, concord=concord)
    async with app.router.lifespan_context(app), a_browser(app) as browser:
        token = first_run_token(concord.identities)
        fields = f"organisation=Northwind&time_zone=Europe/Oslo&name=Sol&email={EMAIL}&password={NEW}"
        assert (await browser.client.get("/first-run")).status_code == 200
        guess = await browser.client.post("/first-run", content=f"token=guess&{fields}", headers=FORM)
        assert guess.status_code == 404
        wrong = await browser.client.post("/first-run", content=f"token={token}&{fields[:-20]}", headers=FORM)
        assert (wrong.status_code, "Northwind" in wrong.text) == (422, True)
        assert token not in wrong.text
        done = await browser.client.post("/first-run", content=f"token={token}&{fields}", headers=FORM)
        assert done.status_code == 200, done.text
        me = (await browser.sends("GET", "/me")).json()
        assert (me["name"], me["roles"], me["organisation"]["name"]) == ("Sol", ["steward"], "Northwind")
        assert (await browser.client.get("/first-run")).status_code == 404
        again = await browser.client.post("/first-run", content=f"token={token}&{fields}", headers=FORM)
        assert again.status_code == 404
    await concord.close()


def test_mail_needs_to_know_who_writes_and_where_links_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_SMTP_URL", "smtp://localhost:25")
    with pytest.raises(Misconfigured, match="CONCORD_MAIL_FROM"):
        load_settings()
    monkeypatch.setenv("CONCORD_SMTP_URL", "http://localhost:25")
    with pytest.raises(Misconfigured, match="smtp://HOST"):
        load_settings()
