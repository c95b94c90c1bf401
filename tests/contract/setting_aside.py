"""A policy for tests of the runner: whatever is promised is set aside at once, one command each.

What a commitment shows of it is a suspension; done twice it would show two, or one command's receipt.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid5

from domain.base import Act
from domain.commitments.commitment import Commitment
from services.policies.policy import Policy, policy_command
from services.ports import Answer, Clock, Ledger, Organisation, Recorded
from tests.contract.agreed import OSLO

NAME = "set_aside_what_is_promised"
MADE, SUSPENDED, CANCELLED = "concord.commitment.made", "concord.commitment.suspended", "concord.commitment.cancelled"


@dataclass
class SettingAside:
    """Fails for the commitments in `poison`; tells what it saw, as (position, topic)."""

    poison: set[UUID] = field(default_factory=set)
    saw: list[tuple[int, str]] = field(default_factory=list)

    def policy(self) -> Policy:
        return Policy(NAME, frozenset({MADE, CANCELLED}), self.react)

    async def react(self, ledger: Ledger, clock: Clock, recorded: Recorded, organisation: Organisation) -> None:
        commitment_id = recorded.fact.originator_id
        self.saw.append((recorded.position, recorded.fact.TOPIC))
        if commitment_id in self.poison:
            raise ValueError("this cannot be acted on")
        commitment = await ledger.load(Commitment, commitment_id)
        assert commitment is not None
        command = policy_command(NAME, recorded, commitment_id, organisation)
        act = Act(None, clock.now(), organisation.id, command.id, OSLO)
        commitment.set_aside(act, uuid5(commitment_id, "period"), date(2026, 12, 31))
        if commitment.pending_events:
            await ledger.record(command, Answer(), commitment)
