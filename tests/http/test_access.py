"""Who may do what: every route has a rule, asks for it, and answers strangers as if nothing were there."""

from __future__ import annotations

import sys
import uuid
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi import APIRouter, FastAPI

from adapters.http import deps
from adapters.http.conventions import API
from adapters.http.routing import Routes
from domain.refusals import NotThere, NotYourAct
from services import access, desk
from services.access import DEEDS, READING, may
from services.ports import Actor, Organisation, Sight, Standing
from tests.http.agreements.people import Someone
from tests.http.described import every_route, example_body, filled, needed_query

PAGES = ("/first-run", "/invitations/{secret}", "/password-resets/{secret}")
NAMELESS = {
    ("GET", "/openapi.json"),
    ("GET", "/docs"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("POST", API + "/invitations/{secret}/accept"),
    ("POST", API + "/sessions"),
    ("POST", API + "/sessions/passkey"),
    ("POST", API + "/sessions/passkey/options"),
    ("GET", API + "/oidc/start"),
    ("GET", API + "/oidc/callback"),
    *((method, page) for page in PAGES for method in ("GET", "POST")),
    ("POST", API + "/password-resets"),
    ("POST", API + "/password-resets/{secret}/accept"),
}
"""Everything that may be asked without a credential; one more is a decision, not a slip."""


def test_every_route_has_a_rule_and_every_rule_is_somebodys(app: FastAPI) -> None:
    routes = list(every_route(app))
    assert len(routes) > 40
    assert [path for _, path, route in routes if route.deed not in DEEDS] == []
    assert {(method, path) for method, path, route in routes if DEEDS[route.deed].anonymous} == NAMELESS


def test_a_route_without_a_rule_does_not_come_into_being() -> None:
    async def endpoint() -> None: ...

    with pytest.raises(LookupError, match="no rule"):
        Routes().get("/secrets", operation_id="read_secrets")(endpoint)
    assert not isinstance(APIRouter(), Routes)


async def test_without_a_credential_every_other_route_answers_401(app: FastAPI, nobody: Someone) -> None:
    for method, path, _ in every_route(app):
        if (method, path) in NAMELESS:
            continue
        answer = await nobody.sends(method, filled(app, method, path), {"any": "thing"} if method != "GET" else None)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), path


async def test_every_route_asks_the_policy_for_its_own_rule(
    app: FastAPI, steward: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody is refused: then each route that asks answers 403, and one that does not shows itself."""
    asked: list[str] = []

    def nobody_may(_: Actor, __: Standing | None, deed: str, ___: Sight | None = None) -> None:
        asked.append(deed)
        raise NotYourAct("Nobody may do anything today.")

    for module in _who_asks():
        monkeypatch.setattr(module, "may", nobody_may)
    document = app.openapi()
    for method, path, route in every_route(app):
        if (method, path) in NAMELESS:
            continue
        asked.clear()
        body = example_body(document, path, method)
        answer = await steward.sends(
            method, filled(app, method, path) + needed_query(document, path, method), body, If_Match="*"
        )
        assert answer.status_code == 403, f"{method} {path}: {answer.status_code} {answer.text}"
        assert asked[0] == route.deed, f"{method} {path} asks for {asked[0]}"


def _who_asks() -> list[Any]:
    ours = [module for name, module in sys.modules.items() if name.startswith(("services.", "adapters."))]
    return [module for module in ours if hasattr(module, "may")]


async def test_an_unknown_id_answers_the_same_to_everybody(
    app: FastAPI, steward: Someone, foreigner: Someone, cy: Someone
) -> None:
    document = app.openapi()
    for method, path, route in every_route(app):
        if (method, path) in NAMELESS or "{" not in path:
            continue
        where = filled(app, method, path) + needed_query(document, path, method)
        body = example_body(document, path, method)
        answers = [await who.sends(method, where, body, If_Match="*") for who in (steward, foreigner, cy)]
        statuses = {a.status_code for a in answers}
        # Who could not do it in any state is told so before anything is looked for.
        expected = {404} | ({403} if DEEDS[route.deed].role else set())
        assert statuses <= expected, f"{method} {path}: {[a.text for a in answers]}"
        assert len({a.content for a in answers if a.status_code == 404}) == 1


# The policy itself ----------------------------------------------------------------------------------

PERSON, HOME, AWAY, THING = (uuid.UUID(int=n) for n in (1, 2, 3, 4))


def an_actor(*scopes: str) -> Actor:
    return Actor(PERSON, Organisation(HOME, "Northwind", ZoneInfo("UTC")), frozenset(scopes or ("all",)))


def a_standing(*roles: str, active: bool = True, organisation: uuid.UUID = HOME) -> Standing:
    return Standing(PERSON, organisation, "member", None, roles, active)


def a_sight(sight: str) -> Sight:
    return Sight(THING, PERSON, sight)


@pytest.mark.parametrize("standing", [None, a_standing(active=False), a_standing("steward", organisation=AWAY)])
@pytest.mark.parametrize("deed", DEEDS)
def test_who_is_not_an_active_member_here_finds_nothing(deed: str, standing: Standing | None) -> None:
    with pytest.raises(NotThere):
        may(an_actor(), standing, deed, a_sight("party"))


ABOUT_A_THING = [deed for deed, rule in DEEDS.items() if rule.sights is not None]
WRITES = [deed for deed in ABOUT_A_THING if DEEDS[deed].scope == "agreements:write"]


@pytest.mark.parametrize("deed", ABOUT_A_THING)
def test_a_party_may_everything_and_a_stranger_finds_nothing(deed: str) -> None:
    party = "party" if "party" in (DEEDS[deed].sights or ()) else "declarer"
    may(an_actor(), a_standing(), deed, a_sight(party))
    with pytest.raises(NotThere):
        may(an_actor(), a_standing(), deed, None)


@pytest.mark.parametrize("deed", ABOUT_A_THING)
def test_a_steward_finds_the_card_only(deed: str) -> None:
    if deed == "agreement.read":
        may(an_actor(), a_standing("steward"), deed, None)
    else:
        with pytest.raises(NotThere):
            may(an_actor(), a_standing("steward"), deed, None)


@pytest.mark.parametrize("sight", sorted(READING - {"party"}))
@pytest.mark.parametrize("deed", WRITES)
def test_who_only_reads_does_nothing_else(deed: str, sight: str) -> None:
    contributes = sight == "contributor" and deed in {
        "comment_on_term", "correct_comment", "withdraw_comment", "answer_prompt",
    }  # fmt: skip
    if contributes:
        may(an_actor(), a_standing(), deed, a_sight(sight))
    else:
        with pytest.raises(NotYourAct):
            may(an_actor(), a_standing(), deed, a_sight(sight))


@pytest.mark.parametrize("deed", [deed for deed, rule in DEEDS.items() if rule.scope is not None])
def test_a_token_without_the_scope_is_refused_whatever_there_is(deed: str) -> None:
    scope = DEEDS[deed].scope
    others = {rule.scope for rule in DEEDS.values() if rule.scope} - {scope, "all"}
    for sight in (None, a_sight("party")):
        with pytest.raises(NotYourAct):
            may(an_actor(*others), a_standing("steward"), deed, sight)


def test_every_wire_and_deed_asks_the_same_function() -> None:
    assert deps.may is desk.may is access.may
