"""`concord follow-through`: what was kept of everything that was promised here, as of any instant."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.frame import AsJson, DataDir, opened, ready, run_to_its_end

if TYPE_CHECKING:
    from uuid import UUID

    from adapters.settings import Settings
    from services.follow_through.over_everything import Judged
    from services.follow_through.statistics import Group


def follow_through(
    as_of: Annotated[
        str | None,
        typer.Option(help="An instant like 2026-08-07T12:00:00Z: what had happened by then; now unless said."),
    ] = None,
    group_by: Annotated[
        str, typer.Option(help="With commas between: creditor, level, year, month, agreement, use.")
    ] = "creditor,level,year",
    include: Annotated[str | None, typer.Option(help="proposed: count what nobody promised as well.")] = None,
    commitments: Annotated[
        Path | None, typer.Option(help="Write one CSV row for each commitment to this file.", dir_okay=False)
    ] = None,
    organisation: Annotated[str | None, typer.Option(help="Which organisation, where there are several.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Counts by class, in the order of keys, never of an outcome. That it was read so is recorded for all to see."""
    from services.follow_through.over_everything import GROUPINGS, ROW, plain, row, totals

    names = tuple(name.strip() for name in group_by.split(",")) if group_by.strip() else ()
    if not set(names) <= set(GROUPINGS) or len(set(names)) != len(names):
        raise typer.BadParameter(f"group by {', '.join(GROUPINGS)}, each once; not by {group_by}")
    if include not in (None, "proposed"):
        raise typer.BadParameter("include can only be: proposed")
    instant = _instant(as_of)
    settings = ready(data_dir=data_dir)
    judged, teams = run_to_its_end(_judged(settings, instant, organisation))
    judged.sort(key=lambda j: j.name)
    if commitments is not None:
        with commitments.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, ROW)
            table.writeheader()
            table.writerows(row(each) for each in judged)
    total, groups = totals(judged, names, teams, proposed=include is not None)
    if as_json:
        told = {
            "as_of": instant.isoformat().replace("+00:00", "Z"),
            "include": [include] if include else [],
            "group_by": list(names),
            "commitments": len(judged),
            "total": plain(total, ()),
            "groups": [plain(group, names) for group in groups],
        }
        print(json.dumps(told, ensure_ascii=False))
    else:
        _tell(total, groups)


def _instant(given: str | None) -> datetime:
    if given is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(given)
        if found.tzinfo is None:
            raise ValueError
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter("as of an instant, please, like 2026-08-07T12:00:00Z") from None


async def _judged(
    settings: Settings, as_of: datetime, organisation: str | None
) -> tuple[list[Judged], dict[UUID, str]]:
    from adapters.cli.import_file import first_steward
    from adapters.eventlog.streams import streams_of
    from services.follow_through.counting import must_count
    from services.follow_through.over_everything import TOPICS, judge, names_of_teams
    from services.people.note_bulk_read import note_bulk_read

    async with opened(settings) as concord:
        actor = await first_steward(concord, organisation)
        await must_count(concord.ledger, actor.organisation.id)
        await note_bulk_read(concord.ledger, concord.clock, actor, "follow_through")
        judged = []
        async for facts in streams_of(concord.ledger, TOPICS):
            if facts[0].organisation_id == actor.organisation.id:
                each = judge(facts, as_of, actor.organisation.zone)
                if each is not None:
                    judged.append(each)
        teams = {team for each in judged for team in each.teams}
        return judged, await names_of_teams(concord.ledger, teams)


def _tell(total: Group, groups: list[Group]) -> None:
    for group in groups:
        print(f"{', '.join(part or 'none' for part in group.key)}: {_counts(group)}")
    print(f"in all: {_counts(total)}")


def _counts(group: Group) -> str:
    return ", ".join(f"{number} {name}" for name, number in group.counts.items() if number) or "nothing"
