"""What waits for somebody, across everything that they are a part of: what happened, what they may do, by when.

The read model says where something waits; each thing on the page is then asked itself, as it is now, so
an item that somebody has dealt with meanwhile is not shown, and what may be done comes from the very
guards that refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from domain.agreements.agreement import AccountabilityAgreement
from domain.base import Act, Aggregate
from domain.commitments.away import NOBODY
from domain.commitments.commitment import Commitment
from domain.commitments.state import PROMISED, SUSPENDED
from domain.imbalance.period import ImbalancePeriod
from domain.refusals import Refusal
from domain.updates.footing import Footing
from domain.updates.update_log import UpdateLog, update_log_id
from services.access import covers
from services.agreements.actions import allowed_actions as agreement_actions
from services.away import away_of
from services.commitments.actions import allowed_actions as commitment_actions
from services.commitments.sides import nobody_can_act
from services.due import UPDATES
from services.imbalance.actions import allowed_actions as imbalance_actions
from services.inbox.answers import KINDS
from services.inbox.in_things import waits_in
from services.inbox.in_updates import waits_in_updates
from services.inbox.wait import Place, Wait, Waiting, WaitingList, instant_shown
from services.ports import Actor, Clock, Ledger
from services.queries import Viewer
from services.timed import AGREEMENT, COMMITMENT, IMBALANCE, Timed, kind_of, pass_time, waited_for
from services.updates.excuses import excuses_of
from services.updates.footing import footing_of

Shown = dict[str, Any]

_SCOPES = {
    AGREEMENT: "agreements:read",
    UPDATES: "agreements:read",
    COMMITMENT: "commitments:read",
    IMBALANCE: "commitments:read",
}
"""What a narrowed token needs to be told of each part."""
_PATHS = {AGREEMENT: "agreements", COMMITMENT: "commitments", IMBALANCE: "imbalance-periods"}


@dataclass(frozen=True)
class InboxPage:
    """Some of what waits, in order; `next_place` is where to go on, None at the end."""

    items: list[Shown]
    next_place: Place | None


async def get_inbox(
    ledger: Ledger,
    clock: Clock,
    waiting: WaitingList,
    actor: Actor,
    *,
    first: Sequence[tuple[Place, Shown]] = (),
    after: Place | None = None,
    limit: int = 50,
) -> InboxPage:
    """What has a day by which it should be done comes early, the soonest (or longest overdue) before the others.

    `first` is what comes before all that.
    """
    now = clock.now()
    teams = await ledger.teams_of(actor.person_id)
    organisation = actor.organisation
    viewer = Viewer(actor.person_id, organisation.id, now.astimezone(organisation.zone).date(), teams=teams)
    act = Act(actor.person_id, now, organisation.id, "", organisation.zone, teams=teams)
    parts = [part for part, scope in _SCOPES.items() if covers(actor, scope)]
    known: dict[tuple[UUID, str], _Part | None] = {}
    items: list[Shown] = []
    for place, item in first:
        if after is None or place > after:
            if len(items) == limit:
                return InboxPage(items, after)
            items.append(item)
            after = place
    while parts:
        found = await waiting.list_waiting(viewer, now, parts, after=after, limit=limit + 1)
        for one in found:
            if len(items) == limit:
                return InboxPage(items, after)
            if (key := (one.thing_id, one.part)) not in known:
                known[key] = await _look(ledger, one, act)
            part = known[key]
            shown = part.show(one.place) if part is not None else None
            if shown is not None:
                items.append(shown)
            after = one.place
        if len(found) <= limit:
            break
    return InboxPage(items, None)


@dataclass(frozen=True)
class _Part:
    """A part of a thing as it is now: what waits in it for the viewer, and what they may do."""

    thing: Timed
    title: str
    waits: dict[tuple[str, str], Wait]
    act: Act
    allowed: Callable[[Wait], Collection[str]]

    def show(self, place: Place) -> Shown | None:
        """The item at that place; None when it does not wait any more."""
        wait = self.waits.get((place.what, place.about))
        if wait is None or not wait.is_shown_at(self.act.at):
            return None
        kind = KINDS[wait.what]
        allowed = self.allowed(wait)
        of = kind_of(self.thing) or ""
        return {
            "id": str(uuid5(self.thing.id, f"{place.part} {wait.what} {wait.about}")),
            "what": wait.what,
            "happened": kind.sentence,
            "happened_at": instant_shown(wait.since),
            "by_person_id": wait.by_person,
            "due_at": None if wait.by is None else instant_shown(wait.by),
            "overdue": wait.by is not None and wait.by <= self.act.at,
            "resource": {
                "kind": of,
                "id": str(self.thing.id),
                "path": f"/{_PATHS[of]}/{self.thing.id}",
                "title": self.title,
            },
            "about": dict(wait.ids),
            "allowed_actions": [request for request in kind.requests if request in allowed],
        }


async def _look(ledger: Ledger, waiting: Waiting, act: Act) -> _Part | None:
    thing: Aggregate | None = await ledger.load(Aggregate, waiting.thing_id)
    if not isinstance(thing, Timed):
        return None
    away = await away_of(ledger, waited_for(thing))
    pass_time(thing, act, away)
    if isinstance(thing, Commitment):
        left = thing.state in (PROMISED, SUSPENDED) and await nobody_can_act(ledger, thing.content.owed_to)
        allowed = commitment_actions(thing, act, away, creditors_left=left)
        return _Part(thing, thing.content.outcome, _mine(waits_in(thing, act.zone, away), act), act, lambda _: allowed)
    if isinstance(thing, ImbalancePeriod):
        waits = _mine(waits_in(thing, act.zone, NOBODY), act)
        return _Part(thing, thing.content.focus, waits, act, lambda _: imbalance_actions(thing, act))
    title = thing.head_on(act.today).title
    if thing.proposal is not None and (act.by not in thing.people or not thing.versions):
        title = thing.proposal.head.title
    if waiting.part != UPDATES:
        waits = _mine(waits_in(thing, act.zone, NOBODY), act)
        return _Part(thing, title, waits, act, lambda _: agreement_actions(thing, act))
    return await _updates(ledger, thing, title, act)


async def _updates(ledger: Ledger, agreement: AccountabilityAgreement, title: str, act: Act) -> _Part:
    footing = footing_of(agreement, act.zone, act.today)
    log = await ledger.load(UpdateLog, update_log_id(agreement.id))
    excuses = await excuses_of(ledger, agreement, footing, act.zone, log)
    waits = _mine(waits_in_updates(footing, excuses, log, act.zone), act)
    kept = log if log is not None else UpdateLog.begin_for(act, agreement.id)
    return _Part(agreement, title, waits, act, lambda wait: _requests_on(kept, footing, act, dict(wait.ids)))


def _requests_on(log: UpdateLog, footing: Footing, act: Act, ids: dict[str, str]) -> list[str]:
    """What may be done about an entry of the log, or an update that is still to come."""
    if "update_id" in ids:
        return [f"POST updates/{{uid}}/{name}" for name in log.entry_acts(footing, act, UUID(ids["update_id"]))]
    if "escalation_id" in ids:
        return [f"POST escalations/{{eid}}/{name}" for name in log.entry_acts(footing, act, UUID(ids["escalation_id"]))]
    on = ids.get("occurrence_on")
    try:
        log.may_give(footing, act, UUID(ids["term_id"]), date.fromisoformat(on) if on else None)
    except Refusal:
        return []
    return ["POST updates"]


def _mine(waits: Iterable[Wait], act: Act) -> dict[tuple[str, str], Wait]:
    """What waits for the acting person, or for their teams."""
    who = {str(act.person), *(str(team) for team in act.teams)}
    return {(wait.what, wait.about): wait for wait in waits if wait.who_id in who}
