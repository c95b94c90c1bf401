"""All that was recorded of an agreement, of a person, of the organisation: each told as far as it is for them."""

from __future__ import annotations

from uuid import UUID

from adapters.bootstrap import Concord
from adapters.identity.letters import PlainLetters
from services.people.note_bulk_read import note_bulk_read
from services.people.password_resets import reset_for_operator
from services.ports import Actor
from tests.http.agreements import stories
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair
from tests.http.conftest import token_of

LOG = "/audit/log"


async def what(who: Someone, query: str = "") -> list[str]:
    """What somebody is told, by name, oldest first."""
    return [item["what"] for item in (await who.sees(LOG + query))["items"]]


async def test_of_an_agreement_its_parties_are_told_what_happened_and_who_else_read_it(
    concord: Concord, pair: Pair, steward: Someone, cy: Someone, foreigner: Someone
) -> None:
    agreement = await stories.in_force(pair)
    here, query = f"/agreements/{agreement['id']}", f"?agreement_id={agreement['id']}"
    update = {"term_id": next(t["id"] for t in agreement["terms"] if t["kind"] == "update"), "text": "All is well"}
    assert (await pair.ben.sends("POST", f"{here}/updates", update)).status_code == 201
    await pair.ben.does(f"{here}/grants/{cy.id}")
    await cy.sees(here)
    await steward.does(f"{here}/break-glass", {"reason": "A complaint"})
    organisation = await concord.identities.organisation_named("Northwind")
    assert organisation is not None
    await note_bulk_read(concord.ledger, concord.clock, Actor(UUID(steward.id), organisation, frozenset()), "backup")

    told = (await pair.ada.sees(LOG + query))["items"]
    history = (await pair.ada.sees(f"{here}/history"))["items"]
    assert [item for item in told if item in history] == history
    beside = [item for item in told if item not in history]
    assert [(item["what"], item["by"], item["details"].get("seen_as")) for item in beside] == [
        ("access.content_read", cy.id, "grant"),
        ("access.content_read", steward.id, "glass"),
        ("organisation.read_in_bulk", None, "operator"),
    ]
    assert beside[0]["details"]["leave_from"] == pair.ben.id
    assert beside[1]["details"]["reason"] == "A complaint"
    assert [item["position"] for item in told] == sorted(item["position"] for item in told)

    # A page at a time it is the same; of one person, what they did in it.
    pages: list[object] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await pair.ada.sees(f"{LOG}{query}&limit=4{cursor and '&cursor=' + cursor}")
        pages += page["items"]
        cursor = page["next_cursor"]
    assert pages == told
    by_ben = (await pair.ada.sees(f"{LOG}{query}&person_id={pair.ben.id}"))["items"]
    assert by_ben == [item for item in told if item["by"] == pair.ben.id] != []

    # Whoever was let in is told of what is for them; of readers nobody but a party.
    assert await what(cy, query) == [item["what"] for item in (await cy.sees(f"{here}/history"))["items"]]
    for stranger in (steward, foreigner):
        assert (await stranger.sends("GET", LOG + query)).status_code == 404


async def test_of_a_person_each_is_told_what_is_theirs_to_know(
    concord: Concord, pair: Pair, steward: Someone, cy: Someone, foreigner: Someone
) -> None:
    await stories.in_force(pair)
    query = f"?person_id={pair.ben.id}"
    await pair.ben.makes("/me/absences", {"from_on": pair.ben.day(1), "until_on": pair.ben.day(3)})
    identities = concord.identities
    ben = await identities.identity(UUID(pair.ben.id))
    assert ben is not None
    assert ben.email is not None
    letters = PlainLetters(concord.settings)
    await reset_for_operator(concord.ledger, identities, identities.resets, letters, concord.clock, ben.email)
    narrow = Someone(pair.ben.client, pair.ben.clock, pair.ben.id, await token_of(concord, pair.ben.id, "audit:read"))

    own = await what(narrow, query)
    assert own[0] == "person.joined"
    assert {"person.token_issued", "person.absence_declared", "person.sign_in_reset"} <= set(own)
    assert await what(pair.ada, query) == ["person.sign_in_reset"]
    assert {"person.joined", "person.invitation_issued"} == set(await what(steward, query))
    for stranger in (cy, foreigner):
        assert (await stranger.sends("GET", LOG + query)).status_code == 404
    (reset,) = (await pair.ada.sees(LOG + query))["items"]
    assert reset["by"] is None
    assert reset["sentence"] == "Who runs the installation reset the way in of Ben; all their sessions ended."


async def test_of_the_organisation_everybody_in_it_is_told(
    concord: Concord, pair: Pair, steward: Someone, foreigner: Someone
) -> None:
    organisation = await concord.identities.organisation_named("Northwind")
    assert organisation is not None
    await note_bulk_read(concord.ledger, concord.clock, Actor(UUID(steward.id), organisation, frozenset()), "export")
    await steward.does(f"/people/{pair.ada.id}/leader", {"leader_id": steward.id}, method="PUT")
    patched = await steward.sends("PATCH", "/organisation/policy", {"imbalance_longest_days": 60}, If_Match="*")
    assert patched.status_code == 200, patched.text
    for_all = ["organisation.founded", "organisation.read_in_bulk", "organisation.policy_changed"]
    told = (await pair.ben.sees(LOG))["items"]
    assert [item["what"] for item in told] == for_all
    assert [item["by"] for item in told] == [steward.id, None, steward.id]
    assert told[2]["details"]["fields"] == {"imbalance_longest_days": {"from": 90, "to": 60}}
    seen_by_steward = await what(steward)
    assert "organisation.line_changed" in seen_by_steward
    assert [item for item in seen_by_steward if item != "organisation.line_changed"] == for_all
    assert await what(foreigner) == ["organisation.founded"]
