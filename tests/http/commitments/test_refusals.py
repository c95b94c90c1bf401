"""What is refused, said in codes that stay; repeats, and two at once."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.http.agreements.people import Someone, a_key
from tests.http.agreements.stories import MONDAYS, Pair
from tests.http.commitments.asking import promised, refused, reported, requested, wish
from tests.http.conftest import MovableClock, token_of

WRONG: list[tuple[str, dict[str, Any]]] = [
    ("owed_by", {"owed_by": []}),
    ("owed_by", {"owed_by": [{}]}),
    ("outcome", {"outcome": " "}),
    ("outcome", {"outcome": "x" * 20_001}),
    ("conditions", {"conditions": [""]}),
    ("level", {"level": "wish"}),
    ("due_at", {"due_at": None}),
    ("due_at", {"due_at": "soon"}),
    ("due_at", {"due_at": "2027-02-30"}),
    ("due_at", {"due_at": "9999-12-31"}),
    ("due_at", {"due_at": "2027-02-01T10:00:00"}),
    ("cadence", {"cadence": MONDAYS}),
    ("serves", {"serves": "that one"}),
    ("asked_by", {"asked_by": "me"}),
]


async def test_what_cannot_be_promised_as_it_stands_is_refused_by_field(pair: Pair, cy: Someone) -> None:
    for field, wrong in WRONG:
        answer = await pair.ada.sends("POST", "/commitments", wish(pair.ben, pair.ada, **wrong))
        assert answer.status_code == 422, f"{wrong}: {answer.text}"
        assert answer.json()["errors"][0]["field"].split(".")[0] == field, f"{wrong}: {answer.text}"
    past = await pair.ada.sends("POST", "/commitments", wish(pair.ben, pair.ada, due_at="2026-12-31"))
    assert (past.status_code, past.json()["code"]) == (409, "date-past")
    for who in (pair.ben, cy):
        # Nobody asks in another's name, and nobody owes themself.
        answer = await who.sends("POST", "/commitments", wish(pair.ada, pair.ada))
        assert answer.status_code == 422
    assert (await cy.sends("POST", "/commitments", wish(pair.ben, pair.ada))).status_code == 422


async def test_a_yes_to_another_text_is_refused(pair: Pair) -> None:
    here = await requested(pair)
    await pair.ben.does(f"{here}/counter", {"content": {"outcome": "The import copes with 5,000 lines"}})
    problem = await refused(pair.ada, f"{here}/accept", {"revision": 1}, 409, "stale-consent")
    assert "revision 2" in problem["detail"]
    await pair.ada.does(f"{here}/accept", {"revision": 2})
    await pair.ben.makes(f"{here}/changes", {"kind": "terms", "conditions": [], "reason": "None is needed"})
    await refused(pair.ada, f"{here}/changes/open/accept", {"revision": 1}, 409, "stale-consent")
    await refused(
        pair.ada, f"{here}/changes", {"kind": "suspend", "until": pair.ada.day(3), "reason": "A leave"},
        409, "change-open",
    )  # fmt: skip


async def test_what_is_the_other_sides_is_refused_and_what_is_not_its_time_too(pair: Pair) -> None:
    here = await promised(pair)
    of_the_creditor: list[tuple[str, Any]] = [
        ("release", {}),
        ("cancel", {}),
        ("confirm", {}),
        ("return", {"missing": "It"}),
    ]
    of_the_debtor: list[tuple[str, Any]] = [
        ("done", {}),
        ("renege", {"reason": "So"}),
        ("progress", {"text": "So"}),
        ("at-risk", {"text": "So"}),
        ("done/retract", {}),
    ]
    too_late_or_early: list[tuple[str, Any]] = [
        ("accept", {"revision": 1}),
        ("decline", {}),
        ("resume", {}),
        ("annotate", {"text": "So"}),
        ("changes/open/refuse", {}),
    ]
    for who, not_theirs in ((pair.ben, of_the_creditor), (pair.ada, of_the_debtor)):
        for path, body in not_theirs:
            await refused(who, f"{here}/{path}", body, 403, "not-your-act")
        for path, body in too_late_or_early:
            await refused(who, f"{here}/{path}", body, 409, "wrong-state")
    assert (await pair.ada.sends("GET", here)).headers["ETag"].startswith('"3.')


async def test_it_is_reopened_once_and_soon(pair: Pair, clock: MovableClock) -> None:
    here = await reported(pair)
    await pair.ada.does(f"{here}/confirm", {})
    await pair.ada.does(f"{here}/reopen", {"reason": "It broke"})
    kept = await pair.ben.does(f"{here}/reopen/refuse", {"text": "It broke by other means"})
    assert (kept["state"], kept["contested"]) == ("kept", True)
    await refused(pair.ada, f"{here}/reopen", {"reason": "Again"}, 409, "reopen-over")
    late = await reported(pair)
    await pair.ada.does(f"{late}/confirm", {})
    clock.move(days=8)
    await refused(pair.ada, f"{late}/reopen", {"reason": "It broke"}, 409, "reopen-over")


async def test_repeats_happen_once_and_a_stale_version_is_told(pair: Pair) -> None:
    key = a_key()
    first = await pair.ada.sends("POST", "/commitments", wish(pair.ben, pair.ada), Idempotency_Key=key)
    again = await pair.ada.sends("POST", "/commitments", wish(pair.ben, pair.ada), Idempotency_Key=key)
    assert (again.status_code, again.content, again.headers["ETag"]) == (201, first.content, first.headers["ETag"])
    assert again.headers["Idempotent-Replayed"] == "true"
    here = f"/commitments/{first.json()['id']}"
    answers = await asyncio.gather(*(pair.ben.sends("POST", f"{here}/promise", {"revision": 1}) for _ in range(4)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
    stale = await pair.ben.sends("POST", f"{here}/progress", {"text": "Half"}, If_Match='"1"')
    assert (stale.status_code, stale.json()["current_version"]) == (412, 3)
    noted = await pair.ben.sends("POST", f"{here}/progress", {"text": "Half"}, If_Match='"3"')
    assert noted.status_code == 201
    tag = (await pair.ben.sends("GET", here)).headers["ETag"]
    assert (await pair.ben.sends("GET", here, If_None_Match=tag)).status_code == 304


async def test_a_token_does_what_its_scopes_say(pair: Pair, concord: Any) -> None:
    here = await requested(pair)
    reading = Someone(pair.ben.client, pair.ben.clock, pair.ben.id, await token_of(concord, pair.ben.id,
                                                                                  "commitments:read"))  # fmt: skip
    assert (await reading.sees(here))["state"] == "requested"
    await refused(reading, f"{here}/promise", {"revision": 1}, 403, "not-your-act")
    other = Someone(pair.ben.client, pair.ben.clock, pair.ben.id, await token_of(concord, pair.ben.id,
                                                                                "agreements:read"))  # fmt: skip
    assert (await other.sends("GET", here)).status_code == 403
