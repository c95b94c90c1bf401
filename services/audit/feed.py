"""What happened, for one viewer, in the order in which it was recorded: what, to which thing, when and by whom.

It says nothing of what was written: who may read that reads it where it stands. Of a thing one is told what its
history tells one, never more; who only looks at a thing, with a reason or by a leave, is not told of it here.
A narrowed token is told of what its scopes cover.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.base import Aggregate, Fact
from domain.imbalance import events as i
from domain.imbalance.period import ImbalancePeriod
from domain.refusals import NotThere, NotYourAct
from services.access import covers, may
from services.agreements.view import at
from services.audit.audience import audience_of
from services.audit.happened import AGREEMENT, COMMITMENT, ORGANISATION, PERIOD, PERSON, TEAM, Feed, Happened
from services.audit.history import history, said_under_it
from services.audit.kept_reads import KeptRead
from services.audit.reads import concerns
from services.audit.telling import Entry, what
from services.audit.told_people import tell_organisation, tell_person
from services.audit.versions import checked_limit, made_cursor
from services.commitments.reading import read as read_commitment
from services.imbalance.sight import INSIDE
from services.ports import Actor, Clock, Ledger, Standing, Unreadable
from services.queries import Viewer

Shown = dict[str, Any]
Shares = Callable[[UUID, UUID], Awaitable[bool]]
Told = Mapping[int, tuple[str, UUID | None]]
"""The positions that are for the viewer, each with what happened and who acted, as far as that is said."""

MOST_STRETCHES = 20
"""How far one page looks for something: the next goes on from there."""
_PATHS = {
    AGREEMENT: "/agreements/{}",
    COMMITMENT: "/commitments/{}",
    PERIOD: "/imbalance-periods/{}",
    PERSON: "/people/{}",
    TEAM: "/teams/{}",
    ORGANISATION: "/organisation/policy",
}
_READ = "access.content_read"
_DRAFTING = (i.ImbalanceDrafted, i.DraftEdited, i.DraftDropped)


@dataclass(frozen=True)
class FeedDesk:
    """What the feed is asked at, and by whom; `shares` says whether two people share anything."""

    ledger: Ledger
    clock: Clock
    feed: Feed
    shares: Shares
    actor: Actor


@dataclass(frozen=True)
class FeedPage:
    """What is next for the viewer, up to which position everything was looked through, and whether there is more."""

    items: list[Shown]
    until: int
    more: bool


async def list_events(desk: FeedDesk, *, after: int, limit: int = 50) -> FeedPage:
    """The next events for this viewer after a position, by what they may see at this moment."""
    checked_limit(limit)
    standing = await desk.ledger.standing(desk.actor.person_id)
    may(desk.actor, standing, "read_events")
    if standing is None:
        raise NotThere
    viewer = await _viewer(desk, standing)
    items: list[Shown] = []
    more = True
    for _ in range(MOST_STRETCHES):
        # One more than is told: whether there is more must not depend on what is not for this viewer.
        stretch = await desk.feed.after(viewer, after, limit + 1 - len(items))
        items += await _told(desk, standing, stretch.found)
        after, more = stretch.until, stretch.more
        if len(items) > limit:
            return FeedPage(items[:limit], items[limit - 1]["position"], more=True)
        if not more:
            break
    return FeedPage(items, after, more)


async def _viewer(desk: FeedDesk, standing: Standing) -> Viewer:
    organisation = desk.actor.organisation
    return Viewer(
        standing.person_id,
        organisation.id,
        desk.clock.now().astimezone(organisation.zone).date(),
        steward="steward" in standing.roles,
        teams=await desk.ledger.teams_of(standing.person_id),
        zone=organisation.zone,
    )


async def _told(desk: FeedDesk, standing: Standing, found: Sequence[Happened]) -> list[Shown]:
    of_things: dict[tuple[str, UUID], list[Happened]] = {}
    for one in found:
        of_things.setdefault((one.kind, one.thing_id), []).append(one)
    told: dict[int, tuple[str, UUID | None]] = {}
    for (kind, thing_id), some in of_things.items():
        try:
            told |= await _of_thing(desk, standing, kind, thing_id, some)
        except (NotThere, NotYourAct, Unreadable):
            # What cannot be read of one thing is not told, and everything else is.
            continue
    return [_shown(one, *told[one.position]) for one in found if one.position in told]


async def _of_thing(desk: FeedDesk, standing: Standing, kind: str, thing_id: UUID, some: Sequence[Happened]) -> Told:
    read = {one.position: (one.what, one.by) for one in some if one.what == _READ and await _is_told_of(desk, one)}
    if kind == AGREEMENT:
        return await _of_agreement(desk, thing_id, read)
    if kind == COMMITMENT:
        reading = await read_commitment(desk.ledger, desk.clock, desk.actor, thing_id)
        return {one.position: (what(one.fact), one.fact.actor_id) for one in reading.recorded}
    if kind == PERIOD:
        return await _of_period(desk, standing, thing_id, read)
    if kind == TEAM:
        return {one.position: (one.what, one.by) for one in some}
    return await _of_place(desk, standing, kind, thing_id)


async def _of_agreement(desk: FeedDesk, agreement_id: UUID, read: Told) -> Told:
    audience = await audience_of(desk.ledger, desk.clock, desk.actor, agreement_id)
    said = await said_under_it(desk.ledger, audience, agreement_id)
    # A long history takes some tenths of a second; others are answered meanwhile.
    entries = await asyncio.to_thread(lambda: list(history(audience, said)))
    return {**{entry.recorded.position: _said(entry) for entry in entries}, **read}


async def _of_period(desk: FeedDesk, standing: Standing, period_id: UUID, read: Told) -> Told:
    me = desk.actor.person_id
    sight = await desk.ledger.sight(period_id, me)
    may(desk.actor, standing, "imbalance.read", sight)
    recorded = await desk.ledger.facts(period_id)
    whole: Aggregate | None = await desk.ledger.load(ImbalancePeriod, period_id)
    if sight is None or sight.sight not in INSIDE or not isinstance(whole, ImbalancePeriod):
        raise NotThere
    told: dict[int, tuple[str, UUID | None]] = {}
    declared = False
    for one in recorded:
        declared = declared or isinstance(one.fact, i.PeriodDeclared)
        drafting = not declared or isinstance(one.fact, _DRAFTING)
        if _is_for(one.fact, whole, me) and (not drafting or sight.sight in ("declarer", "drafter")):
            told[one.position] = (what(one.fact), one.fact.actor_id)
    return {**told, **read}


def _is_for(fact: Fact, period: ImbalancePeriod, person_id: UUID) -> bool:
    """Whether a fact of a period is for somebody inside it: objections and questions are between two."""
    if person_id in (fact.actor_id, period.acting_id):
        return not isinstance(fact, i.SelfCheckAnswered) or fact.shared or fact.actor_id == person_id
    if isinstance(fact, i.SelfCheckAnswered):
        return fact.shared
    if isinstance(fact, i.QuestionAnswered):
        question = period.questions.get(fact.ask_id)
        return question is not None and question.by == person_id
    return not isinstance(fact, i.PeriodObjected | i.QuestionAsked)


async def _of_place(desk: FeedDesk, standing: Standing, kind: str, stream_id: UUID) -> Told:
    me, steward = standing.person_id, "steward" in standing.roles
    may(desk.actor, standing, "read_log")
    recorded = await desk.ledger.facts(stream_id)
    if kind == ORGANISATION:
        said = [(one, tell_organisation(one.fact, steward=steward)) for one in recorded]
    else:
        own = stream_id == me
        shares = own or await desk.shares(me, stream_id)
        said = [(one, tell_person(one.fact, own=own, steward=steward, shares=shares)) for one in recorded]
    return {one.position: _said(Entry(one, told)) for one, told in said if told is not None}


def _said(entry: Entry) -> tuple[str, UUID | None]:
    return entry.told.what or what(entry.recorded.fact), entry.by


async def _is_told_of(desk: FeedDesk, one: Happened) -> bool:
    """Whether it concerns the viewer that somebody read a thing which they take part in."""
    read = KeptRead(one.position, one.at, one.kind, one.thing_id, one.by, "", "")
    return covers(desk.actor, "audit:read") and await concerns(desk.ledger, read, desk.actor.person_id)


def _shown(one: Happened, kind: str, by: UUID | None) -> Shown:
    return {
        "cursor": made_cursor(one.position),
        "position": one.position,
        "at": at(one.at),
        "kind": kind,
        "resource": {
            "kind": one.kind,
            "id": str(one.thing_id),
            "path": _PATHS[one.kind].format(one.thing_id),
        },
        "actor_id": None if by is None else str(by),
    }
