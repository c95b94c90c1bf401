"""What people write, who they are and what lets them in reaches no log line, no figure and no error."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx2
import pytest
import structlog

from adapters.bootstrap import Concord
from adapters.http.metrics import exposition
from adapters.logging import configure_logging
from tests.http.agreements.people import API, Someone

pytestmark = pytest.mark.usefixtures("quick_passwords")
OURS = {"Sec-Fetch-Site": "same-origin"}
CANARY = "zq7canary"
PASSWORD = f"{CANARY} a password of somebody"


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One store is enough: what is tried is what is said to the outside."""
    return sqlite_url


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)
    structlog.reset_defaults()


async def test_no_text_name_address_or_secret_is_said_outside(
    address: str,
    concord: Concord,
    steward: Someone,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    email = f"{CANARY}@northwind.example"
    invited = await steward.makes("/people", {"name": f"{CANARY} Dee", "email": email})
    invitation = invited["invitation_url"].rsplit("/", 2)[1]
    await concord.identities.set_password(UUID(steward.id), PASSWORD)
    configure_logging("json", level=logging.DEBUG)
    # Mail to a server that is not there: that is logged, and whose it was is not.
    concord.settings = concord.settings.model_copy(
        update={"smtp_url": f"smtp://{CANARY}:{CANARY}@127.0.0.1:9", "mail_from": f"{CANARY}@x.example"}
    )
    sending = asyncio.create_task(concord.postman.run())
    secrets = [invitation, steward.token or "-"]
    errors: list[str] = []

    async with httpx2.AsyncClient(base_url=address) as client:

        async def sends(method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
            more = {} if body is None else {"json": body}
            answer = await client.request(method, path, headers=OURS | headers, **more)
            if answer.status_code >= 400:
                errors.append(str(answer.headers) + answer.text)
            return answer

        signed_in = await sends("POST", f"{API}/sessions", {"email": "sol@northwind.example", "password": PASSWORD})
        assert signed_in.status_code == 201
        secrets += dict(client.cookies).values()
        await sends("POST", f"{API}/sessions", {"email": email, "password": PASSWORD})
        await sends("POST", f"{API}/sessions", {"email": email, "password": PASSWORD, CANARY: 1})
        await sends("POST", f"{API}/sessions", {"email": [CANARY], "password": {"x": CANARY}})
        await sends("POST", f"{API}/password-resets", {"email": email})
        await sends("POST", f"{API}/password-resets/{CANARY}/accept", {"password": PASSWORD})
        await sends("POST", f"{API}/invitations/{invitation}/accept", {"password": CANARY})
        await sends("POST", f"{API}/sessions/passkey", {"ceremony": CANARY, "credential": {"id": CANARY}})
        await sends("GET", f"{API}/{CANARY}/{CANARY}")
        await sends("GET", f"{API}/people/{CANARY}")
        await sends("GET", f"{API}/me", Authorization=f"Bearer {CANARY}")
        await sends("POST", f"{API}/people", {"name": CANARY, "email": email})
        await sends(
            "POST", f"{API}/people", {"name": f"{CANARY}\u0000", "email": CANARY}, Referer=f"http://{CANARY}.test/"
        )
        await sends(
            "POST", f"{API}/agreements", {"title": CANARY, "purpose_text": CANARY, "use": CANARY, "parties": []}
        )

        async def breaks(*_: Any, **__: Any) -> None:
            raise ValueError(f"about {CANARY}")

        with monkeypatch.context() as patched:
            patched.setattr(concord.identities, "page", breaks)
            patched.setattr(concord.identities, "names", breaks)
            broken = await sends("GET", f"{API}/people")
            assert broken.status_code == 500
    logged = capsys.readouterr().err
    for _ in range(100):
        # Mail goes out beside the answer, so that it cannot be sent is said a little later.
        if "a mail could not be sent" in logged:
            break
        await asyncio.sleep(0.05)
        logged += capsys.readouterr().err
    sending.cancel()
    assert "a request failed" in logged
    assert "a mail could not be sent" in logged
    figures = (await exposition(concord)).decode()
    assert "concord_request_seconds" in figures
    said = {"log": logged, "figures": figures, "errors": "".join(errors)}
    assert len(errors) >= 13
    # A field that is not known is named as it was sent: that much of an error is the sender's own.
    said["errors"] = said["errors"].replace(f'{{"field":"{CANARY}"', "")
    found = [(where, one) for where, text in said.items() for one in [CANARY, *secrets] if one in text]
    assert found == []
