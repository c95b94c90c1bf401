"""The log as somebody may see it: all that was recorded of an agreement, of a person, or of the organisation.

Oldest first, in sentences; it only ever grows at its end. Of an agreement its parties are told beside its
history who else read it, and what who runs the installation did that concerns it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.reads.access_log import access_log_id
from domain.refusals import NotThere
from services.access import may
from services.audit.audience import FORMER_PARTY, PARTY, Audience, audience_of
from services.audit.history import history, said_under_it
from services.audit.kept_reads import KeptRead, kept_read
from services.audit.reads import Names, is_about
from services.audit.telling import Entry, Told
from services.audit.told_people import tell_organisation, tell_person
from services.audit.told_reads import parts_of, why
from services.audit.versions import checked_limit, made_cursor, read_cursor
from services.ports import Actor, Clock, Ledger, Recorded, Standing

Shown = dict[str, Any]
Shares = Callable[[UUID, UUID], Awaitable[bool]]
"""Whether two people share anything."""


async def list_log(
    ledger: Ledger,
    clock: Clock,
    actor: Actor,
    names: Names,
    shares: Shares,
    *,
    agreement_id: UUID | None = None,
    person_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Shown:
    """One page: of an agreement (with a person, what they did in it), of a person, or of the organisation.

    NotThere for what the asker may not see.
    """
    checked_limit(limit)
    standing = await ledger.standing(actor.person_id)
    may(actor, standing, "read_log")
    if standing is None:
        raise NotThere
    after = read_cursor(cursor) if cursor is not None else 0
    if agreement_id is not None:
        entries = await _of_agreement(ledger, clock, actor, agreement_id)
        found = [e for e in entries if person_id is None or e.by == person_id]
    elif person_id is not None:
        found = await _of_person(ledger, standing, shares, person_id)
    else:
        found = list(_of_organisation(await ledger.facts(actor.organisation.id), steward="steward" in standing.roles))
    found = [entry for entry in found if entry.recorded.position > after]
    page = found[:limit]
    known = await names(list({person for entry in page for person in entry.people}))
    return {
        "items": await asyncio.to_thread(lambda: [entry.shown(known) for entry in page]),
        "next_cursor": made_cursor(page[-1].recorded.position) if len(found) > limit else None,
    }


async def _of_agreement(ledger: Ledger, clock: Clock, actor: Actor, agreement_id: UUID) -> list[Entry]:
    audience = await audience_of(ledger, clock, actor, agreement_id)
    said = await said_under_it(ledger, audience, agreement_id)
    # A long history takes some tenths of a second; others are answered meanwhile.
    told = await asyncio.to_thread(lambda: list(history(audience, said)))
    if audience.sight in (PARTY, FORMER_PARTY) and isinstance(audience.today, AccountabilityAgreement):
        told += await _read_by_others(ledger, audience, audience.today)
    return sorted(told, key=lambda entry: entry.recorded.position)


async def _read_by_others(ledger: Ledger, audience: Audience, agreement: AccountabilityAgreement) -> list[Entry]:
    began = audience.recorded[0].position
    streams = [access_log_id(agreement.id), agreement.organisation_id, *agreement.people, *agreement.left]
    entries = []
    for stream in streams:
        for one in await ledger.facts(stream):
            read = kept_read(one.position, one.fact)
            if read is None or read.position < began or read.at > audience.moment or not is_about(read, agreement):
                continue
            entries.append(Entry(one, _told(read, audience.recorded)))
    return entries


def _told(read: KeptRead, recorded: Sequence[Recorded]) -> Told:
    reason, leave = why(read, recorded)
    details = {"seen_as": read.seen_as, "read": read.what, "reason": reason}
    if leave is not None:
        details["leave_from"] = str(leave)
    # In whose name the operator's command ran says nothing about who ran it.
    return Told(parts_of(read), details, unsaid_by=read.by is None)


async def _of_person(ledger: Ledger, viewer: Standing, shares: Shares, person_id: UUID) -> list[Entry]:
    standing = await ledger.standing(person_id)
    if standing is None or standing.organisation_id != viewer.organisation_id:
        raise NotThere
    own, steward = person_id == viewer.person_id, "steward" in viewer.roles
    shared = own or await shares(viewer.person_id, person_id)
    if not (shared or steward):
        raise NotThere
    entries = []
    for one in await ledger.facts(person_id):
        told = tell_person(one.fact, own=own, steward=steward, shares=shared)
        if told is not None:
            entries.append(Entry(one, told))
    return entries


def _of_organisation(recorded: Sequence[Recorded], *, steward: bool) -> Iterator[Entry]:
    for one in recorded:
        told = tell_organisation(one.fact, steward=steward)
        if told is not None:
            yield Entry(one, told)
