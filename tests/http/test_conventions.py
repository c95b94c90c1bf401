"""The conventions, one by one, on whichever resource shows them best."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx2
import pytest

from adapters.bootstrap import Concord
from adapters.http import deps
from services.ports import Conflict, Unavailable
from tests.http.agreements import stories
from tests.http.agreements.people import API, Someone, a_key
from tests.http.agreements.stories import Pair
from tests.http.conftest import MovableClock

TOKEN = {"name": "my editor", "scopes": ["all"]}


# Problems -------------------------------------------------------------------------------------------


async def test_a_path_that_does_not_exist_answers_as_an_unknown_resource(cy: Someone) -> None:
    nowhere = await cy.client.get("/nowhere")
    unknown = await cy.sends("GET", "/people/01a1fd22-490d-7d9f-af47-90aa6533c513")
    not_an_id = await cy.sends("GET", "/people/anna")
    assert nowhere.content == unknown.content == not_an_id.content
    assert nowhere.status_code == unknown.status_code == not_an_id.status_code == 404
    assert nowhere.headers["Content-Type"] == "application/problem+json"
    assert nowhere.json() == {
        "type": "urn:concord:problem:not-found",
        "title": "Nothing here",
        "status": 404,
        "detail": "There is nothing here under that name.",
        "code": "not-found",
    }


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/people", "GET, POST"),
        ("PATCH", "/me/absences", "GET, POST"),
        ("GET", "/people/x/leader", "PUT"),
        ("TRACE", "/tokens", "GET, POST"),
        ("OPTIONS", "/tokens", "GET, POST"),
    ],
)
async def test_another_method_is_refused_with_those_that_are_allowed(
    method: str, path: str, allowed: str, cy: Someone
) -> None:
    answer = await cy.sends(method, path)
    assert (answer.status_code, answer.json()["code"], answer.headers["Allow"]) == (405, "method-not-allowed", allowed)
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_an_address_with_a_slash_at_its_end_is_another_one(cy: Someone) -> None:
    assert (await cy.sends("GET", "/people/")).status_code == 404


async def test_a_defect_is_answered_without_a_trace_of_it(
    cy: Someone, concord: Concord, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise ValueError("Ada told Ben in confidence")

    monkeypatch.setattr(concord.identities, "page", broken)
    answer = await cy.sends("GET", "/people")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "ValueError" not in answer.text
    assert "confidence" not in answer.text


async def test_a_store_that_is_away_is_said_so_and_when_to_try_again(
    cy: Someone, concord: Concord, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise Unavailable("the cable")

    monkeypatch.setattr(concord.identities, "page", away)
    answer = await cy.sends("GET", "/people")
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "unavailable", "1")


async def test_every_answer_is_private_and_closed_to_scripts(cy: Someone, nobody: Someone) -> None:
    answers = [
        await cy.sends("GET", "/me"),
        await cy.sends("POST", "/tokens", TOKEN),
        await nobody.sends("GET", "/me"),
        await cy.sends("GET", "/nowhere"),
        await cy.sends("DELETE", "/people"),
    ]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


# ETag, If-None-Match, If-Match ----------------------------------------------------------------------


async def test_a_tag_is_the_version_and_a_digest_of_what_one_is_shown(cy: Someone, steward: Someone) -> None:
    mine = (await cy.sends("GET", f"/people/{cy.id}")).headers["ETag"]
    assert mine.startswith('"3.')  # joined, invited, given a token
    # A steward is shown as much of the same version; a colleague less, and no version, which counts what one does.
    assert (await steward.sends("GET", f"/people/{cy.id}")).headers["ETag"] == mine
    of_the_steward = (await steward.sends("GET", f"/people/{steward.id}")).headers["ETag"]
    seen_by_cy = (await cy.sends("GET", f"/people/{steward.id}")).headers["ETag"]
    assert seen_by_cy.startswith('"0.')
    assert seen_by_cy.split(".")[1] != of_the_steward.split(".")[1]


@pytest.mark.parametrize("written", ["{}", "W/{}", '"1.0", {}', "*"])
async def test_what_one_has_is_not_sent_again(written: str, cy: Someone) -> None:
    tag = (await cy.sends("GET", "/me")).headers["ETag"]
    answer = await cy.sends("GET", "/me", If_None_Match=written.format(tag))
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)


@pytest.mark.parametrize("written", ['"1"', '"3"', "", "3", '"3.0123456789abcdef"'])
async def test_anything_else_is_sent(written: str, cy: Someone) -> None:
    assert (await cy.sends("GET", "/me", If_None_Match=written)).status_code == 200


@pytest.mark.parametrize("written", ['"{}"', '"{}.0123456789abcdef"', "*", 'W/"{}.00"'])
async def test_of_if_match_the_version_counts(written: str, steward: Someone, cy: Someone) -> None:
    version = (await steward.sends("GET", f"/people/{cy.id}")).headers["ETag"].strip('"').split(".")[0]
    header = written.format(version)
    answer = await steward.sends("PUT", f"/people/{cy.id}/leader", {"leader_id": None}, If_Match=header)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("written", ["3", '"three"', '"3', '"1","2"', '"-1"', '""', '"9999999999"'])
async def test_an_if_match_that_is_none_is_refused(written: str, steward: Someone, cy: Someone) -> None:
    answer = await steward.sends("PUT", f"/people/{cy.id}/leader", {"leader_id": None}, If_Match=written)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "If-Match")


async def test_on_a_post_it_is_optional_and_counts_all_the_same(steward: Someone, cy: Someone) -> None:
    answer = await steward.sends("POST", f"/people/{cy.id}/deactivate", If_Match='"1"')
    assert (answer.status_code, answer.json()["code"]) == (412, "stale-version")
    assert (await steward.sends("POST", f"/people/{cy.id}/deactivate")).status_code == 200


# Idempotency-Key ------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 201, "\t"])
async def test_a_key_that_cannot_be_one_is_refused(key: str, cy: Someone) -> None:
    headers = {"Authorization": f"Bearer {cy.token}".encode(), "Idempotency-Key": key.encode()}
    answer = await cy.client.post(f"{API}/tokens", json=TOKEN, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize("key", ["x", "!~", "x" * 200])
async def test_a_key_that_can_is_taken(key: str, cy: Someone) -> None:
    assert (await cy.sends("POST", "/tokens", TOKEN, Idempotency_Key=key)).status_code == 201


async def test_a_key_is_ones_own_and_of_one_method_and_path(cy: Someone, pair: Pair) -> None:
    key = a_key()
    answers = [
        await cy.sends("POST", "/tokens", TOKEN, Idempotency_Key=key),
        await pair.ada.sends("POST", "/tokens", TOKEN, Idempotency_Key=key),
        await cy.sends("POST", "/me/absences", {"from_on": cy.day(), "until_on": cy.day()}, Idempotency_Key=key),
    ]
    assert [a.status_code for a in answers] == [201, 201, 201]
    assert [a for a in answers if "Idempotent-Replayed" in a.headers] == []


async def test_a_repeat_is_found_before_version_and_rules(steward: Someone, cy: Someone) -> None:
    path, key = f"/people/{cy.id}/deactivate", a_key()
    seen = (await steward.sends("GET", f"/people/{cy.id}")).headers["ETag"]
    first = await steward.sends("POST", path, If_Match=seen, Idempotency_Key=key)
    again = await steward.sends("POST", path, If_Match=seen, Idempotency_Key=key)
    assert (first.status_code, again.status_code, again.headers["Idempotent-Replayed"]) == (200, 200, "true")
    assert [first.content, first.headers["ETag"], first.headers["Concord-Position"]] == [
        again.content, again.headers["ETag"], again.headers["Concord-Position"],
    ]  # fmt: skip


async def test_a_repeat_is_answered_as_at_its_own_time(cy: Someone) -> None:
    key, body = a_key(), {"from_on": cy.day(), "until_on": cy.day()}
    first = await cy.sends("POST", "/me/absences", body, Idempotency_Key=key)
    await cy.does(f"/me/absences/{first.json()['id']}", method="DELETE")
    again = await cy.sends("POST", "/me/absences", body, Idempotency_Key=key)
    assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"])


async def test_many_at_once_under_one_key_have_one_effect(cy: Someone) -> None:
    key = a_key()
    answers = await asyncio.gather(*(cy.sends("POST", "/tokens", TOKEN, Idempotency_Key=key) for _ in range(8)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    assert sorted(a.headers.get("Idempotent-Replayed", "") for a in answers) == ["", *["true"] * 7]
    assert len((await cy.sees("/tokens"))["items"]) == 2


async def test_another_body_or_query_under_the_same_key_is_refused(pair: Pair) -> None:
    agreement = await stories.shared(pair)
    term = agreement["proposal"]["terms"][1]["id"]
    key, path = a_key(), f"/agreements/{agreement['id']}/terms/{term}"
    first = await pair.ben.sends("DELETE", f"{path}?reason=one", If_Match="*", Idempotency_Key=key)
    other = await pair.ben.sends("DELETE", f"{path}?reason=another", If_Match="*", Idempotency_Key=key)
    assert (first.status_code, other.status_code, other.json()["code"]) == (200, 422, "key-reused")


async def test_a_repeat_needs_sight_of_what_it_answers(pair: Pair, steward: Someone) -> None:
    agreement = await stories.in_force(pair)
    key, path = a_key(), f"/agreements/{agreement['id']}/amendments"
    assert (await pair.ben.sends("POST", path, {"reason": "x"}, Idempotency_Key=key)).status_code in {200, 201}
    await steward.does(f"/people/{pair.ben.id}/deactivate")
    again = await pair.ben.sends("POST", path, {"reason": "x"}, Idempotency_Key=key)
    assert again.status_code == 401


async def test_what_a_receipt_keeps_does_not_tell_what_was_sent(cy: Someone, concord: Concord) -> None:
    import hashlib

    import orjson

    body = {"name": "for the works council", "scopes": ["all"]}
    await cy.sends("POST", "/tokens", body, Idempotency_Key=a_key())
    kept = {r.request_hash for r in await concord.database.fetch_all("SELECT request_hash FROM log_receipts")}
    guesses = {hashlib.sha256(written).hexdigest() for written in (orjson.dumps(body), str(body).encode())}
    assert kept & guesses == set()


# Conflicts with other processes ---------------------------------------------------------------------


async def test_a_command_is_decided_again_when_another_process_was_first(
    cy: Someone, concord: Concord, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded, tries = concord.ledger.record, []

    async def busy(*args: Any, **more: Any) -> Any:
        tries.append(1)
        if len(tries) < 5:
            raise Conflict
        return await recorded(*args, **more)

    monkeypatch.setattr(concord.ledger, "record", busy)
    assert (await cy.sends("POST", "/tokens", TOKEN)).status_code == 201
    assert len(tries) == 5


async def test_and_not_for_ever(cy: Someone, concord: Concord, monkeypatch: pytest.MonkeyPatch) -> None:
    async def taken(*_: Any, **__: Any) -> None:
        raise Conflict

    monkeypatch.setattr(concord.ledger, "record", taken)
    answer = await cy.sends("POST", "/tokens", TOKEN)
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "unavailable", "1")


# Positions ------------------------------------------------------------------------------------------


async def test_every_command_says_where_it_is_in_the_log(cy: Someone, concord: Concord) -> None:
    positions = [int((await cy.sends("POST", "/tokens", TOKEN)).headers["Concord-Position"]) for _ in range(3)]
    assert positions == [positions[0], positions[0] + 1, positions[0] + 2]
    assert positions[-1] == await concord.ledger.head()


@pytest.mark.parametrize("as_header", [True, False])
async def test_a_list_that_waits_for_a_command_shows_it(as_header: bool, pair: Pair) -> None:
    for n in range(5):
        made = await pair.ada.sends("POST", "/agreements", pair.head(title=f"Agreement {n}"))
        position = made.headers["Concord-Position"]
        path = "/agreements" if as_header else f"/agreements?min_position={position}"
        headers = {"Concord_Min_Position": position} if as_header else {}
        answer = await pair.ada.sends("GET", path, **headers)
        assert made.json()["id"] in [item["id"] for item in answer.json()["items"]]


async def test_what_is_read_from_the_log_waits_for_no_read_model(
    pair: Pair, concord: Concord, monkeypatch: pytest.MonkeyPatch
) -> None:
    await concord.projector.stop()
    made = await pair.ada.sends("POST", "/agreements", pair.head())
    position = made.headers["Concord-Position"]
    for path in (f"/agreements/{made.json()['id']}", "/people", "/me", "/tokens", "/me/absences"):
        answer = await pair.ada.sends("GET", path, Concord_Min_Position=position)
        assert answer.status_code == 200, (path, answer.text)
    monkeypatch.setattr(deps, "LONGEST_WAIT", 0.2)
    answer = await pair.ada.sends("GET", "/agreements", Concord_Min_Position=position)
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "unavailable", "1")


async def test_a_position_that_never_comes_is_waited_for_five_seconds(cy: Someone) -> None:
    began = time.monotonic()
    answer = await cy.sends("GET", "/people?min_position=999999")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert 4.9 < time.monotonic() - began < 9


@pytest.mark.parametrize("position", ["-1", "x", "1.5", "", "9" * 19, "١"])
async def test_a_position_that_is_none_is_refused(position: str, cy: Someone) -> None:
    answer = await cy.client.get(
        f"{API}/people", params={"min_position": position}, headers={"Authorization": f"Bearer {cy.token}"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "min_position")


# Instants -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    ["2027-01-01T09:59:00Z", "2027-01-01t09:59z", "2027-01-01T10:59:00.123456%2B01:00", "2027-01-01T10:59:00+01:00"],
)
async def test_an_instant_is_taken_in_any_zone(written: str, pair: Pair, clock: MovableClock) -> None:
    agreement = await stories.shared(pair)
    clock.move(hours=2)
    assert (await pair.ada.sends("GET", f"/agreements/{agreement['id']}?as_of={written}")).status_code == 200


@pytest.mark.parametrize(
    "written",
    ["2027-01-01", "2027-01-01T09:59:00", "yesterday", "2027-02-30T00:00:00Z", "2027-01-01T24:01:00Z", "1798794000",
     "2999-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "2027-01-01T09:59:00%2B99:00", ""],
)  # fmt: skip
@pytest.mark.parametrize("name", ["as_of", "known_at"])
async def test_an_instant_that_is_none_or_still_to_come_is_refused(name: str, written: str, pair: Pair) -> None:
    agreement = await stories.drafted(pair)
    answer = await pair.ada.sends("GET", f"/agreements/{agreement['id']}?{name}={written}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, name)


# Parameters -----------------------------------------------------------------------------------------


async def test_a_parameter_that_does_not_exist_is_refused_rather_than_ignored(pair: Pair) -> None:
    agreement = await stories.drafted(pair)
    answer = await pair.ada.sends("GET", f"/agreements/{agreement['id']}?asof=2027-01-01T09:00:00Z")
    assert (answer.status_code, answer.json()["errors"]) == (
        422, [{"field": "asof", "message": "There is no such parameter here."}],
    )  # fmt: skip


async def test_half_a_parameter_or_a_nul_in_one_is_no_defect(cy: Someone) -> None:
    for query in ("external_id=%00", "external_id=%ED%A0%80", "external_id=%FF", "limit=%00", "%00=1", "state=%"):
        answer = await cy.sends("GET", f"/agreements?{query}")
        assert answer.status_code in {200, 422}, (query, answer.text)
        if "%00" in query:
            assert answer.status_code == 422


async def test_a_location_is_where_the_thing_is(cy: Someone) -> None:
    made: httpx2.Response = await cy.sends("POST", "/tokens", TOKEN)
    assert made.headers["Location"] == f"{API}/tokens/{made.json()['id']}"
