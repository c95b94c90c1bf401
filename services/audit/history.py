"""Everything that was recorded of an agreement, told in sentences, as far as it is for the viewer.

The history only ever grows at its end: what this viewer was told once, stands at its position.
Positions are the log's own and have gaps, since other things are recorded in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.imported import ImportedAgreement
from domain.agreements.terms import Term
from domain.updates.update_log import update_log_id
from services.audit.audience import FORMER_PARTY, GRANT, PARTY, Audience, audience_of
from services.audit.telling import Entry
from services.audit.told_agreements import AgreementTeller
from services.audit.told_imports import ImportTeller
from services.audit.told_updates import UpdateTeller
from services.audit.versions import checked_limit, made_cursor, read_cursor
from services.ports import Actor, Clock, Ledger, Recorded

Shown = dict[str, Any]
Names = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, str]]]


async def list_history(
    ledger: Ledger,
    clock: Clock,
    actor: Actor,
    agreement_id: UUID,
    names: Names,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> Shown:
    """One page of the history, oldest first: `items` and `next_cursor`."""
    checked_limit(limit)
    after = read_cursor(cursor) if cursor is not None else 0
    audience = await audience_of(ledger, clock, actor, agreement_id)
    said = await said_under_it(ledger, audience, agreement_id)
    # A long history takes some tenths of a second; others are answered meanwhile.
    found = await asyncio.to_thread(lambda: [e for e in history(audience, said) if e.recorded.position > after])
    page = found[:limit]
    known = await names(list({person for entry in page for person in entry.people}))
    return {
        "items": await asyncio.to_thread(lambda: [entry.shown(known) for entry in page]),
        "next_cursor": made_cursor(page[-1].recorded.position) if len(found) > limit else None,
    }


def history(audience: Audience, said_under_it: Sequence[Recorded] = ()) -> Iterator[Entry]:
    """The entries that are for this viewer, in the order in which they were recorded."""
    about_text = ImportTeller() if isinstance(audience.today, ImportedAgreement) else AgreementTeller(audience)
    about_updates = UpdateTeller(audience, lambda term_id: _agreed_term(audience, term_id))
    logged = {one.position for one in said_under_it}
    for one in sorted([*audience.recorded, *said_under_it], key=lambda r: r.position):
        teller = about_updates if one.position in logged else about_text
        told = teller.tell(one.fact)
        if told is not None:
            yield Entry(one, told)


async def said_under_it(ledger: Ledger, audience: Audience, agreement_id: UUID) -> list[Recorded]:
    """What was recorded in the agreement's update log, as far as it may count for this viewer."""
    if audience.sight not in (PARTY, FORMER_PARTY, GRANT):
        return []
    # What was recorded after a former party left is none of theirs.
    found = await ledger.facts(update_log_id(agreement_id))
    return [one for one in found if audience.sight != FORMER_PARTY or one.fact.timestamp <= audience.moment]


def _agreed_term(audience: Audience, term_id: UUID) -> Term | None:
    if not isinstance(audience.today, AccountabilityAgreement):
        return None
    return next((v.terms[term_id] for v in reversed(audience.versions()) if term_id in v.terms), None)
