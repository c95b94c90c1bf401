from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.agreements.terms import Party, Term
from domain.refusals import Invalid, NotThere
from services.updates.give_update import GiveUpdate, give_update
from tests.domain.spec import person
from tests.services.audit.stage import (
    ADA,
    BEN,
    CLEO,
    DORA,
    EXTRA,
    EXTRA_TERM,
    OTHER,
    PROGRESS,
    PROGRESS_TERM,
    STRANGER,
    SUPPORT,
    SUPPORT_TERM,
    TRIO,
    Stage,
    a_head,
    adds,
    opens_amendment,
)

NORM = Term(UUID(int=EXTRA.int + 1), "norm", text="We repair within two days")
CHOICE = Term(UUID(int=EXTRA.int + 2), "decision", text="Ben chooses the design", decides=(BEN,))
MOTION = UUID(int=EXTRA.int + 3)


def ids(items: list[dict[str, Any]]) -> list[str]:
    return [item["term"]["id"] for item in items]


async def test_what_was_owed_by_whom_that_day(on_each_store: Stage) -> None:
    stage = on_each_store
    await stage.agreed()
    found = await stage.expectations(BEN, BEN)
    assert ids(found["owed_by_them"]) == [str(PROGRESS)]
    assert ids(found["owed_to_them"]) == [str(SUPPORT)]
    (owed,) = found["owed_by_them"]
    assert (owed["agreement_id"], owed["title"], owed["version"]) == (str(stage.agreement_id), "How we work", 1)
    assert (owed["owed_by"], owed["owed_to"]) == ([str(BEN)], [str(ADA)])
    assert found["agreements"] == [
        {
            "agreement_id": str(stage.agreement_id),
            "imported": False,
            "title": "How we work",
            "use": "reviewable",
            "version": 1,
            "state": "in_force",
            "paused": False,
            "roles": ["report"],
        }
    ]
    turned = await stage.expectations(ADA, ADA)
    assert (ids(turned["owed_by_them"]), ids(turned["owed_to_them"])) == ([str(SUPPORT)], [str(PROGRESS)])


async def test_each_day_has_the_text_that_held_then(stage: Stage) -> None:
    await stage.agreed()
    day = (stage.clock.at + timedelta(days=7)).date()
    await stage.does(BEN, opens_amendment(), adds(EXTRA_TERM), lambda a, act: a.remove_term(act, PROGRESS))
    await stage.does(BEN, lambda a, act: a.change_head(act, {"effective_on": day}))
    await stage.all_consent()
    stage.at(day, hour=12)
    assert ids((await stage.expectations(BEN, BEN, "2026-01-11"))["owed_by_them"]) == [str(PROGRESS)]
    assert ids((await stage.expectations(BEN, BEN, "2026-01-12"))["owed_by_them"]) == [str(EXTRA)]
    before = await stage.expectations(BEN, BEN, "2026-01-04")
    assert (before["agreements"], before["owed_by_them"], before["owed_to_them"]) == ([], [], [])


async def test_the_updates_due_that_day_say_what_came_of_them(stage: Stage) -> None:
    await stage.agreed()
    stage.at("2026-01-12", 9)
    monday = stage.clock.at.date()
    (due,) = (await stage.expectations(BEN, BEN))["updates_due"]
    assert (due["owed_by"], due["due_at"], due["status"]) == (str(BEN), "2026-01-12T09:00:00.000000Z", "ahead")
    await give_update(stage.desk(BEN), GiveUpdate(stage.agreement_id, PROGRESS, "Two of three", monday))
    stage.at("2026-01-20")
    assert [d["status"] for d in (await stage.expectations(ADA, ADA, "2026-01-12"))["updates_due"]] == ["on_time"]
    assert [d["status"] for d in (await stage.expectations(ADA, ADA, "2026-01-19"))["updates_due"]] == ["due"]
    assert (await stage.expectations(ADA, ADA, "2026-01-13"))["updates_due"] == []


async def test_a_norm_is_owed_by_all_and_a_decision_by_nobody(stage: Stage) -> None:
    await stage.opens(a_head(parties=TRIO))
    await stage.does(
        ADA, adds(PROGRESS_TERM), adds(SUPPORT_TERM), adds(NORM), adds(CHOICE), lambda a, act: a.share(act)
    )
    await stage.does(BEN, lambda a, act: a.comment(act, EXTRA, NORM.id, "Yes"))
    await stage.does(CLEO, lambda a, act: a.comment(act, OTHER, NORM.id, "Yes"))
    await stage.all_consent()
    found = await stage.expectations(CLEO, CLEO)
    assert ids(found["owed_by_them"]) == [str(NORM.id)]
    assert set(ids(found["owed_to_them"])) == {str(PROGRESS), str(SUPPORT), str(NORM.id)}


async def test_about_somebody_else_only_what_is_shared_with_them(stage: Stage) -> None:
    await stage.agreed()
    between_ada_and_cleo = Stage(stage.ledger, stage.database, stage.clock, OTHER)
    await between_ada_and_cleo.opens(a_head(title="With Cleo", parties=(Party(ADA, "leader"), Party(CLEO, "report"))))
    await between_ada_and_cleo.does(ADA, adds(Term(EXTRA, "expectation", (CLEO,), text="Cleo's")))
    await between_ada_and_cleo.does(ADA, adds(Term(NORM.id, "support", (ADA,), text="Ada's")))
    await between_ada_and_cleo.does(ADA, lambda a, act: a.share(act))
    await between_ada_and_cleo.does(CLEO, lambda a, act: a.comment(act, CHOICE.id, EXTRA, "Mine"))
    await between_ada_and_cleo.all_consent()
    own = await stage.expectations(ADA, ADA)
    assert {a["title"] for a in own["agreements"]} == {"How we work", "With Cleo"}
    about = await stage.expectations(BEN, ADA)
    assert [a["title"] for a in about["agreements"]] == ["How we work"]
    assert (ids(about["owed_by_them"]), ids(about["owed_to_them"])) == ([str(SUPPORT)], [str(PROGRESS)])


async def test_about_a_stranger_and_about_nobody_the_answer_is_the_same(stage: Stage) -> None:
    await stage.agreed()
    for about in (CLEO, STRANGER, person(77)):
        with pytest.raises(NotThere) as refused:
            await stage.expectations(BEN, about)
        assert refused.value.sentence == NotThere().sentence
    assert (await stage.expectations(CLEO, CLEO))["agreements"] == []


async def test_a_draft_expects_nothing(stage: Stage) -> None:
    await stage.shared()
    found = await stage.expectations(BEN, ADA)
    assert (found["agreements"], found["owed_by_them"], found["owed_to_them"]) == ([], [], [])


async def test_a_pause_and_the_last_day_are_shown(stage: Stage) -> None:
    await stage.agreed()
    stage.at("2026-01-07")
    until = stage.clock.at.date() + timedelta(days=5)
    await stage.does(ADA, lambda a, act: a.propose_motion(act, MOTION, "pause", until=until))
    await stage.does(BEN, lambda a, act: a.agree_to_motion(act, MOTION))
    stage.at("2026-01-20")
    await stage.does(ADA, lambda a, act: a.propose_motion(act, CHOICE.id, "end"))
    await stage.does(BEN, lambda a, act: a.agree_to_motion(act, CHOICE.id))
    stage.at("2026-01-22")
    assert (await stage.expectations(BEN, BEN, "2026-01-12"))["agreements"][0]["paused"]
    assert [d["status"] for d in (await stage.expectations(BEN, BEN, "2026-01-12"))["updates_due"]] == ["excused"]
    last = await stage.expectations(BEN, BEN, "2026-01-20")
    assert (last["agreements"][0]["paused"], ids(last["owed_by_them"])) == (False, [str(PROGRESS)])
    assert last["owed_by_them"][0]["until"] is not None
    assert (await stage.expectations(BEN, BEN, "2026-01-21"))["agreements"] == []


async def test_who_left_keeps_the_days_until_then(stage: Stage) -> None:
    await stage.shared(a_head(parties=TRIO))
    await stage.does(CLEO, adds(Term(EXTRA, "expectation", (CLEO,), text="Cleo's part")))
    await stage.all_consent()
    stage.at("2026-01-08")
    await stage.does(ADA, lambda a, act: a.part_left(act, CLEO))
    stage.at("2026-01-20")
    assert ids((await stage.expectations(CLEO, CLEO, "2026-01-07"))["owed_by_them"]) == [str(EXTRA)]
    assert (await stage.expectations(CLEO, CLEO, "2026-01-15"))["agreements"] == []
    with_them = await stage.expectations(BEN, CLEO, "2026-01-07")
    assert ids(with_them["owed_by_them"]) == [str(EXTRA)]
    assert (await stage.expectations(BEN, CLEO, "2026-01-15"))["owed_by_them"] == []


async def test_whom_the_report_lets_read_is_shown_terms_but_no_updates(stage: Stage) -> None:
    await stage.agreed()
    await stage.does(BEN, lambda a, act: a.grant_earlier_versions(act, DORA))
    stage.at("2026-01-13")
    found = await stage.expectations(DORA, BEN, "2026-01-12")
    assert (ids(found["owed_by_them"]), found["updates_due"]) == ([str(PROGRESS)], [])


async def test_a_day_to_come_is_refused(stage: Stage) -> None:
    await stage.agreed()
    with pytest.raises(Invalid) as refused:
        await stage.expectations(BEN, BEN, "2026-01-06")
    assert "on" in refused.value.errors
