"""Drafting an imbalance period, for oneself or one's leader to declare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from domain.imbalance.content import MOST_THINGS, Content
from domain.imbalance.period import ImbalancePeriod
from domain.refusals import Invalid, NotYourAct
from services.desk import Desk
from services.imbalance.leading import leads
from services.imbalance.things import Named, things_named
from services.people.members import must_be_member
from services.ports import Receipt
from services.queries import AgreementList
from services.sights import sight_changes


@dataclass(frozen=True)
class DraftPeriod:
    """Who is to declare it (None: oneself), its text without the things, and the things as they are named."""

    declarer_id: UUID | None
    content: Content
    set_aside: Sequence[Named]


async def draft_period(desk: Desk, agreements: AgreementList, command: DraftPeriod) -> Receipt:
    """Begins a draft; only who wrote it and who may declare it see it."""
    await desk.allow("draft_imbalance_period")
    drafter = desk.actor.person_id
    declarer = command.declarer_id or drafter
    if declarer != drafter:
        await must_be_member(desk, declarer, field="declarer_id")
        if not await leads(desk.ledger, declarer, drafter):
            raise NotYourAct("You draft a period for yourself to declare, or for somebody who leads you.")
    await must_lead_all(desk, declarer, command.content.people)
    content = await with_things(desk, agreements, command.content, command.set_aside)
    period = ImbalancePeriod.draft(desk.act(), desk.new_id(), declarer, content)
    return await desk.record(
        period,
        status=201,
        location=f"/imbalance-periods/{period.id}",
        sights=sight_changes(period.id, {}, period.sights()),
    )


async def must_lead_all(desk: Desk, declarer_id: UUID, people: Sequence[UUID]) -> None:
    """Refuses unless they are active members whom the declarer leads, or the declarer alone."""
    for person_id in people:
        await must_be_member(desk, person_id, field="people")
    if tuple(people) == (declarer_id,):
        return
    for person_id in people:
        if person_id == declarer_id or not await leads(desk.ledger, declarer_id, person_id):
            raise NotYourAct(
                f"Only who leads everybody named declares a period for them; {{{declarer_id}}} does not lead "
                f"{{{person_id}}}. For oneself alone one always can."
            )


async def with_things(desk: Desk, agreements: AgreementList, content: Content, named: Sequence[Named]) -> Content:
    """The text with the things that were named."""
    if len(named) > MOST_THINGS:
        raise Invalid(f"At most {MOST_THINGS} things are set aside by one period.", field="set_aside")
    things, texts = await things_named(desk, agreements, named)
    return replace(content, set_aside=things, texts=texts)
