"""Reading one agreement: asks access, folds it as of an instant, and cuts it to what this viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.agreements import events as e
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.imported import ImportedAgreement
from domain.base import Act, Fact, fold, fold_as_of
from domain.reads.access_log import AGREEMENT, GLASS, GRANT, HISTORY, TEXT, UPDATES, Read
from domain.refusals import NotThere
from services.access import may
from services.audit.note_reads import note_reads
from services.ports import Actor, Clock, Ledger, Receipt, Recorded

KEPT_OF = frozenset({GLASS, GRANT})
"""Those who read what they are no party of and were not asked in by all who are: each read of theirs is kept.

A contributor was invited by all parties; who left reads what was theirs; a history opened to all is no secret.
"""
_NOT_TOLD_HOW_OFTEN = frozenset({"steward", GLASS, GRANT})
_READS = {"agreement.read": TEXT, "agreement.audit": HISTORY, "read_updates": UPDATES}


@dataclass(frozen=True)
class Reading:
    """An agreement as one viewer may look at it.

    `sight` says as what they look ("party", "joining": an open amendment would bring them in, "former_party",
    "contributor", "grant", "reader", "steward", or "glass": a steward who gave a reason, for an hour);
    `recorded` are the facts that may count for them; `version` is the stream's version among those, and 0 for
    who is not to learn from it how often anything happens there. Exactly one of `agreement` and `imported`
    is there; `today` is the agreement as their rights are decided by it.
    """

    viewer: UUID
    sight: str
    recorded: Sequence[Recorded]
    instant: datetime
    version: int
    agreement: AccountabilityAgreement | None = None
    imported: ImportedAgreement | None = None
    today: AccountabilityAgreement | None = None

    @property
    def words_of(self) -> UUID | None:
        """Whose own words a grant covers beside the agreed versions; None for everybody else."""
        return self.today.grants[self.viewer][0] if self.sight == "grant" and self.today is not None else None

    def reads_version(self, number: int, zone: ZoneInfo) -> bool:
        """Whether a version is for this viewer: who joins reads those that hold since they were asked to join."""
        if self.sight != "joining" or self.today is None or self.today.proposal is None:
            return True
        held = self.today.version_held(self.today.proposal.opened_at.astimezone(zone).date(), zone)
        return number >= (held.number if held is not None else len(self.today.versions))


async def read(
    ledger: Ledger,
    clock: Clock,
    actor: Actor,
    agreement_id: UUID,
    *,
    deed: str = "agreement.read",
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    version: int | None = None,
    after: Receipt | None = None,
) -> Reading:
    """The agreement as this viewer may see it: now, as of an instant, or as it was right after a command.

    Who may see is decided by today's rights. Who left sees what was recorded up to that moment. That somebody
    reads who is no party is on record before this answers; `version` is the text that they ask for.
    Raises NotThere for strangers, for an unknown id, and for an instant before the first event.
    """
    standing = await ledger.standing(actor.person_id)
    sight = await ledger.sight(agreement_id, actor.person_id)
    if sight is None:
        sight = await ledger.sight(agreement_id, actor.organisation.id)
    may(actor, standing, deed, sight)
    recorded = list(await ledger.facts(agreement_id))
    if not recorded or recorded[0].fact.organisation_id != actor.organisation.id:
        raise NotThere
    role = sight.sight if sight is not None and sight.sight else "steward"
    now = clock.now()
    if role == "steward" and any(_broke_glass(r.fact, actor, now) for r in recorded):
        role = "glass"
    if after is not None:
        known = after.answer.versions[str(agreement_id)]
        recorded = [r for r in recorded if r.fact.originator_version <= known]
        if recorded[-1].fact.command_id == after.command_id:
            # A repeat of the command is answered with the very same.
            now = recorded[-1].fact.timestamp
    reading = _cut(actor, role, recorded, now, as_of, known_at)
    if reading.sight == GLASS and not _may_be_looked_into(reading, actor.organisation.zone, version):
        reading = replace(reading, sight="steward")
    if reading.sight in KEPT_OF:
        await note_reads(ledger, clock, actor, [Read(agreement_id, AGREEMENT, reading.sight, _READS[deed])])
    return reading


def _cut(
    actor: Actor,
    role: str,
    recorded: list[Recorded],
    now: datetime,
    as_of: datetime | None,
    known_at: datetime | None,
) -> Reading:
    whole: Any = fold(r.fact for r in recorded)
    instant = as_of or now
    if role == "former_party" and isinstance(whole, AccountabilityAgreement):
        left_at = whole.left.get(actor.person_id)
        if left_at is not None:
            recorded = [r for r in recorded if r.fact.timestamp <= left_at]
            instant = min(instant, left_at)
            whole = fold(r.fact for r in recorded)
    today = whole if isinstance(whole, AccountabilityAgreement) else None
    if role == "party" and today is not None and today.versions and actor.person_id not in today.people:
        role = "joining"
    version = 0 if role in _NOT_TOLD_HOW_OFTEN else recorded[-1].fact.originator_version
    if as_of is not None or known_at is not None:
        whole = fold_as_of(_facts(recorded), instant, known_at)
        if whole is None:
            raise NotThere("Nothing had happened here yet at that time.")
    if isinstance(whole, ImportedAgreement):
        return Reading(actor.person_id, role, recorded, instant, version, imported=whole)
    if not isinstance(whole, AccountabilityAgreement) or not isinstance(recorded[0].fact, e.AgreementOpened):
        raise NotThere
    zone = actor.organisation.zone
    if known_at is None:
        # What the clock has not recorded yet is true all the same; shown, and recorded by whoever comes next.
        whole.let_time_pass(Act(None, instant, whole.organisation_id, "", zone))
    return Reading(actor.person_id, role, recorded, instant, version, agreement=whole, today=today)


def _may_be_looked_into(reading: Reading, zone: ZoneInfo, version: int | None) -> bool:
    """Whether a steward with a reason reads this text: shared, and not for coaching, whatever held before or after."""
    agreement = reading.agreement
    if agreement is None or not agreement.shared:
        return False
    if version is not None and 1 <= version <= len(agreement.versions):
        return agreement.versions[version - 1].head.use == "reviewable"
    held = agreement.version_held(reading.instant.astimezone(zone).date(), zone)
    return (held.head if held is not None else agreement.head).use == "reviewable"


def _broke_glass(fact: Fact, actor: Actor, now: datetime) -> bool:
    """Whether a steward opened it with a reason, less than an hour ago."""
    return isinstance(fact, e.GlassBroken) and fact.actor_id == actor.person_id and now < fact.until_at


def _facts(recorded: Sequence[Recorded]) -> list[Fact]:
    return [r.fact for r in recorded]
