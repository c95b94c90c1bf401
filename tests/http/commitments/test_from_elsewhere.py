"""A promise from elsewhere is read behind the same resource as one made here, and nothing can be done to it."""

from __future__ import annotations

from typing import Any

from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair
from tests.http.agreements.test_imports import send
from tests.http.commitments.asking import refused


def told(kind: str, month: int, **fields: Any) -> dict[str, Any]:
    """A line of the record, on the first of a month in 2024."""
    at = f"2024-0{month}-01T00:00:00Z"
    return {"id": f"e{month}", "type": f"commitment.{kind}", "at": at, "actor": "@al", "commitment_id": "t1", **fields}


HISTORY = [
    told("proposed", 1, text="Dig.", level="task", debtors=["@al"], creditors=["water"],
         due={"due_at": "2024-03-31T23:59:59Z", "due_basis": "stated", "raw": "March"}),
    told("promised", 2),
    told("progress_reported", 3, steps=1, of_steps=2),
    told("delivered", 4),
]  # fmt: skip


async def test_its_record_is_read_whole_and_as_of_any_day(pair: Pair, cy: Someone) -> None:
    report = await send(pair.ada, HISTORY)
    assert report.json()["refused"] == []
    listed = await pair.ada.sees(f"/commitments?external_id=t1&min_position={report.headers['Concord-Position']}")
    here = f"/commitments/{listed['items'][0]['id']}"

    shown = await pair.ada.sees(here)
    assert (shown["imported"], shown["external_id"], shown["state"]) == (True, "t1", "kept")
    assert (shown["outcome"], shown["due_at"], shown["due_as_stated"]) == ("Dig.", "2024-03-31", "March")
    assert (shown["outcome_class"], shown["missed_on"]) == ("kept_late", "2024-03-31")
    assert [side["name"] for side in (*shown["owed_by"], *shown["owed_to"])] == ["@al", "water"]
    assert [r["record"] for r in shown["records"]] == [line["type"] for line in HISTORY]
    then = await pair.ada.sees(f"{here}?as_of=2024-02-15T00:00:00Z")
    assert (then["state"], then["outcome_class"], len(then["records"])) == ("promised", "open", 2)
    history = (await pair.ada.sees(f"{here}/history"))["items"]
    assert [(entry["sentence"], entry["details"]["line_id"]) for entry in history][:2] == [
        ("@al: proposed.", "e1"),
        ("@al: promised.", "e2"),
    ]

    # It was not opened to others, and it is history: nobody adds to it.
    assert (await cy.sends("GET", here)).status_code == 404
    await refused(pair.ada, f"{here}/progress", {"text": "All of it"}, 403, "not-your-act")
    assert shown["allowed_actions"] == []
