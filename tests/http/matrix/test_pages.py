"""The pages tell as little: what is not there is one and the same page, and nobody elsewhere has a name."""

from __future__ import annotations

import difflib
import re
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI

from adapters.bootstrap import Concord
from adapters.http.pages.routes import PageRoute
from adapters.http.switchboard import Switchboard
from adapters.stores import reach
from tests.http.agreements.people import Someone
from tests.http.conftest import MovableClock
from tests.http.matrix.company import ELSEWHERE, PARTY, STRANGER, WORD, Company, a_company, unknown

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEY = re.compile(r'(?<=name="_key" value=")[^"]+')
KINDS = {"agreement_id": "agreement", "commitment_id": "commitment", "period_id": "period", "person_id": "person"}


@pytest.fixture
async def company(concord: Concord, nobody: Someone, clock: MovableClock, quick_passwords: None) -> Company:
    return await a_company(concord, nobody, clock)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_page_of_what_is_not_ones_own_is_the_page_of_nothing(app: FastAPI, company: Company) -> None:
    wrong, tried = [], 0
    for page in _pages(app):
        gaps = re.findall(r"\{(\w+)\}", page.path)
        if not gaps or gaps[0] not in KINDS:
            continue
        tried += 1
        for thing in company.of(KINDS[gaps[0]]):
            parts = {gap: thing.gaps.get(gap, unknown()) for gap in gaps[1:]}
            for principal in (STRANGER, ELSEWHERE):
                if thing.kind == "person" and principal == STRANGER:
                    continue  # everybody in the organisation sees who is in it
                who = company.people[principal]
                there = await _looks(who, page.path.format(**{gaps[0]: thing.id}, **parts))
                absent = await _looks(who, page.path.format(**{gaps[0]: unknown()}, **parts))
                if _plain(there) != _plain(absent) or WORD in there.text or there.is_success:
                    told = "\n".join(difflib.unified_diff(*(_plain(a)[1].splitlines() for a in (there, absent)), n=0))
                    wrong.append(f"{principal}: {page.path}: {there.status_code} {told}")
    assert tried > 7
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_page_gives_a_name_to_nobody_elsewhere(app: FastAPI, company: Company) -> None:
    eve, ada = company.people[ELSEWHERE], company.people[PARTY]
    tried = 0
    for page in _pages(app):
        if "{" in page.path:
            continue
        for field in page.dependant.query_params:
            tried += 1
            answer = await _looks(eve, f"{page.path}?{field.alias}={ada.id}")
            assert "Ada" not in answer.text, f"{page.path}?{field.alias}="
            assert answer.status_code < 500, f"{page.path}?{field.alias}="
    assert tried > 5
    # Whatever a page may come to name: who is asked for names knows those within the asker's reach.
    organisation = (await eve.sees("/me"))["organisation"]["id"]
    with reach.within(UUID(organisation)):
        names = await company.concord.identities.names([UUID(ada.id), UUID(eve.id)])
    assert names == {UUID(eve.id): "Eve"}


def _pages(app: FastAPI) -> list[PageRoute]:
    routes = [route for board in app.routes if isinstance(board, Switchboard) for route in board.routes]
    return [page for page in routes if isinstance(page, PageRoute) and page.methods == {"GET"}]


async def _looks(who: Someone, path: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {who.token}", "Accept": "text/html"}
    return await who.client.get(path, headers=headers)


def _plain(answer: httpx2.Response) -> tuple[int, str, list[tuple[str, str]]]:
    """All of it but the ids, which are the page's own address, and the keys, which are new in every form."""
    headers = [(name, _ID.sub("ID", value)) for name, value in answer.headers.items()]
    return answer.status_code, _KEY.sub("KEY", _ID.sub("ID", answer.text)), sorted(headers)
