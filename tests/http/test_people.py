"""People of an organisation: adding, leading, leaving; and that other organisations are not there."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

from adapters.bootstrap import Concord
from domain.people import events as e
from tests.http.agreements import stories
from tests.http.agreements.people import Someone, a_key
from tests.http.agreements.stories import Pair
from tests.http.conftest import MovableClock, member, token_of

EVERY: list[tuple[str, str, Any]] = [
    ("POST", "/people", {"name": "Dee", "email": "dee@example.org"}),
    ("GET", "/people", None),
    ("GET", "/people/{id}", None),
    ("PUT", "/people/{id}/leader", {"leader_id": None}),
    ("PUT", "/people/{id}/roles", {"roles": ["steward"]}),
    ("POST", "/people/{id}/deactivate", None),
    ("POST", "/people/{id}/invitations", None),
    ("GET", "/me", None),
    ("POST", "/me/absences", {"from_on": "2027-01-01", "until_on": "2027-01-02"}),
    ("GET", "/me/absences", None),
    ("DELETE", "/me/absences/{id}", None),
    ("POST", "/tokens", {"name": "mine", "scopes": ["all"]}),
    ("GET", "/tokens", None),
    ("DELETE", "/tokens/{id}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), EVERY)
async def test_without_a_credential_nothing_is_answered(
    method: str, path: str, body: Any, nobody: Someone, cy: Someone
) -> None:
    for token in (None, "concord_made-up", cy.token[:-1] if cy.token else ""):
        someone = Someone(nobody.client, nobody.clock, token=token)
        answer = await someone.sends(method, path.format(id=cy.id), body)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_who_is_in_another_organisation_is_exactly_as_nobody(foreigner: Someone, pair: Pair) -> None:
    for method, path, body in EVERY:
        if "/people/{id}" not in path:
            continue
        conditional = {} if method in {"GET", "POST"} else {"If_Match": "*"}
        there = await foreigner.sends(method, path.format(id=pair.ben.id), body, **conditional)
        absent = await foreigner.sends(method, path.format(id=uuid.uuid4()), body, **conditional)
        assert (there.status_code, there.content) == (404, absent.content), path
        assert there.headers == absent.headers


async def test_another_organisations_people_are_in_no_list_and_lead_nobody(foreigner: Someone, pair: Pair) -> None:
    assert [p["id"] for p in (await foreigner.sees("/people"))["items"]] == [foreigner.id]
    assert foreigner.id not in [p["id"] for p in (await pair.ada.sees("/people"))["items"]]
    body = {"name": "Dee", "email": "dee@elsewhere.example", "leader_id": pair.ada.id}
    answer = await foreigner.sends("POST", "/people", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "leader_id")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/people", {"name": "Dee", "email": "dee@example.org"}),
        ("PUT", "/people/{id}/leader", {"leader_id": None}),
        ("PUT", "/people/{id}/roles", {"roles": ["steward"]}),
        ("POST", "/people/{id}/deactivate", None),
        ("POST", "/people/{id}/invitations", None),
    ],
)
async def test_only_a_steward_manages_people(method: str, path: str, body: Any, pair: Pair) -> None:
    answer = await pair.ada.sends(method, path.format(id=pair.ben.id), body, If_Match="*")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-act")


async def test_everybody_sees_who_is_there_and_addresses_are_for_stewards(pair: Pair, steward: Someone) -> None:
    seen = {p["id"]: p for p in (await pair.ben.sees("/people"))["items"]}
    assert set(seen) == {steward.id, pair.ada.id, pair.ben.id}
    assert {k: v for k, v in seen[pair.ada.id].items() if k != "id"} == {
        "name": "Ada", "kind": "member", "leader_id": None, "roles": [], "active": True, "erased": False,
    }  # fmt: skip
    assert seen[pair.ben.id]["leader_id"] == pair.ada.id
    assert "email" in seen[pair.ben.id]
    managed = {p["id"]: p for p in (await steward.sees("/people"))["items"]}
    assert managed[pair.ada.id]["email"] == f"Ada@{steward.id}.example"


async def test_pages_of_people_are_in_steady_order_and_complete(pair: Pair, steward: Someone, cy: Someone) -> None:
    seen: list[str] = []
    path = "/people?limit=1"
    while path:
        page = await cy.sees(path)
        assert len(page["items"]) == 1
        seen += [p["id"] for p in page["items"]]
        path = f"/people?limit=1&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert seen == sorted([steward.id, pair.ada.id, pair.ben.id, cy.id])


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=made-up", "cursor=WzFd", "after=x"])
async def test_a_page_that_cannot_be_is_refused(query: str, steward: Someone) -> None:
    answer = await steward.sends("GET", f"/people?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, query.split("=", maxsplit=1)[0])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "dee@example.org"}, "name"),
        ({"name": "  ", "email": "dee@example.org"}, "name"),
        ({"name": "D" * 201, "email": "dee@example.org"}, "name"),
        ({"name": "Dee\nSteward", "email": "dee@example.org"}, "name"),
        ({"name": "Dee \u202eeeD", "email": "dee@example.org"}, "name"),
        ({"name": "Dee", "email": "dee"}, "email"),
        ({"name": "Dee", "email": "d e@example.org"}, "email"),
        ({"name": "Dee", "email": "dee@example.org", "roles": ["queen"]}, "roles"),
        ({"name": "Dee", "email": "dee@example.org", "leader_id": str(uuid.uuid4())}, "leader_id"),
        ({"name": "Dee", "email": "dee@example.org", "organisation_id": str(uuid.uuid4())}, "organisation_id"),
        ({"name": "Dee", "email": "SOL@NORTHWIND.EXAMPLE"}, "email"),
    ],
)
async def test_somebody_who_cannot_be_added_is_not(body: dict[str, Any], field: str, steward: Someone) -> None:
    answer = await steward.sends("POST", "/people", body)
    assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, [field])
    assert len((await steward.sees("/people"))["items"]) == 1


@pytest.mark.parametrize(
    "name", ["Zoë", "李小龙", "نیما\u200cپور", "Dee \U0001f469\u200d\U0001f4bb", "O'Neill-Ng, Jr."]
)
async def test_names_are_taken_as_people_write_them(name: str, steward: Someone) -> None:
    made = await steward.makes("/people", {"name": name, "email": "dee@example.org"})
    assert made["name"] == name


async def test_of_two_who_are_added_under_one_address_at_once_one_is(steward: Someone) -> None:
    bodies = [{"name": name, "email": email} for name, email in (("A", "same@example.org"), ("B", "Same@example.org"))]
    answers = await asyncio.gather(*(steward.sends("POST", "/people", body) for body in bodies))
    assert sorted(a.status_code for a in answers) == [201, 422]
    (one,) = [p for p in (await steward.sees("/people"))["items"] if p["id"] != steward.id]
    assert one["name"] == next(a.json()["name"] for a in answers if a.status_code == 201)


async def test_a_new_leader_ends_what_was_agreed_with_the_one_before(pair: Pair, steward: Someone, cy: Someone) -> None:
    agreement = await stories.in_force(pair)
    moved = await steward.sends("PUT", f"/people/{pair.ben.id}/leader", {"leader_id": cy.id}, If_Match="*")
    assert (moved.status_code, moved.json()["leader_id"]) == (200, cy.id)
    ending = await pair.ben.sees(f"/agreements/{agreement['id']}")
    assert (ending["state"], ending["notice"]["cause"], ending["notice"]["by"]) == ("ending", "party_changed", None)
    assert ending["notice"]["ends_on"] == pair.ada.day(14)

    # A mistake is taken back as if nothing had been.
    await steward.sends("PUT", f"/people/{pair.ben.id}/leader", {"leader_id": pair.ada.id}, If_Match="*")
    assert (await pair.ben.sees(f"/agreements/{agreement['id']}"))["state"] == "in_force"


async def test_nobody_leads_themselves_by_way_of_others(pair: Pair, steward: Someone, cy: Someone) -> None:
    assert (await steward.sends("PUT", f"/people/{cy.id}/leader", {"leader_id": pair.ben.id}, If_Match="*")).is_success
    for leader in (pair.ada.id, pair.ben.id, cy.id):
        answer = await steward.sends("PUT", f"/people/{pair.ada.id}/leader", {"leader_id": leader}, If_Match="*")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "leader_id")


async def test_two_who_are_made_each_others_leader_at_once_are_not_both(pair: Pair, steward: Someone) -> None:
    people = [await member_of(steward, f"p{n}") for n in range(6)]
    for one, other in zip(people[::2], people[1::2], strict=True):
        answers = await asyncio.gather(
            steward.sends("PUT", f"/people/{one}/leader", {"leader_id": other}, If_Match="*"),
            steward.sends("PUT", f"/people/{other}/leader", {"leader_id": one}, If_Match="*"),
        )
        assert sorted(a.status_code for a in answers) == [200, 422]


async def member_of(steward: Someone, name: str) -> str:
    return str((await steward.makes("/people", {"name": name, "email": f"{name}@example.org"}))["id"])


async def test_changing_a_leader_says_which_version_one_saw(pair: Pair, steward: Someone, cy: Someone) -> None:
    path = f"/people/{pair.ben.id}/leader"
    blind = await steward.sends("PUT", path, {"leader_id": cy.id})
    assert (blind.status_code, blind.json()["code"]) == (428, "precondition-required")
    seen = (await steward.sends("GET", f"/people/{pair.ben.id}")).headers["ETag"]
    assert (await steward.sends("PUT", path, {"leader_id": cy.id}, If_Match=seen)).status_code == 200
    stale = await steward.sends("PUT", path, {"leader_id": None}, If_Match=seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
    now = (await steward.sends("GET", f"/people/{pair.ben.id}")).headers["ETag"].strip('"').split(".")[0]
    assert (str(stale.json()["current_version"]), stale.headers["ETag"]) == (now, f'"{now}"')


async def test_who_left_gets_in_nowhere_and_their_agreements_end(pair: Pair, steward: Someone) -> None:
    agreement, draft = await stories.in_force(pair), await stories.shared(pair)
    left = await steward.does(f"/people/{pair.ben.id}/deactivate")
    assert left["active"] is False
    assert (await pair.ben.sends("GET", "/me")).status_code == 401
    assert (await pair.ben.sends("GET", f"/agreements/{agreement['id']}")).status_code == 401
    ended = await pair.ada.sees(f"/agreements/{agreement['id']}")
    assert (ended["state"], ended["end_cause"]) == ("ended", "party_left")
    assert (await pair.ada.sees(f"/agreements/{draft['id']}"))["state"] == "abandoned"
    again = await steward.sends("POST", f"/people/{pair.ben.id}/deactivate")
    assert (again.status_code, again.json()["code"]) == (409, "wrong-state")
    named = await pair.ada.sends("POST", "/agreements", pair.head())
    assert named.status_code == 422


async def test_leaving_is_one_append_with_what_follows(pair: Pair, steward: Someone, concord: Concord) -> None:
    agreement = await stories.in_force(pair)
    before = await concord.ledger.head()
    await steward.does(f"/people/{pair.ben.id}/deactivate")
    facts = list(await concord.ledger.restore(await concord.ledger.log.read_after(before, 100)))
    assert [f.TOPIC for f in facts] == [e.PersonDeactivated.TOPIC, "concord.agreement.ended"]
    assert len({f.command_id for f in facts}) == 1
    assert str(facts[1].originator_id) == agreement["id"]
    assert facts[1].actor_id is None


async def test_who_leaves_while_an_agreement_with_them_is_opened_is_in_none_that_goes_on(
    pair: Pair, steward: Someone, concord: Concord, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_keys = concord.ledger.new_keys

    async def leaving_first(*owners: uuid.UUID) -> None:
        # Whether everybody named is a member was asked before this.
        monkeypatch.setattr(concord.ledger, "new_keys", make_keys)
        await steward.does(f"/people/{pair.ben.id}/deactivate")
        await make_keys(*owners)

    monkeypatch.setattr(concord.ledger, "new_keys", leaving_first)
    opened = await pair.ada.sends("POST", "/agreements", pair.head())
    assert (opened.status_code, opened.json()["state"]) == (201, "drafting")
    assert (await pair.ada.sees(f"/agreements/{opened.json()['id']}"))["state"] == "abandoned"


async def test_an_agreement_opened_while_somebody_leaves_does_not_go_on(
    pair: Pair, steward: Someone, concord: Concord, monkeypatch: pytest.MonkeyPatch
) -> None:
    sights_of, opened = concord.ledger.sights_of, []

    async def opening_after(person_id: uuid.UUID) -> Any:
        found = await sights_of(person_id)
        if not opened:
            opened.append(await pair.ada.makes("/agreements", pair.head()))
        return found

    monkeypatch.setattr(concord.ledger, "sights_of", opening_after)
    await steward.does(f"/people/{pair.ben.id}/deactivate")
    assert (await pair.ada.sees(f"/agreements/{opened[0]['id']}"))["state"] == "abandoned"


async def test_the_last_steward_stays(steward: Someone, concord: Concord, pair: Pair) -> None:
    alone = await steward.sends("POST", f"/people/{steward.id}/deactivate")
    assert (alone.status_code, alone.json()["code"]) == (409, "last-steward")
    second = await member(concord, steward, "Second", roles=["steward"])
    assert (await steward.sends("POST", f"/people/{steward.id}/deactivate")).status_code == 200
    assert (await second.sends("POST", f"/people/{second.id}/deactivate")).json()["code"] == "last-steward"


async def test_a_steward_is_made_and_unmade_and_somebody_stays_one(pair: Pair, steward: Someone) -> None:
    path = f"/people/{pair.ada.id}/roles"
    made = await steward.sends("PUT", path, {"roles": ["steward"]}, If_Match="*")
    assert (made.status_code, made.json()["roles"]) == (200, ["steward"])
    mine = f"/people/{steward.id}/roles"
    gone = await pair.ada.sends("PUT", mine, {"roles": []}, If_Match="*")
    assert (gone.status_code, gone.json()["roles"]) == (200, [])
    assert (await steward.sends("PUT", path, {"roles": []}, If_Match="*")).status_code == 403
    last = await pair.ada.sends("PUT", path, {"roles": []}, If_Match="*")
    assert (last.status_code, last.json()["code"]) == (409, "last-steward")
    unknown = await pair.ada.sends("PUT", mine, {"roles": ["queen"]}, If_Match="*")
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "roles")


async def test_of_two_stewards_who_put_each_other_out_one_is_left(steward: Someone, concord: Concord) -> None:
    second = await member(concord, steward, "Second", roles=["steward"])
    answers = await asyncio.gather(
        steward.sends("POST", f"/people/{second.id}/deactivate"),
        second.sends("POST", f"/people/{steward.id}/deactivate"),
    )
    assert sorted(a.status_code for a in answers)[0] == 200
    assert {a.status_code for a in answers} & {401, 404, 409}
    standings = await concord.ledger.standings(uuid.UUID((await _alive(steward, second))["organisation"]["id"]))
    assert len([s for s in standings if s.active and "steward" in s.roles]) == 1


async def _alive(*stewards: Someone) -> dict[str, Any]:
    answers = [await s.sends("GET", "/me") for s in stewards]
    (one,) = [a for a in answers if a.status_code == 200]
    shown: dict[str, Any] = one.json()
    return shown


async def test_i_am_told_who_i_am_and_what_my_token_covers(pair: Pair, concord: Concord) -> None:
    me = await pair.ben.sees("/me")
    assert (me["id"], me["name"], me["leader_id"], me["scopes"]) == (pair.ben.id, "Ben", pair.ada.id, ["all"])
    assert (me["organisation"]["name"], me["organisation"]["time_zone"]) == ("Northwind", "Europe/Oslo")
    narrow = Someone(pair.ben.client, pair.ben.clock, pair.ben.id, await token_of(concord, pair.ben.id, "import"))
    assert (await narrow.sees("/me"))["scopes"] == ["import"]


async def test_an_absence_is_told_listed_and_taken_back(pair: Pair, clock: MovableClock) -> None:
    made = await pair.ben.makes("/me/absences", {"from_on": pair.ben.day(-14), "until_on": pair.ben.day(3)})
    assert (await pair.ben.sees("/me/absences"))["items"] == [made]
    assert (await pair.ada.sees("/me/absences"))["items"] == []
    other = await pair.ada.sends("DELETE", f"/me/absences/{made['id']}", If_Match="*")
    assert other.status_code == 404
    seen = (await pair.ben.sends("GET", "/me/absences")).headers["ETag"]
    left = await pair.ben.sends("DELETE", f"/me/absences/{made['id']}", If_Match=seen)
    assert (left.status_code, left.json()["items"]) == (200, [])
    assert (await pair.ben.sends("DELETE", f"/me/absences/{made['id']}", If_Match="*")).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"from_on": "2027-01-05", "until_on": "2027-01-04"}, 422),
        ({"from_on": "2026-12-17", "until_on": "2027-01-04"}, 409),
        ({"from_on": "2027-01-05", "until_on": "2028-02-01"}, 422),
        ({"from_on": "2027-02-30", "until_on": "2027-03-01"}, 422),
        ({"from_on": "2027-01-05T00:00:00Z", "until_on": "2027-03-01"}, 422),
        ({"from_on": 20270105, "until_on": "2027-03-01"}, 422),
        ({"from_on": "2027-01-05", "until_on": "2027-01-06", "reason": "ill"}, 422),
    ],
)
async def test_an_absence_that_cannot_be_is_refused(body: dict[str, Any], status: int, pair: Pair) -> None:
    answer = await pair.ben.sends("POST", "/me/absences", body)
    assert answer.status_code == status, answer.text
    assert (await pair.ben.sees("/me/absences"))["items"] == []


async def test_an_unaccepted_invitation_is_made_anew_under_the_same_key_once(steward: Someone) -> None:
    made = await steward.makes("/people", {"name": "Dee", "email": "dee@example.org"})
    key = a_key()
    path = f"/people/{made['id']}/invitations"
    first = await steward.sends("POST", path, Idempotency_Key=key)
    again = await steward.sends("POST", path, Idempotency_Key=key)
    assert (first.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert first.json() == again.json()
    assert first.json()["invitation_url"] != made["invitation_url"]
