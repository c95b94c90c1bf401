"""Keeping that somebody read, as items of a list, what is not theirs: before the list is shown."""

from __future__ import annotations

from collections.abc import Iterable

from domain.reads.access_log import AGREEMENT, IMBALANCE, LINE, LISTED, STEWARD, Read
from services.agreements.reading import KEPT_OF
from services.audit.note_reads import note_reads
from services.imbalance.leading import acting_for
from services.ports import Actor, Clock, Ledger
from services.queries import AgreementItem, ImbalanceItem


async def note_listed_agreements(ledger: Ledger, clock: Clock, actor: Actor, items: Iterable[AgreementItem]) -> None:
    """Those of which the list shows a title to somebody who is no party; of what is withheld nothing is read."""
    reads = [Read(item.id, AGREEMENT, item.sight, LISTED) for item in items if item.sight in KEPT_OF]
    await note_reads(ledger, clock, actor, reads)


async def note_listed_periods(ledger: Ledger, clock: Clock, actor: Actor, items: Iterable[ImbalanceItem]) -> None:
    """Those that are not for or by the viewer, and that they see as a steward or as the declarer's leader."""
    reads: list[Read] = []
    for item in items:
        # Whoever acts for a declarer who is gone reads their own.
        if item.sight is None and await acting_for(ledger, item.declarer_id) != actor.person_id:
            declarer = await ledger.standing(item.declarer_id)
            line = declarer is not None and declarer.leader_id == actor.person_id
            reads.append(Read(item.id, IMBALANCE, LINE if line else STEWARD, LISTED))
    await note_reads(ledger, clock, actor, reads)
