"""Somebody who left the organisation is parted with in an agreement that they were let into meanwhile."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import replace
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.base import Act, Aggregate
from services.ports import Answer, Command, Conflict, Ledger
from services.sights import sight_changes

_TRIES = 10


async def part_with_who_left(ledger: Ledger, act: Act, cause: Command, agreement_id: UUID, person_id: UUID) -> None:
    """Records what the leaving means for this agreement; nothing when the person is active or it is done already.

    Letting somebody in and their leaving are recorded on different streams, so neither can stop the
    other. Each looks once more after it is recorded: whichever was second finds the first.
    """
    standing = await ledger.standing(person_id)
    if standing is None or standing.active:
        return
    command_id = hashlib.sha256(f"{cause.id} {agreement_id} {person_id}".encode()).hexdigest()
    by_the_organisation = replace(act, by=None, command_id=command_id)
    command = Command(command_id, "", None, cause.organisation_id)
    for _ in range(_TRIES):
        agreement: Aggregate | None = await ledger.load(AccountabilityAgreement, agreement_id)
        if not isinstance(agreement, AccountabilityAgreement):
            return
        before = agreement.sights()
        agreement.part_left(by_the_organisation, person_id)
        if not agreement.pending_events:
            return
        with contextlib.suppress(Conflict):
            changes = sight_changes(agreement_id, before, agreement.sights())
            await ledger.record(command, Answer(), agreement, sights=changes)
            return
