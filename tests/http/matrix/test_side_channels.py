"""What happens between others changes no byte of what anybody else is answered: no list, count, tag or cursor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pytest
from fastapi import FastAPI

from adapters.bootstrap import Concord
from tests.http.agreements.people import Someone
from tests.http.commitments.asking import wish
from tests.http.conftest import MovableClock
from tests.http.matrix.asking import Plain, asked, plain
from tests.http.matrix.company import (
    CONTRIBUTOR,
    ELSEWHERE,
    FORMER_PARTY,
    GRANTED,
    LEADER,
    OTHER_PARTY,
    PARTY,
    STEWARD,
    STRANGER,
    Company,
    a_company,
)  # fmt: skip
from tests.http.matrix.ruled import ruled

OUTSIDE = (ELSEWHERE, STRANGER, LEADER, STEWARD, GRANTED, FORMER_PARTY)
"""Who has left, or reads a part that is over, or never was inside."""
OF_THE_LOG = {"read_checkpoint", "read_readiness", "read_metrics", "read_proof", "download_my_data"}
"""How much is recorded in all is nobody's secret: everybody can hold the log to it. The last says when it was made."""
FOLLOW_FROM = re.compile(rb',"follow_from":"[^"]*"')
"""Where a feed goes on: the end of the log as well."""


@pytest.fixture
async def company(concord: Concord, nobody: Someone, clock: MovableClock, quick_passwords: None) -> Company:
    return await a_company(concord, nobody, clock)


async def test_what_happens_between_others_changes_no_answer(app: FastAPI, company: Company) -> None:
    paths = list(_all_paths(app, company))
    # What only the statements could tell apart is tried on each store by those who see a part.
    here = company.concord.settings.database_url.startswith("sqlite")
    outside = OUTSIDE if here else (FORMER_PARTY, STEWARD)
    before = {principal: await _all_answers(paths, company, principal) for principal in (*outside, CONTRIBUTOR)}
    await _what_no_contributor_is_told(company)
    wrong = await _changed(paths, company, CONTRIBUTOR, before[CONTRIBUTOR])
    await _what_happens_to_texts_and_promises(company)
    for principal in outside:
        wrong += await _changed(paths, company, principal, before[principal])
    assert not wrong, "\n".join(wrong)


async def _changed(paths: Sequence[str], company: Company, principal: str, before: dict[str, Plain]) -> list[str]:
    """What is answered otherwise than before."""
    after, for_them = await _all_answers(paths, company, principal), _for_them(company, principal)
    changed = [path for path in paths if before[path] != after[path] and not path.startswith(for_them)]
    return [f"{principal}: {path}: {_differing(before[path], after[path])}" for path in changed]


def _for_them(company: Company, principal: str) -> tuple[str, ...]:
    """What may change for them all the same."""
    if principal == STEWARD:
        # The version of a person is what a steward who changes something about them has seen.
        return tuple(f"/people/{one.id}" for one in company.people.values() if one.id)
    if principal == GRANTED:
        # A grant covers all of Ben's words, also those to come.
        here = f"/agreements/{company.of('agreement')[0].id}"
        told = f"/audit/log?agreement_id={company.of('agreement')[0].id}"
        return (f"{here}/history", f"{here}/updates", f"{here}/notes", told)
    if principal == CONTRIBUTOR:
        # The version of the agreement is what who comments on it has seen.
        return (f"/agreements/{company.of('agreement')[0].id}",)
    return ()


def _differing(before: Plain, after: Plain) -> str:
    if before[:2] == after[:2]:
        return str(sorted(set(before[2]) ^ set(after[2])))
    return f"{before[0]} {before[1].decode()} -> {after[0]} {after[1].decode()}"


async def _all_answers(paths: Sequence[str], company: Company, principal: str) -> dict[str, Plain]:
    who = company.people[principal]
    who.seen_position = company.people[PARTY].seen_position
    return {path: _without_the_end(plain(await who.sends("GET", path))) for path in paths}


def _without_the_end(answer: Plain) -> Plain:
    status, content, headers = answer
    if FOLLOW_FROM.search(content) is None:
        return answer
    headers = tuple((name, value) for name, value in headers if name not in ("etag", "content-length"))
    return status, FOLLOW_FROM.sub(b"", content), headers


def _all_paths(app: FastAPI, company: Company) -> Iterable[str]:
    """Every query there is, about every thing; and every list and count, narrowed in every way."""
    paths: dict[str, None] = {}
    for method, path, route, rule in ruled(app):
        if method != "GET" or rule.open or route.operation_id in OF_THE_LOG:
            continue
        for thing in company.of(rule.about) if rule.about else [None]:
            paths[asked(app, method, path, route, thing).path] = None
    ids = {name: company.people[name].id for name in (PARTY, OTHER_PARTY, FORMER_PARTY, CONTRIBUTOR)}
    (shared, *_), (promise, *_) = company.of("agreement"), company.of("commitment")
    paths |= dict.fromkeys(
        [
            *(f"/people/{id}/{of}" for id in ids.values() for of in ("follow-through", "expectations")),
            *(f"/people/{id}/follow-through?include=proposed&group_by={by}" for id in ids.values() for by in _GROUPS),
            *(f"/commitments?counted_for={id}&direction={side}&outcome_class={kind}" for id in ids.values()
              for side in ("owed_by", "owed_to") for kind in ("kept_on_time", "not_counted", "open")),
            *(f"/commitments?state={state}" for state in ("promised", "reported", "kept")),
            *(f"/commitments?owed_by={id}" for id in ids.values()),
            f"/commitments?agreement_id={shared.id}", "/commitments?level=result", "/commitments?waiting_on_me=true",
            "/commitments?limit=1", "/agreements?limit=1", "/agreements?waiting_on_me=true",
            *(f"/agreements?party={id}" for id in ids.values()),
            *(f"/audit/log?person_id={id}" for id in ids.values()),
            *(f"/audit/log?agreement_id={thing.id}" for thing in company.of("agreement")),
            f"/agreements/{shared.id}/expected-updates?from={company.people[PARTY].day(-25)}",
            f"/agreements/{shared.id}/adherence?from={company.people[PARTY].day(-25)}",
            "/imbalance-periods?waiting_on_me=true", "/imbalance-periods?state=declared", "/people?limit=1",
            f"/commitments/{promise.id}?as_of={company.people[PARTY].instant()}",
        ]
    )  # fmt: skip
    return paths


_GROUPS = ("level", "counterpart", "agreement", "imbalance", "month")


async def _what_no_contributor_is_told(company: Company) -> None:
    """Between Ada and Ben: all but the text; no state changes that a steward may see."""
    ada, ben = company.people[PARTY], company.people[OTHER_PARTY]
    shared, draft, *_ = company.of("agreement")
    here, term = f"/agreements/{shared.id}", shared.gaps["term_id"]
    await ada.does(f"{here}/motions/{shared.gaps['motion_id']}/retract")
    update = await ben.makes(f"{here}/updates", {"term_id": term, "text": "All well"})
    await ada.does(f"{here}/updates/{update['id']}/acknowledge")
    note = {"term_id": shared.gaps["support_id"], "on": ben.day(), "kept": True}
    await ben.makes(f"{here}/notes", note)
    await ada.makes(f"/agreements/{draft.id}/terms", {"kind": "norm", "text": "We are kind"})
    promise = f"/commitments/{company.of('commitment')[0].id}"
    moved = {"kind": "refocus", "level": "result", "due_at": ben.day(40), "return_condition": "The fair", "reason": "?"}
    await ben.makes(f"{promise}/changes", moved)
    await ada.does(f"{promise}/changes/open/accept", {"revision": 2})
    await ada.makes("/commitments", wish(ben, ada, agreement_id=shared.id))
    period = f"/imbalance-periods/{company.of('period')[0].id}"
    await ben.does(f"{period}/ask", {"text": "Until when?"})
    await ada.does(f"{period}/answer", {"ask_id": company.of("period")[0].gaps["ask_id"], "text": "Until Friday"})
    await ada.makes("/tokens", {"name": "another", "scopes": ["all"]})
    await ben.makes("/me/absences", {"from_on": ben.day(-3), "until_on": ben.day(2)})
    ada.seen_position = max(ada.seen_position, ben.seen_position)


async def _what_happens_to_texts_and_promises(company: Company) -> None:
    """Between Ada and Ben, and Con who takes the promise over."""
    ada, ben, con = (company.people[name] for name in (PARTY, OTHER_PARTY, CONTRIBUTOR))
    shared, *_ = company.of("agreement")
    here, term = f"/agreements/{shared.id}", shared.gaps["term_id"]
    await ada.makes(f"{here}/terms/{term}/comments", {"text": "A word"})
    await ada.makes(f"{here}/amendments", {"reason": "The team moved"})
    await ada.does(f"{here}/terms/{term}", {"good_looks_like": "Five lines"}, method="PATCH")
    promise = f"/commitments/{company.of('commitment')[0].id}"
    await ben.makes(f"{promise}/changes", {"kind": "delegate", "person_id": con.id, "reason": "Con has the time"})
    await ada.does(f"{promise}/changes/open/accept", {"revision": 3})
    await con.does(f"{promise}/changes/open/accept", {"revision": 3})
    await con.does(f"{promise}/done", {})
    await ada.does(f"{promise}/confirm", {})
    for one in (ben, con):
        ada.seen_position = max(ada.seen_position, one.seen_position)
