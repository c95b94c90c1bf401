"""Follow-through over HTTP: counts that add up, for whom they are, and the list behind each."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from adapters.bootstrap import Concord
from domain.commitments.commitment import Commitment
from services.follow_through.card import commitment_card
from services.ports import Answer, Command, Sight
from tests.follow_through import lives
from tests.follow_through.lives import Lives
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair
from tests.http.conftest import MovableClock

GROUPINGS = ("level", "counterpart", "agreement", "month", "year", "use")


@pytest.fixture
async def lived(concord: Concord, pair: Pair, cy: Someone, clock: MovableClock) -> list[Commitment]:
    """Ada, Ben, Cy and three more have made 110 commitments over some months; Ada is of a team."""
    people = [UUID(pair.ada.id), UUID(pair.ben.id), UUID(cy.id), uuid4(), uuid4(), uuid4()]
    standing = await concord.ledger.standing(people[0])
    assert standing is not None
    team = uuid4()
    await concord.ledger.new_keys(*people[3:])
    made = Lives(standing.organisation_id, people, team, random.Random(4))
    commitments = [made.live() for _ in range(110)]
    for n, commitment in enumerate(commitments):
        await concord.ledger.new_keys(commitment.id)
        sights = [Sight(commitment.id, who, sight) for who, sight in commitment.sights().items()]
        if n == 0:
            sights.append(Sight(team, people[0], "member"))
            sights += [Sight(lives.AGREEMENT, person, "party") for person in people[:3]]
        command = Command(uuid4().hex * 2, "", None, standing.organisation_id)
        await concord.ledger.record(command, Answer(), commitment, sights=sights)
    for person in (pair.ada, pair.ben, cy):
        person.seen_position = await concord.ledger.head()
    over = max(c.modified_on for c in commitments)
    clock.move(seconds=(over - clock.now()).total_seconds() + timedelta(days=3).total_seconds())
    return commitments


async def walked(person: Someone, address: str) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    path = address.removeprefix("/api/v1")
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = await person.sees(
            path + ("&" if "?" in path else "?") + "limit=9" + (f"&cursor={cursor}" if cursor else "")
        )
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def test_every_count_leads_to_a_list_of_exactly_that_many(lived: list[Commitment], pair: Pair) -> None:
    me = pair.ben
    shown = await me.sees(f"/people/{me.id}/follow-through?group_by=level,month&include=proposed")
    assert {t["key"]["direction"] for t in shown["totals"]} == {"owed_by", "owed_to"}
    keys = [tuple((part is None, part or "") for part in g["key"].values()) for g in shown["groups"]]
    assert keys == sorted(keys)
    for total in shown["totals"]:
        within = [g for g in shown["groups"] if g["key"]["direction"] == total["key"]["direction"]]
        added: Counter[str] = Counter()
        for group in within:
            added.update(group["counts"])
            assert sum(group["counts"].values()) + sum(group["impacts"].values()) == group["all"]
            assert len(await walked(me, group["commitments"])) == group["all"]
            for outcome_class, address in group["lists"].items():
                listed = await walked(me, address)
                assert len(listed) == (group["counts"] | group["impacts"])[outcome_class]
                assert {i["outcome_class"] for i in listed} == {outcome_class}
        assert added == Counter(total["counts"])
        assert len(await walked(me, total["commitments"])) == total["all"]
        assert total["n"] >= 5
        assert all(low <= total["shares"][c] <= high for c, (low, high) in total["interval_95"].items())


async def test_every_grouping_can_be_asked_for_and_adds_up(lived: list[Commitment], pair: Pair) -> None:
    me = pair.ben
    for grouping in GROUPINGS:
        shown = await me.sees(f"/people/{me.id}/follow-through?group_by={grouping}&direction=owed_by")
        (total,) = shown["totals"]
        for group in shown["groups"]:
            assert len(await walked(me, group["commitments"])) == group["all"]
            assert ("shares" in group) == (group["n"] >= 5)
        if grouping != "counterpart":
            assert sum(g["all"] for g in shown["groups"]) == total["all"]
    for wrong in ("outcome_class", "level,level", "name"):
        answer = await me.sends("GET", f"/people/{me.id}/follow-through?group_by={wrong}")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_it_covers_what_the_viewer_may_see(
    lived: list[Commitment], pair: Pair, cy: Someone, steward: Someone, foreigner: Someone
) -> None:
    seen = await walked(cy, "/commitments")
    assert {i["id"] for i in seen} == {str(c.id) for c in lived if UUID(cy.id) in c.sights()}
    of_ben = await cy.sees(f"/people/{pair.ben.id}/follow-through?include=proposed")
    theirs = sum(t["all"] for t in of_ben["totals"])
    own = await pair.ben.sees(f"/people/{pair.ben.id}/follow-through?include=proposed")
    assert 0 < theirs < sum(t["all"] for t in own["totals"])
    for stranger in (steward, foreigner):
        unknown = await stranger.sends("GET", f"/people/{uuid4()}/follow-through")
        known = await stranger.sends("GET", f"/people/{pair.ben.id}/follow-through")
        assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (404, unknown.content)
        assert await walked(stranger, "/commitments") == []


async def test_a_team_has_its_own_and_members_see_it(lived: list[Commitment], pair: Pair, cy: Someone) -> None:
    team = next(w.id for c in lived for w in c.content.owed_to if w.kind == "team")
    shown = await pair.ada.sees(f"/teams/{team}/follow-through?include=proposed&direction=owed_to")
    (total,) = shown["totals"]
    assert total["all"] == sum(1 for c in lived if any(w.id == team for w in c.content.owed_to))
    listed = await walked(pair.ada, total["commitments"])
    assert {"team_id": str(team)} in listed[0]["owed_to"]


async def test_what_waits_for_me_waits_for_my_team_too(lived: list[Commitment], pair: Pair, cy: Someone) -> None:
    team = next(w.id for c in lived for w in c.content.owed_to if w.kind == "team")
    waits = 0
    for person, whole in ((pair.ada, {UUID(pair.ada.id), team}), (pair.ben, {UUID(pair.ben.id)}), (cy, {UUID(cy.id)})):
        waiting = await walked(person, "/commitments?waiting_on_me=true")
        cards = [commitment_card(c, lives.OSLO, c.id) for c in lived]
        expected = {str(c.id) for c in cards if c is not None and any(w.person_id in whole for w in c.waiting_on)}
        assert {i["id"] for i in waiting} == expected
        waits += len(waiting)
    assert waits


async def test_by_due_date_the_soonest_comes_first_and_what_one_handed_on_is_left_out(
    lived: list[Commitment], pair: Pair, cy: Someone
) -> None:
    ordered = 0
    for me in (pair.ada, pair.ben, cy):
        for side in ("owed_by", "owed_to"):
            there = [
                i for i in await walked(me, f"/commitments?{side}={me.id}") if i["id"] not in _handed_on(lived, me)
            ]
            for state in (None, "promised", "suspended", "kept"):
                narrowed = f"&state={state}" if state else ""
                by_due = await walked(me, f"/commitments?{side}={me.id}&sort=due{narrowed}")
                expected = [i for i in there if state in (None, i["state"])]
                assert {i["id"] for i in by_due} == {i["id"] for i in expected}
                assert len(by_due) == len(expected)
                by_id = {c.id: commitment_card(c, lives.OSLO, c.id) for c in lived}
                due = [by_id[UUID(i["id"])].due_at for i in by_due]
                assert due == sorted(due, key=lambda at: (at is None, at))
                ordered += len(set(due)) > 2
    assert ordered > 3


def _handed_on(lived: list[Commitment], me: Someone) -> set[str]:
    return {str(c.id) for c in lived if c.sights().get(UUID(me.id)) == "former_party"}


async def test_the_list_is_narrowed_and_refuses_what_makes_no_sense(lived: list[Commitment], pair: Pair) -> None:
    me = pair.ben
    mine = await walked(me, f"/commitments?owed_by={me.id}")
    standing = {str(c.id) for c in lived if UUID(me.id) in {w.id for w in c.content.owed_by}}
    assert {i["id"] for i in mine} == standing
    promised = await walked(me, f"/commitments?owed_by={me.id}&state=promised")
    assert {i["id"] for i in promised} == {i["id"] for i in mine if i["state"] == "promised"}
    agreed = await walked(me, f"/commitments?agreement_id={lives.AGREEMENT}")
    unagreed = await walked(me, "/commitments?agreement_id=none")
    assert agreed
    assert {i["agreement_id"] for i in agreed} == {str(lives.AGREEMENT)}
    assert {i["agreement_id"] for i in unagreed} == {None}
    dues = sorted(i["due_at"] for i in mine if i["due_at"])
    before = await walked(me, f"/commitments?owed_by={me.id}&due_before={dues[3]}")
    assert {i["id"] for i in before} == {i["id"] for i in mine if i["due_at"] and i["due_at"] < dues[3]}
    for wrong in (
        "due_before=soon", "level=task", f"counted_for={me.id}", "cursor=x", "state=lost", "sort=name", "sort=due",
        f"sort=due&owed_by={me.id}&waiting_on_me=true", f"sort=due&owed_by={me.id}&cursor={uuid4()}",
        f"owed_by={me.id}&cursor=eA==.{uuid4()}",
    ):  # fmt: skip
        answer = await me.sends("GET", f"/commitments?{wrong}")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
