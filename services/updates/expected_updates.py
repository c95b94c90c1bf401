"""Which updates were expected when, and what came of each."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from domain.refusals import Invalid, NotThere
from domain.updates.expectation import expected
from services.ports import Actor, Clock, Ledger
from services.updates.reading import read_updates
from services.updates.view import Shown, show_expected

LONGEST = timedelta(days=3660)
USUAL = timedelta(days=28)


def checked_window(from_on: date | None, until_on: date | None, today: date) -> tuple[date, date]:
    """A window of days, four weeks to either side of today where not said; raises Invalid where it makes none."""
    from_on = from_on or min(today - USUAL, until_on or today)
    until_on = until_on or max(today + USUAL, from_on)
    if until_on < from_on:
        raise Invalid("The last day lies before the first.", field="to")
    if until_on - from_on > LONGEST:
        raise Invalid("At most ten years at a time.", field="to")
    return from_on, until_on


async def expected_updates(
    ledger: Ledger,
    clock: Clock,
    actor: Actor,
    agreement_id: UUID,
    *,
    from_on: date | None = None,
    until_on: date | None = None,
) -> Shown:
    """The occurrences of a window of local days, first and last included, by due time, each with its status."""
    reading = await read_updates(ledger, clock, actor, agreement_id)
    if reading.only_by is not None:
        raise NotThere
    first, last = checked_window(from_on, until_on, reading.act.today)
    found = expected(
        reading.footing.spans,
        reading.excuses,
        reading.log.given if reading.log is not None else {},
        from_on=first,
        until_on=last,
        now=reading.act.at,
        zone=reading.act.zone,
    )
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "items": [show_expected(one, reading) for one in found],
        "next_cursor": None,
    }
