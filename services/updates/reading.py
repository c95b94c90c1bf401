"""What a viewer may read of an agreement's update log: loaded, cut to their sight, with what is needed to show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.base import Act, Fact, fold, fold_as_of
from domain.refusals import Invalid, NotThere
from domain.updates.expectation import Excuses
from domain.updates.footing import Footing
from domain.updates.update_log import UpdateLog, update_log_id
from services.agreements.reading import read
from services.ports import Actor, Clock, Ledger, Receipt
from services.updates.elsewhere import log_from_elsewhere
from services.updates.excuses import excuses_of
from services.updates.footing import footing_of

NOTHING = Footing("imported", "reviewable", (), ())
"""The footing of a history from elsewhere: nobody owes anything and nothing can be added."""


@dataclass(frozen=True)
class Reading:
    """The log as this viewer may read it (None: nothing yet), with its agreement's footing; `act.at` is the moment.

    `acting` says whether they may act on it at all: only parties, and only on how it is now.
    `only_by` narrows to one person's own words: for a new leader whom the report let read theirs.
    """

    agreement_id: UUID
    log: UpdateLog | None
    footing: Footing
    excuses: Excuses
    act: Act
    acting: bool
    only_by: UUID | None = None


async def read_updates(
    ledger: Ledger,
    clock: Clock,
    actor: Actor,
    agreement_id: UUID,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    after: Receipt | None = None,
) -> Reading:
    """Loads the log for the viewer; NotThere for strangers, and for who sees text and comments only.

    Who left reads what was recorded up to then. With `as_of` or `known_at` the log is as it was, with
    `after` as it was right after a command; who may read is decided by today's rights.
    """
    for name, instant in (("as_of", as_of), ("known_at", known_at)):
        if instant is not None and instant > clock.now():
            raise Invalid("This lies in the future.", field=name)
    facts = [one.fact for one in await ledger.facts(update_log_id(agreement_id))]
    if after is not None:
        version = after.answer.versions[str(update_log_id(agreement_id))]
        facts = [fact for fact in facts if fact.originator_version <= version]
        if facts and facts[-1].command_id == after.command_id:
            # A repeat of the command is answered with the very same.
            clock = _Stopped(facts[-1].timestamp)
    seen = await read(
        ledger, clock, actor, agreement_id, deed="read_updates", as_of=as_of, known_at=known_at, after=after
    )
    if seen.sight in ("contributor", "joining"):
        raise NotThere
    zone = actor.organisation.zone
    act = Act(actor.person_id, seen.instant, actor.organisation.id, "", zone)
    footing, excuses, only_by = NOTHING, Excuses(), None
    if seen.agreement is not None:
        agreement = seen.agreement
        if seen.sight == "former_party":
            facts = [fact for fact in facts if fact.timestamp <= seen.instant]
        only_by = seen.words_of
        footing = footing_of(agreement, zone)
    acting = seen.sight == "party" and as_of is None and known_at is None
    if seen.imported is not None:
        log: UpdateLog | None = log_from_elsewhere(act, seen.imported)
    else:
        log = _folded(facts, as_of, known_at, clock.now())
    if seen.agreement is not None:
        told_by = seen.instant if seen.sight == "former_party" else None
        excuses = await excuses_of(ledger, seen.agreement, footing, zone, log, told_by=told_by)
    return Reading(agreement_id, log, footing, excuses, act, acting, only_by)


@dataclass(frozen=True)
class _Stopped:
    """A clock that stands still at the moment of a command."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


def _folded(facts: list[Fact], as_of: datetime | None, known_at: datetime | None, now: datetime) -> UpdateLog | None:
    if as_of is None and known_at is None:
        return fold(facts, None)
    found = fold_as_of(facts, as_of or now, known_at)
    return found if isinstance(found, UpdateLog) else None
