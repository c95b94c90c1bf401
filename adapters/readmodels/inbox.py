"""What waits for whom: a row for each thing that waits for a person, or for the members of a team.

A row says from when until when it is shown, so nothing in it depends on what time it is now. No words:
ids, dates and names of kinds. Who may see it is asked of the log's own sights in the same query.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters.database import Database
from adapters.readmodels.instants import NEVER, instant_key
from adapters.readmodels.live import LiveTables
from adapters.readmodels.parts import PartsProjection, Row, UpdatesOf
from domain.commitments.away import Away
from services.inbox.in_things import waits_in
from services.inbox.in_updates import waits_in_updates
from services.inbox.wait import Place, Wait, Waiting
from services.queries import Viewer
from services.timed import Timed

NAME, VERSION = "inbox", 2
_ASKED = "'party', 'declarer', 'drafter', 'named', 'invited'"
"""As what somebody must see a thing for something in it to wait for them."""


# The projection -------------------------------------------------------------------------------------


class InboxProjection(PartsProjection):
    """Everything that waits in each part."""

    name = NAME
    version = VERSION
    columns = ("who_id", "what", "about", "by_at", "from_at", "until_at")

    def table(self, suffix: str, key: str) -> list[str]:
        """A row for each thing that waits and each who it waits for."""
        return [
            f"""CREATE TABLE inbox{suffix} (
            who_id {key} NOT NULL, by_at {key} NOT NULL, thing_id {key} NOT NULL, part {key} NOT NULL,
            what {key} NOT NULL, about {key} NOT NULL, from_at {key} NOT NULL, until_at {key} NOT NULL,
            organisation_id TEXT NOT NULL, PRIMARY KEY (who_id, by_at, thing_id, part, what, about))""",
            f"CREATE INDEX inbox_thing{suffix} ON inbox{suffix} (thing_id, part)",
        ]

    def of_thing(self, thing: Timed, zone: ZoneInfo, away: Away) -> Iterator[Row]:
        """What waits in the thing itself."""
        return _rows(waits_in(thing, zone, away))

    def of_updates(self, updates: UpdatesOf) -> Iterator[Row]:
        """What waits in an agreement's updates."""
        return _rows(waits_in_updates(updates.footing, updates.excuses, updates.log, updates.zone))


def _rows(waits: Iterable[Wait]) -> Iterator[Row]:
    for wait in waits:
        yield {
            "who_id": wait.who_id,
            "what": wait.what,
            "about": wait.about,
            "by_at": NEVER if wait.by is None else instant_key(wait.by),
            "from_at": instant_key(wait.shown_from),
            "until_at": NEVER if wait.until_at is None else instant_key(wait.until_at),
        }


# The view -------------------------------------------------------------------------------------------


class InboxView:
    """Answers what waits for somebody (services.inbox.wait.WaitingList)."""

    def __init__(self, database: Database) -> None:
        self._live = LiveTables(database, NAME, VERSION)

    async def list_waiting(
        self, viewer: Viewer, now: datetime, parts: Collection[str], *, after: Place | None = None, limit: int = 50
    ) -> Sequence[Waiting]:
        """What waits for the viewer or their teams at that instant: by when, the soonest first, then the rest."""
        who = {f"who{n}": str(id) for n, id in enumerate([viewer.person_id, *sorted(viewer.teams)])}
        kinds = {f"part{n}": part for n, part in enumerate(sorted(parts))}
        params: dict[str, Any] = {**who, **kinds, "now": instant_key(now), "limit": limit}
        beyond = ""
        if after is not None:
            names = ("by_at", "thing_id", "part", "what", "about")
            beyond = f"AND ({', '.join(names)}) > ({', '.join(f':{n}' for n in names)}) "
            params |= dict(zip(names, after, strict=True))
        mine, of_kind = ", ".join(f":{n}" for n in who), ", ".join(f":{n}" for n in kinds)
        rows = await self._live.fetch_all(
            lambda suffix: (
                f"SELECT DISTINCT by_at, thing_id, part, what, about FROM inbox{suffix} i "
                f"WHERE who_id IN ({mine}) AND from_at <= :now AND until_at > :now AND part IN ({of_kind}) {beyond}"
                "AND EXISTS (SELECT 1 FROM log_sights s "
                f"WHERE s.thing_id = i.thing_id AND s.person_id IN ({mine}) AND s.sight IN ({_ASKED})) "
                "ORDER BY by_at, thing_id, part, what, about LIMIT :limit",
                params,
            )
        )
        return [Waiting(UUID(r.thing_id), r.part, Place(r.by_at, r.thing_id, r.part, r.what, r.about)) for r in rows]
