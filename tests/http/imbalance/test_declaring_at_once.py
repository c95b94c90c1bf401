"""At most one wins, however many declare at once for the same person; the refusals say their figures."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

import httpx2
from fastapi import FastAPI

from adapters.bootstrap import Concord, open_concord
from adapters.http.app import create_app
from adapters.settings import Settings
from domain.imbalance.calendar import ImbalanceCalendar, calendar_id
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair
from tests.http.conftest import MovableClock, member
from tests.http.imbalance.weeks import PERIODS, declared, drafted, refused


async def test_of_twenty_declarations_at_once_for_one_person_one_wins(
    pair: Pair, concord: Concord, settings: Settings, clock: MovableClock, tmp_path: Path
) -> None:
    """Half of them through a second process's worth of application on the same store."""
    drafts = [await drafted(pair, first=2, last=10 + n % 7) for n in range(20)]
    second = await open_concord(settings, clock=clock)
    try:
        app: FastAPI = create_app(settings, concord=second)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://concord.test") as client,
        ):
            there = Someone(client, clock, pair.ada.id, pair.ada.token)
            answers = await asyncio.gather(
                *(
                    (pair.ada if n % 2 else there).sends("POST", f"{PERIODS}/{draft['id']}/declare")
                    for n, draft in enumerate(drafts)
                )
            )
    finally:
        await second.close()
    assert sorted(a.status_code for a in answers) == [200] + [409] * 19
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"imbalance-overlap"}
    calendar = await concord.ledger.load(ImbalanceCalendar, calendar_id(UUID(pair.ben.id)))
    assert calendar is not None
    assert len(calendar.bookings) == 1
    states = [(await pair.ada.sees(f"{PERIODS}/{draft['id']}"))["state"] for draft in drafts]
    assert sorted(states) == ["declared"] + ["draft"] * 19


async def test_each_limit_says_its_figures_and_a_written_reason_lifts_all_but_two_at_once(pair: Pair) -> None:
    first = await declared(pair, first=2, last=15)

    overlapping = await drafted(pair, first=15, last=20)
    refusal = await refused(pair.ada, f"{PERIODS}/{overlapping['id']}/declare", {"override_reason": "I must"})
    assert refusal[:2] == (409, "imbalance-overlap")
    assert "Ben is in a period from" in refusal[2]
    assert pair.ada.day(15) in refusal[2]

    close = await drafted(pair, first=20, last=25)
    refusal = await refused(pair.ada, f"{PERIODS}/{close['id']}/declare")
    assert refusal[:2] == (409, "imbalance-gap")
    assert "14 days for results needs 7 days" in refusal[2]
    assert "would be 4" in refusal[2]

    long = await drafted(pair, first=40, last=140)
    refusal = await refused(pair.ada, f"{PERIODS}/{long['id']}/declare")
    assert refusal[:2] == (409, "imbalance-too-long")
    assert "101 days" in refusal[2]

    much = await drafted(pair, first=40, last=120)
    refusal = await refused(pair.ada, f"{PERIODS}/{much['id']}/declare")
    assert refusal[:2] == (409, "imbalance-budget")
    assert "95 of the 365 days" in refusal[2]
    assert "at most 91 (25%)" in refusal[2]
    lifted = await pair.ada.does(f"{PERIODS}/{much['id']}/declare", {"override_reason": "The regulator"})
    assert lifted["lifted"] == ["imbalance-budget"]
    assert (await pair.ben.sees(f"{PERIODS}/{much['id']}"))["override_reason"] == "The regulator"

    await pair.ada.does(f"{PERIODS}/{first['id']}/withdraw")
    again = await pair.ada.does(f"{PERIODS}/{overlapping['id']}/declare")
    assert again["state"] == "declared", "what was withdrawn counts no more, in the same moment"


async def test_the_limits_hold_when_somebody_joins_and_when_it_is_extended(
    pair: Pair, concord: Concord, steward: Someone, clock: MovableClock
) -> None:
    di = await member(concord, steward, "Di", leader_id=pair.ada.id)
    period = await declared(pair, first=0, last=9)
    path = f"{PERIODS}/{period['id']}"
    theirs = await drafted(pair, first=11, last=20, people=[{"person_id": di.id}], focus="relationships")
    await pair.ada.does(f"{PERIODS}/{theirs['id']}/declare")
    await declared(pair, first=16, last=18)
    await pair.ben.does(f"{path}/acknowledge")
    clock.move(days=1)
    too_near = await refused(pair.ada, f"{path}/extend", {"ends_on": pair.ada.day(11), "stakes": "More"})
    assert too_near[:2] == (409, "imbalance-gap")
    await pair.ada.does(f"{path}/join", {"person_id": di.id})
    extended = await pair.ada.does(
        f"{path}/extend", {"ends_on": pair.ada.day(11), "stakes": "More", "override_reason": "The vendor"}
    )
    assert extended["extension"]["lifted"] == ["imbalance-gap"]
    refusal = await refused(di, f"{path}/join", {"person_id": di.id})
    assert refusal[:2] == (409, "imbalance-overlap"), "what changed since they were asked counts"
