from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.refusals import NotThere
from services.audit.lineage import get_lineage
from tests.services.audit.stage import (
    ADA,
    BEN,
    CLEO,
    DORA,
    EXTRA,
    EXTRA_TERM,
    PROGRESS,
    PROGRESS_TERM,
    STRANGER,
    SUPPORT,
    TRIO,
    Stage,
    a_head,
    adds,
    opens_amendment,
    revises,
)


def told(entries: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(entry[name] for name in names) for entry in entries]


async def test_who_wrote_who_changed_why_and_in_which_version(on_each_store: Stage) -> None:
    stage = on_each_store
    await stage.agreed()
    await stage.does(BEN, opens_amendment("Chat is noisy"), revises(PROGRESS, "I read mail first", channel="by mail"))
    await stage.all_consent()
    await stage.does(ADA, opens_amendment("It is over"), lambda a, act: a.remove_term(act, PROGRESS))
    entries = await stage.lineage(PROGRESS)
    assert told(entries, "act", "by", "why", "amendment", "version", "outcome") == [
        ("added", str(ADA), None, 0, 1, "agreed"),
        ("revised", str(BEN), "I read mail first", 1, 2, "agreed"),
        ("removed", str(ADA), "It is over", 2, None, "open"),
    ]
    assert entries[1]["fields"]["channel"]["from"] == "three lines in chat"
    assert entries[1]["fields"]["channel"]["hunks"][-1] == {
        "op": "replace",
        "old": "three lines in chat",
        "new": "by mail",
    }
    assert entries[0]["fields"]["topic"] == {
        "from": None,
        "to": "Progress",
        "hunks": [{"op": "insert", "old": "", "new": "Progress"}],
    }


async def test_a_change_that_never_came_into_force_names_no_version(stage: Stage) -> None:
    await stage.agreed()
    await stage.does(BEN, opens_amendment(), revises(PROGRESS, topic="Risk"), lambda a, act: a.retract_amendment(act))
    await stage.does(BEN, opens_amendment("Again"), revises(PROGRESS, topic="Asks"))
    await stage.does(ADA, lambda a, act: a.decline_amendment(act, "No"))
    await stage.does(BEN, opens_amendment("Last"), revises(PROGRESS, topic="Plans"))
    await stage.does(ADA, lambda a, act: a.give_notice(act, act.today + timedelta(days=30)))
    entries = await stage.lineage(PROGRESS)
    assert told(entries[1:], "version", "outcome", "amendment") == [
        (None, "retracted", 1),
        (None, "declined", 1),
        (None, "closed", 1),
    ]
    # Each begins anew from what is in force.
    assert [entry["fields"]["topic"]["from"] for entry in entries[1:]] == ["Progress"] * 3


async def test_an_abandoned_draft_says_so(stage: Stage) -> None:
    await stage.shared()
    await stage.does(BEN, lambda a, act: a.abandon(act))
    assert told(await stage.lineage(PROGRESS), "outcome", "version") == [("abandoned", None)]


async def test_to_others_a_term_begins_at_the_share(stage: Stage) -> None:
    await stage.opens()
    await stage.does(ADA, adds(PROGRESS_TERM), revises(PROGRESS, topic="First thought"), adds(EXTRA_TERM))
    await stage.does(ADA, revises(PROGRESS, topic="Second"), lambda a, act: a.remove_term(act, EXTRA))
    with pytest.raises(NotThere):
        await stage.lineage(PROGRESS, BEN)
    await stage.does(ADA, lambda a, act: a.share(act))
    (begun,) = await stage.lineage(PROGRESS, BEN)
    assert (begun["act"], begun["by"], begun["fields"]["topic"]["to"]) == ("added", str(ADA), "Second")
    assert begun["at"] > (await stage.lineage(PROGRESS, ADA))[-1]["at"]
    assert [e["act"] for e in await stage.lineage(PROGRESS, ADA)] == ["added", "revised", "revised"]
    assert [e["act"] for e in await stage.lineage(EXTRA, ADA)] == ["added", "removed"]
    with pytest.raises(NotThere):
        await stage.lineage(EXTRA, BEN)


async def test_a_carried_term_says_so(stage: Stage) -> None:
    await stage.opens(who=BEN)
    await stage.does(BEN, adds(PROGRESS_TERM, carried=True), lambda a, act: a.share(act))
    assert told(await stage.lineage(PROGRESS, ADA), "act", "by") == [("carried_over", str(BEN))]
    assert told(await stage.lineage(PROGRESS, BEN), "act", "by") == [("carried_over", str(BEN))]


async def test_what_leaving_does_to_a_term_is_told_as_nobodys_act(stage: Stage) -> None:
    await stage.shared(a_head(parties=TRIO))
    await stage.does(CLEO, revises(SUPPORT, owed_by=(ADA, CLEO)), adds(EXTRA_TERM), revises(EXTRA, owed_by=(CLEO,)))
    await stage.all_consent()
    await stage.does(BEN, opens_amendment())
    await stage.does(ADA, lambda a, act: a.part_left(act, CLEO))
    last = (await stage.lineage(SUPPORT))[-1]
    assert (last["act"], last["by"], last["fields"]["owed_by"]["removed"]) == ("revised", None, [str(CLEO)])
    assert told((await stage.lineage(EXTRA))[-1:], "act", "by") == [("removed", None)]
    assert "no longer a party" in last["why"]


async def test_who_was_granted_the_versions_is_told_of_versions_only(stage: Stage) -> None:
    await stage.agreed()
    await stage.does(ADA, opens_amendment("A leader's reason"), revises(PROGRESS, "A leader's why", topic="Risk"))
    await stage.all_consent()
    await stage.does(BEN, lambda a, act: a.grant_earlier_versions(act, DORA))
    entries = await stage.lineage(PROGRESS, DORA)
    assert told(entries, "act", "by", "why", "version") == [("added", None, None, 1), ("revised", None, None, 2)]
    with pytest.raises(NotThere):
        await stage.lineage(PROGRESS, STRANGER)


async def test_which_versions_hold_it_and_how_it_stands(stage: Stage) -> None:
    await stage.agreed()
    await stage.does(BEN, opens_amendment(), lambda a, act: a.remove_term(act, PROGRESS), adds(EXTRA_TERM))
    await stage.all_consent()
    found = await get_lineage(stage.ledger, stage.clock, stage.actor(BEN), stage.agreement_id, PROGRESS)
    assert (found["in_versions"], found["term"], found["kind"]) == ([1], None, "update")


async def test_a_long_lineage_comes_in_pages(stage: Stage) -> None:
    await stage.shared()
    await stage.does(BEN, *(revises(PROGRESS, topic=f"Topic {n}") for n in range(4)))
    ask = (stage.ledger, stage.clock, stage.actor(BEN), stage.agreement_id, PROGRESS)
    first = await get_lineage(*ask, limit=3)
    rest = await get_lineage(*ask, limit=3, cursor=first["next_cursor"])
    assert first["entries"] + rest["entries"] == await stage.lineage(PROGRESS)
    assert (len(rest["entries"]), rest["next_cursor"]) == (2, None)
