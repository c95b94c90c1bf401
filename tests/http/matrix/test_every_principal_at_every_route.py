"""Everybody, at every operation, about what is not theirs: as the table says, and as if it were not there."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from adapters.bootstrap import Concord
from adapters.http.app import create_app
from adapters.settings import Settings
from tests.http.agreements.people import Someone
from tests.http.conftest import MovableClock
from tests.http.described import every_route
from tests.http.matrix.asking import Asked, asked, plain
from tests.http.matrix.company import (
    ANONYMOUS,
    ELSEWHERE,
    GONE,
    LEADER,
    PRINCIPALS,
    STEWARD,
    STRANGER,
    WORD,
    Company,
    Thing,
    a_company,
    unknown,
)  # fmt: skip
from tests.http.matrix.ruled import ruled
from tests.http.matrix.rules import HERE, RULES, Rule

NO_CREDENTIAL = (ANONYMOUS, GONE)
READ_NOTHING = (*NO_CREDENTIAL, ELSEWHERE, STRANGER, LEADER, STEWARD)
"""Who is inside nothing at all: the word reaches them by no operation."""
PAST = "past the policy"


@pytest.fixture
async def company(concord: Concord, nobody: Someone, clock: MovableClock, quick_passwords: None) -> Company:
    return await a_company(concord, nobody, clock)


def expected(rule: Rule, thing: Thing | None, principal: str) -> int | str:
    """What the table says: a status, or that they get past the policy."""
    if principal in NO_CREDENTIAL:
        return 401
    if rule.steward and principal not in (STEWARD, ELSEWHERE):
        return 403
    if thing is None:
        return PAST
    relation = None if principal == ELSEWHERE else thing.relations.get(principal, HERE)
    if relation in rule.may:
        return PAST
    return 403 if relation in rule.told else 404


def is_told(rule: Rule, thing: Thing, principal: str) -> bool:
    """Whether they see that it is there."""
    return thing.relations.get(principal, HERE) in rule.told and principal != ELSEWHERE


def test_every_operation_has_its_line_and_every_line_an_operation(tmp_path: Path) -> None:
    app = create_app(Settings(_env_file=None, data_dir=tmp_path))
    assert {str(route.operation_id) for _, _, route in every_route(app)} == set(RULES)


async def test_who_may_gets_past_and_to_all_others_it_is_not_there(app: FastAPI, company: Company) -> None:
    wrong: list[str] = []
    for method, path, route, rule in ruled(app):
        things = [t for t in company.of(rule.about) if f"{{{t.gap}}}" in path] if rule.about else []
        if rule.open:
            wrong += await _same_for_all(asked(app, method, path, route, None), company)
        elif rule.about is None:
            wrong += await _tried(asked(app, method, path, route, None), rule, company)
        else:
            assert things, f"there is nothing to try {route.operation_id} on"
            for first, thing in enumerate(things):
                wrong += await _tried_on(asked(app, method, path, route, thing), rule, thing, company, whole=not first)
    assert not wrong, "\n".join(wrong)


async def _tried_on(asking: Asked, rule: Rule, thing: Thing, company: Company, *, whole: bool) -> list[str]:
    """What is wrong with the answers about one thing; `whole` is the first, which has everything on it.

    Of those who are nothing to the thing one asks for all, but of the first on SQLite, where everybody does.
    """
    wrong = []
    nowhere = asking.elsewhere(thing.id, unknown())
    everybody = whole and company.concord.settings.database_url.startswith("sqlite")
    for principal in [p for p in PRINCIPALS if everybody or p in thing.relations or p in (ELSEWHERE, STRANGER)]:
        who, should = company.people[principal], expected(rule, thing, principal)
        answer = await asking.by(who)
        said = f"{principal}: {asking.operation} {asking.path}: {answer.status_code} {answer.text[:300]}"
        if should == PAST:
            strict = whole and thing.relations.get(principal, HERE) in ("party", "self", HERE)
            if not (_is_sent_to_sign_in(answer) if rule.lately else _got_past(asking, thing, answer, strict=strict)):
                wrong.append(f"is kept out: {said}")
        elif answer.status_code != should and not (principal == STEWARD and answer.status_code == 412):
            # Stewards know the versions of people: what is not theirs to do may just as well be stale.
            wrong.append(f"expected {should}: {said}")
        elif not is_told(rule, thing, principal) and plain(answer) != plain(absent := await nowhere.by(who)):
            wrong.append(f"is not as nowhere ({absent.status_code} {absent.text[:300]} {dict(absent.headers)}): {said}")
        if WORD in answer.text and (should != PAST or principal in READ_NOTHING):
            wrong.append(f"is told: {said}")
    return wrong


def _is_sent_to_sign_in(answer: httpx2.Response) -> bool:
    """Whether they are told what a token is told where only who has just signed in goes on."""
    return answer.status_code == 403 and answer.json()["code"] == "sign-in-again"


def _got_in(status: int) -> bool:
    return status not in (401, 403) and status < 500


def _got_past(asking: Asked, thing: Thing, answer: httpx2.Response, *, strict: bool) -> bool:
    status = answer.status_code
    if asking.method == "GET":
        return status == 200 if strict else status in (200, 404, 409, 422)
    if thing.kind in ("own", "team"):
        # Any version will do: the team's request names somebody who is nobody.
        return status == 200 if thing.kind == "own" else status in (404, 422)
    return status == 412 or (not strict and status == 409)


async def _tried(asking: Asked, rule: Rule, company: Company) -> list[str]:
    """What is wrong with the answers to what names nothing: it asks for a credential and says nothing of others."""
    wrong = []
    for principal in PRINCIPALS:
        should = expected(rule, None, principal)
        answer = await asking.by(company.people[principal])
        said = f"{principal}: {asking.operation}: {answer.status_code} {answer.text[:300]}"
        if should == PAST:
            if not (_is_sent_to_sign_in(answer) if rule.lately else _got_in(answer.status_code)):
                wrong.append(f"is kept out: {said}")
        elif answer.status_code != should:
            wrong.append(f"expected {should}: {said}")
        if WORD in answer.text and principal in READ_NOTHING:
            wrong.append(f"is told: {said}")
    return wrong


async def _same_for_all(asking: Asked, company: Company) -> list[str]:
    """What is wrong with the answers to what needs no credential: they are the same with one as without."""
    answers = {p: await asking.by(company.people[p]) for p in (ANONYMOUS, GONE, ELSEWHERE, STRANGER, STEWARD)}
    told = [f"{p} is told: {asking.operation}" for p, a in answers.items() if WORD in a.text]
    statuses = {p: a.status_code for p, a in answers.items()}
    return told + ([] if len(set(statuses.values())) == 1 else [f"{asking.operation}: {statuses}"])
