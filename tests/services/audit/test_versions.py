from __future__ import annotations

from datetime import timedelta

import pytest

from domain.refusals import Invalid, NotThere
from services.audit.versions import list_versions
from tests.services.audit.stage import (
    ADA,
    BEN,
    CLEO,
    DORA,
    EXTRA,
    EXTRA_TERM,
    PAIR,
    PROGRESS,
    STRANGER,
    SUPPORT,
    TRIO,
    Stage,
    adds,
    consents,
    opens_amendment,
)


async def test_each_version_says_who_consented_to_which_hash_when(on_each_store: Stage) -> None:
    stage = on_each_store
    await stage.agreed()
    first = await stage.version(1)
    agreed = (await stage.load()).versions[0]
    assert (first["version"], first["content_hash"]) == (1, agreed.content_hash)
    assert {c["person_id"]: c["content_hash"] for c in first["consents"]} == {
        str(ADA): agreed.content_hash,
        str(BEN): agreed.content_hash,
    }
    assert [t["id"] for t in first["terms"]] == [str(PROGRESS), str(SUPPORT)]
    assert (first["takes_effect_on"], first["in_force"], first["upcoming"]) == ("2026-01-05", True, False)
    assert first["made_at"] == max(c["at"] for c in first["consents"])


async def test_a_version_that_waits_for_its_day_is_upcoming(stage: Stage) -> None:
    await stage.agreed()
    day = (stage.clock.at + timedelta(days=10)).date()
    await stage.does(BEN, opens_amendment("Later", clerical=True), adds(EXTRA_TERM))
    await stage.does(BEN, lambda a, act: a.change_head(act, {"effective_on": day}))
    await stage.all_consent()
    assert [(v["in_force"], v["upcoming"]) for v in await stage.versions()] == [(True, False), (False, True)]
    stage.at(day)
    newest = (await stage.versions())[-1]
    assert (newest["in_force"], newest["upcoming"], newest["terms_count"]) == (True, False, 3)
    assert (newest["reason"], newest["clerical"], newest["opened_by"]) == ("Later", True, str(BEN))
    assert "terms" not in newest


async def test_after_the_end_nothing_is_in_force(stage: Stage) -> None:
    await stage.agreed()
    await stage.does(ADA, lambda a, act: a.propose_motion(act, EXTRA, "end"))
    await stage.does(BEN, lambda a, act: a.agree_to_motion(act, EXTRA))
    assert [v["in_force"] for v in await stage.versions()] == [False]


async def test_the_list_comes_in_pages(stage: Stage) -> None:
    await stage.agreed()
    for n in range(2):
        await stage.does(BEN, opens_amendment(), lambda a, act, n=n: a.change_head(act, {"title": f"Title {n}"}))
        await stage.all_consent()
    ask = (stage.ledger, stage.clock, stage.actor(ADA), stage.agreement_id)
    first = await list_versions(*ask, limit=2)
    rest = await list_versions(*ask, limit=2, cursor=first["next_cursor"])
    assert [v["version"] for v in first["items"] + rest["items"]] == [1, 2, 3]
    assert [v["title"] for v in rest["items"]] == ["Title 1"]
    assert rest["next_cursor"] is None
    for wrong in ({"limit": 0}, {"limit": 201}, {"cursor": "???"}, {"cursor": "eA"}):
        with pytest.raises(Invalid):
            await list_versions(*ask, **wrong)  # type: ignore[arg-type]


async def test_who_an_amendment_would_bring_in_reads_the_newest_version_only(stage: Stage) -> None:
    await stage.agreed()
    await stage.does(BEN, opens_amendment(), lambda a, act: a.change_head(act, {"title": "Newer"}))
    await stage.all_consent()
    await stage.does(BEN, opens_amendment("Cleo joins"), lambda a, act: a.change_head(act, {"parties": TRIO}))
    assert [v["version"] for v in await stage.versions(CLEO)] == [2]
    with pytest.raises(NotThere):
        await stage.version(1, CLEO)
    await stage.does(CLEO, adds(EXTRA_TERM))
    await stage.does(CLEO, lambda a, act: a.revise_term(act, EXTRA, {"owed_by": (BEN, CLEO)}))
    await stage.all_consent()
    assert [v["version"] for v in await stage.versions(CLEO)] == [1, 2, 3]


async def test_who_was_taken_out_reads_what_was_there_until_then(stage: Stage) -> None:
    from tests.services.audit.stage import a_head

    await stage.shared(a_head(parties=TRIO))
    await stage.does(CLEO, adds(EXTRA_TERM), lambda a, act: a.revise_term(act, EXTRA, {"owed_by": (CLEO,)}))
    await stage.all_consent()
    await stage.does(BEN, opens_amendment("Cleo goes"), lambda a, act: a.remove_term(act, EXTRA))
    await stage.does(BEN, lambda a, act: a.change_head(act, {"parties": PAIR}))
    await stage.does(CLEO, consents)
    await stage.all_consent()
    await stage.does(BEN, opens_amendment("Without her"), lambda a, act: a.change_head(act, {"title": "Two"}))
    await stage.all_consent()
    assert [v["version"] for v in await stage.versions(CLEO)] == [1, 2]
    assert [v["version"] for v in await stage.versions(ADA)] == [1, 2, 3]


async def test_why_somebody_else_amended_is_not_for_whom_the_report_lets_read(stage: Stage) -> None:
    await stage.agreed()
    for who, why in ((ADA, "A leader's reason"), (BEN, "A report's reason")):
        await stage.does(who, opens_amendment(why), lambda a, act, why=why: a.change_head(act, {"title": why[:9]}))
        await stage.all_consent()
    await stage.does(BEN, lambda a, act: a.grant_earlier_versions(act, DORA))
    assert [v["reason"] for v in await stage.versions(DORA)] == [None, None, "A report's reason"]


async def test_as_of_and_known_at_leave_out_what_came_later(stage: Stage) -> None:
    await stage.agreed()
    then = stage.clock.at
    await stage.does(BEN, opens_amendment(), adds(EXTRA_TERM))
    await stage.all_consent()
    for when in ({"as_of": then}, {"known_at": then}):
        assert [v["version"] for v in await stage.versions(**when)] == [1]
        with pytest.raises(NotThere):
            await stage.version(2, **when)
    assert [v["version"] for v in await stage.versions(as_of=stage.clock.at, known_at=then)] == [1]


async def test_before_the_first_event_there_is_nothing_and_the_future_is_refused(stage: Stage) -> None:
    before = stage.clock.at
    await stage.agreed()
    for when in ({"as_of": before}, {"known_at": before}):
        with pytest.raises(NotThere):
            await stage.versions(**when)
    for field in ("as_of", "known_at"):
        with pytest.raises(Invalid) as refused:
            await stage.versions(**{field: stage.clock.at + timedelta(seconds=1)})
        assert field in refused.value.errors
    with pytest.raises(NotThere):
        await stage.versions(STRANGER)
