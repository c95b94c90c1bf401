"""Reading one imbalance period: asks access, folds it as of an instant, and finds what this viewer may see of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.base import Act, Aggregate, fold, fold_as_of
from domain.imbalance.content import Thing
from domain.imbalance.period import ImbalancePeriod
from domain.imbalance.state import DRAFT, DROPPED
from domain.reads.access_log import IMBALANCE, PERIOD, Read
from domain.refusals import NotThere
from services.access import may
from services.audit.note_reads import note_reads
from services.imbalance.period_at import bring_up_to
from services.imbalance.sight import INSIDE, sees_thing, sight_on
from services.ports import Actor, Clock, Ledger, Receipt, Recorded


@dataclass(frozen=True)
class Reading:
    """A period as one viewer may look at it.

    `sight` says as what (see services/imbalance/sight.py); `things` are those set aside that they may see,
    of `all_things`; `acting` says whether it is shown as it is now, so that they can act on it.
    """

    period: ImbalancePeriod
    sight: str
    act: Act
    version: int
    things: tuple[Thing, ...]
    all_things: int
    acting: bool

    @property
    def inside(self) -> bool:
        """Whether it is for them or by them."""
        return self.sight in INSIDE

    def is_for_eyes_of(self, person_id: UUID) -> bool:
        """Whether what concerns one person and the declarer alone is for this viewer: they are one of the two."""
        return self.act.by == person_id or self.declaring

    @property
    def declaring(self) -> bool:
        """Whether they are who declares it."""
        return self.sight == "declarer"


async def read_period(
    ledger: Ledger,
    clock: Clock,
    actor: Actor,
    period_id: UUID,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    after: Receipt | None = None,
) -> Reading:
    """The period as this viewer may see it: now, as of an instant, or as it was right after a command.

    Who may see is decided by today's rights. That a steward or the declarer's leader reads it is on record
    before this answers. NotThere for strangers, and before the first event.
    """
    standing = await ledger.standing(actor.person_id)
    recorded = await ledger.facts(period_id)
    whole: Aggregate | None = fold(r.fact for r in recorded)
    today = whole if isinstance(whole, ImbalancePeriod) else None
    sight = await sight_on(ledger, today, standing)
    may(actor, standing, "imbalance.read", sight)
    if today is None or sight is None or sight.sight is None:
        raise NotThere
    now = clock.now()
    if after is not None:
        version = after.answer.versions[str(period_id)]
        recorded = [r for r in recorded if r.fact.originator_version <= version]
        if recorded[-1].fact.command_id == after.command_id:
            # A repeat of the command is answered with the very same.
            now = recorded[-1].fact.timestamp
    act = Act(actor.person_id, as_of or now, actor.organisation.id, "", actor.organisation.zone)
    period = _folded(recorded, act, as_of, known_at)
    if known_at is None:
        # What the clock has not recorded yet is true all the same; shown, and recorded by whoever comes next.
        await bring_up_to(ledger, period, replace(act, by=None))
    if period.state in (DRAFT, DROPPED) and actor.person_id not in period.sights():
        # Whom it is for sees it from the declaration on, and not what was written before.
        raise NotThere("Nothing had been declared yet at that time.")
    if sight.sight not in INSIDE:
        await note_reads(ledger, clock, actor, [Read(period_id, IMBALANCE, sight.sight, PERIOD)])
    things = period.content.set_aside
    seen = [thing for thing in things if await sees_thing(ledger, thing, actor.person_id, sight.sight)]
    acting = as_of is None and known_at is None
    # Who only sees that it is does not learn from the version how often those inside say anything.
    version = recorded[-1].fact.originator_version if sight.sight in INSIDE else 0
    return Reading(period, sight.sight, act, version, tuple(seen), len(things), acting)


def _folded(
    recorded: Sequence[Recorded], act: Act, as_of: datetime | None, known_at: datetime | None
) -> ImbalancePeriod:
    facts = [r.fact for r in recorded]
    period = fold(facts) if as_of is None and known_at is None else fold_as_of(facts, act.at, known_at)
    if not isinstance(period, ImbalancePeriod):
        raise NotThere("Nothing had happened here yet at that time.")
    return period
