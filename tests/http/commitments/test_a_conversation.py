"""Two people talk about one promise, from the request to the thanks; it reads like a conversation."""

from __future__ import annotations

from adapters.bootstrap import Concord
from tests.http.agreements.stories import Pair
from tests.http.commitments.asking import CONDITIONS, requested, wish
from tests.http.conftest import MovableClock


async def test_a_request_countered_promised_at_risk_changed_returned_and_kept_with_thanks(
    pair: Pair, clock: MovableClock, concord: Concord
) -> None:
    ada, ben = pair.ada, pair.ben
    asked = await ada.makes("/commitments", wish(ben, ada))
    here = f"/commitments/{asked['id']}"
    assert (asked["state"], asked["use"], asked["level"]) == ("requested", "coaching", "task")
    assert asked["allowed_actions"] == ["POST withdraw"]
    assert asked["waiting_on"] == [{"person_id": ben.id, "what": "promise"}]
    assert (await ben.sees(here))["allowed_actions"] == ["POST counter", "POST decline", "POST promise"]

    # Not quite like that: Ben needs two weeks more. Then it is Ada's turn.
    later = {"content": {"due_at": ben.day(44)}, "heard": "You need it for the launch"}
    countered = await ben.does(f"{here}/counter", later)
    assert (countered["state"], countered["revision"], countered["due_at"]) == ("countered", 2, ben.day(44))
    assert (countered["outcome"], countered["conditions"]) == ("The import copes", CONDITIONS)
    promised = await ada.does(f"{here}/accept", {"revision": 2})
    assert (promised["state"], promised["facets"], promised["outcome_class"]) == ("promised", [], "open")

    # He warns early, and asks for another day while there is time.
    clock.move(days=38)
    warned = await ben.makes(f"{here}/at-risk", {"text": "The vendor delivers late"})
    assert warned["facets"] == ["due_soon", "at_risk"]
    proposed = await ben.makes(
        f"{here}/changes", {"kind": "terms", "due_at": ben.day(14), "reason": "The vendor delivers a week late"}
    )
    assert (proposed["change"]["timing"], proposed["change"]["side"]) == ("before_due", "owed_by")
    assert "change_pending" in proposed["facets"]
    # (the clock stands on day 38: 14 days from now is day 52)
    accepted = await ada.does(f"{here}/changes/open/accept", {"revision": 2})
    assert (accepted["revision"], accepted["due_at"], accepted["facets"]) == (3, ada.day(14), [])
    assert [(d["due_at"], d["cause"], d["timing"]) for d in accepted["due_history"]] == [
        (ada.day(6), "promise", None),
        (ada.day(14), "change", "before_due"),
    ]

    # Done; not quite; done. While Ada looked, the clock stood still, and that is no renegotiation.
    clock.move(days=10)
    done = await ben.does(f"{here}/done", {"evidence": ["https://ci.example.org/runs/812"], "learned": "Ask earlier"})
    own_note = ["POST progress/{note_id}/correct", "POST progress/{note_id}/withdraw"]
    assert (done["state"], done["allowed_actions"]) == ("reported", ["POST done/retract", *own_note])
    assert (await ada.sees(here))["allowed_actions"] == ["POST confirm", "POST return"]
    clock.move(days=2)
    returned = await ada.does(f"{here}/return", {"missing": "Lines with emoji are refused"})
    assert (returned["state"], returned["due_at"]) == ("promised", ada.day(4))
    assert [d["cause"] for d in returned["due_history"]] == ["promise", "change", "reported"]
    await ben.does(f"{here}/done", {})
    kept = await ada.does(f"{here}/confirm", {"conditions_met": [0, 1, 2], "thanks": "That saved the launch"})

    assert (kept["state"], kept["outcome_class"], kept["missed_on"]) == ("kept", "kept_renegotiated", None)
    assert [(r["answer"], r["met"], r["missing"]) for r in kept["reports"]] == [
        ("returned", None, "Lines with emoji are refused"),
        ("confirmed", "3 of 4", None),
    ]
    assert kept["reports"][1]["thanks"] == "That saved the launch"
    assert (await ben.sees(here))["allowed_actions"] == ["POST annotate", "POST contest", *own_note]
    assert kept["allowed_actions"] == ["POST annotate", "POST contest", "POST reopen"]

    told = [entry["sentence"] for entry in (await ben.sees(f"{here}/history"))["items"]]
    assert told == [
        "Ada asked Ben for “The import copes”.",
        "Ben put it otherwise.",
        "Ada accepted it.",
        "It was promised.",
        "Ben warned that it is at risk.",
        "Ben proposed a change of its terms.",
        "The change that Ben proposed was made: Ada agreed.",
        "Ben said that it is done.",
        "Ada returned it: something is missing.",
        "Ben said that it is done.",
        "Ada confirmed that it is kept, and said thanks.",
    ]


async def test_it_is_read_as_it_was_on_any_day_and_as_it_was_known(pair: Pair, clock: MovableClock) -> None:
    here = await requested(pair)
    asked_at = pair.ada.instant()
    clock.move(days=1)
    await pair.ben.does(f"{here}/promise", {"revision": 1})
    clock.move(days=32)
    now = await pair.ada.sees(here)
    assert (now["facets"], now["outcome_class"]) == (["overdue", "silent"], "open_overdue")
    for question in (f"as_of={asked_at}", f"known_at={asked_at}"):
        then = await pair.ben.sees(f"{here}?{question}")
        assert (then["state"], then["promised_at"], then["allowed_actions"]) == ("requested", None, [])
    before = await pair.ben.sends("GET", f"{here}?as_of=2026-12-01T00:00:00Z")
    assert before.status_code == 404
    assert (await pair.ben.sends("GET", f"{here}?as_of=2031-12-01T00:00:00Z")).status_code == 422
    # What the clock has not written down yet is true all the same.
    clock.move(days=60)
    assert (await pair.ben.sees(here))["state"] == "lapsed"
