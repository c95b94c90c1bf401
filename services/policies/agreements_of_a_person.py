"""What a change in somebody's standing means for their agreements: recorded in the same append as the change.

The organisation acts there, so nobody is named as acting. Histories from elsewhere are left alone.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.base import Act, Aggregate
from services.desk import Desk


async def give_agreements_to_a_new_leader(
    desk: Desk, report_id: UUID, old_leader_id: UUID | None, new_leader_id: UUID | None
) -> list[AccountabilityAgreement]:
    """With the leader before they begin to end; with a leader who comes back, that is taken back."""
    act, touched = _by_the_organisation(desk), []
    for agreement in await _agreements_of(desk, report_id):
        if old_leader_id is not None:
            agreement.change_leader(act, report_id, old_leader_id, new_leader_id)
        if new_leader_id is not None:
            agreement.take_back_leader_change(act, report_id, new_leader_id)
        if agreement.pending_events:
            touched.append(agreement)
    return touched


async def end_the_part_of_who_left(desk: Desk, person_id: UUID) -> list[AccountabilityAgreement]:
    """Drafts are abandoned, agreements end or go on while two are left."""
    act, touched = _by_the_organisation(desk), []
    for agreement in await _agreements_of(desk, person_id):
        agreement.part_left(act, person_id)
        if agreement.pending_events:
            touched.append(agreement)
    return touched


def _by_the_organisation(desk: Desk) -> Act:
    return replace(desk.act(), by=None)


async def _agreements_of(desk: Desk, person_id: UUID) -> list[AccountabilityAgreement]:
    """Every agreement made here that the person has to do with, up to now."""
    found = []
    for sight in await desk.ledger.sights_of(person_id):
        agreement: Aggregate | None = await desk.ledger.load(AccountabilityAgreement, sight.thing_id)
        if isinstance(agreement, AccountabilityAgreement):
            desk.watch(agreement)
            found.append(agreement)
    return found
