"""Whatever one names in a path, a body or a query: what is somebody else's is answered as what nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from adapters.bootstrap import Concord
from tests.http.agreements import stories
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair
from tests.http.commitments.asking import wish
from tests.http.conftest import MovableClock
from tests.http.imbalance.weeks import PERIODS, weeks
from tests.http.matrix.asking import Asked, asked, plain
from tests.http.matrix.company import (
    CONTRIBUTOR,
    ELSEWHERE,
    GONE,
    LEADER,
    PARTY,
    STEWARD,
    STRANGER,
    Company,
    Thing,
    a_company,
    unknown,
)  # fmt: skip
from tests.http.matrix.ruled import ruled


@pytest.fixture
async def company(concord: Concord, nobody: Someone, clock: MovableClock, quick_passwords: None) -> Company:
    return await a_company(concord, nobody, clock)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_thing_of_another_kind_is_no_thing_of_this_kind(app: FastAPI, company: Company) -> None:
    """A deed that asks for a role alone must look at what it was given."""
    wrong = []
    for method, path, route, rule in ruled(app):
        if rule.about is None or rule.about == "own":
            continue
        of_this_kind = company.of(rule.about)[0]
        asking = asked(app, method, path, route, of_this_kind)
        nowhere = asking.elsewhere(of_this_kind.id, unknown())
        for principal in (STEWARD, ELSEWHERE):
            who = company.people[principal]
            absent = plain(await nowhere.by(who))
            for kind in {"agreement", "commitment", "period", "team", "person"} - {rule.about}:
                there = plain(await asking.elsewhere(of_this_kind.id, company.of(kind)[0].id).by(who))
                if there != absent:
                    wrong.append(f"{principal}: {asking.operation} of a {kind}: {there[:2]} is not {absent[:2]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_in_ones_own_thing_the_parts_of_anothers_are_not_there(app: FastAPI, company: Company) -> None:
    """Cy and Lee have an agreement, a promise and a period of their own, and name what is Ada's and Ben's in them."""
    cy, lee = company.people[STRANGER], company.people[LEADER]
    theirs = {thing.kind: thing for thing in await _of_their_own(cy, lee)}
    wrong, tried = [], 0
    for method, path, route, rule in ruled(app):
        mine = theirs.get(rule.about or "")
        if mine is None or path.count("{") < 2:
            continue
        tried += 1
        foreign = company.of(mine.kind)[0]
        parts = {gap: id for gap, id in foreign.gaps.items() if not gap.endswith("person_id")}
        naming = Thing(mine.kind, mine.id, mine.gap, {}, parts)
        naming_nothing = Thing(mine.kind, mine.id, mine.gap, {})
        there = await _any_version(asked(app, method, path, route, naming)).by(cy)
        absent = await _any_version(asked(app, method, path, route, naming_nothing)).by(cy)
        if plain(there) != plain(absent):
            wrong.append(f"{route.operation_id}: {there.status_code} {there.text} is not {absent.text}")
    assert tried > 25
    assert not wrong, "\n".join(wrong)


async def _of_their_own(cy: Someone, lee: Someone) -> list[Thing]:
    pair = Pair(cy, lee)
    agreement = await stories.in_force(pair)
    promise = await cy.makes("/commitments", wish(lee, cy))
    await lee.does(f"/commitments/{promise['id']}/promise", {"revision": 1})
    return [
        Thing("agreement", agreement["id"], "agreement_id", {}),
        Thing("commitment", promise["id"], "commitment_id", {}),
    ]


def _any_version(asking: Asked) -> Asked:
    return asking.seeing("*") if asking.method != "GET" else asking


NAMED = "NAMED"
"""Where a request names somebody or something."""


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_what_a_body_or_a_query_names_of_others_is_as_unknown(company: Company) -> None:
    cy, lee, eve = (company.people[name] for name in (STRANGER, LEADER, ELSEWHERE))
    mine = f"/agreements/{(await stories.amending(Pair(cy, lee)))['id']}"
    promise = f"/commitments/{(await lee.makes('/commitments', wish(lee, cy)))['id']}"
    await cy.does(f"{promise}/accept", {"revision": 1})
    team = (await cy.makes("/teams", {"name": "Ours", "members": [cy.id]}))["id"]
    theirs = (await eve.makes("/teams", {"name": "Theirs", "members": [eve.id]}))["id"]
    elsewhere = {
        "person": eve.id,
        "team": theirs,
        "gone": company.people[GONE].id,
        "con": company.people[CONTRIBUTOR].id,
    }
    wrong = []
    for what, who, method, path, body in (*_of_agreements(company, mine), *_of_promises(company, promise, team)):
        named = elsewhere.get(what) or _part(company, what)
        there = plain(await who.sends(method, path.replace(NAMED, named), _with(body, named), If_Match="*"))
        nobody = unknown()
        absent = plain(await who.sends(method, path.replace(NAMED, nobody), _with(body, nobody), If_Match="*"))
        if there != absent or there[0] in (201, 401):
            wrong.append(f"{method} {path} {body} of {what}: {there[:2]} is not {absent[:2]}")
    assert not wrong, "\n".join(wrong)


Naming = tuple[str, Someone, str, str, Any]


def _part(company: Company, what: str) -> str:
    """The id of something of Ada's and Ben's."""
    return company.of(what)[0].id if what != "term" else company.of("agreement")[0].gaps["term_id"]


def _of_agreements(company: Company, mine: str) -> Iterator[Naming]:
    """What can be named in an agreement of one's own, or beside it."""
    cy, ada = company.people[STRANGER], company.people[PARTY]
    head = Pair(cy, cy).head(parties=[{"person_id": cy.id, "role": "peer"}, {"person_id": NAMED, "role": "peer"}])
    for what in ("person", "gone"):
        yield what, cy, "POST", "/agreements", head
        yield what, cy, "PATCH", f"{mine}/proposal", {"parties": head["parties"]}
        yield what, cy, "POST", f"{mine}/motions", {"kind": "invite_contributor", "person_id": NAMED}
        yield what, cy, "POST", f"{mine}/grants/{NAMED}", None
        yield what, cy, "POST", f"{mine}/terms", {"kind": "expectation", "owed_by": [NAMED], "text": "To be kind"}
        yield what, cy, "POST", f"{mine}/carry-over", {"term_ids": [unknown()], "with_person_id": NAMED}
    yield "con", cy, "DELETE", f"{mine}/contributors/{NAMED}", None
    yield "con", cy, "DELETE", f"{mine}/grants/{NAMED}", None
    yield "term", cy, "POST", f"{mine}/carry-over", {"term_ids": [NAMED], "with_person_id": ada.id}
    yield "term", cy, "POST", f"{mine}/updates", {"term_id": NAMED, "text": "Well"}
    yield "term", cy, "POST", f"{mine}/updates/ask", {"term_id": NAMED}
    slipped = {"term_id": NAMED, "happened_at": cy.instant(), "text": "It slips"}
    yield "term", cy, "POST", f"{mine}/escalations", slipped
    yield "term", cy, "POST", f"{mine}/notes", {"term_id": NAMED, "on": cy.day(), "kept": True}
    yield "term", cy, "PATCH", f"{mine}/terms/{NAMED}", {"good_looks_like": "Short"}
    for query in ("/agreements?party=NAMED", "/commitments?agreement_id=NAMED", "/audit/log?agreement_id=NAMED"):
        yield "agreement" if "agreement_id" in query else "person", cy, "GET", query, None


def _of_promises(company: Company, promise: str, team: str) -> Iterator[Naming]:
    """What can be named in promises, periods, teams and of people."""
    cy, lee, sol, ada = (company.people[name] for name in (STRANGER, LEADER, STEWARD, PARTY))
    for what in ("person", "gone"):
        yield what, cy, "POST", "/commitments", wish(cy, lee, owed_by=[{"person_id": NAMED}], owed_to=[_who(cy)])
        yield what, lee, "POST", f"{promise}/changes", {"kind": "delegate", "person_id": NAMED, "reason": "No time"}
        yield what, lee, "POST", PERIODS, weeks(Pair(lee, ada), people=[{"person_id": NAMED}], set_aside=[])
        yield what, ada, "POST", PERIODS, weeks(Pair(ada, ada), declarer_id=NAMED, people=[_who(ada)], set_aside=[])
        yield what, cy, "POST", "/teams", {"name": "Crew", "members": [cy.id, NAMED]}
        yield what, cy, "PUT", f"/teams/{team}/members/{NAMED}", None
        yield what, cy, "DELETE", f"/teams/{team}/members/{NAMED}", None
        yield what, sol, "POST", "/people", {"name": "Fi", "email": "fi@northwind.example", "leader_id": NAMED}
        yield what, sol, "PUT", f"/people/{cy.id}/leader", {"leader_id": NAMED}
    yield "team", cy, "POST", "/commitments", wish(cy, lee, owed_by=[{"team_id": NAMED}], owed_to=[_who(cy)])
    for field, what in (("serves", "commitment"), ("follows", "commitment"), ("agreement_id", "agreement")):
        yield what, cy, "POST", "/commitments", wish(cy, lee, **{field: NAMED})
    for field, what in (("term_id", "term"), ("commitment_id", "commitment")):
        yield what, lee, "POST", PERIODS, weeks(Pair(lee, ada), people=[_who(ada)], set_aside=[{field: NAMED}])
    for query in (
        "/commitments?owed_by=NAMED", "/commitments?owed_to=NAMED", "/commitments?counted_for=NAMED&direction=owed_by",
        f"/commitments?counted_for={cy.id}&direction=owed_by&counterpart=NAMED", "/imbalance-periods?person=NAMED",
        "/audit/log?person_id=NAMED",
    ):  # fmt: skip
        yield "person", cy, "GET", query, None


def _who(one: Someone) -> dict[str, str]:
    return {"person_id": one.id}


def _with(body: Any, id: str) -> Any:
    """The body with the id where it names something."""
    if isinstance(body, dict):
        return {name: _with(value, id) for name, value in body.items()}
    if isinstance(body, list):
        return [_with(value, id) for value in body]
    return id if body == NAMED else body
