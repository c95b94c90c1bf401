"""No form, header, repeat or proof tells what is there from what is not; and who is let out is a stranger at once."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from adapters.bootstrap import Concord
from tests.http.agreements.people import Someone, a_key
from tests.http.conftest import MovableClock, token_of
from tests.http.matrix.asking import asked, plain
from tests.http.matrix.company import (
    CONTRIBUTOR,
    ELSEWHERE,
    FORMER_PARTY,
    GRANTED,
    OTHER_PARTY,
    PARTY,
    STEWARD,
    STRANGER,
    Company,
    a_company,
    unknown,
)  # fmt: skip
from tests.http.matrix.ruled import ruled

MALFORMED: tuple[Any, ...] = ({"no such": "field"}, [], None)


@pytest.fixture
async def company(concord: Concord, nobody: Someone, clock: MovableClock, quick_passwords: None) -> Company:
    return await a_company(concord, nobody, clock)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_no_form_and_no_header_tells_what_is_there(app: FastAPI, company: Company) -> None:
    ada, wrong = company.people[PARTY], []
    for method, path, route, rule in ruled(app):
        if rule.about in (None, "own", "team", "person"):
            continue
        thing = company.of(rule.about)[0]
        asking = asked(app, method, path, route, thing)
        nowhere = asking.elsewhere(thing.id, unknown())
        tag = (await asking.by(ada)).headers.get("ETag", '"1"') if method == "GET" else '"1"'
        for principal in (STRANGER, ELSEWHERE):
            who = company.people[principal]
            for body, headers in _ways(method, asking.body, tag):
                there = await who.sends(method, asking.path, body, **headers)
                absent = await who.sends(method, nowhere.path, body, **headers)
                if plain(there) != plain(absent) or there.is_success or there.status_code == 304:
                    wrong.append(f"{principal}: {asking.operation} {body} {headers}: {there.text} is not {absent.text}")
    assert not wrong, "\n".join(wrong)


def _ways(method: str, fitting: Any, tag: str) -> list[tuple[Any, dict[str, str]]]:
    """Bodies and headers with which one might find out more."""
    if method == "GET":
        return [(None, {"If_None_Match": tag}), (None, {"If_None_Match": "*"})]
    tried: list[tuple[Any, dict[str, str]]] = [(body, {"If_Match": "*"}) for body in MALFORMED]
    return [*tried, (fitting, {}), (fitting, {"If_Match": tag}), (fitting, {"If_Match": "nonsense"})]


async def test_whoever_is_let_out_finds_nothing_from_then_on(app: FastAPI, company: Company) -> None:
    ada, ben, con, gil = (company.people[name] for name in (PARTY, OTHER_PARTY, CONTRIBUTOR, GRANTED))
    agreement = company.of("agreement")[0]
    here = f"/agreements/{agreement.id}"
    team = company.of("team")[0].id
    owed = {
        "owed_by": [{"team_id": team}],
        "owed_to": [{"person_id": ada.id}],
        "outcome": "It runs",
        "due_at": ada.day(9),
    }
    promise = f"/commitments/{(await ada.makes('/commitments', owed))['id']}"
    await con.does(f"{promise}/promise", {"revision": 1})
    said, noted = a_key(), a_key()
    comment = f"{here}/terms/{agreement.gaps['term_id']}/comments"
    for path, body, key in ((comment, {"text": "A word"}, said), (f"{promise}/progress", {"text": "Half"}, noted)):
        assert (await con.sends("POST", path, body, Idempotency_Key=key)).status_code == 201
        assert (await con.sends("POST", path, body, Idempotency_Key=key)).headers["Idempotent-Replayed"] == "true"
    assert (await gil.sends("GET", here)).status_code == 200

    await ada.does(f"{here}/contributors/{con.id}", method="DELETE")
    await ben.does(f"{here}/grants/{gil.id}", method="DELETE")
    await ben.does(f"/teams/{team}/members/{con.id}", method="DELETE")
    paths = [asked(app, method, path, route, agreement).path for method, path, route, rule in ruled(app)
             if rule.about == "agreement" and method == "GET"]  # fmt: skip
    for who in (con, gil):
        for path in paths:
            there = await who.sends("GET", path)
            assert plain(there) == plain(await who.sends("GET", path.replace(agreement.id, unknown()))), path
        assert agreement.id not in (await who.sends("GET", "/agreements")).text
        assert agreement.id not in (await who.sends("GET", "/me/inbox")).text
        assert (await who.sends("GET", f"/people/{ben.id}/expectations")).status_code == 404
    assert (await con.sends("GET", promise)).status_code == 404
    assert (await con.sends("GET", "/commitments")).json()["items"] == []
    # What was theirs to do before is not answered again either.
    for path, body, key in ((comment, {"text": "A word"}, said), (f"{promise}/progress", {"text": "Half"}, noted)):
        again = await con.sends("POST", path, body, Idempotency_Key=key)
        assert plain(again) == plain(await con.sends("GET", f"/agreements/{unknown()}")), again.text


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_repeat_is_answered_to_nobody_else_and_to_no_narrower_token(company: Company) -> None:
    ada, ben = company.people[PARTY], company.people[OTHER_PARTY]
    key, body = a_key(), {"name": "for the nightly run", "scopes": ["all"]}
    made = await ada.sends("POST", "/tokens", body, Idempotency_Key=key)
    assert made.json()["token"] == (await ada.sends("POST", "/tokens", body, Idempotency_Key=key)).json()["token"]
    narrow = Someone(ada.client, ada.clock, ada.id, await token_of(company.concord, ada.id, "agreements:read"))
    for sent in (body, {**body, "name": "another"}):
        refused = await narrow.sends("POST", "/tokens", sent, Idempotency_Key=key)
        assert (refused.status_code, refused.json()["code"]) == (403, "not-your-act")
    bens = await ben.sends("POST", "/tokens", body, Idempotency_Key=key)
    assert (bens.status_code, bens.headers.get("Idempotent-Replayed")) == (201, None)
    assert bens.json()["token"] != made.json()["token"]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_proof_is_for_who_is_told_and_tells_nobody_else_what_is_where(company: Company) -> None:
    concord, fay, ada = company.concord, company.people[FORMER_PARTY], company.people[PARTY]
    promise = company.of("commitment")[0].id
    told = await _positions(fay, f"/commitments/{promise}/history") | await _positions(
        fay, f"/agreements/{company.of('agreement')[0].id}/history"
    )
    whole = await _positions(ada, f"/commitments/{promise}/history")
    assert whole - told, "something happened after Fay had left"
    nothing = plain(await fay.sends("GET", "/audit/proofs?event_id=9999999"))
    narrow = Someone(fay.client, fay.clock, fay.id, await token_of(concord, fay.id, "audit:read"))
    others = [company.people[name] for name in (STRANGER, ELSEWHERE, STEWARD)]
    log = await concord.ledger.log.read_after(0, 999)
    own = {one.id: {r.position for r in log if str(r.stream_id) == one.id} for one in (fay, *others)}
    for position in range(1, await concord.ledger.head() + 1):
        answer = await fay.sends("GET", f"/audit/proofs?event_id={position}")
        assert answer.status_code == (200 if position in told | own[fay.id] else 404), position
        for who in (narrow, *others):
            answer = await who.sends("GET", f"/audit/proofs?event_id={position}")
            assert (answer.status_code == 200) == (position in own[who.id]), position
            assert answer.status_code == 200 or plain(answer) == nothing, position


async def _positions(who: Someone, path: str) -> set[int]:
    answer: httpx2.Response = await who.sends("GET", f"{path}?limit=200")
    assert answer.status_code == 200, answer.text
    return {entry["position"] for entry in answer.json()["items"]}
