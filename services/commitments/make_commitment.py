"""Asking somebody for something, or offering it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.base import Aggregate
from domain.commitments.commitment import Commitment
from domain.commitments.content import Content, Who
from domain.refusals import Invalid
from services.access import READING
from services.commitments.sides import must_be_nameable, must_stand_apart
from services.desk import Desk
from services.ports import Receipt


@dataclass(frozen=True)
class MakeCommitment:
    """The content; `use` is None where it follows from the agreement, or is `coaching`."""

    content: Content
    use: str | None = None


async def make_commitment(desk: Desk, command: MakeCommitment) -> Receipt:
    """A request when the caller stands with the creditors, an offer when with the debtors."""
    await desk.allow("make_commitment")
    await desk.know_teams()
    content = command.content
    content = replace(content, use=await _use(desk, content.agreement_id, command.use))
    for named, field in ((content.serves, "serves"), (content.follows, "follows")):
        if named is not None:
            await _must_see_commitment(desk, named, field)
    act, id = desk.act(), desk.new_id()
    begin = Commitment.request if _is_among(desk, content.owed_to) else Commitment.offer
    commitment = begin(act, id, content)
    await must_be_nameable(desk, content.owed_by, "owed_by")
    await must_be_nameable(desk, content.owed_to, "owed_to")
    await must_stand_apart(desk, content.owed_by, content.owed_to)
    await desk.ledger.new_keys(id)
    return await desk.record(commitment, status=201, location=f"/commitments/{id}")


def _is_among(desk: Desk, side: tuple[Who, ...]) -> bool:
    """Whether the caller stands on a side; where they are named on neither, the offer is refused."""
    mine = {desk.actor.person_id, *desk.teams}
    return any(who.id in mine for who in side)


async def _use(desk: Desk, agreement_id: UUID | None, said: str | None) -> str:
    """The agreement's use, where one is named; what is said beside it must be the same."""
    if agreement_id is None:
        return said or "coaching"
    sight = await desk.ledger.sight(agreement_id, desk.actor.person_id)
    agreement: Aggregate | None = await desk.ledger.load(AccountabilityAgreement, agreement_id)
    if (
        sight is None
        or sight.sight != "party"
        or not isinstance(agreement, AccountabilityAgreement)
        or agreement.organisation_id != desk.actor.organisation.id
    ):
        raise Invalid("There is no agreement of yours under that name.", field="agreement_id")
    if said is not None and said != agreement.use:
        raise Invalid(f"A commitment under this agreement is {agreement.use}, as the agreement is.", field="use")
    return agreement.use


async def _must_see_commitment(desk: Desk, id: UUID, field: str) -> None:
    sight = await desk.ledger.sight(id, desk.actor.person_id)
    found: Aggregate | None = await desk.ledger.load(Commitment, id)
    if sight is None or sight.sight not in READING or not isinstance(found, Commitment):
        raise Invalid("There is no commitment of yours under that name.", field=field)
