"""Only the two sides see a promise, people or teams, for as long as they stand there."""

from __future__ import annotations

import uuid
from typing import Any

from adapters.bootstrap import Concord
from services.commitments.actions import REQUESTS
from tests.http.agreements import stories
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair
from tests.http.commitments.asking import promised, refused, requested, wish
from tests.http.conftest import member

BODIES: dict[str, Any] = {
    "promise": {"revision": 1},
    "accept": {"revision": 1},
    "changes/open/accept": {"revision": 1},
    "counter": {"content": {}},
    "progress": {"text": "Half"},
    "at-risk": {"text": "Late"},
    "progress/{note_id}/correct": {"text": "A third"},
    "changes": {"kind": "suspend", "until": "2027-01-20", "reason": "A leave"},
    "changes/open/counter": {"due_at": "2027-02-20", "reason": "A leave"},
    "renege": {"reason": "It cannot be done"},
    "return": {"missing": "The end"},
    "reopen": {"reason": "It broke"},
    "reopen/refuse": {"text": "It holds"},
    "attest": {"period": "2027-01-01", "kept": "kept"},
    "annotate": {"text": "So it was"},
    "contest": {"text": "It was not so"},
}
"""What each request says, where it says something."""


async def test_for_everybody_else_it_is_exactly_as_if_it_did_not_exist(
    pair: Pair, cy: Someone, steward: Someone, foreigner: Someone, nobody: Someone
) -> None:
    here = await promised(pair)
    note = await pair.ben.makes(f"{here}/progress", {"text": "Half of it"})
    paths = [("POST", name.removeprefix("POST ")) for name in REQUESTS.values()] + [("GET", ""), ("GET", "history")]
    for method, path in paths:
        body = BODIES.get(path, {}) if method == "POST" else None
        there = f"{here}/{path}".rstrip("/").format(note_id=note["notes"][0]["id"])
        absent = there.replace(here.rpartition("/")[2], str(uuid.uuid4()))
        assert (await nobody.sends(method, there, body)).status_code == 401, path
        for stranger in (cy, steward, foreigner):
            seen, nothing = await stranger.sends(method, there, body), await stranger.sends(method, absent, body)
            assert (seen.status_code, seen.content) == (404, nothing.content), f"{path}: {seen.text}"
    # Nothing came of any of that.
    assert (await pair.ada.sees(here))["revision"] == 1
    assert (await pair.ada.sends("GET", here)).headers["ETag"].startswith('"4.')


async def test_a_team_owes_and_is_owed_through_any_of_its_members(pair: Pair, cy: Someone, steward: Someone) -> None:
    ada, ben = pair.ada, pair.ben
    team = await ben.makes("/teams", {"name": "Platform", "members": [ben.id, cy.id]})
    asked = await ada.makes("/commitments", wish(ben, ada, owed_by=[{"team_id": team["id"]}]))
    here = f"/commitments/{asked['id']}"
    assert asked["waiting_on"] == [{"team_id": team["id"], "what": "promise"}]
    assert (await cy.sees(here))["allowed_actions"] == ["POST counter", "POST decline", "POST promise"]
    kept = await cy.does(f"{here}/promise", {"revision": 1})
    assert (kept["state"], kept["promised_by"]) == ("promised", [{"team_id": team["id"]}])
    # Each may act for it, and the event says who.
    noted = await ben.makes(f"{here}/progress", {"text": "Half of it"})
    assert noted["notes"][0]["by"] == ben.id
    told = [entry["sentence"] for entry in (await ada.sees(f"{here}/history"))["items"]]
    assert told[:2] == ["Ada asked Platform for “The import copes”.", "Cy promised it."]

    # Who goes, sees and does nothing more, from that moment on; who comes in sees all of it.
    await ben.does(f"/teams/{team['id']}/members/{cy.id}", method="DELETE")
    await refused(cy, f"{here}/progress", {"text": "Mine too"}, 404, "not-found")
    assert (await cy.sends("GET", here)).status_code == 404
    assert (await cy.sees("/commitments"))["items"] == []
    await ben.does(f"/teams/{team['id']}/members/{cy.id}", method="PUT")
    assert (await cy.sees(here))["notes"][0]["text"] == "Half of it"
    # Nobody stands on both sides, be it by a team.
    sides = {"owed_by": [{"team_id": team["id"]}], "owed_to": [{"person_id": ada.id}, {"person_id": cy.id}]}
    both = await ada.sends("POST", "/commitments", wish(ben, ada, **sides))
    assert both.status_code == 422


async def test_who_hands_it_on_sees_it_as_it_was_then_and_who_comes_in_agrees_to_that(
    pair: Pair, cy: Someone, concord: Concord, steward: Someone
) -> None:
    ada, ben = pair.ada, pair.ben
    here = await promised(pair)
    handing = {"kind": "delegate", "person_id": cy.id, "reason": "Cy knows the importer"}
    await ben.makes(f"{here}/changes", handing)
    # Asked to come in, Cy reads it, and may stay out; then it is none of Cy's.
    assert (await cy.sees(here))["allowed_actions"] == ["POST changes/open/accept", "POST changes/open/refuse"]
    stayed = await cy.does(f"{here}/changes/open/refuse", {"reason": "No time"})
    assert (stayed["change"], stayed["changes"][0]["state"], stayed["allowed_actions"]) == (None, "refused", [])
    assert (await cy.sends("GET", here)).status_code == 404

    await ben.makes(f"{here}/changes", handing)
    agreed = await ada.does(f"{here}/changes/open/accept", {"revision": 1})
    assert (agreed["owed_by"], agreed["change"]["agreed_by"]) == ([{"person_id": ben.id}], [ada.id])
    handed = await cy.does(f"{here}/changes/open/accept", {"revision": 1})
    assert (handed["owed_by"], handed["revision"]) == ([{"person_id": cy.id}], 2)
    await cy.makes(f"{here}/progress", {"text": "A secret of Cy's and Ada's"})

    left = await ben.sees(here)
    assert (left["notes"], left["allowed_actions"], left["outcome_class"]) == ([], [], "not_counted")
    assert "secret" not in (await ben.sends("GET", f"{here}/history")).text
    # In the order of its present due date it would tell of that.
    for who, listed in ((ben, []), (cy, [here]), (ada, [])):
        found = (await who.sees(f"/commitments?owed_by={who.id}&state=promised&sort=due"))["items"]
        assert [f"/commitments/{one['id']}" for one in found] == listed
    owed_to_ada = (await ada.sees(f"/commitments?owed_to={ada.id}&state=promised&sort=due"))["items"]
    assert [f"/commitments/{one['id']}" for one in owed_to_ada] == [here]
    await refused(ben, f"{here}/progress", {"text": "Still here"}, 403, "not-your-act")
    elsewhere = await cy.sends("POST", f"{here}/changes", {**handing, "person_id": str(uuid.uuid4())})
    assert (elsewhere.status_code, elsewhere.json()["errors"][0]["field"]) == (422, "person_id")


async def test_what_it_names_is_shown_and_named_only_by_who_sees_that(pair: Pair, cy: Someone) -> None:
    ada, ben = pair.ada, pair.ben
    theirs = (await requested(pair)).rpartition("/")[2]
    made = await ada.makes("/commitments", wish(cy, ada, serves=theirs, follows=theirs))
    assert (made["serves"], made["follows"]) == (theirs, theirs)
    seen = await cy.sees(f"/commitments/{made['id']}")
    assert (seen["serves"], seen["follows"]) == (None, None)
    # What serves a thing is listed for who sees that thing, and for nobody else.
    assert [one["id"] for one in (await ada.sees(f"/commitments?serves={theirs}"))["items"]] == [made["id"]]
    assert (await cy.sees(f"/commitments?serves={theirs}"))["items"] == []
    agreement = await stories.in_force(pair)
    for field, name in (("serves", theirs), ("follows", theirs), ("agreement_id", agreement["id"])):
        answer = await cy.sends("POST", "/commitments", wish(cy, ben, **{field: name}))
        absent = await cy.sends("POST", "/commitments", wish(cy, ben, **{field: str(uuid.uuid4())}))
        assert (answer.status_code, answer.content) == (422, absent.content)
        assert answer.json()["errors"][0]["field"] == field

    # What lives under an agreement has its use; the agreement's other rights do not reach it.
    under = await ada.makes("/commitments", wish(ben, ada, agreement_id=agreement["id"]))
    assert under["use"] == agreement["use"] == "reviewable"
    other = await ada.sends("POST", "/commitments", wish(ben, ada, agreement_id=agreement["id"], use="coaching"))
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "use")


async def test_only_active_people_of_the_organisation_are_named(
    pair: Pair, steward: Someone, foreigner: Someone, concord: Concord
) -> None:
    dee = await member(concord, steward, "Dee")
    here = f"/commitments/{(await pair.ada.makes('/commitments', wish(dee, pair.ada)))['id']}"
    await dee.does(f"{here}/promise", {"revision": 1})
    await steward.does(f"/people/{dee.id}/deactivate")
    theirs = await foreigner.makes("/teams", {"name": "Theirs", "members": [foreigner.id]})
    for named in ({"person_id": foreigner.id}, {"person_id": dee.id}, {"team_id": theirs["id"]}, {"team_id": dee.id}):
        answer = await pair.ada.sends("POST", "/commitments", wish(dee, pair.ada, owed_by=[named]))
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "owed_by"), named
    # Of who is left, the other side can close what nobody can answer for any more; nothing is counted.
    over = await pair.ada.does(f"{here}/cancel", {})
    assert (over["ended"]["cause"], over["outcome_class"]) == ("nobody_left", "not_counted")
