"""What a viewer may read of an agreement's update log: loaded, cut to their sight, with what is needed to show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.base import Act, Aggregate, Fact, fold, fold_as_of
from domain.refusals import Invalid, NotThere
from domain.updates.expectation import Excuses
from domain.updates.footing import Footing
from domain.updates.update_log import UpdateLog, update_log_id
from services.desk import Desk
from services.ports import Recorded, Sight
from services.updates.footing import excuses_of, footing_of

NOTHING = Footing("imported", "reviewable", (), ())
"""The footing of a history from elsewhere: nobody owes anything and nothing can be added."""


@dataclass(frozen=True)
class Reading:
    """The log as this viewer may read it (None: nothing yet), at one moment, with its agreement's footing.

    `only_by` narrows to one person's own words: for a new leader whom the report let read theirs.
    """

    agreement_id: UUID
    log: UpdateLog | None
    footing: Footing
    excuses: Excuses
    act: Act
    only_by: UUID | None = None


async def read_updates(
    desk: Desk, agreement_id: UUID, *, as_of: datetime | None = None, known_at: datetime | None = None
) -> Reading:
    """Loads the log for the viewer; NotThere for strangers, and for contributors, who see text and comments only.

    Who left reads what was recorded up to then. With `as_of` or `known_at` the log is as it was; who
    may read is decided by today's rights.
    """
    act = desk.act()
    for name, instant in (("as_of", as_of), ("known_at", known_at)):
        if instant is not None and instant > act.at:
            raise Invalid("This lies in the future.", field=name)
    sight = await desk.allow("read_updates", agreement_id)
    if sight is None or sight.sight == "contributor":
        raise NotThere
    agreement: Aggregate | None = await desk.ledger.load(AccountabilityAgreement, agreement_id)
    if agreement is None:
        raise NotThere
    only_by: UUID | None = None
    recorded = await desk.ledger.facts(update_log_id(agreement_id))
    if isinstance(agreement, AccountabilityAgreement):
        recorded = _up_to_their_leaving(agreement, sight, recorded)
        only_by = agreement.grants[sight.person_id][0] if sight.sight == "grant" else None
        agreement.let_time_pass(act)
        footing = footing_of(agreement, act.zone)
        excuses = await excuses_of(desk.ledger, agreement, footing, act.zone)
    else:
        footing, excuses = NOTHING, Excuses()
    facts = [one.fact for one in recorded]
    return Reading(agreement_id, _folded(facts, act, as_of, known_at), footing, excuses, act, only_by)


def _up_to_their_leaving(
    agreement: AccountabilityAgreement, sight: Sight, recorded: Sequence[Recorded]
) -> list[Recorded]:
    if sight.sight != "former_party":
        return list(recorded)
    left_at = agreement.left.get(sight.person_id)
    return [
        one
        for one in recorded
        if (sight.until_position is None or one.position <= sight.until_position)
        and (left_at is None or one.fact.timestamp <= left_at)
    ]


def _folded(facts: list[Fact], act: Act, as_of: datetime | None, known_at: datetime | None) -> UpdateLog | None:
    if as_of is None and known_at is None:
        return fold(facts, None)
    found = fold_as_of(facts, as_of or act.at, known_at)
    return found if isinstance(found, UpdateLog) else None
