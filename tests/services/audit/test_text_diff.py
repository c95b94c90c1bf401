from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from domain.agreements.terms import Term
from domain.cadence import Cadence
from domain.refusals import AmendmentNone, Invalid, NotThere
from services.audit.audience import Text
from services.audit.text_diff import diff
from tests.services.audit.stage import (
    ADA,
    BEN,
    EXTRA,
    EXTRA_TERM,
    PAIR,
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
    revises,
)

OLD = Text(a_head(), {PROGRESS: PROGRESS_TERM, SUPPORT: SUPPORT_TERM})


def test_equal_texts_differ_in_nothing() -> None:
    assert diff(OLD, OLD) == {"head": {}, "added": [], "removed": [], "changed": [], "unchanged": 2}


def test_terms_are_matched_by_id_and_told_field_by_field() -> None:
    tuesdays = Cadence("FREQ=WEEKLY;BYDAY=TU", "Europe/Oslo", "2026-01-13T10:00")
    revised = replace(PROGRESS_TERM, channel="five lines in chat", cadence=tuesdays, owed_by=(ADA, BEN))
    found = diff(OLD, Text(a_head(), {PROGRESS: revised, EXTRA: EXTRA_TERM}))
    assert [t["id"] for t in found["added"]] == [str(EXTRA)]
    assert [t["id"] for t in found["removed"]] == [str(SUPPORT)]
    (changed,) = found["changed"]
    assert (changed["term_id"], changed["kind"], found["unchanged"]) == (str(PROGRESS), "update", 0)
    assert changed["fields"] == {
        "channel": {
            "from": "three lines in chat",
            "to": "five lines in chat",
            "hunks": [
                {"op": "replace", "old": "three", "new": "five"},
                {"op": "equal", "old": " lines in chat", "new": " lines in chat"},
            ],
        },
        "cadence": {
            "from": {"rrule": "FREQ=WEEKLY;BYDAY=MO", "time_zone": "Europe/Oslo", "first_due": "2026-01-12T10:00"},
            "to": {"rrule": "FREQ=WEEKLY;BYDAY=TU", "time_zone": "Europe/Oslo", "first_due": "2026-01-13T10:00"},
        },
        "owed_by": {"from": [str(BEN)], "to": [str(ADA), str(BEN)], "added": [str(ADA)], "removed": []},
    }


def test_a_field_that_came_is_put_in_whole_and_one_that_went_is_taken_out() -> None:
    more = replace(SUPPORT_TERM, good_looks_like="I leave with one idea")
    there = diff(OLD, Text(a_head(), {PROGRESS: PROGRESS_TERM, SUPPORT: more}))
    back = diff(Text(a_head(), {PROGRESS: PROGRESS_TERM, SUPPORT: more}), OLD)
    assert there["changed"][0]["fields"]["good_looks_like"] == {
        "from": None,
        "to": "I leave with one idea",
        "hunks": [{"op": "insert", "old": "", "new": "I leave with one idea"}],
    }
    assert back["changed"][0]["fields"]["good_looks_like"]["to"] is None


def test_the_head_is_told_field_by_field() -> None:
    found = diff(OLD, Text(a_head(title="How we two work", parties=TRIO, notice_period="P30D"), OLD.terms))["head"]
    assert set(found) == {"title", "parties", "notice_period"}
    assert [h["new"] for h in found["title"]["hunks"] if h["op"] == "insert"] == ["two "]
    assert found["notice_period"] == {"from": "P14D", "to": "P30D"}
    assert found["parties"]["added"] == [{"person_id": str(TRIO[2].person_id), "role": "peer"}]
    assert found["parties"]["removed"] == []
    assert len(found["parties"]["from"]) == len(PAIR)


def test_sections_of_a_document_are_matched_by_name() -> None:
    def section(number: int, name: str, text: str) -> Term:
        return Term(UUID(int=number), "section", name=name, text=text)

    old = Text(a_head(), {t.id: t for t in (section(1, "Why", "We need it"), section(2, "How", "Slowly"))})
    new = Text(a_head(), {t.id: t for t in (section(7, "Why", "We want it"), section(8, "Who", "Us"))})
    found = diff(old, new)
    assert [t["name"] for t in found["added"]] == ["Who"]
    assert [t["name"] for t in found["removed"]] == ["How"]
    assert [(t["name"], list(t["fields"])) for t in found["changed"]] == [("Why", ["text"])]


async def test_two_versions_are_compared(on_each_store: Stage) -> None:
    stage = on_each_store
    await stage.agreed()
    await stage.does(BEN, opens_amendment(), revises(PROGRESS, channel="three lines by mail"), adds(EXTRA_TERM))
    await stage.all_consent()
    found = await stage.diff("1", "2")
    assert (found["from"]["version"], found["to"]["version"], found["unchanged"]) == (1, 2, 1)
    assert [t["id"] for t in found["added"]] == [str(EXTRA)]
    assert [h["new"] for h in found["changed"][0]["fields"]["channel"]["hunks"] if h["op"] != "equal"] == ["by mail"]
    versions = await stage.versions()
    assert [found[side]["content_hash"] for side in ("from", "to")] == [v["content_hash"] for v in versions]
    turned = await stage.diff("2", "1")
    assert [t["id"] for t in turned["removed"]] == [str(EXTRA)]


async def test_an_instant_is_the_text_as_of_then(stage: Stage) -> None:
    await stage.agreed()
    between = stage.now()
    await stage.does(BEN, opens_amendment(), adds(EXTRA_TERM))
    await stage.all_consent()
    found = await stage.diff(between, stage.now())
    assert (found["from"]["version"], found["to"]["version"]) == (1, 2)
    assert [t["id"] for t in found["added"]] == [str(EXTRA)]


async def test_an_instant_before_the_first_version_is_the_draft(stage: Stage) -> None:
    await stage.shared()
    drafting = stage.now()
    await stage.does(ADA, adds(EXTRA_TERM))
    await stage.all_consent()
    found = await stage.diff(drafting, "1")
    assert found["from"]["version"] is None
    assert [t["id"] for t in found["added"]] == [str(EXTRA)]


async def test_until_a_version_takes_effect_an_instant_is_the_one_before_it(stage: Stage) -> None:
    await stage.agreed()
    day = (stage.clock.at + timedelta(days=10)).date()
    await stage.does(BEN, opens_amendment(), adds(EXTRA_TERM), lambda a, act: a.change_head(act, {"effective_on": day}))
    await stage.all_consent()
    assert (await stage.diff(stage.now(), "2"))["from"]["version"] == 1
    stage.at(day, hour=0, minute=1)
    assert (await stage.diff(stage.now(), "2"))["from"]["version"] == 2


async def test_the_open_proposal_is_compared_with_what_is_in_force(stage: Stage) -> None:
    await stage.agreed()
    with pytest.raises(AmendmentNone):
        await stage.diff("1", "proposal")
    await stage.does(BEN, opens_amendment(), adds(EXTRA_TERM))
    found = await stage.diff("1", "proposal", ADA)
    assert (found["to"]["proposal"], found["to"]["revision"]) == (1, 2)
    assert [t["id"] for t in found["added"]] == [str(EXTRA)]


async def test_before_the_share_only_its_opener_has_a_text(stage: Stage) -> None:
    await stage.opens()
    await stage.does(ADA, adds(PROGRESS_TERM))
    alone = stage.now()
    await stage.does(ADA, adds(EXTRA_TERM))
    await stage.does(ADA, lambda a, act: a.remove_term(act, EXTRA), lambda a, act: a.share(act))
    assert (await stage.diff(alone, stage.now(), ADA))["unchanged"] == 1
    with pytest.raises(NotThere):
        await stage.diff(alone, stage.now(), BEN)


@pytest.mark.parametrize("value", ["", "x", "1.5", "-1", "2026-01-05", "2026-01-05T10:00", "2026-13-05T10:00:00Z", "٣"])
async def test_what_is_neither_a_version_nor_an_instant_is_refused(stage: Stage, value: str) -> None:
    await stage.agreed()
    with pytest.raises(Invalid) as refused:
        await stage.diff(value, "1")
    assert "from" in refused.value.errors


async def test_what_is_not_there_is_not_there(stage: Stage) -> None:
    before = stage.now()
    await stage.agreed()
    for value in ("0", "2", before):
        with pytest.raises(NotThere):
            await stage.diff(value, "1")
    with pytest.raises(NotThere):
        await stage.diff("1", "1", STRANGER)


async def test_the_future_is_refused(stage: Stage) -> None:
    await stage.agreed()
    ahead = (stage.clock.at + timedelta(seconds=1)).isoformat()
    with pytest.raises(Invalid) as refused:
        await stage.diff("1", ahead)
    assert "to" in refused.value.errors
