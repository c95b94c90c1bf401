"""What a promise said on a day, and whether it held then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.base import Aggregate, Fact, fold, fold_as_of
from domain.commitments.commitment import Commitment
from domain.commitments.content import Who, written
from domain.commitments.imported import ImportedCommitment, NamedWho
from services.agreements.view import at
from services.audit.holding import HOLDING
from services.audit.seeing import sees
from services.ports import Ledger
from services.queries import Viewer

Shown = dict[str, Any]


@dataclass(frozen=True)
class Promise:
    """A promise as it stood at the end of a day, or when it ended on that day."""

    owed_by: frozenset[UUID]
    owed_to: frozenset[UUID]
    shown: Shown


async def promise_on(
    ledger: Ledger, viewer: Viewer, commitment_id: UUID, begins: datetime, ends: datetime
) -> Promise | None:
    """The promise as it stood between the two; None where it did not hold, or where the viewer had left by then."""
    facts, whole, left_at = await _as_seen(ledger, viewer, commitment_id)
    if isinstance(whole, ImportedCommitment):
        return _from_elsewhere(whole, begins, ends)
    if not isinstance(whole, Commitment):
        return None
    named = whole.content.agreement_id
    agreement_id = named if await sees(ledger, viewer.person_id, viewer.organisation_id, named) else None
    return _made_here(facts, begins, ends if left_at is None else min(ends, left_at), viewer.zone, agreement_id)


async def ever_on_a_side(ledger: Ledger, viewer: Viewer, commitment_id: UUID) -> frozenset[UUID]:
    """Who ever stood on a side of it, as far as the viewer knows."""
    _, whole, _ = await _as_seen(ledger, viewer, commitment_id)
    if isinstance(whole, ImportedCommitment):
        return frozenset(whole.ever_on_a_side)
    if not isinstance(whole, Commitment):
        return frozenset()
    return frozenset(who.id for who in (*whole.content.owed_by, *whole.content.owed_to, *whole.left))


async def _as_seen(
    ledger: Ledger, viewer: Viewer, commitment_id: UUID
) -> tuple[list[Fact], Aggregate | None, datetime | None]:
    """What was recorded, what it comes to, and when the viewer left: who handed it on sees it up to then."""
    facts = [r.fact for r in await ledger.facts(commitment_id)]
    whole: Aggregate | None = fold(facts)
    left_at = _left_at(whole, viewer) if isinstance(whole, Commitment) else None
    if left_at is not None:
        facts = [fact for fact in facts if fact.timestamp <= left_at]
        whole = fold(facts)
    return facts, whole, left_at


def _left_at(commitment: Commitment, viewer: Viewer) -> datetime | None:
    mine = {viewer.person_id, *viewer.teams}
    if mine & {who.id for who in (*commitment.content.owed_by, *commitment.content.owed_to)}:
        return None
    return max((when for who, (when, _) in commitment.left.items() if who.id in mine), default=None)


def _made_here(
    facts: Sequence[Fact], begins: datetime, ends: datetime, zone: ZoneInfo, agreement_id: UUID | None
) -> Promise | None:
    then = fold_as_of(facts, ends)
    if not isinstance(then, Commitment) or then.promised_at is None or begins >= ends:
        return None
    if then.ended_at is not None and then.ended_at <= begins:
        return None
    content = then.content
    return Promise(
        frozenset(who.id for who in content.owed_by),
        frozenset(who.id for who in content.owed_to),
        {
            "commitment_id": str(then.id),
            "imported": False,
            "outcome": content.outcome,
            "level": content.level,
            "use": content.use,
            "state": then.state,
            "owed_by": [_who(who) for who in content.owed_by],
            "owed_to": [_who(who) for who in content.owed_to],
            "due_at": None if content.due is None else written(content.due),
            "agreement_id": None if agreement_id is None else str(agreement_id),
            "from": at(then.promised_at),
        },
    )


def _from_elsewhere(commitment: ImportedCommitment, begins: datetime, ends: datetime) -> Promise | None:
    moments = [ends, *(m for m in commitment.moments if begins <= m < ends)]
    if commitment.state_at(begins) not in HOLDING and not any(commitment.state_at(m) in HOLDING for m in moments):
        return None
    content = commitment.content_at(ends)
    due = content.due.on if content.due is not None else None
    assert commitment.promised_at is not None
    return Promise(
        frozenset(named.who.id for named in content.debtors),
        frozenset(named.who.id for named in content.creditors),
        {
            "commitment_id": str(commitment.id),
            "imported": True,
            "outcome": content.text or commitment.external_id,
            "level": content.level,
            "use": commitment.use,
            "state": commitment.state_at(ends),
            "owed_by": [_named(who) for who in content.debtors],
            "owed_to": [_named(who) for who in content.creditors],
            "due_at": None if due is None else due.isoformat(),
            "agreement_id": None if commitment.agreement_id is None else str(commitment.agreement_id),
            "from": at(commitment.promised_at),
        },
    )


def _who(who: Who) -> Shown:
    return {f"{who.kind}_id": str(who.id)}


def _named(named: NamedWho) -> Shown:
    return {"name": named.name, **(_who(named.who) if named.who.kind == "person" else {})}
