"""Opening an agreement: a draft that the caller begins and the other parties are told of."""

from __future__ import annotations

from dataclasses import dataclass

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.terms import Head
from services.desk import Desk
from services.people.members import must_be_member
from services.people.policy import policy_of
from services.ports import Receipt


@dataclass(frozen=True)
class OpenAgreement:
    """The head of the new draft: title, purpose, use, parties and dates."""

    head: Head


async def open_agreement(desk: Desk, command: OpenAgreement) -> Receipt:
    """Begins a draft; the other parties see its title, use, parties and prompts at once."""
    await desk.allow("open_agreement")
    policy = await policy_of(desk.ledger, desk.actor.organisation.id)
    agreement = AccountabilityAgreement.open(desk.act(), desk.new_id(), command.head, prompts=policy.prompts)
    for person_id in command.head.people:
        await must_be_member(desk, person_id, field="parties")
    await desk.ledger.new_keys(agreement.id)
    return await desk.record(agreement, status=201, location=f"/agreements/{agreement.id}")
