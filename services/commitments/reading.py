"""Reading one commitment: asks access, folds it as of an instant, and cuts it to what this viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.base import Act, fold, fold_as_of
from domain.commitments.away import Away
from domain.commitments.commitment import Commitment
from domain.commitments.events import ChangeRefused
from domain.commitments.imported import ImportedCommitment
from domain.refusals import NotThere
from services.access import may
from services.audit.seeing import sees
from services.away import away_of, people_among
from services.commitments.sides import nobody_can_act
from services.ports import Actor, Clock, Ledger, Receipt, Recorded, Sight

FORMER_PARTY = "former_party"


@dataclass(frozen=True)
class Reading:
    """A commitment as one viewer may look at it.

    `act` is the viewer at the moment that is shown; `recorded` are the facts that may count for them;
    `version` is the stream's version among those. Exactly one of `commitment` and `imported` is there.
    `serves` and `follows` are the commitments it names, `agreement_id` the agreement, where the viewer may see
    those; `creditors_left` says that nobody whom it is owed to can act any more.
    """

    act: Act
    sight: str
    recorded: Sequence[Recorded]
    version: int
    away: Away
    commitment: Commitment | None = None
    imported: ImportedCommitment | None = None
    serves: UUID | None = None
    follows: UUID | None = None
    agreement_id: UUID | None = None
    creditors_left: bool = False


async def read(
    ledger: Ledger,
    clock: Clock,
    actor: Actor,
    commitment_id: UUID,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    after: Receipt | None = None,
) -> Reading:
    """The commitment as this viewer may see it: now, as of an instant, or as it was right after a command.

    Who may see is decided by today's rights; who handed it on sees what was recorded up to then. Raises
    NotThere for strangers, for an unknown id, and for an instant before the first event.
    """
    sight = await ledger.sight(commitment_id, actor.person_id)
    if sight is None:
        sight = await ledger.sight(commitment_id, actor.organisation.id)
    recorded = list(await ledger.facts(commitment_id))
    if sight is None and after is not None and _stayed_out(recorded, actor, after):
        sight = Sight(commitment_id, actor.person_id, "party")
    may(actor, await ledger.standing(actor.person_id), "commitment.read", sight)
    role = (sight.sight if sight is not None else None) or ""
    if not recorded or recorded[0].fact.organisation_id != actor.organisation.id:
        raise NotThere
    now, command_id = clock.now(), ""
    if after is not None:
        version = after.answer.versions[str(commitment_id)]
        recorded = [r for r in recorded if r.fact.originator_version <= version]
        if recorded[-1].fact.command_id == after.command_id:
            # A repeat of the command is answered with the very same.
            now, command_id = recorded[-1].fact.timestamp, after.command_id
    teams = await ledger.teams_of(actor.person_id)
    whole: Any = fold(r.fact for r in recorded)
    if role == FORMER_PARTY and isinstance(whole, Commitment):
        mine = {actor.person_id, *teams}
        now = max(at for who, (at, _) in whole.left.items() if who.id in mine)
        recorded = [r for r in recorded if r.fact.timestamp <= now]
        as_of = min(as_of, now) if as_of is not None else None
        whole = fold(r.fact for r in recorded)
    if as_of is not None or known_at is not None:
        whole = fold_as_of((r.fact for r in recorded), as_of or now, known_at)
        if whole is None:
            raise NotThere("Nothing had happened here yet at that time.")
    version = recorded[-1].fact.originator_version
    organisation = actor.organisation
    act = Act(actor.person_id, as_of or now, organisation.id, command_id, organisation.zone, teams=teams)
    if isinstance(whole, ImportedCommitment):
        return Reading(act, role, recorded, version, {}, imported=whole)
    if not isinstance(whole, Commitment):
        raise NotThere
    content = whole.content
    away = await away_of(ledger, people_among(content.owed_by, content.owed_to))
    if known_at is None:
        # What the clock has not recorded yet is true all the same; shown, and recorded by whoever comes next.
        whole.let_time_pass(Act(None, act.at, organisation.id, "", organisation.zone), away)
    return Reading(
        act,
        role,
        recorded,
        version,
        away,
        commitment=whole,
        serves=await _if_seen(ledger, actor, content.serves),
        follows=await _if_seen(ledger, actor, content.follows),
        agreement_id=await _if_seen(ledger, actor, content.agreement_id),
        creditors_left=whole.is_binding and whole.ended_at is None and await nobody_can_act(ledger, content.owed_to),
    )


def _stayed_out(recorded: Sequence[Recorded], actor: Actor, after: Receipt) -> bool:
    """Whether the command was their refusal to come in: that is answered, and nothing after it is for them."""
    refusals = [r.fact for r in recorded if isinstance(r.fact, ChangeRefused) and r.fact.command_id == after.command_id]
    return any(fact.actor_id == actor.person_id for fact in refusals)


async def _if_seen(ledger: Ledger, actor: Actor, thing_id: UUID | None) -> UUID | None:
    return thing_id if await sees(ledger, actor.person_id, actor.organisation.id, thing_id) else None
