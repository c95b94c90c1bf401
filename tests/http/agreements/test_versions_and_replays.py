from __future__ import annotations

import asyncio
import uuid

from tests.http.agreements import stories
from tests.http.agreements.people import a_key
from tests.http.agreements.stories import Pair


async def test_a_repeated_command_is_answered_again_and_happens_once(pair: Pair) -> None:
    key = a_key()
    first = await pair.ada.sends("POST", "/agreements", pair.head(), Idempotency_Key=key)
    again = await pair.ada.sends("POST", "/agreements", pair.head(), Idempotency_Key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    for name in ("Location", "ETag", "Concord-Position"):
        assert first.headers[name] == again.headers[name]
    assert first.content == again.content


async def test_a_replay_comes_before_version_and_rules(pair: Pair) -> None:
    draft = await stories.drafted(pair)
    here = f"/agreements/{draft['id']}"
    headers = {"Idempotency_Key": a_key(), "If_Match": await pair.ada.version_of(here)}
    first = await pair.ada.sends("POST", f"{here}/share", **headers)
    again = await pair.ada.sends("POST", f"{here}/share", **headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.content == again.content


async def test_the_same_key_with_another_body_is_refused(pair: Pair) -> None:
    key = a_key()
    await pair.ada.sends("POST", "/agreements", pair.head(), Idempotency_Key=key)
    answer = await pair.ada.sends("POST", "/agreements", pair.head(title="Other"), Idempotency_Key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "key-reused")


async def test_a_refused_command_may_be_sent_again_under_its_key(pair: Pair) -> None:
    draft = await stories.shared(pair)
    key, here = a_key(), f"/agreements/{draft['id']}"
    body = {"revision": draft["proposal"]["revision"] + 1, "content_hash": "0" * 64}
    assert (await pair.ben.sends("POST", f"{here}/consents", body, Idempotency_Key=key)).status_code == 409
    added = await pair.ada.makes(f"{here}/terms", pair.escalation())
    body = {"revision": added["proposal"]["revision"], "content_hash": added["proposal"]["content_hash"]}
    assert (await pair.ben.sends("POST", f"{here}/consents", body, Idempotency_Key=key)).status_code == 200


async def test_two_people_may_use_the_same_key(pair: Pair) -> None:
    key = a_key()
    first = await pair.ada.sends("POST", "/agreements", pair.head(), Idempotency_Key=key)
    second = await pair.ben.sends("POST", "/agreements", pair.head(), Idempotency_Key=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


async def test_changing_without_saying_what_one_had_seen_is_refused(pair: Pair) -> None:
    draft = await stories.shared(pair)
    here, term = f"/agreements/{draft['id']}", draft["proposal"]["terms"][0]
    for method, path, body in (
        ("PATCH", f"{here}/proposal", {"title": "x"}),
        ("PATCH", f"{here}/terms/{term['id']}", {"topic": "x"}),
        ("DELETE", f"{here}/terms/{term['id']}", None),
        ("DELETE", f"{here}/consents/mine", None),
    ):
        answer = await pair.ada.sends(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (428, "precondition-required"), path


async def test_an_older_version_is_stale_for_the_head(pair: Pair) -> None:
    draft = await stories.shared(pair)
    here = f"/agreements/{draft['id']}"
    seen = await pair.ada.version_of(here)
    await pair.ben.does(f"{here}/proposal", {"title": "Ben and Ada"}, method="PATCH")
    answer = await pair.ada.sends("PATCH", f"{here}/proposal", {"title": "Mine"}, If_Match=seen)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale-version")
    current = await pair.ada.version_of(here)
    assert str(answer.json()["current_version"]) == current.strip('"').split(".")[0]


async def test_on_a_term_only_a_change_of_that_term_is_stale(pair: Pair) -> None:
    draft = await stories.shared(pair)
    here = f"/agreements/{draft['id']}"
    one, other = (t["id"] for t in draft["proposal"]["terms"])
    seen = await pair.ada.version_of(here)
    await pair.ben.does(f"{here}/terms/{other}", {"text": "An hour each week"}, method="PATCH")
    kept = await pair.ada.sends("PATCH", f"{here}/terms/{one}", {"topic": "Risks"}, If_Match=seen)
    assert kept.status_code == 200, kept.text
    stale = await pair.ada.sends("PATCH", f"{here}/terms/{other}", {"text": "None"}, If_Match=seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
    plain = seen.split(".")[0] + '"'
    stale = await pair.ada.sends("DELETE", f"{here}/terms/{one}", If_Match=plain)
    assert stale.status_code == 412


async def test_a_version_that_is_not_there_yet_is_stale_too(pair: Pair) -> None:
    draft = await stories.shared(pair)
    here, term = f"/agreements/{draft['id']}", draft["proposal"]["terms"][0]
    answer = await pair.ada.sends("PATCH", f"{here}/terms/{term['id']}", {"topic": "x"}, If_Match='"9999"')
    assert answer.status_code == 412


async def test_an_unchanged_agreement_is_not_sent_again(pair: Pair) -> None:
    draft = await stories.shared(pair)
    here = f"/agreements/{draft['id']}"
    seen = await pair.ada.version_of(here)
    answer = await pair.ada.sends("GET", here, If_None_Match=seen)
    assert (answer.status_code, answer.content) == (304, b"")
    # The digest is of what this viewer is shown: what one sees says nothing about what another does.
    assert (await pair.ben.sends("GET", here, If_None_Match=seen)).status_code == 200


async def test_of_eight_writers_at_once_each_has_its_effect(pair: Pair) -> None:
    draft = await stories.shared(pair)
    here, term = f"/agreements/{draft['id']}", draft["proposal"]["terms"][0]
    said = [str(uuid.uuid4()) for _ in range(40)]

    async def says(words: list[str], someone: int) -> None:
        for word in words:
            await (pair.ada, pair.ben)[someone].makes(f"{here}/terms/{term['id']}/comments", {"text": word})

    await asyncio.gather(*(says(said[n::8], n % 2) for n in range(8)))
    comments = (await pair.ada.sees(here))["comments"]
    assert sorted(c["text"] for c in comments) == sorted(said)


async def test_one_of_two_consents_that_raced_with_an_edit_is_never_to_unseen_text(pair: Pair) -> None:
    draft = await stories.consented_by_ada(pair)
    here = f"/agreements/{draft['id']}"
    proposal = (await pair.ben.sees(here))["proposal"]
    body = {"revision": proposal["revision"], "content_hash": proposal["content_hash"]}
    consent, edit = await asyncio.gather(
        pair.ben.sends("POST", f"{here}/consents", body), pair.ada.sends("POST", f"{here}/terms", pair.escalation())
    )
    shown = await pair.ben.sees(here)
    if consent.status_code == 200:
        assert (edit.status_code, shown["version"]) == (409, 1)
        assert len(shown["terms"]) == len(proposal["terms"])
    else:
        assert (consent.json()["code"], edit.status_code) == ("stale-consent", 201)
        assert (shown["version"], shown["proposal"]["consents"]) == (None, [])
