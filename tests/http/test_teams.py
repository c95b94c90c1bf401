"""Teams: who makes one, who belongs to it and who says so, and that it is at once so for what they see."""

from __future__ import annotations

import asyncio
import uuid
from uuid import UUID

import pytest

from adapters.bootstrap import Concord
from services.ports import Answer, Command, Sight
from tests.http.agreements.people import Someone, a_key
from tests.http.agreements.stories import Pair
from tests.http.conftest import member


async def test_a_team_is_made_by_who_belongs_to_it_and_changed_by_who_does(
    pair: Pair, cy: Someone, steward: Someone, nobody: Someone, foreigner: Someone
) -> None:
    ada, ben = pair.ada, pair.ben
    refused = await cy.sends("POST", "/teams", {"name": "Crew", "members": [ada.id]})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "members")
    team = await ada.makes("/teams", {"name": "Crew", "members": [ada.id, ben.id, ada.id]})
    assert (team["name"], team["members"]) == ("Crew", [ada.id, ben.id])
    assert team["allowed_actions"] == ["PUT members/{person_id}", "DELETE members/{person_id}"]
    here, cys = f"/teams/{team['id']}", f"/teams/{team['id']}/members/{cy.id}"

    # Everybody here may know of it; who does not belong to it changes nothing, and lets nobody in.
    assert (await cy.sees(here))["allowed_actions"] == []
    for who, path in ((cy, cys), (steward, f"{here}/members/{steward.id}")):
        answer = await who.sends("PUT", path, If_Match="*")
        assert (answer.status_code, answer.json()["code"]) == (403, "not-your-act"), path
    for method, path in (("GET", here), ("PUT", cys), ("DELETE", cys)):
        conditional = {} if method == "GET" else {"If_Match": "*"}
        assert (await nobody.sends(method, path)).status_code == 401
        there = await foreigner.sends(method, path, **conditional)
        absent = await foreigner.sends(method, path.replace(team["id"], str(uuid.uuid4())), **conditional)
        assert (there.status_code, there.content) == (404, absent.content)

    assert (await ada.sends("PUT", cys)).status_code == 428
    key = a_key()
    first = await ada.sends("PUT", cys, If_Match='"1"', Idempotency_Key=key)
    again = await ada.sends("PUT", cys, If_Match='"1"', Idempotency_Key=key)
    assert first.json()["members"] == [ada.id, ben.id, cy.id]
    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")
    assert (await ben.sends("DELETE", cys, If_Match='"1"')).status_code == 412
    elsewhere = await ada.sends("PUT", f"{here}/members/{foreigner.id}", If_Match="*")
    assert (elsewhere.status_code, elsewhere.json()["errors"][0]["field"]) == (422, "person_id")

    # One goes oneself, a steward takes people out, and somebody stays.
    assert (await cy.does(cys, method="DELETE"))["members"] == [ada.id, ben.id]
    assert (await steward.does(f"{here}/members/{ben.id}", method="DELETE"))["members"] == [ada.id]
    last = await ada.sends("DELETE", f"{here}/members/{ada.id}", If_Match="*")
    assert (last.status_code, last.json()["code"]) == (409, "wrong-state")
    assert (await ada.sends("DELETE", f"{here}/members/{ben.id}", If_Match="*")).status_code == 404


async def test_the_list_of_teams_goes_page_by_page_and_ends_at_the_organisation(
    steward: Someone, pair: Pair, foreigner: Someone
) -> None:
    names = ["First", "Second", "Third"]
    for name in names:
        await steward.makes("/teams", {"name": name, "members": [pair.ben.id]})
    await foreigner.makes("/teams", {"name": "Theirs", "members": [foreigner.id]})
    first = await pair.ada.sees("/teams?limit=2")
    rest = await pair.ada.sees(f"/teams?limit=2&cursor={first['next_cursor']}")
    assert [team["name"] for page in (first, rest) for team in page["items"]] == names
    assert rest["next_cursor"] is None
    assert (await pair.ada.sends("GET", "/teams?cursor=bm8")).status_code == 422


async def test_what_a_team_sees_its_members_see_as_long_as_they_belong_to_it(
    concord: Concord, pair: Pair, steward: Someone
) -> None:
    ada, ben = pair.ada, pair.ben
    team_id = UUID((await ada.makes("/teams", {"name": "Crew", "members": [ada.id, ben.id]}))["id"])
    thing, person = uuid.uuid4(), UUID(ben.id)
    organisation = (await concord.identities.organisation_named("Northwind")).id  # type: ignore[union-attr]

    async def lets(who: UUID, sight: str | None) -> None:
        command = Command(uuid.uuid4().hex * 2, "", None, organisation)
        await concord.ledger.record(command, Answer(), sights=[Sight(thing, who, sight)])

    assert await concord.ledger.sight(thing, person) is None
    await lets(team_id, "party")
    assert await concord.ledger.sight(thing, person) == Sight(thing, person, "party")
    # What one was oneself does not hide what one's team is.
    await lets(person, "former_party")
    assert (await concord.ledger.sight(thing, person)).sight == "party"  # type: ignore[union-attr]
    await lets(person, None)

    await ada.does(f"/teams/{team_id}/members/{ben.id}", method="DELETE")
    assert await concord.ledger.sight(thing, person) is None
    assert await concord.ledger.teams_of(person) == frozenset()

    await ada.does(f"/teams/{team_id}/members/{ben.id}", method="PUT")
    await steward.does(f"/people/{ben.id}/deactivate")
    assert await concord.ledger.sight(thing, person) is None
    assert (await ada.sees(f"/teams/{team_id}"))["members"] == [ada.id]


@pytest.mark.parametrize("n", range(3))
async def test_who_leaves_while_a_team_lets_them_in_belongs_to_none(
    n: int, concord: Concord, pair: Pair, steward: Someone
) -> None:
    dee = await member(concord, steward, f"Dee{n}")
    team = await pair.ada.makes("/teams", {"name": "Crew", "members": [pair.ada.id]})
    path = f"/teams/{team['id']}/members/{dee.id}"
    await asyncio.gather(
        pair.ada.sends("PUT", path, If_Match="*"), steward.sends("POST", f"/people/{dee.id}/deactivate")
    )
    assert await concord.ledger.teams_of(UUID(dee.id)) == frozenset()
    assert (await pair.ada.sees(f"/teams/{team['id']}"))["members"] == [pair.ada.id]
