"""Reading what was said under an agreement."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.refusals import Invalid, NotThere
from domain.updates.entries import Ask, Entry, Escalation, Note, Progress, Update
from domain.updates.expectation import Expected, Key, expected
from services.ports import Actor, Clock, Ledger, Receipt
from services.updates.reading import Reading, read_updates
from services.updates.view import Shown, show_ask, show_escalation, show_note, show_progress, show_update

WHAT: dict[str, type[Entry] | type[Progress]] = {
    "updates": Update,
    "asks": Ask,
    "escalations": Escalation,
    "notes": Note,
    "progress": Progress,
}
"""The lists there are, by the last word of their path."""
MOST = 200


async def list_updates(
    ledger: Ledger,
    clock: Clock,
    actor: Actor,
    agreement_id: UUID,
    *,
    what: str = "updates",
    limit: int = 50,
    cursor: str | None = None,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> Shown:
    """One page of updates (or asks, escalations, notes, progress), newest first: `items` and `next_cursor`."""
    if not 1 <= limit <= MOST:
        raise Invalid(f"A page has 1 to {MOST} items.", field="limit")
    reading = await read_updates(ledger, clock, actor, agreement_id, as_of=as_of, known_at=known_at)
    found = sorted(_all(reading, what), key=_age, reverse=True)
    if cursor is not None:
        before = _read_cursor(cursor)
        found = [entry for entry in found if _age(entry) < before]
    page = found[:limit]
    return {
        "items": _shown(page, reading),
        "next_cursor": _cursor(page[-1]) if len(found) > limit else None,
    }


async def get_entry(
    ledger: Ledger,
    clock: Clock,
    actor: Actor,
    agreement_id: UUID,
    entry_id: UUID,
    *,
    what: str = "updates",
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    after: Receipt | None = None,
) -> Shown:
    """One update (or ask, escalation, note) with its answers; NotThere when there is none of that kind.

    With `after`, as it was right after that command.
    """
    reading = await read_updates(ledger, clock, actor, agreement_id, as_of=as_of, known_at=known_at, after=after)
    found = [entry for entry in _all(reading, what) if entry.id == entry_id]
    if not found:
        raise NotThere
    return _shown(found, reading)[0]


def _all(reading: Reading, what: str) -> list[Any]:
    if reading.log is None:
        return []
    held: Sequence[Entry | Progress] = [*reading.log.entries.values(), *reading.log.progress]
    return [e for e in held if isinstance(e, WHAT[what]) and reading.only_by in (None, e.by)]


def _shown(entries: Sequence[Entry | Progress], reading: Reading) -> list[Shown]:
    statuses = _statuses([e for e in entries if isinstance(e, Update)], reading)
    shown: list[Shown] = []
    for entry in entries:
        match entry:
            case Update():
                shown.append(show_update(entry, reading, statuses))
            case Ask():
                shown.append(show_ask(entry, reading))
            case Escalation():
                shown.append(show_escalation(entry, reading))
            case Note():
                shown.append(show_note(entry, reading))
            case Progress():
                shown.append(show_progress(entry))
    return shown


def _statuses(updates: Sequence[Update], reading: Reading) -> dict[Key, Expected]:
    """What came of the occurrences that these updates are for; looked up term by term and person by person."""
    days: dict[tuple[UUID, UUID], list[date]] = {}
    for update in updates:
        if update.term_id is not None and update.by is not None and update.occurrence_on is not None:
            days.setdefault((update.term_id, update.by), []).append(update.occurrence_on)
    act, given = reading.act, reading.log.given if reading.log is not None else {}
    return {
        one.slot.key: one
        for (term_id, debtor), on in days.items()
        for one in expected(
            (s.of(debtor) for s in reading.footing.spans if s.term_id == term_id and debtor in s.owed_by),
            reading.excuses,
            given,
            from_on=min(on),
            until_on=max(on),
            now=act.at,
            zone=act.zone,
        )
    }


def _age(entry: Entry | Progress) -> tuple[datetime, str]:
    return entry.at, str(entry.id)


def _cursor(entry: Entry | Progress) -> str:
    at, entry_id = _age(entry)
    return urlsafe_b64encode(f"{at.isoformat()}|{entry_id}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, str]:
    try:
        at, _, entry_id = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        read = datetime.fromisoformat(at), str(UUID(entry_id))
    except ValueError:
        raise Invalid("This cursor is none of ours; take the one that the page before gave.", field="cursor") from None
    if read[0].tzinfo is None:
        raise Invalid("This cursor is none of ours; take the one that the page before gave.", field="cursor")
    return read
