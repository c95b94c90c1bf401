"""What was expected of a person on one day, and what they expected of others.

Asked across every agreement and commitment that the viewer may see: about themself, or about somebody
with whom they share one. What a team of the person's promised or was promised counts as theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.imported import ImportedAgreement
from domain.agreements.state import IN_FORCE, InForce, end_of, start_of
from domain.agreements.terms import plain
from domain.base import fold
from domain.refusals import Invalid, NotThere
from domain.updates.expectation import expected
from domain.updates.update_log import UpdateLog, update_log_id
from services.access import covers, may
from services.agreements.view import at
from services.audit.audience import FORMER_PARTY, PARTY, Audience, audience_of
from services.audit.holding import AGREEMENT, Holding
from services.audit.promises import Promise, ever_on_a_side, promise_on
from services.ports import Actor, Clock, Ledger
from services.queries import Viewer
from services.updates.excuses import excuses_of
from services.updates.footing import footing_of

Shown = dict[str, Any]

NOT_OWED = frozenset({"decision", "given"})
"""Kinds of term that say how things are, and that nobody owes."""


@dataclass(frozen=True)
class Stood:
    """An agreement as it stood on the day: since when which term, and who was a party as what."""

    audience: Audience
    agreement: AccountabilityAgreement
    day: date
    spans: tuple[InForce, ...]
    roles: dict[UUID, str]


async def get_expectations(
    ledger: Ledger, clock: Clock, holding: Holding, actor: Actor, person_id: UUID, *, on: date | None = None
) -> Shown:
    """What was expected of the person on that day (today unless said), what they expected, and what was due.

    Only what the viewer may see counts, and commitments only for who may read those. NotThere for
    somebody else with whom the viewer shares nothing; Invalid for a day to come.
    """
    standing = await ledger.standing(actor.person_id)
    may(actor, standing, "read_expectations")
    now, zone = clock.now(), actor.organisation.zone
    today = now.astimezone(zone).date()
    day = on or today
    if day > today:
        raise Invalid("That day is still to come; what will be expected then is not settled.", field="on")
    shown: Shown = {
        "person_id": str(person_id),
        "on": day.isoformat(),
        "agreements": [],
        "owed_by_them": [],
        "owed_to_them": [],
        "updates_due": [],
        "promised_by_them": [],
        "promised_to_them": [],
    }
    teams = await ledger.teams_of(actor.person_id)
    viewer = Viewer(actor.person_id, actor.organisation.id, today, teams=teams, zone=zone)
    who = {person_id, *await ledger.teams_of(person_id)}
    begins, ends = start_of(day, zone), min(now, end_of(day, zone) - timedelta(microseconds=1))
    shares_one = person_id == actor.person_id
    for thing_id, kind in await holding.find_held(viewer, who, begins, ends):
        if kind == AGREEMENT:
            audience = await _as_a_party(ledger, clock, actor, thing_id, person_id)
            found = {} if audience is None else await _on_the_day(ledger, clock, audience, person_id, day)
            shares_one = shares_one or audience is not None
        elif covers(actor, "commitments:read"):
            found = _sides(await promise_on(ledger, viewer, thing_id, begins, ends), who)
            shares_one = shares_one or bool(found)
        else:
            continue
        for list_name, items in found.items():
            shown[list_name] += items
    if not shares_one and not await _ever_shared(ledger, clock, holding, actor, viewer, person_id):
        raise NotThere
    shown["updates_due"].sort(key=lambda due: (due["due_at"], due["term_id"], due["owed_by"]))
    return shown


async def _ever_shared(
    ledger: Ledger, clock: Clock, holding: Holding, actor: Actor, viewer: Viewer, person_id: UUID
) -> bool:
    """Whether there is anything, of whatever day, that the viewer may see and the person stood in."""
    ever = await holding.find_held(viewer, {person_id}, datetime.min.replace(tzinfo=UTC), clock.now())
    for thing_id, kind in ever:
        if kind != AGREEMENT:
            if covers(actor, "commitments:read") and person_id in await ever_on_a_side(ledger, viewer, thing_id):
                return True
        elif await _as_a_party(ledger, clock, actor, thing_id, person_id) is not None:
            return True
    return False


async def _as_a_party(
    ledger: Ledger, clock: Clock, actor: Actor, agreement_id: UUID, person_id: UUID
) -> Audience | None:
    """The agreement for this viewer, if they may see it and the person ever was a party of what they see."""
    try:
        audience = await audience_of(ledger, clock, actor, agreement_id)
    except NotThere:
        return None
    return audience if person_id in _ever_parties(audience) else None


def _sides(promise: Promise | None, who: Collection[UUID]) -> dict[str, list[Shown]]:
    """On which of the lists a promise is."""
    if promise is None:
        return {}
    sides = {"promised_by_them": promise.owed_by, "promised_to_them": promise.owed_to}
    return {name: [promise.shown] for name, side in sides.items() if not side.isdisjoint(who)}


def _ever_parties(audience: Audience) -> set[UUID]:
    agreement = audience.today
    if isinstance(agreement, ImportedAgreement):
        return {p.person_id for change in agreement.changes for p in change.parties or ()}
    heads = [v.head for v in audience.versions()]
    if audience.reads_drafts:
        heads.append(agreement.head)
    return {person for head in heads for person in head.people}


async def _on_the_day(
    ledger: Ledger, clock: Clock, audience: Audience, person_id: UUID, day: date
) -> dict[str, list[Shown]]:
    if isinstance(audience.today, ImportedAgreement):
        return {"agreements": list(_from_elsewhere(audience, audience.today, person_id, day))}
    stood = _stood(audience, day)
    if stood is None or person_id not in stood.roles:
        return {}
    mine = [s for s in stood.spans if _owes(s, person_id, stood)]
    others = [s for s in stood.spans if _owes_another(s, person_id, stood)]
    return {
        "agreements": [_agreement(stood, person_id)],
        "owed_by_them": [_owed(s, stood, [person_id]) for s in mine],
        "owed_to_them": [_owed(s, stood, [p for p in _debtors(s, stood) if p != person_id]) for s in others],
        "updates_due": await _updates_due(ledger, clock, stood),
    }


def _stood(audience: Audience, day: date) -> Stood | None:
    """The agreement on that day, folded as of its end; None when nothing of it was in force for this viewer."""
    zone = audience.zone
    begins, ends = start_of(day, zone), end_of(day, zone)
    if begins >= audience.moment:
        return None
    try:
        then = audience.as_of(ends - timedelta(microseconds=1))
    except NotThere:
        return None
    if not isinstance(then, AccountabilityAgreement):
        return None
    shown = {v.number for v in audience.versions()}
    spans = tuple(
        span
        for span in then.in_force_spans(zone)
        if span.from_at < ends and (span.until_at is None or span.until_at > begins) and span.version in shown
    )
    if not spans:
        return None
    roles = {
        p.person_id: p.role
        for version in then.versions
        if version.number in {s.version for s in spans}
        for p in version.head.parties
        if then.left.get(p.person_id, ends) > begins
    }
    return Stood(audience, then, day, spans, roles)


def _debtors(span: InForce, stood: Stood) -> list[UUID]:
    """Who owes it; a norm is owed by all."""
    if span.term.kind in NOT_OWED:
        return []
    return list(span.debtors) or (list(stood.roles) if span.term.kind == "norm" else [])


def _owes(span: InForce, person_id: UUID, stood: Stood) -> bool:
    return person_id in _debtors(span, stood)


def _owes_another(span: InForce, person_id: UUID, stood: Stood) -> bool:
    return any(p != person_id for p in _debtors(span, stood))


def _agreement(stood: Stood, person_id: UUID) -> Shown:
    begins, ends = start_of(stood.day, stood.audience.zone), end_of(stood.day, stood.audience.zone)
    held = stood.agreement.version_in_force(stood.day)
    paused = any(
        from_at < ends and (until_at is None or until_at > begins) for from_at, until_at in stood.agreement.pauses()
    )
    return {
        "agreement_id": str(stood.agreement.id),
        "imported": False,
        "title": held.head.title if held else stood.agreement.head.title,
        "use": held.head.use if held else stood.agreement.use,
        "version": held.number if held else None,
        "state": stood.agreement.state,
        "paused": paused,
        "roles": [stood.roles[person_id]],
    }


def _owed(span: InForce, stood: Stood, owed_by: Iterable[UUID]) -> Shown:
    version = next(v for v in stood.agreement.versions if v.number == span.version)
    creditors = [p for p in stood.roles if p not in span.debtors or span.term.kind == "norm"]
    return {
        "agreement_id": str(stood.agreement.id),
        "title": version.head.title,
        "version": span.version,
        "term": plain(span.term),
        "owed_by": [str(p) for p in owed_by],
        "owed_to": [str(p) for p in creditors],
        "from": at(span.from_at),
        "until": None if span.until_at is None else at(span.until_at),
    }


async def _updates_due(ledger: Ledger, clock: Clock, stood: Stood) -> list[Shown]:
    """The update occurrences of that day, in every term's own zone, with what has come of each so far."""
    audience = stood.audience
    if audience.sight not in (PARTY, FORMER_PARTY):
        return []
    agreement = audience.today
    assert isinstance(agreement, AccountabilityAgreement)
    said = [r.fact for r in await ledger.facts(update_log_id(agreement.id)) if r.fact.timestamp <= audience.moment]
    log: UpdateLog | None = fold(said)
    footing = footing_of(agreement, audience.zone)
    told_by = audience.moment if audience.sight == FORMER_PARTY else None
    found = expected(
        footing.spans,
        await excuses_of(ledger, agreement, footing, audience.zone, log, told_by=told_by),
        log.given if log is not None else {},
        from_on=stood.day,
        until_on=stood.day,
        now=min(clock.now(), audience.moment),
        zone=audience.zone,
    )
    return [
        {
            "agreement_id": str(agreement.id),
            "term_id": str(one.slot.key.term_id),
            "owed_by": str(one.slot.key.debtor_id),
            "occurrence_on": one.slot.key.on.isoformat(),
            "due_at": at(one.slot.due_at),
            "status": one.status,
            "update_id": None if one.given is None else str(one.given.update_id),
        }
        for one in found
    ]


def _from_elsewhere(audience: Audience, agreement: ImportedAgreement, person_id: UUID, day: date) -> Iterator[Shown]:
    """A record from elsewhere names who stood in which role; what it asks of whom, it does not say term by term."""
    first, last = start_of(day, audience.zone), end_of(day, audience.zone) - timedelta(microseconds=1)
    if not _held_on(agreement, first, last):
        return
    text = audience.text_at(last)
    roles = [p.role for p in text.head.parties if p.person_id == person_id]
    if roles:
        yield {
            "agreement_id": str(agreement.id),
            "imported": True,
            "title": text.head.title,
            "use": text.head.use,
            "version": text.version,
            "state": agreement.state_at(last),
            "paused": False,
            "roles": list(dict.fromkeys(roles)),
        }


def _held_on(agreement: ImportedAgreement, first: datetime, last: datetime) -> bool:
    moments = [first, *(w.effective_at for w in agreement.words if first < w.effective_at <= last)]
    return any(agreement.state_at(moment) == IN_FORCE for moment in moments)
