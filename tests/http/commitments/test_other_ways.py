"""Every other way in which a promise can go; after each step, what may be done is what is not refused."""

from __future__ import annotations

from tests.http.agreements.people import Someone
from tests.http.agreements.stories import MONDAYS, Pair
from tests.http.commitments.asking import promised, refused, reported, requested, wish
from tests.http.conftest import MovableClock


async def test_an_offer_is_accepted_and_before_that_anybody_goes_without_a_trace_in_the_count(
    pair: Pair, clock: MovableClock
) -> None:
    ada, ben = pair.ada, pair.ben
    offered = await ben.makes("/commitments", wish(ben, ada, use="reviewable"))
    here = f"/commitments/{offered['id']}"
    assert (offered["state"], offered["use"], offered["allowed_actions"]) == (
        "offered",
        "reviewable",
        ["POST withdraw"],
    )
    assert (await ada.does(f"{here}/accept", {"revision": 1}))["state"] == "promised"

    declined = await ben.does(f"{await requested(pair)}/decline", {"reason": "No time"})
    withdrawn = await ada.does(f"{await requested(pair)}/withdraw", {})
    assert [(c["state"], c["outcome_class"]) for c in (declined, withdrawn)] == [
        ("declined", "not_counted"),
        ("withdrawn", "not_counted"),
    ]
    assert declined["ended"]["reason"] == "No time"
    forgotten = await requested(pair, due_at=ada.day(90))
    clock.move(days=31)
    expired = await ada.sees(forgotten)
    assert (expired["state"], expired["ended"]["cause"]) == ("expired", "unanswered")
    await refused(ben, f"{forgotten}/promise", {"revision": 1}, 409, "wrong-state")


async def test_two_debtors_promise_each_for_themself(pair: Pair, cy: Someone) -> None:
    ben = pair.ben
    joint = [{"person_id": ben.id}, {"person_id": cy.id}]
    here = f"/commitments/{(await pair.ada.makes('/commitments', wish(ben, pair.ada, owed_by=joint)))['id']}"
    first = await ben.does(f"{here}/promise", {"revision": 1})
    assert (first["state"], first["waiting_on"]) == ("requested", [{"person_id": cy.id, "what": "promise"}])
    assert (await cy.does(f"{here}/promise", {"revision": 1}))["state"] == "promised"
    # Afterwards any one of them may act for it.
    assert (await cy.does(f"{here}/done", {}))["state"] == "reported"


async def test_the_clock_stands_still_while_suspended(pair: Pair, clock: MovableClock) -> None:
    ada, ben = pair.ada, pair.ben
    here = await promised(pair)
    change = {"kind": "suspend", "until": ada.day(10), "reason": "A leave"}
    assert (await ben.makes(f"{here}/changes", change))["change"]["until"] == ada.day(10)
    countered = await ada.does(f"{here}/changes/open/counter", {"until": ada.day(20), "reason": "Rest well"})
    assert [c["state"] for c in countered["changes"]] == ["countered"]
    stopped = await ben.does(f"{here}/changes/open/accept", {"revision": 1})
    assert (stopped["state"], stopped["suspensions"][0]["cause"]) == ("suspended", "agreed")
    clock.move(days=4)
    again = await ben.does(f"{here}/resume")
    assert (again["state"], again["due_at"]) == ("promised", ben.day(30))
    assert again["due_history"][-1]["cause"] == "agreed"
    # No renegotiation: kept on time, although the day is another.
    clock.move(days=29)
    await ben.does(f"{here}/done", {})
    assert (await ada.does(f"{here}/confirm", {}))["outcome_class"] == "kept_on_time"


async def test_an_impact_is_attested_by_both_and_aims_lower_for_a_while(pair: Pair, clock: MovableClock) -> None:
    ada, ben = pair.ada, pair.ben
    here = await promised(pair, level="impact", due_at=None, cadence=MONDAYS, conditions=[])
    clock.move(days=10)
    await refused(ben, f"{here}/done", {}, 409, "wrong-state")
    await ben.does(f"{here}/attest", {"period": "2027-01-04", "kept": "kept"})
    attested = await ada.does(f"{here}/attest", {"period": "2027-01-04", "kept": "partly", "text": "One page at night"})
    (period,) = attested["attestations"]
    assert (period["owed_by"]["kept"], period["owed_to"]["kept"]) == ("kept", "partly")
    assert attested["outcome_class"] == "ongoing"
    wrong = await ada.sends("POST", f"{here}/attest", {"period": "2027-01-05", "kept": "kept"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "period")

    lower = {"kind": "refocus", "level": "task", "due_at": ben.day(20), "return_condition": "Once the release is out"}
    await ben.makes(f"{here}/changes", {**lower, "reason": "The release needs all of us"})
    aimed = await ada.does(f"{here}/changes/open/accept", {"revision": 1})
    assert (aimed["level"], aimed["cadence"], aimed["due_at"]) == ("task", None, ben.day(20))
    assert [(step["level"], step["return_condition"]) for step in aimed["levels"]] == [
        ("impact", None),
        ("task", "Once the release is out"),
    ]
    await ada.makes(f"{here}/changes", {"kind": "refocus", "level": "impact", "reason": "The release is out"})
    await ben.does(f"{here}/changes/open/accept", {"revision": 2})
    await ben.makes(f"{here}/changes", {"kind": "conclude", "reason": "It runs by itself"})
    # It had a due date for a while, so it is counted; an impact that never had one reads `concluded`.
    over = await ada.does(f"{here}/changes/open/accept", {"revision": 3})
    assert (over["state"], over["ended"]["cause"], over["outcome_class"]) == ("kept", "concluded", "kept_renegotiated")


async def test_letting_go_and_taking_back_are_told_apart(pair: Pair, clock: MovableClock) -> None:
    ada, ben = pair.ada, pair.ben
    for path, state in (("release", "released"), ("cancel", "cancelled")):
        over = await ada.does(f"{await promised(pair)}/{path}", {"reason": "The need is gone"})
        assert (over["state"], over["outcome_class"]) == (state, "not_counted")
    unwarned, warned = await promised(pair), await promised(pair)
    await ben.makes(f"{warned}/at-risk", {"text": "The vendor is gone"})
    for here, outcome in ((unwarned, "reneged"), (warned, "reneged_warned")):
        assert (await ben.does(f"{here}/renege", {"reason": "The vendor is gone"}))["outcome_class"] == outcome
    said = await ada.does(f"{warned}/annotate", {"text": "He said so in time"})
    assert [r["kind"] for r in said["remarks"]] == ["annotation"]


async def test_silence_counts_against_whom_it_is_owed_to(pair: Pair, clock: MovableClock) -> None:
    here = await reported(pair)
    clock.move(days=8)
    kept = await pair.ben.sees(here)
    assert (kept["state"], kept["reports"][0]["answer"], kept["outcome_class"]) == (
        "kept",
        "unanswered",
        "kept_on_time",
    )
    # The next who acts writes it down; it says when it happened.
    await pair.ada.does(f"{here}/contest", {"text": "I was ill"})
    told = [entry["sentence"] for entry in (await pair.ada.sees(f"{here}/history"))["items"]]
    assert told[-2:] == [
        "It counts as kept: nobody answered for seven days that it is done.",
        "Ada sees the end differently.",
    ]


async def test_a_note_is_put_right_by_who_wrote_it_and_what_it_said_stays_told(pair: Pair) -> None:
    here = await promised(pair)
    note = (await pair.ben.makes(f"{here}/progress", {"text": "Half"}))["notes"][0]["id"]
    await refused(pair.ada, f"{here}/progress/{note}/correct", {"text": "All"}, 403, "not-your-act")
    right = await pair.ben.does(f"{here}/progress/{note}/correct", {"text": "A third"})
    assert [(n["text"], n["corrected"]) for n in right["notes"]] == [("A third", True)]
    gone = await pair.ben.does(f"{here}/progress/{note}/withdraw", {})
    assert [(n["text"], n["withdrawn"]) for n in gone["notes"]] == [(None, True)]
    told = (await pair.ada.sees(f"{here}/history"))["items"]
    assert told[-2]["details"] == {"note_id": note, "text": "A third", "before": "Half"}
