"""What the deeds need from the outside: the log, people, read models, the clock and the id source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.base import Aggregate, Fact

A = TypeVar("A", bound=Aggregate)

ERASED = "erased"
"""The kind of standing of somebody who was erased."""


@dataclass(frozen=True)
class Command:
    """One command as it arrives: who, for whom, under which id.

    `id` is 64 hex digits: from the `Idempotency-Key` (actor, method and path included), else random.
    `request_hash` is the SHA-256 of the request's body in hex; another hash under the same id is refused.
    """

    id: str
    request_hash: str
    actor_id: UUID | None
    organisation_id: UUID


@dataclass(frozen=True)
class Answer:
    """What a command answers, without personal text, so that a receipt may keep it for ever.

    `versions` are the streams' versions right after the command; `ids` names what was made
    (`{"comment_id": "..."}`); `status` is 200 or 201; `location` is the path of a creation.
    """

    status: int = 200
    location: str | None = None
    versions: dict[str, int] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Receipt:
    """A recorded command: its answer, and the log position of its last event."""

    command_id: str
    request_hash: str
    answer: Answer
    position: int


@dataclass(frozen=True)
class Sight:
    """A row of who may see what, written in the append's transaction.

    `sight` is "party", "contributor", "former_party", "grant" or "reader", "member" of a team, "team" for
    the organisation that a team is in; None takes the row away. `person_id` may be a team's or the
    organisation's id: who belongs to the team sees the thing too.
    `until_position` is for somebody who left: they see what was recorded up to there.
    """

    thing_id: UUID
    person_id: UUID
    sight: str | None
    until_position: int | None = None


@dataclass(frozen=True)
class Standing:
    """A person's place in the organisation, written in the append's transaction.

    `kind` is "member" (can sign in), "imported" (a handle from elsewhere) or "erased" (nobody any more);
    `roles` may hold "steward".
    """

    person_id: UUID
    organisation_id: UUID
    kind: str
    leader_id: UUID | None
    roles: tuple[str, ...]
    active: bool

    @property
    def erased(self) -> bool:
        """Whether the person was erased: they have no name any more, and nothing is told of them but that they were."""
        return self.kind == ERASED


class Conflict(Exception):
    """Another command was recorded on one of the streams since it was loaded; load and decide again."""


class KeyReused(Exception):
    """The command id is known with another request."""


class Unavailable(Exception):
    """The store cannot be reached right now; nothing is known to be recorded; try again."""


class Withheld(Unavailable):
    """The log is not the one that was signed here; it takes no writes until an operator has looked into it."""


class Unreadable(Exception):
    """What is stored of a thing cannot be read by this program: it is damaged, or of a newer one."""


@dataclass(frozen=True)
class Recorded:
    """A fact as the log holds it, with its position (dense, from 1, in commit order)."""

    position: int
    fact: Fact


class Ledger(Protocol):
    """The event log as the deeds see it: aggregates and facts in, positions and facts out."""

    async def load(self, kind: type[A], id: UUID, *, up_to: int | None = None) -> A | None:
        """The aggregate folded from all its facts (or up to that version); None when it has none."""
        ...

    async def facts(self, id: UUID, *, after: int = 0) -> Sequence[Recorded]:
        """All facts of one stream in order, each with its position."""
        ...

    async def version(self, id: UUID) -> int:
        """The stream's current version, 0 when it does not exist; cheap."""
        ...

    async def record(
        self,
        command: Command,
        answer: Answer,
        *aggregates: Aggregate,
        sights: Iterable[Sight] = (),
        standings: Iterable[Standing] = (),
    ) -> Receipt:
        """Stores the pending facts of all aggregates, the receipt and the rows in one atomic append.

        Raises Conflict, KeyReused or Unavailable. A repeat of a known command returns its first receipt.
        A command that changed nothing still leaves its receipt.
        """
        ...

    async def receipt(self, command_id: str) -> Receipt | None:
        """The receipt of a command, or None."""
        ...

    async def head(self) -> int:
        """The position of the last event, 0 when the log is empty."""
        ...

    async def sights_of(self, person_id: UUID) -> Sequence[Sight]:
        """Everything this person may see; never lags."""
        ...

    async def teams_of(self, person_id: UUID) -> frozenset[UUID]:
        """The teams that this person is a member of; never lags."""
        ...

    async def teams_in(self, organisation_id: UUID, *, after: UUID | None = None, limit: int = 50) -> Sequence[UUID]:
        """The organisation's teams, by id, from after one on; never lags."""
        ...

    async def sight(self, thing_id: UUID, person_id: UUID) -> Sight | None:
        """What this person may see of one thing, themself or by a team that they belong to; never lags."""
        ...

    async def standing(self, person_id: UUID) -> Standing | None:
        """The person's current standing; never lags."""
        ...

    async def standings(self, organisation_id: UUID) -> Sequence[Standing]:
        """Everybody's standing in one organisation, ordered by id."""
        ...

    async def new_keys(self, *owner_ids: UUID) -> None:
        """Makes a sealing key for each person or agreement that has none yet, never for one who was erased."""
        ...


class Clock(Protocol):
    """Where time comes from; tests move it by hand."""

    def now(self) -> datetime:
        """The present instant, UTC."""
        ...


class Ids(Protocol):
    """Where new ids come from (UUIDv7)."""

    def __call__(self) -> UUID:
        """A new id."""
        ...


@dataclass(frozen=True)
class Organisation:
    """One organisation: its name and the zone that its bare dates are days in."""

    id: UUID
    name: str
    zone: ZoneInfo


@dataclass(frozen=True)
class Actor:
    """Who is asking, as the credential says: never taken from a body.

    `scopes` is {"all"} or the token's scopes; `credential_id` is the token's or session's id, `signed_in_at`
    when a session began. `one_factor` is who showed one factor where their organisation asks for two.
    `own_zone` is what they want to be told times in, where it is not the organisation's.
    """

    person_id: UUID
    organisation: Organisation
    scopes: frozenset[str]
    credential_id: UUID | None = None
    signed_in_at: datetime | None = None
    one_factor: bool = False
    own_zone: ZoneInfo | None = None
    extra: dict[str, Any] = field(default_factory=dict)
