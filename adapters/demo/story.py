"""The story as a whole: who is in it, what happens when, and what a visitor needs to sign in."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.bootstrap import open_concord
from adapters.demo import aisha as agreements_with_aisha
from adapters.demo import holidays, imbalance, promises
from adapters.demo import jonas as agreement_with_jonas
from adapters.demo import leo as agreement_with_leo
from adapters.demo.pact import ZONE
from adapters.demo.stage import Player, Stage, StoryClock
from adapters.settings import Settings

HOUSE = "Harbour Works (a demonstration)"
BEGAN_AGO = timedelta(days=375)
LEADER, REPORT = "Mira Solberg", "Jonas Weber"
"""Two to look at it as: between them is the most of it."""
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
        stage = await Stage.open(concord, clock, name, "Tomas Lind", ZONE)
        await _play(stage)
        return stage.players
    finally:
        await concord.close()


async def _play(stage: Stage) -> None:
    mira = await stage.enter(LEADER)
    jonas = await stage.enter(REPORT, mira)
    leo = await stage.enter("Leo Brandt", mira)
    with_jonas, with_leo = agreement_with_jonas.plan(stage, mira, jonas), agreement_with_leo.plan(stage, mira, leo)
    agreement_with_jonas.plan_standing_in(stage, mira, jonas)
    holidays.plan(stage, (jonas, leo))
    promised = promises.plan(stage, mira, jonas, leo, with_jonas, with_leo)

    imbalance.plan_audit(stage, mira, leo)
    await stage.play(stage.ago(agreements_with_aisha.JOINED))
    aisha = await stage.enter("Aisha Khan", mira)
    agreements_with_aisha.plan(stage, mira, aisha)
    promises.plan_of_aisha(promised, mira, aisha)
    imbalance.plan_move(stage, mira, (jonas, leo, aisha), with_jonas, with_leo, promised)
    imbalance.plan_quiet_weeks(stage, mira, aisha)
    await stage.play()


def _keep(path: Path, players: Sequence[Player]) -> None:
    told = [{"name": p.name, "email": p.email, "password": p.password, "token": p.token} for p in players]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(told, file, indent=2)
