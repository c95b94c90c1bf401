"""An organisation: what must hold over all its people at once, whoever is changed at the same moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from domain.base import Act, Aggregate
from domain.people import events as e
from domain.people.policy import OrganisationPolicy
from domain.refusals import Invalid, LastSteward


@dataclass(frozen=True)
class PolicyChange:
    """Who decided otherwise, when, and what it was before and is since."""

    at: datetime
    by: UUID | None
    old: OrganisationPolicy
    new: OrganisationPolicy


class Organisation(Aggregate):
    """Keeps the line of leaders free of circles, and a steward in place; its id is the organisation's.

    Who leads whom and who is a steward is each person's own to know; it is handed to the decision. What
    this stream adds is that such changes come one after the other: of two that are decided at the same
    time the second finds another version here, and is decided again on what the first one left.
    """

    TOPIC = "concord.organisation"

    def __init__(self) -> None:
        """Prepares the empty state; the first fact's applier fills it."""
        self.policy = OrganisationPolicy()
        self.policy_version = 1
        """The version of the organisation at which its policy was last changed."""
        self.policy_changes: list[PolicyChange] = []

    @classmethod
    def found(cls, act: Act, id: UUID) -> Self:
        """Begins an organisation."""
        return cls.begin(e.OrganisationFounded, act, id, time_zone=act.zone.key)

    def change_line(
        self, act: Act, person_id: UUID, leader_id: UUID | None, leaders: Mapping[UUID, UUID | None]
    ) -> None:
        """Gives a person another leader, unless they would then lead themselves by way of others.

        `leaders` says of everybody who leads them now.
        """
        above, seen = leader_id, {person_id}
        while above is not None:
            if above in seen:
                raise Invalid("These two would lead each other.", field="leader_id")
            seen.add(above)
            above = leaders.get(above)
        self.record(e.LineChanged, act, person_id=person_id, leader_id=leader_id)

    def part_with_steward(self, act: Act, person_id: UUID, stewards: Collection[UUID]) -> None:
        """Lets a steward go, unless they are the last; `stewards` are the active ones."""
        if not set(stewards) - {person_id}:
            raise LastSteward("This is the last steward; make somebody else a steward first.")
        self.record(e.StewardLeft, act, person_id=person_id)

    def change_policy(self, act: Act, policy: OrganisationPolicy) -> None:
        """Decides otherwise for the whole organisation; the same again changes nothing."""
        policy = policy.checked()
        if policy != self.policy:
            self.record(e.PolicyChanged, act, old=self.policy, new=policy)

    def note_bulk_read(self, act: Act, what: str) -> None:
        """Keeps for everybody to see that what many wrote was read at once."""
        self.record(e.ReadInBulk, act, what=what)

    def note_restoration(self, act: Act, events: int, signed: int) -> None:
        """Keeps for everybody to see that the log was put back, and how much of it had been signed before."""
        self.record(e.LogRestored, act, events=events, signed=signed)

    def _log_restored(self, _: e.LogRestored) -> None:
        """Nothing to remember: it is there to be seen."""

    def _organisation_founded(self, _: e.OrganisationFounded) -> None:
        """Nothing to remember: the version is what counts."""

    def _line_changed(self, _: e.LineChanged) -> None:
        """Nothing to remember: the person knows."""

    def _policy_changed(self, fact: e.PolicyChanged) -> None:
        self.policy = fact.new
        self.policy_version = fact.originator_version
        self.policy_changes.append(PolicyChange(fact.effective_at, fact.actor_id, fact.old, fact.new))

    def _read_in_bulk(self, _: e.ReadInBulk) -> None:
        """Nothing to remember: it is there to be seen."""

    def _steward_left(self, _: e.StewardLeft) -> None:
        """Nothing to remember: the person knows."""
