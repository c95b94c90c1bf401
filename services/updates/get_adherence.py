"""How the update terms of an agreement were kept, by both sides."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.refusals import NotThere
from domain.updates.adherence import adherence
from domain.updates.update_log import UpdateLog
from services.ports import Actor, Clock, Ledger
from services.updates.expected_updates import checked_window
from services.updates.reading import read_updates
from services.updates.view import Shown, show_adherence


async def get_adherence(
    ledger: Ledger,
    clock: Clock,
    actor: Actor,
    agreement_id: UUID,
    *,
    from_on: date | None = None,
    until_on: date | None = None,
) -> Shown:
    """Counts for every party over a window of days; no figure weighs one against another."""
    reading = await read_updates(ledger, clock, actor, agreement_id)
    if reading.only_by is not None:
        raise NotThere
    act = reading.act
    first, last = checked_window(from_on, until_on, act.today)
    sides = adherence(
        reading.log or UpdateLog.begin_for(act, agreement_id),
        reading.footing,
        reading.excuses,
        from_on=first,
        until_on=last,
        now=act.at,
        zone=act.zone,
    )
    return {"from": first.isoformat(), "to": last.isoformat(), "people": [show_adherence(side) for side in sides]}
