"""Letters wait until a mail server has taken them, whatever dies meanwhile; each is sent by one process at a time."""

from __future__ import annotations

import asyncio
import email
import signal
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, Envelope

from adapters.database import connect
from adapters.identity import mail
from adapters.identity.mail import Postman
from adapters.identity.outbox import LEASE, MailOutbox
from adapters.identity.store import IdentityStore
from adapters.settings import Settings
from services.people.ports import Letter

NOW = datetime(2027, 1, 1, 9, 0, tzinfo=UTC)
PERSON, HOUSE = UUID(int=1), UUID(int=2)
TO, LINK = "dee@example.org", "http://concord.test/password-resets/concord_a-secret"


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


class Sink:
    """A mail server: `says` is what it answers to each next letter, 250 when nothing is left to say."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, str]] = []
        self.says: list[str] = []

    async def handle_RCPT(self, _: object, __: object, envelope: Envelope, address: str, ___: object) -> str:
        if self.says and self.says[0].startswith("550"):
            return self.says.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: object, __: object, envelope: Envelope) -> str:
        if self.says:
            return self.says.pop(0)
        message = email.message_from_bytes(envelope.content or b"")
        text = str(message.get_payload(decode=True), "utf-8").replace("\r", "").strip()
        self.got.append((envelope.rcpt_tos[0], message["Message-ID"], text))
        return "250 OK"


@pytest.fixture
async def sink() -> AsyncIterator[tuple[Sink, Settings]]:
    sink = Sink()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(sink, hostname="sink"), "127.0.0.1", 0)
    url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    settings = Settings(
        _env_file=None, smtp_url=url, mail_from="Concord <concord@northwind.example>", public_url="http://c.test"
    )
    yield sink, settings
    server.close()


@asynccontextmanager
async def an_outbox(store_url: str, folder: Path) -> AsyncIterator[MailOutbox]:
    """The outbox as another process of the installation has it."""
    database = connect(store_url)
    identities = IdentityStore(database, folder / "secrets")
    await identities.prepare()
    yield identities.outbox
    await database.close()


def a_letter(letter_id: UUID | None = None, at: datetime = NOW) -> Letter:
    return Letter(letter_id or uuid.uuid4(), PERSON, HOUSE, TO, "A link", f"Hello Dee,\n\n{LINK}", at)


async def test_a_letter_is_sent_once_by_whichever_process_and_says_nothing_in_the_store(
    store_url: str, tmp_path: Path, sink: tuple[Sink, Settings]
) -> None:
    (server, settings), clock = sink, Clock()
    async with an_outbox(store_url, tmp_path) as one, an_outbox(store_url, tmp_path) as other:
        letters = [a_letter() for _ in range(12)]
        for letter in letters:
            await one.put(letter)
            await other.put(letter)
        database = connect(store_url)
        stored = str(await database.fetch_all("SELECT * FROM identity_mails"))
        assert str(PERSON) in stored
        assert [word for word in (TO, "Dee", "a-secret", "A link") if word in stored] == []
        await asyncio.gather(*(Postman(box, clock, lambda: settings).deliver() for box in (one, other, one, other)))
        assert sorted(m for _, m, _ in server.got) == sorted(f"<{lt.letter_id}@northwind.example>" for lt in letters)
        assert {(to, text) for to, _, text in server.got} == {(TO, letters[0].text)}
        # What was sent is known, with nothing in it, and is not sent again.
        await other.put(letters[0])
        await Postman(other, clock, lambda: settings).deliver()
        assert len(server.got) == 12
        rows = await database.fetch_all("SELECT sealed, due_ms FROM identity_mails")
        assert {(row.sealed, row.due_ms) for row in rows} == {("", None)}
        # In time that is let go of, too.
        await one.put(a_letter(at=NOW + timedelta(days=2)))
        assert len(await database.fetch_all("SELECT mail_id FROM identity_mails")) == 1
        await database.close()


async def test_a_server_that_is_busy_is_tried_again_and_one_that_never_will_is_not(
    store_url: str, tmp_path: Path, sink: tuple[Sink, Settings]
) -> None:
    (server, settings), clock = sink, Clock()
    async with an_outbox(store_url, tmp_path) as box:
        postman = Postman(box, clock, lambda: settings)
        await box.put(a_letter())
        assert await box.waiting(NOW) == (1, 0)
        assert await box.waiting(NOW + timedelta(seconds=1)) == (1, 1)
        server.says = ["451 busy"] * 3
        for seconds, left in ((0, 2), (4, 2), (5, 1), (34, 1), (35, 0), (154, 0)):
            clock.at = NOW + timedelta(seconds=seconds)
            await postman.deliver()
            assert (len(server.says), server.got) == (left, []), seconds
        clock.at = NOW + timedelta(seconds=155)
        await postman.deliver()
        assert len(server.got) == 1
        assert await box.waiting(NOW) == (0, 0)
        await box.put(a_letter(at=clock.at))
        server.says = ["550 no such person"]
        await postman.deliver()
        clock.at += timedelta(days=1)
        await postman.deliver()
        assert (len(server.got), server.says) == (1, [])
        # Where nobody answers for three days, what it says is of no use any more.
        await box.put(a_letter(at=clock.at))
        nowhere = settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:9"})
        for _ in range(2):
            await Postman(box, clock, lambda: nowhere).deliver()
            clock.at += timedelta(hours=72, seconds=1)
        await postman.deliver()
        assert len(server.got) == 1


_PUTS = """
import asyncio, os, sys, uuid
from datetime import datetime, timedelta
from pathlib import Path
from adapters.database import connect
from adapters.identity.store import IdentityStore
from services.people.ports import Letter

async def put():
    identities = IdentityStore(connect(sys.argv[1]), Path(sys.argv[2]) / "secrets")
    await identities.prepare()
    at = datetime.fromisoformat(sys.argv[3])
    for letter_id in sys.argv[4:]:
        letter = Letter(uuid.UUID(letter_id), uuid.UUID(int=1), uuid.UUID(int=2), "dee@example.org", "x", "y", at)
        await identities.outbox.put(letter)
        at += timedelta(seconds=1)
    assert await identities.outbox.take(at) is not None
    os.kill(os.getpid(), 9)

asyncio.run(put())
"""


async def test_letters_outlive_a_process_that_is_killed(
    store_url: str, tmp_path: Path, sink: tuple[Sink, Settings]
) -> None:
    (server, settings), clock = sink, Clock()
    taken, written = uuid.uuid4(), uuid.uuid4()
    arguments = [store_url, str(tmp_path), NOW.isoformat(), str(taken), str(written)]
    ran = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", _PUTS, *arguments], capture_output=True)
    assert ran.returncode == -signal.SIGKILL, ran.stderr.decode()
    async with an_outbox(store_url, tmp_path) as box:
        clock.at += timedelta(seconds=2)
        await Postman(box, clock, lambda: settings).deliver()
        # Until its lease is over, the one that was taken may be on its way.
        assert [said for _, said, _ in server.got] == [f"<{written}@northwind.example>"]
        clock.at += LEASE
        await Postman(box, clock, lambda: settings).deliver()
        assert [said for _, said, _ in server.got] == [f"<{one}@northwind.example>" for one in (written, taken)]


async def test_the_postman_hears_at_once_of_what_this_process_writes(
    store_url: str, tmp_path: Path, sink: tuple[Sink, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "EVERY", 60.0)
    (server, settings), clock = sink, Clock()
    async with an_outbox(store_url, tmp_path) as box:
        sending = asyncio.create_task(Postman(box, clock, lambda: settings).run())
        await asyncio.sleep(0.05)
        await box.put(a_letter())
        await _until(lambda: len(server.got) == 1)
        sending.cancel()


@pytest.mark.parametrize("turns", range(4))
async def test_the_postman_ends_when_told_also_while_it_hears_of_a_letter(
    store_url: str, tmp_path: Path, turns: int
) -> None:
    async with an_outbox(store_url, tmp_path) as box:
        sending = asyncio.create_task(Postman(box, Clock(), Settings).run())
        await asyncio.sleep(0.05)
        box.news.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        sending.cancel()
        assert await asyncio.wait([sending], timeout=3) == ({sending}, set())


async def _until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not there():  # noqa: ASYNC110 - a mail server sets no event
            await asyncio.sleep(0.01)
