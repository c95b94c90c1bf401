"""One period from its draft to its close, as two people and their surroundings live it."""

from __future__ import annotations

from typing import Any

from adapters.bootstrap import Concord
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair
from tests.http.conftest import MovableClock, member
from tests.http.imbalance.weeks import PERIODS, declared, drafted, refused, weeks


async def test_a_report_drafts_and_their_leader_declares(pair: Pair, concord: Concord, steward: Someone) -> None:
    draft = await pair.ben.makes(PERIODS, weeks(pair, declarer_id=pair.ada.id, milestone="The fair"))
    path = f"{PERIODS}/{draft['id']}"
    assert draft["state"] == "draft"
    assert draft["allowed_actions"] == ["DELETE", "PATCH"]
    assert (await pair.ada.sees(path))["allowed_actions"] == ["DELETE", "PATCH", "POST declare", "POST self-check"]
    assert (await steward.sends("GET", path)).status_code == 404
    assert (await refused(pair.ben, f"{path}/declare"))[:2] == (403, "not-your-act")

    edited = await pair.ada.does(path, {"gives_up": "My holiday", "milestone": None}, "PATCH")
    assert (edited["gives_up"], edited["milestone"]) == ("My holiday", None)
    assert edited["not_said"] == ["milestone", "support", "recovery"]
    assert (await refused(pair.ada, path, {"ends_on": pair.ada.day(1)}, "PATCH"))[:2] == (422, "invalid")
    checked = await pair.ada.does(f"{path}/self-check", {"answers": {"trust": "On a good day"}})
    assert checked["self_check"]["answers"] == {"trust": "On a good day"}
    assert (await pair.ben.sees(path))["self_check"]["answers"] is None

    beside = await pair.ada.sees(f"{path}/limits")
    assert (beside["days"], beside["most_days"], beside["most_share"], beside["share_of"]) == (14, 90, 91, 365)
    assert beside["people"] == [
        {"person_id": pair.ben.id, "gap": None, "gap_needed": None, "share": 14, "beyond": []},
    ]
    # It is what a refusal would tell who declares it, and nobody else.
    assert (await pair.ben.sends("GET", f"{path}/limits")).status_code == 403

    told = await pair.ada.does(f"{path}/declare")
    assert (await pair.ada.sends("GET", f"{path}/limits")).status_code == 409
    assert (told["state"], told["declarer_id"], told["lifted"]) == ("declared", pair.ada.id, [])
    assert (await refused(pair.ada, path, {"stakes": "Other"}, "PATCH"))[:2] == (409, "wrong-state")
    listed = await pair.ben.sees(f"{PERIODS}?waiting_on_me=true", Concord_Min_Position=str(pair.ada.seen_position))
    assert [(i["id"], i["waiting_on"]) for i in listed["items"]] == [
        (draft["id"], [{"person_id": pair.ben.id, "what": "acknowledge"}])
    ]


async def test_it_is_lived_through(pair: Pair, concord: Concord, steward: Someone, clock: MovableClock) -> None:
    di = await member(concord, steward, "Di", leader_id=pair.ada.id)
    period = await declared(pair, milestone="The fair")
    path = f"{PERIODS}/{period['id']}"

    asked = await pair.ben.does(f"{path}/ask", {"text": "Whose idea was it?"})
    ask_id = asked["questions"][0]["id"]
    answered = await pair.ada.does(f"{path}/answer", {"ask_id": ask_id, "text": "Mine"})
    assert answered["questions"][0]["answer"] == "Mine"
    await pair.ben.does(f"{path}/acknowledge", {"objects_to": [period["set_aside"][0]["id"]]})
    objecting = await pair.ben.does(f"{path}/object", {"reason": "The third this year"})
    assert objecting["objected"] == 1
    assert objecting["people"][0]["answer"]["reason"] == "The third this year"
    assert (await refused(pair.ben, f"{path}/object", {"reason": "Again"}))[:2] == (409, "wrong-state")

    clock.move(days=3)
    active = await pair.ada.sees(path)
    assert (active["state"], active["started_at"] is not None) == ("active", True)
    assert (await refused(pair.ada, f"{path}/withdraw"))[:2] == (409, "wrong-state")

    assert (await di.sends("GET", path)).status_code == 404
    await pair.ada.does(f"{path}/join", {"person_id": di.id})
    assert "POST join" in (await di.sees(path))["allowed_actions"]
    joined = await di.does(f"{path}/join", {"person_id": di.id})
    assert [p["person_id"] for p in joined["people"]] == [pair.ben.id, di.id]

    too_long = await refused(pair.ada, f"{path}/extend", {"ends_on": pair.ada.day(30), "stakes": "More"})
    assert too_long[:2] == (409, "wrong-state")
    assert "7 days after 14" in too_long[2]
    extended = await pair.ada.does(f"{path}/extend", {"ends_on": pair.ada.day(18), "stakes": "The vendor is late"})
    assert extended["extension"]["answered"] == []
    assert "POST acknowledge" in (await pair.ben.sees(path))["allowed_actions"]

    await pair.ben.does(f"{path}/ask-to-end")
    both = await di.does(f"{path}/ask-to-end")
    assert both["ends_unless_refused_by"] is not None
    spoken = await pair.ada.does(f"{path}/refuse-to-end", {"reason": "Two days more"})
    assert (spoken["asked_to_end"], spoken["refused_to_end"][0]["reason"]) == ([], "Two days more")
    assert (await di.does(f"{path}/leave"))["people"][1]["left_at"] is not None

    over = await pair.ada.does(f"{path}/milestone-met")
    assert (over["state"], over["end_cause"]) == ("ended", "milestone")
    review = {"kept": True, "restored": False, "cost": "Two weekends"}
    reviewed = await pair.ben.does(f"{path}/closing-review", review)
    assert reviewed["closing_reviews"][0].items() >= {"person_id": pair.ben.id, **review}.items()
    closed = await pair.ada.does(f"{path}/close")
    assert (closed["state"], closed["allowed_actions"]) == ("closed", [])
    then = await pair.ada.sends("GET", f"{path}?as_of={period['declared_at']}")
    assert then.json()["state"] == "declared"


async def test_the_conventions_hold(pair: Pair, clock: MovableClock) -> None:
    draft = await drafted(pair)
    path = f"{PERIODS}/{draft['id']}"
    key = {"Idempotency_Key": "once"}
    first = await pair.ada.sends("POST", f"{path}/declare", None, **key)
    again = await pair.ada.sends("POST", f"{path}/declare", None, **key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.content == again.content
    assert (await pair.ada.sends("PATCH", path, {"stakes": "x"})).status_code == 428
    stale = await pair.ada.sends("POST", f"{path}/withdraw", None, If_Match='"1"')
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
    same = await pair.ada.sends("GET", path, If_None_Match=first.headers["ETag"])
    assert same.status_code == 304
    bad: list[dict[str, Any]] = [
        {"set_aside": [{}]},
        {"set_aside": [{"text": "One", "term_id": draft["id"]}]},
        {"set_aside": [{"term_id": draft["id"]}]},
        {"set_aside": [{"commitment_id": draft["id"]}]},
        {"people": []},
        {"mood": "high"},
        {"recovery": [{"outcome": "Rest", "to": pair.ben.id, "due_within": "soon"}]},
    ]
    for fields in bad:
        answer = await pair.ada.sends("POST", PERIODS, weeks(pair, **fields))
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), fields
