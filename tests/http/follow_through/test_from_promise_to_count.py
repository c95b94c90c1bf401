"""A promise from its request to where it is counted, by the routes that people use."""

from __future__ import annotations

from tests.http.agreements.stories import Pair
from tests.http.conftest import MovableClock


async def test_a_promise_is_open_then_overdue_by_the_clock_alone_then_kept_late(
    pair: Pair, clock: MovableClock
) -> None:
    ada, ben = pair.ada, pair.ben
    asked = {
        "owed_by": [{"person_id": ben.id}],
        "owed_to": [{"person_id": ada.id}],
        "outcome": "The invoices of May are out",
        "due_at": ada.day(3),
    }
    made = await ada.makes("/commitments", asked)
    path = f"/commitments/{made['id']}"

    async def counted(**asked: str) -> dict[str, int]:
        ben.seen_position = max(ada.seen_position, ben.seen_position)
        more = "".join(f"&{name}={value}" for name, value in asked.items())
        shown = await ben.sees(f"/people/{ben.id}/follow-through?direction=owed_by{more}")
        (total,) = shown["totals"]
        listed = (await ben.sees(total["commitments"].removeprefix("/api/v1")))["items"]
        assert [i["outcome_class"] for i in listed] == [c for c, n in total["counts"].items() for _ in range(n)]
        return {c: n for c, n in total["counts"].items() if n}

    assert await counted() == {}
    assert await counted(include="proposed") == {"open": 1}
    await ben.does(f"{path}/promise", {"revision": made["revision"]})
    assert await counted() == {"open": 1}
    assert await counted(**{"from": ben.day(4)}) == {}
    clock.move(days=4)
    assert await counted() == {"open_overdue": 1}
    await ben.does(f"{path}/done", {"evidence": ["The folder"]})
    await ada.does(f"{path}/confirm", {"thanks": "All of them!"})
    assert await counted() == {"kept_late": 1}
    (of_ada,) = (await ada.sees(f"/people/{ada.id}/follow-through?direction=owed_to"))["totals"]
    assert (of_ada["counts"]["kept_late"], of_ada["creditors"]["confirmed_or_returned"]) == (1, 1)
    assert of_ada["creditors"]["median_time_to_confirm"].startswith("PT")
    assert (await ben.sees(path))["outcome_class"] == "kept_late"
