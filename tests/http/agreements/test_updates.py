from __future__ import annotations

from typing import Any

import pytest

from tests.http.agreements import stories
from tests.http.agreements.people import Someone, a_key
from tests.http.agreements.stories import Pair

Shown = dict[str, Any]
MONDAY = "2027-01-04"


@pytest.fixture
async def agreement(pair: Pair) -> Shown:
    """In force on the first of January 2027, a Friday; Ben owes an update every Monday at ten in Oslo."""
    draft = await stories.shared(pair)
    await pair.ada.makes(f"/agreements/{draft['id']}/terms", pair.escalation())
    await stories.consents(pair.ada, draft["id"])
    return await stories.consents(pair.ben, draft["id"])


def terms(agreement: Shown) -> dict[str, str]:
    return {t["kind"]: t["id"] for t in agreement["terms"]}


async def test_an_update_is_given_read_answered_and_counted_for_both(pair: Pair, agreement: Shown, clock: Any) -> None:
    here, term = f"/agreements/{agreement['id']}", terms(agreement)["update"]
    clock.move(days=3)
    body = {"term_id": term, "occurrence_on": MONDAY, "text": "Schema done", "confidence": 4}
    update = await pair.ben.makes(f"{here}/updates", body)
    assert (update["occurrence_on"], update["status"], update["confidence"]) == (MONDAY, "on_time", 4)
    assert update["allowed_actions"] == ["POST correct", "POST withdraw"]
    one = f"{here}/updates/{update['id']}"
    seen = await pair.ada.sees(one)
    assert seen["allowed_actions"] == ["POST acknowledge", "POST answer"]

    acknowledged = await pair.ada.sends("POST", f"{one}/acknowledge")
    assert acknowledged.json()["acknowledged"][0]["person_id"] == pair.ada.id
    answered = await pair.ada.makes(f"{one}/answer", {"text": "Thank you"})
    assert [a["text"] for a in answered["answers"]] == ["Thank you"]
    answer_id = answered["answers"][0]["id"]
    corrected = await pair.ada.sends("POST", f"{one}/answers/{answer_id}/correct", {"text": "Thanks a lot"})
    assert corrected.json()["answers"][0]["text"] == "Thanks a lot"
    withdrawn = await pair.ada.sends("POST", f"{one}/answers/{answer_id}/withdraw", {"reason": "Too soon"})
    assert withdrawn.json()["answers"][0]["text"] is None

    corrected = await pair.ben.sends("POST", f"{one}/correct", {"text": "Schema nearly done"})
    assert (corrected.status_code, corrected.json()["text"]) == (200, "Schema nearly done")
    assert corrected.json()["status"] == "on_time"
    withdrawn = await pair.ben.sends("POST", f"{one}/withdraw")
    assert (withdrawn.status_code, withdrawn.json()["text"]) == (200, None)

    assert [u["id"] for u in (await pair.ada.sees(f"{here}/updates"))["items"]] == [update["id"]]
    expected = await pair.ada.sees(f"{here}/expected-updates?from=2027-01-01&to=2027-01-17")
    assert (expected["items"][0]["occurrence_on"], expected["items"][0]["status"]) == (MONDAY, "on_time")
    adherence = await pair.ben.sees(f"{here}/adherence?from=2027-01-01&to=2027-01-10")
    assert {p["person_id"] for p in adherence["people"]} == {pair.ada.id, pair.ben.id}


async def test_what_nobody_gave_is_missed_and_late_when_it_comes(pair: Pair, agreement: Shown, clock: Any) -> None:
    here, term = f"/agreements/{agreement['id']}", terms(agreement)["update"]
    clock.move(days=6)
    window = f"{here}/expected-updates?from={MONDAY}&to={MONDAY}"
    assert [e["status"] for e in (await pair.ada.sees(window))["items"]] == ["missed"]
    update = await pair.ben.makes(f"{here}/updates", {"term_id": term, "occurrence_on": MONDAY, "text": "Sorry"})
    assert update["status"] == "late"
    assert [e["status"] for e in (await pair.ada.sees(window))["items"]] == ["late"]


async def test_an_ask_an_escalation_and_a_note_each_find_their_answer(pair: Pair, agreement: Shown) -> None:
    here, of_kind = f"/agreements/{agreement['id']}", terms(agreement)
    ask = await pair.ada.makes(f"{here}/updates/ask", {"term_id": of_kind["update"], "text": "How was the demo?"})
    assert (await pair.ben.sees(f"{here}/updates/asks/{ask['id']}"))["asked_of"] == [pair.ben.id]
    assert [a["id"] for a in (await pair.ben.sees(f"{here}/updates/asks"))["items"]] == [ask["id"]]

    happened = pair.ben.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {"term_id": of_kind["escalation"], "happened_at": happened, "text": "Three days late"}
    escalation = await pair.ben.makes(f"{here}/escalations", body)
    assert escalation["told_within_agreed_time"] is True
    answered = await pair.ada.makes(f"{here}/escalations/{escalation['id']}/answer", {"text": "Let us talk"})
    assert [a["text"] for a in answered["answers"]] == ["Let us talk"]
    assert len((await pair.ada.sees(f"{here}/escalations"))["items"]) == 1

    body = {"term_id": of_kind["support"], "on": pair.ben.day(), "kept": True, "text": "A good half hour"}
    note = await pair.ben.makes(f"{here}/notes", body)
    answered = await pair.ada.makes(f"{here}/notes/{note['id']}/answer", {"text": "For me too"})
    assert (answered["kept"], answered["answers"][0]["text"]) == (True, "For me too")
    assert len((await pair.ada.sees(f"{here}/notes"))["items"]) == 1


async def test_a_repeated_update_is_answered_with_the_very_same(pair: Pair, agreement: Shown, clock: Any) -> None:
    here, key = f"/agreements/{agreement['id']}", a_key()
    body = {"term_id": terms(agreement)["update"], "text": "All well"}
    first = await pair.ben.sends("POST", f"{here}/updates", body, Idempotency_Key=key)
    one = f"{here}/updates/{first.json()['id']}"
    await pair.ada.sends("POST", f"{one}/acknowledge")
    clock.move(days=40)
    again = await pair.ben.sends("POST", f"{here}/updates", body, Idempotency_Key=key)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (first.status_code, first.content, first.headers["ETag"]) == (
        again.status_code,
        again.content,
        again.headers["ETag"],
    )


async def test_a_stale_version_of_the_log_is_refused(pair: Pair, agreement: Shown) -> None:
    here = f"/agreements/{agreement['id']}"
    first = await pair.ben.sends("POST", f"{here}/updates", {"term_id": terms(agreement)["update"], "text": "One"})
    one = f"{here}/updates/{first.json()['id']}"
    seen = first.headers["ETag"]
    assert (await pair.ada.sends("POST", f"{one}/acknowledge", If_Match=seen)).status_code == 200
    stale = await pair.ben.sends("POST", f"{one}/correct", {"text": "Two"}, If_Match=seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")


async def test_updates_are_not_there_for_who_is_no_party(pair: Pair, cy: Someone, agreement: Shown) -> None:
    here, term = f"/agreements/{agreement['id']}", terms(agreement)["update"]
    update = await pair.ben.makes(f"{here}/updates", {"term_id": term, "text": "One"})
    one = f"{here}/updates/{update['id']}"
    moved = await pair.ada.makes(f"{here}/motions", {"kind": "invite_contributor", "person_id": cy.id})
    for status in (404, 403):
        for path, body in (
            (f"{one}/acknowledge", None),
            (f"{one}/answer", {"text": "x"}),
            (f"{one}/correct", {"text": "x"}),
            (f"{one}/withdraw", None),
        ):
            answer = await cy.sends("POST", path, body)
            assert answer.status_code == status, f"{path}: {answer.text}"
        for path in (one, f"{here}/updates", f"{here}/escalations", f"{here}/notes", f"{here}/adherence"):
            assert (await cy.sends("GET", path)).status_code == 404, path
        if status == 404:
            await pair.ben.does(f"{here}/motions/{moved['motions'][-1]['id']}/agree")


async def test_an_entry_of_another_kind_or_agreement_is_not_there(pair: Pair, agreement: Shown) -> None:
    here, of_kind = f"/agreements/{agreement['id']}", terms(agreement)
    update = await pair.ben.makes(f"{here}/updates", {"term_id": of_kind["update"], "text": "One"})
    other = await stories.in_force(pair)
    for path in (
        f"{here}/notes/{update['id']}",
        f"{here}/escalations/{update['id']}",
        f"{here}/updates/asks/{update['id']}",
        f"/agreements/{other['id']}/updates/{update['id']}",
    ):
        assert (await pair.ben.sends("GET", path)).status_code == 404, path
        answer = await pair.ben.sends("POST", f"{path}/correct", {"text": "x"})
        assert answer.status_code == 404, path
