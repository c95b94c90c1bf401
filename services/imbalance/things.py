"""The things that a period sets aside: finding them, and who owes them to whom now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import ENDING, IN_FORCE, PAUSED
from domain.base import Act, Aggregate
from domain.commitments.commitment import Commitment
from domain.commitments.state import BINDING
from domain.imbalance.content import COMMITMENT, FREE, TERM, Thing
from domain.refusals import Invalid
from services.access import READING
from services.desk import Desk
from services.queries import AgreementFilter, AgreementList, Viewer

_HOLDING = frozenset({IN_FORCE, PAUSED, ENDING})
_UNKNOWN = "There is nothing here under that name that can be set aside."


@dataclass(frozen=True)
class Named:
    """A thing as it is named: exactly one of the three."""

    term_id: UUID | None = None
    commitment_id: UUID | None = None
    text: str | None = None


async def things_named(
    desk: Desk, agreements: AgreementList, named: Sequence[Named]
) -> tuple[tuple[Thing, ...], dict[str, str]]:
    """The things, and the words of those that are free, by id; Invalid for what the acting person may not see."""
    things, texts = [], {}
    places = await _agreements_with(desk, agreements, {one.term_id for one in named if one.term_id is not None})
    for one in named:
        if [one.term_id, one.commitment_id, one.text].count(None) != 2:
            raise Invalid("Each is a term, a commitment, or something in your own words.", field="set_aside")
        if one.text is not None:
            thing = Thing(desk.new_id(), FREE)
            texts[str(thing.id)] = one.text
        elif one.term_id is not None:
            thing = await _term(desk, places.get(one.term_id), one.term_id)
        else:
            assert one.commitment_id is not None
            thing = await _commitment(desk, one.commitment_id)
        things.append(thing)
    return tuple(things), texts


async def as_owed_now(desk: Desk, things: Sequence[Thing]) -> tuple[Thing, ...]:
    """The same things as they are owed now; Invalid when one stands no more or the acting person may not see it."""
    now = []
    for thing in things:
        if thing.kind == TERM and thing.term_id is not None:
            now.append(replace(await _term(desk, thing.agreement_id, thing.term_id), id=thing.id))
        elif thing.kind == COMMITMENT and thing.commitment_id is not None:
            now.append(replace(await _commitment(desk, thing.commitment_id), id=thing.id))
        else:
            now.append(thing)
    return tuple(now)


async def _agreements_with(desk: Desk, agreements: AgreementList, term_ids: set[UUID]) -> dict[UUID, UUID]:
    """The agreements that terms belong to, among those of the acting person; those found nowhere are left out."""
    act, actor = desk.act(), desk.actor
    viewer, cursor = Viewer(actor.person_id, actor.organisation.id, act.today), None
    places: dict[UUID, UUID] = {}
    while term_ids - places.keys():
        page = await agreements.list_agreements(
            viewer, AgreementFilter(party=actor.person_id), cursor=cursor, limit=200
        )
        for item in page.items:
            agreement = await _loaded(desk, item.id) if item.state in _HOLDING and not item.imported else None
            if agreement is not None:
                held = {term_id for version in agreement.versions for term_id in version.terms}
                places |= dict.fromkeys(term_ids & held, item.id)
        cursor = page.next_cursor
        if cursor is None:
            break
    return places


async def _loaded(desk: Desk, agreement_id: UUID) -> AccountabilityAgreement | None:
    agreement: Aggregate | None = await desk.ledger.load(AccountabilityAgreement, agreement_id)
    return agreement if isinstance(agreement, AccountabilityAgreement) else None


async def _term(desk: Desk, agreement_id: UUID | None, term_id: UUID) -> Thing:
    sight = agreement_id and await desk.ledger.sight(agreement_id, desk.actor.person_id)
    agreement = await _loaded(desk, agreement_id) if agreement_id and sight and sight.sight in READING else None
    owed_by = _owed_by(agreement, term_id, desk.act()) if agreement is not None else ()
    if agreement is None or not owed_by:
        raise Invalid(_UNKNOWN, field="set_aside")
    return Thing(
        desk.new_id(),
        TERM,
        term_id=term_id,
        agreement_id=agreement_id,
        owed_by=owed_by,
        owed_to=tuple(agreement.people),
    )


def _owed_by(agreement: AccountabilityAgreement, term_id: UUID, act: Act) -> tuple[UUID, ...]:
    """Who owes a term that stands now or will; a norm is owed by all, and what says how things are by nobody."""
    agreement.let_time_pass(act)
    for span in agreement.in_force_spans(act.zone):
        if span.term.id == term_id and (span.until_at is None or span.until_at > act.at):
            return span.debtors or (tuple(agreement.people) if span.term.kind == "norm" else ())
    return ()


async def _commitment(desk: Desk, commitment_id: UUID) -> Thing:
    sight = await desk.ledger.sight(commitment_id, desk.actor.person_id)
    found: Aggregate | None = await desk.ledger.load(Commitment, commitment_id)
    if sight is None or sight.sight not in READING or not isinstance(found, Commitment):
        raise Invalid(_UNKNOWN, field="set_aside")
    if found.state not in BINDING:
        raise Invalid("Only what is promised is set aside.", field="set_aside")
    sides = (*found.content.owed_by, *found.content.owed_to)
    if any(who.kind != "person" for who in sides):
        raise Invalid("What a team owes or is owed concerns people whom this does not name.", field="set_aside")
    return Thing(
        desk.new_id(),
        COMMITMENT,
        commitment_id=commitment_id,
        owed_by=tuple(who.id for who in found.content.owed_by),
        owed_to=tuple(who.id for who in found.content.owed_to),
    )
