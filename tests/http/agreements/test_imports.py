from __future__ import annotations

import json
from typing import Any

import httpx2

from tests.http.agreements.people import Someone, a_key
from tests.http.agreements.stories import Pair


def line(kind: str, number: int, **fields: Any) -> dict[str, Any]:
    return {"id": f"evt-{number}", "type": kind, "at": f"2024-0{number}-01T00:00:00Z", "actor": "@alice", **fields}


HISTORY: list[Any] = [
    line(
        "agreement.proposed",
        1,
        agreement_id="goal-1",
        title="Ship it",
        parties={"debtors": ["@alice"], "creditors": []},
        terms={"metadata": {}, "sections": {"Motivation": "Because of the users"}},
        status="Proposed",
    ),
    line("agreement.accepted", 2, agreement_id="goal-1", status="Accepted"),
    line(
        "agreement.term_amended",
        3,
        agreement_id="goal-1",
        field="section:Motivation",
        old="Because of the users",
        new="Because of the many users",
    ),
]


async def send(
    someone: Someone, lines: list[Any], query: str = "", media_type: str = "application/jsonl", **headers: str
) -> httpx2.Response:
    content = b"".join(one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n" for one in lines)
    sent = {"Authorization": f"Bearer {someone.token}", "Content-Type": media_type, **headers}
    return await someone.client.post(f"/api/v1/import{query}", content=content, headers=sent)


async def test_a_history_comes_in_and_answers_the_questions_of_an_audit(pair: Pair, cy: Someone) -> None:
    report = await send(pair.ada, HISTORY)
    assert report.status_code == 200, report.text
    told = report.json()
    assert (told["lines"], told["applied"], told["refused"]) == (3, 3, [])
    listed = await pair.ada.sees(f"/agreements?external_id=goal-1&min_position={report.headers['Concord-Position']}")
    (item,) = listed["items"]
    assert (item["imported"], item["external_id"]) == (True, "goal-1")

    here = f"/agreements/{item['id']}"
    shown = await pair.ada.sees(here)
    assert (shown["imported"], shown["state"], shown["title"], shown["allowed_actions"]) == (
        True,
        "in_force",
        "Ship it",
        [],
    )
    assert [t["text"] for t in shown["terms"]] == ["Because of the many users"]
    then = await pair.ada.sees(f"{here}?as_of=2024-01-15T00:00:00Z")
    assert ([t["text"] for t in then["terms"]], then["state"]) == (["Because of the users"], "drafting")
    assert (await pair.ada.sees(f"{here}?version=1"))["terms"] == then["terms"]
    assert (await pair.ada.sends("GET", f"{here}?as_of=2023-01-01T00:00:00Z")).status_code == 404
    diff = await pair.ada.sees(f"{here}/diff?from=1&to=2")
    (changed,) = diff["changed"]
    assert [h["new"] for h in changed["fields"]["text"]["hunks"] if h["op"] == "insert"] == ["many "]
    lineage = await pair.ada.sees(f"{here}/terms/{shown['terms'][0]['id']}/lineage")
    assert len(lineage["entries"]) == 2
    assert len((await pair.ada.sees(f"{here}/history"))["items"]) == 3
    # Only who imported it reads it, and nobody can do anything to it.
    assert (await cy.sends("GET", here)).status_code == 404
    assert (await pair.ada.sends("POST", f"{here}/notice", {"ends_on": pair.ada.day(90)})).status_code in (403, 409)


async def test_again_or_longer_it_adds_nothing_twice(pair: Pair, cy: Someone) -> None:
    assert (await send(pair.ada, HISTORY[:2], "?readers=organisation")).json()["applied"] == 2
    again = await send(pair.ada, HISTORY, "?readers=organisation")
    assert (again.json()["applied"], again.json()["repeated"]) == (1, 2)
    cy.seen_position = int(again.headers["Concord-Position"])
    (item,) = (await cy.sees("/agreements?external_id=goal-1"))["items"]
    assert (await cy.sees(f"/agreements/{item['id']}"))["title"] == "Ship it"


async def test_a_broken_line_is_told_by_number_and_the_rest_goes_in(pair: Pair) -> None:
    promise = line("commitment.promised", 4, commitment_id="goal-1/t01", agreement_id="goal-1")
    lines = [HISTORY[0], b"{half\n", HISTORY[1], promise]
    report = (await send(pair.ada, lines)).json()
    # The promise is of something that nobody offered or asked for: it is kept, beside the life cycle.
    assert ([r["line"] for r in report["refused"]], report["annotated"]) == ([2], 1)
    counted = report["applied"] + report["annotated"] + report["repeated"] + len(report["refused"])
    assert counted == report["lines"] == 4


async def test_a_dry_run_stores_nothing(pair: Pair) -> None:
    dry = (await send(pair.ada, HISTORY, "?dry_run=true")).json()
    assert (dry["applied"], dry["dry_run"]) == (3, True)
    assert (await send(pair.ada, HISTORY)).json()["applied"] == 3


async def test_a_repeat_under_one_key_is_answered_with_the_first_report(pair: Pair) -> None:
    key = {"Idempotency-Key": a_key()}
    first = await send(pair.ada, HISTORY, **key)
    again = await send(pair.ada, HISTORY, **key)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.content == again.content
    other = await send(pair.ada, HISTORY[:1], **key)
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")


async def test_what_is_no_history_is_refused(pair: Pair, nobody: Someone) -> None:
    assert (await send(pair.ada, HISTORY, media_type="application/json")).status_code == 415
    assert (await send(pair.ada, HISTORY, "?readers=everybody")).status_code == 422
    assert (await send(pair.ada, HISTORY, "?dry_run=perhaps")).status_code == 422
    assert (await send(nobody, HISTORY)).status_code == 401
    empty = await send(pair.ada, [])
    assert (empty.status_code, empty.json()["lines"]) == (200, 0)


async def test_a_steward_sees_that_an_import_of_anothers_is_there_and_nothing_of_it(
    pair: Pair, steward: Someone
) -> None:
    report = await send(pair.ada, HISTORY)
    position = report.headers["Concord-Position"]
    (item,) = (await pair.ada.sees(f"/agreements?min_position={position}"))["items"]
    card = await steward.sees(f"/agreements/{item['id']}")
    assert (card["withheld"], "Ship it" in str(card), "alice" in str(card)) == (True, False, False)
