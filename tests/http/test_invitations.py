"""Invitations: a single-use secret for 72 hours, with which somebody sets their password and gets a first token."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import pytest

from adapters.bootstrap import Concord
from tests.http.agreements.people import API, Someone, a_key
from tests.http.conftest import MovableClock

PASSWORD = {"password": "nobody else would think of this"}


@pytest.fixture
async def dee(steward: Someone) -> dict[str, Any]:
    """Somebody who has been added and not yet signed in."""
    return await steward.makes("/people", {"name": "Dee", "email": "dee@example.org"})


def path_of(invited: dict[str, Any]) -> str:
    return urlsplit(invited["invitation_url"]).path.removeprefix(API)


async def test_it_is_accepted_with_a_password_and_opens_the_api(
    dee: dict[str, Any], nobody: Someone, concord: Concord
) -> None:
    assert dee["invitation_url"].startswith("http://concord.test/")
    accepted = await nobody.sends("POST", path_of(dee), PASSWORD)
    assert accepted.status_code == 201, accepted.text
    assert (accepted.json()["person_id"], accepted.json()["name"]) == (dee["id"], "Dee")
    someone = Someone(nobody.client, nobody.clock, dee["id"], accepted.json()["token"])
    assert (await someone.sees("/me"))["id"] == dee["id"]


async def test_it_works_once(dee: dict[str, Any], nobody: Someone) -> None:
    assert (await nobody.sends("POST", path_of(dee), PASSWORD)).status_code == 201
    for body in (PASSWORD, {"password": "somebody else's password"}):
        for headers in ({}, {"Idempotency_Key": a_key()}):
            again = await nobody.sends("POST", path_of(dee), body, **headers)
            assert (again.status_code, again.json()["code"]) == (404, "not-found")


async def test_of_many_who_try_at_once_one_gets_in(dee: dict[str, Any], nobody: Someone) -> None:
    tries = [{"password": f"password number {n}"} for n in range(4)]
    answers = await asyncio.gather(*(nobody.sends("POST", path_of(dee), body) for body in tries))
    assert sorted(a.status_code for a in answers) == [201, 404, 404, 404]


async def test_a_lost_answer_is_given_again_to_who_knows_key_and_password(dee: dict[str, Any], nobody: Someone) -> None:
    key = a_key()
    first = await nobody.sends("POST", path_of(dee), PASSWORD, Idempotency_Key=key)
    again = await nobody.sends("POST", path_of(dee), PASSWORD, Idempotency_Key=key)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert first.json() == again.json()
    other = await nobody.sends("POST", path_of(dee), {"password": "a guess at the password"}, Idempotency_Key=key)
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")


async def test_cut_off_between_the_identity_and_the_log_it_is_finished_by_sending_it_again(
    dee: dict[str, Any], nobody: Someone, concord: Concord, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(*_: Any, **__: Any) -> None:
        raise ConnectionAbortedError

    with monkeypatch.context() as patched:
        patched.setattr(concord.ledger, "record", cut)
        assert (await nobody.sends("POST", path_of(dee), PASSWORD)).status_code == 500
    other = await nobody.sends("POST", path_of(dee), {"password": "somebody else's password"})
    assert other.status_code == 404
    assert (await nobody.sends("POST", path_of(dee), PASSWORD)).status_code == 201


async def test_it_holds_for_seventy_two_hours(dee: dict[str, Any], nobody: Someone, clock: MovableClock) -> None:
    clock.move(hours=72)
    assert (await nobody.sends("POST", path_of(dee), PASSWORD)).status_code == 404


async def test_a_newer_invitation_puts_the_older_out_of_use(
    dee: dict[str, Any], nobody: Someone, steward: Someone
) -> None:
    newer = await steward.makes(f"/people/{dee['id']}/invitations")
    assert (await nobody.sends("POST", path_of(dee), PASSWORD)).status_code == 404
    assert (await nobody.sends("POST", path_of(newer), PASSWORD)).status_code == 201


async def test_a_steward_cannot_invite_themselves_into_somebodys_account(
    dee: dict[str, Any], nobody: Someone, steward: Someone
) -> None:
    await nobody.sends("POST", path_of(dee), PASSWORD)
    answer = await steward.sends("POST", f"/people/{dee['id']}/invitations")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")


async def test_who_left_accepts_nothing_any_more(dee: dict[str, Any], nobody: Someone, steward: Someone) -> None:
    await steward.does(f"/people/{dee['id']}/deactivate")
    assert (await nobody.sends("POST", path_of(dee), PASSWORD)).status_code == 404


@pytest.mark.parametrize("password", ["", "short", "x" * 257])
async def test_a_password_has_a_length_that_is_safe(password: str, dee: dict[str, Any], nobody: Someone) -> None:
    answer = await nobody.sends("POST", path_of(dee), {"password": password})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "password")
    assert password not in answer.text or not password
    assert (await nobody.sends("POST", path_of(dee), PASSWORD)).status_code == 201


@pytest.mark.parametrize("secret", ["x", "concord_" + "A" * 43, "%00", "..", "x" * 201])
async def test_a_made_up_secret_is_not_there(secret: str, nobody: Someone, steward: Someone) -> None:
    answer = await nobody.sends("POST", f"/invitations/{secret}/accept", PASSWORD)
    assert (answer.status_code, answer.json()["code"]) in ((404, "not-found"), (405, "method-not-allowed"))


async def test_neither_secret_nor_password_is_in_the_store(
    dee: dict[str, Any], nobody: Someone, concord: Concord
) -> None:
    accepted = (await nobody.sends("POST", path_of(dee), PASSWORD, Idempotency_Key=a_key())).json()
    secrets = [path_of(dee).split("/")[2], accepted["token"], PASSWORD["password"]]
    tables = [
        "identity_people", "identity_tokens", "identity_invitations", "log_receipts", "log_events", "log_standings",
    ]  # fmt: skip
    stored = "".join([str(await concord.database.fetch_all(f"SELECT * FROM {table}")) for table in tables])
    assert [s for s in secrets if s in stored] == []
