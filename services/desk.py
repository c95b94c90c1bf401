"""What a deed works at: the log, the clock, who acts and under which command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.imported import ImportedAgreement
from domain.base import Act, Aggregate
from domain.commitments.away import Away
from domain.commitments.commitment import Commitment
from domain.commitments.imported import ImportedCommitment
from domain.refusals import NotThere, StaleVersion, WrongState
from domain.updates.update_log import UpdateLog, update_log_id
from services.access import may
from services.away import away_of, people_among
from services.policies.part_with_who_left import part_with_who_left
from services.ports import Actor, Answer, Clock, Command, Ids, Ledger, Receipt, Sight, Standing
from services.sights import sight_changes

_LET_IN = frozenset({"party", "contributor", "grant"})


@dataclass
class Desk:
    """One command's working place; made afresh for every attempt.

    `seen_version` is what the caller had seen (`If-Match`), None when they did not say; `standing` is the
    actor's, where it was read with this very request; `teams` are those they may act for, once that
    matters. A deed loads through the desk (which asks access and lets time pass), lets the aggregate
    decide, and records.
    """

    ledger: Ledger
    clock: Clock
    new_id: Ids
    actor: Actor
    command: Command
    seen_version: int | None = None
    standing: Standing | None = None
    teams: frozenset[UUID] = frozenset()
    _now: datetime | None = None
    _sights_before: dict[UUID, dict[UUID, str]] = field(default_factory=dict)

    def act(self, effective_at: datetime | None = None) -> Act:
        """The acting person at one instant, the same for the whole command."""
        if self._now is None:
            self._now = self.clock.now()
        organisation = self.actor.organisation
        return Act(
            self.actor.person_id,
            self._now,
            organisation.id,
            self.command.id,
            organisation.zone,
            effective_at,
            self.teams,
        )

    async def allow(self, deed: str, thing_id: UUID | None = None) -> Sight | None:
        """Asks the one policy function; raises NotThere or NotYourAct, else returns the sight on the thing."""
        if self.standing is None:
            self.standing = await self.ledger.standing(self.actor.person_id)
        sight = await self.ledger.sight(thing_id, self.actor.person_id) if thing_id else None
        may(self.actor, self.standing, deed, sight)
        return sight

    async def agreement(self, id: UUID, *, deed: str, term_id: UUID | None = None) -> AccountabilityAgreement:
        """The agreement, up to now, if this person may do the deed to it; NotThere for strangers.

        With `term_id`, a stale `If-Match` means that this term changed since.
        """
        await self.allow(deed, id)
        agreement: Aggregate | None = await self.ledger.load(AccountabilityAgreement, id)
        # What a deed of a role alone names may be anything: another organisation's, or no agreement at all.
        if (
            not isinstance(agreement, AccountabilityAgreement | ImportedAgreement)
            or agreement.organisation_id != self.actor.organisation.id
        ):
            raise NotThere
        if isinstance(agreement, ImportedAgreement):
            raise WrongState("This agreement came from elsewhere: it is history, and nothing can be added to it.")
        self.check_seen(agreement.version, changed_at=agreement.term_changed_at(term_id) if term_id else None)
        self.watch(agreement)
        return agreement

    async def commitment(self, id: UUID, *, deed: str) -> Commitment:
        """The commitment, up to now, if this person may do the deed to it, themself or by a team of theirs."""
        await self.allow(deed, id)
        await self.know_teams()
        commitment: Aggregate | None = await self.ledger.load(Commitment, id)
        if (
            not isinstance(commitment, Commitment | ImportedCommitment)
            or commitment.organisation_id != self.actor.organisation.id
        ):
            raise NotThere
        if isinstance(commitment, ImportedCommitment):
            raise WrongState("This commitment came from elsewhere: it is history, and nothing can be added to it.")
        self.check_seen(commitment.version)
        self._sights_before[id] = commitment.sights()
        commitment.let_time_pass(self.act(), await self.away(commitment))
        return commitment

    async def know_teams(self) -> None:
        """Finds out for which teams the actor may act now."""
        self.teams = await self.ledger.teams_of(self.actor.person_id)

    async def away(self, commitment: Commitment) -> Away:
        """When the people of both sides are away."""
        return await away_of(self.ledger, people_among(commitment.content.owed_by, commitment.content.owed_to))

    def watch(self, agreement: AccountabilityAgreement) -> None:
        """Lets time pass in an agreement, and remembers who could see it, so that changes of that are stored too."""
        self._sights_before[agreement.id] = agreement.sights()
        agreement.let_time_pass(self.act())

    async def update_log(self, agreement_id: UUID) -> UpdateLog:
        """The agreement's update log; a fresh one when nothing has been recorded in it yet.

        Whether this person may do anything to it is decided by the agreement: load that first.
        """
        log = await self.ledger.load(UpdateLog, update_log_id(agreement_id))
        return log if log is not None else UpdateLog.begin_for(self.act(), agreement_id)

    async def record(
        self,
        *aggregates: Aggregate,
        status: int = 200,
        location: str | None = None,
        ids: Mapping[str, str] | None = None,
        sights: Iterable[Sight] = (),
        standings: Iterable[Standing] = (),
    ) -> Receipt:
        """Stores everything pending in one append, with who may see what after it."""
        watched = [a for a in aggregates if isinstance(a, AccountabilityAgreement | Commitment)]
        rows = [row for a in watched for row in self._sight_rows(a)]
        answer = Answer(status, location, {str(a.id): a.version for a in aggregates}, dict(ids or {}))
        receipt = await self.ledger.record(
            self.command, answer, *aggregates, sights=[*rows, *sights], standings=list(standings)
        )
        agreements = {a.id for a in watched if isinstance(a, AccountabilityAgreement)}
        for row in rows:
            if row.sight in _LET_IN and row.thing_id in agreements:
                await part_with_who_left(self.ledger, self.act(), self.command, row.thing_id, row.person_id)
        return receipt

    def _sight_rows(self, thing: AccountabilityAgreement | Commitment) -> list[Sight]:
        return sight_changes(thing.id, self._sights_before.get(thing.id, {}), thing.sights())

    def check_seen(self, current: int, *, changed_at: int | None = None) -> None:
        """Refuses when the caller had seen another version, or one older than `changed_at` where that is given."""
        seen = self.seen_version
        if seen is None:
            return
        stale = seen != current if changed_at is None else not changed_at <= seen <= current
        if stale:
            raise StaleVersion(
                f"You acted on version {seen}; it is at version {current} now. Look again, then decide.",
                current=current,
            )
