"""The story as a whole: who is in it, what happens when, and what a visitor needs to sign in."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.bootstrap import open_concord
from adapters.demo import agreements, imbalance, promises
from adapters.demo.stage import Player, Stage, StoryClock, days
from adapters.settings import Settings

HOUSE = "Harbour Works (a demonstration)"
BEGAN_AGO = timedelta(days=150)
SIGN_IN = "demo-sign-in.json"
"""Where it is kept, in the data folder, whom a visitor can sign in as."""


async def prepare(settings: Settings) -> list[dict[str, str]]:
    """Fills the workspace unless it is there, and answers who can sign in: name, email, password, token.

    A story that was cut off half-way is told again in an organisation of its own.
    """
    kept = settings.data_dir / SIGN_IN
    if not kept.exists():
        _keep(kept, await _tell(settings))
    told: list[dict[str, str]] = json.loads(kept.read_text())
    return told


async def _tell(settings: Settings) -> Sequence[Player]:
    clock = StoryClock(datetime.now(UTC) - BEGAN_AGO)
    concord = await open_concord(settings, clock=clock)
    try:
        await concord.projector.start()
        await concord.policies.start()
        name = HOUSE
        if await concord.identities.organisation_named(name) is not None:
            name = f"{HOUSE}, {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
        stage = await Stage.open(concord, clock, name, "Tomas Lind", agreements.ZONE)
        await _play(stage)
        return stage.players
    finally:
        await concord.close()


async def _play(stage: Stage) -> None:
    mira = await stage.enter("Mira Solberg")
    jonas = await stage.enter("Jonas Weber", mira)
    aisha = await stage.enter("Aisha Khan", mira)
    today = datetime.now(UTC).astimezone(ZoneInfo(agreements.ZONE)).date()

    pact = await agreements.agree(stage, mira, jonas)
    await agreements.live(stage, mira, jonas, pact, today - days(110))
    await stage.play()
    await stage.until(today - days(110), "10:30")
    await agreements.escalate(stage, mira, jonas, pact)
    await agreements.review_and_amend(stage, mira, jonas, pact)

    promised = promises.plan(stage, mira, jonas, aisha, pact, today)
    storm = (today - days(60), today - days(40))
    imbalance.plan(stage, mira, (jonas, aisha), pact, promised, storm)
    imbalance.plan_quiet_weeks(stage, mira, aisha, today)
    await agreements.live(stage, mira, jonas, pact, today, but_not=storm)
    stage.plan(today - days(8), "13:00", partial(agreements.begin_with, stage, mira, aisha))
    await stage.play()
    await stage.until(today, "08:00")


def _keep(path: Path, players: Sequence[Player]) -> None:
    told = [{"name": p.name, "email": p.email, "password": p.password, "token": p.token} for p in players]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(told, file, indent=2)
