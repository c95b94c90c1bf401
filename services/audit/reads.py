"""Who read what is not theirs: asked about oneself, or of the very thing that was read.

The answer is for those whose it is: the parties, for as long as they were parties, and those whom a period
is for or by. Whoever read is told nothing more by it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.base import Aggregate, fold
from domain.imbalance.period import ImbalancePeriod
from domain.reads.access_log import AGREEMENT, IMBALANCE
from domain.refusals import NotThere, NotYourAct
from services.access import IMBALANCE_WRITING, PARTIES, covers, may
from services.agreements.reading import read as read_agreement
from services.agreements.view import at
from services.audit.kept_reads import BACKUP, EXPORT, FOLLOW_THROUGH, ORGANISATION, PERSON, KeptRead, KeptReads
from services.audit.telling import SOMEBODY
from services.audit.told_reads import parts_of, why
from services.audit.versions import checked_limit, made_cursor, read_cursor
from services.commitments.reading import read as read_commitment
from services.imbalance.sight import sight_on
from services.ports import Actor, Clock, Ledger
from services.queries import Viewer

Shown = dict[str, Any]
Names = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, str]]]

_ALWAYS = datetime.max.replace(tzinfo=UTC)
_PATHS = {AGREEMENT: "agreements", IMBALANCE: "imbalance-periods", PERSON: "people"}
_SCOPES = {AGREEMENT: "agreements:read", IMBALANCE: "commitments:read"}
"""What a narrowed token needs to be told of reads of each kind of thing."""


@dataclass(frozen=True)
class ReadsDesk:
    """What the questions are asked at; `names` are those of people."""

    ledger: Ledger
    clock: Clock
    reads: KeptReads
    names: Names
    actor: Actor

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        organisation = self.actor.organisation
        today = self.clock.now().astimezone(organisation.zone).date()
        return Viewer(self.actor.person_id, organisation.id, today, zone=organisation.zone)


async def list_reads_about_me(desk: ReadsDesk, *, cursor: str | None = None, limit: int = 50) -> Shown:
    """Every read that concerns the asker, newest first: of what is theirs, of everything at once, of ways in."""
    checked_limit(limit)
    ledger, actor = desk.ledger, desk.actor
    may(actor, await ledger.standing(actor.person_id), "list_reads")
    before = read_cursor(cursor) if cursor is not None else None
    kinds = [kind for kind in (AGREEMENT, IMBALANCE) if covers(actor, _SCOPES[kind])] + [ORGANISATION, PERSON]
    own = await ledger.facts(actor.person_id)
    joined = own[0].position if own else 0
    found: list[KeptRead] = []
    while len(found) <= limit:
        some = await desk.reads.about(desk.viewer, kinds, joined=joined, before=before, limit=limit + 1)
        found += [one for one in some if await concerns(ledger, one, actor.person_id)]
        if len(some) <= limit:
            break
        before = some[-1].position
    return await _page(desk, found, limit)


async def list_reads_of_agreement(
    desk: ReadsDesk, agreement_id: UUID, *, cursor: str | None = None, limit: int = 50
) -> Shown:
    """Every read of one agreement by who is no party, and what who runs the installation did that concerns it."""
    checked_limit(limit)
    before = read_cursor(cursor) if cursor is not None else None
    reading = await read_agreement(desk.ledger, desk.clock, desk.actor, agreement_id, deed="agreement.reads")
    agreement = reading.today
    if agreement is None:
        raise NotThere
    if reading.sight == "joining":
        raise NotYourAct("You are told who else reads it once you are a party.")
    until = agreement.left.get(desk.actor.person_id, _ALWAYS)
    things = {agreement_id, agreement.organisation_id, *agreement.people, *agreement.left}
    after = reading.recorded[0].position
    found: list[KeptRead] = []
    while len(found) <= limit:
        some = await desk.reads.of(desk.viewer, things, after=after, before=before, limit=limit + 1)
        found += [one for one in some if one.at <= until and is_about(one, agreement)]
        if len(some) <= limit:
            break
        before = some[-1].position
    return await _page(desk, found, limit)


async def list_reads_of_commitment(
    desk: ReadsDesk, commitment_id: UUID, *, cursor: str | None = None, limit: int = 50
) -> Shown:
    """Only the two sides read a commitment; beside them, who runs the installation reads all of them at once."""
    checked_limit(limit)
    ledger, actor = desk.ledger, desk.actor
    sight = await ledger.sight(commitment_id, actor.person_id)
    if sight is None:
        sight = await ledger.sight(commitment_id, actor.organisation.id)
    may(actor, await ledger.standing(actor.person_id), "commitment.reads", sight)
    reading = await read_commitment(ledger, desk.clock, actor, commitment_id)
    if reading.commitment is None:
        raise NotThere
    whats = {FOLLOW_THROUGH, BACKUP} | ({EXPORT} if reading.commitment.content.use == "reviewable" else set())
    before = read_cursor(cursor) if cursor is not None else None
    found: list[KeptRead] = []
    while len(found) <= limit:
        some = await desk.reads.of(
            desk.viewer, {actor.organisation.id}, after=reading.recorded[0].position, before=before, limit=limit + 1
        )
        found += [one for one in some if one.what in whats and one.at <= reading.act.at]
        if len(some) <= limit:
            break
        before = some[-1].position
    return await _page(desk, found, limit)


async def list_reads_of_period(
    desk: ReadsDesk, period_id: UUID, *, cursor: str | None = None, limit: int = 50
) -> Shown:
    """Every read of a period by a steward or the declarer's leader, and each copy of everything since its draft."""
    checked_limit(limit)
    ledger, actor = desk.ledger, desk.actor
    standing = await ledger.standing(actor.person_id)
    recorded = await ledger.facts(period_id)
    whole: Aggregate | None = fold(one.fact for one in recorded)
    period = whole if isinstance(whole, ImbalancePeriod) else None
    may(actor, standing, "imbalance.reads", await sight_on(ledger, period, standing))
    if period is None:
        raise NotThere
    before = read_cursor(cursor) if cursor is not None else None
    things = {period_id, period.organisation_id}
    found: list[KeptRead] = []
    while len(found) <= limit:
        some = await desk.reads.of(desk.viewer, things, after=recorded[0].position, before=before, limit=limit + 1)
        found += [one for one in some if one.kind == IMBALANCE or one.what == BACKUP]
        if len(some) <= limit:
            break
        before = some[-1].position
    return await _page(desk, found, limit)


async def is_told_of(ledger: Ledger, actor: Actor, read: KeptRead) -> bool:
    """Whether the actor is told of this read of a thing: it is or was theirs, and what they came with covers it."""
    if read.kind not in _SCOPES or not covers(actor, _SCOPES[read.kind]):
        return False
    sight = await ledger.sight(read.thing_id, actor.person_id)
    inside = PARTIES if read.kind == AGREEMENT else IMBALANCE_WRITING
    return sight is not None and sight.sight in inside and await concerns(ledger, read, actor.person_id)


async def concerns(ledger: Ledger, read: KeptRead, person_id: UUID) -> bool:
    """Whether a read is for this person, of whom the sights say that they are or were inside the thing."""
    if read.kind != AGREEMENT:
        return True
    agreement: Aggregate | None = await ledger.load(AccountabilityAgreement, read.thing_id)
    if not isinstance(agreement, AccountabilityAgreement):
        return False
    if person_id in agreement.people:
        return True
    # Who left is told of what was read up to then; who is asked in is not bound yet.
    left_at = agreement.left.get(person_id)
    return left_at is not None and read.at <= left_at


def is_about(read: KeptRead, agreement: AccountabilityAgreement) -> bool:
    """Whether a read concerns this agreement at all."""
    if read.kind == ORGANISATION:
        written_out = read.what == EXPORT and any(v.head.use == "reviewable" for v in agreement.versions)
        return read.what == BACKUP or written_out
    if read.kind == PERSON:
        left_at = agreement.left.get(read.thing_id)
        return left_at is None or read.at <= left_at
    return True


async def _page(desk: ReadsDesk, found: Sequence[KeptRead], limit: int) -> Shown:
    page = found[:limit]
    of_agreements = {one.thing_id for one in page if one.kind == AGREEMENT}
    recorded = {thing: await desk.ledger.facts(thing) for thing in of_agreements}
    shown = [(one, *why(one, recorded.get(one.thing_id, ()))) for one in page]
    people = {person for one, _, leave in shown for person in (one.by, leave) if person is not None}
    people |= {one.thing_id for one in page if one.kind == PERSON}
    names = await desk.names(list(people))
    return {
        "items": [_shown(one, reason, leave, names) for one, reason, leave in shown],
        "next_cursor": made_cursor(page[-1].position) if len(found) > limit else None,
    }


def _shown(read: KeptRead, reason: str | None, leave: UUID | None, names: Mapping[UUID, str]) -> Shown:
    parts = parts_of(read)
    resource = None
    if read.kind in _PATHS:
        resource = {
            "kind": read.kind,
            "id": str(read.thing_id),
            "path": f"/{_PATHS[read.kind]}/{read.thing_id}",
        }
    return {
        "position": read.position,
        "at": at(read.at),
        "by": None if read.by is None else str(read.by),
        "seen_as": read.seen_as,
        "what": read.what,
        "resource": resource,
        "reason": reason,
        "leave_from": None if leave is None else str(leave),
        "sentence": "".join(p if isinstance(p, str) else names.get(p, SOMEBODY) for p in parts),
        "people": [str(p) for p in dict.fromkeys(p for p in parts if isinstance(p, UUID))],
    }
