"""Where the demonstration's story is played: people who act through the ordinary deeds, and a clock that it moves."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID

from adapters.bootstrap import Concord
from domain.base import Aggregate
from services.desk import Desk
from services.people.accept_invitation import AcceptInvitation, accept_invitation
from services.people.add_person import AddPerson, add_person
from services.people.found_organisation import FoundOrganisation, found_organisation
from services.ports import Actor, Command, Organisation, Receipt

SATURDAY = 5
C = TypeVar("C")
A = TypeVar("A", bound=Aggregate)
Action = Callable[[], Awaitable[object]]
"""Something that happens in the story."""


class StoryClock:
    """The time in the story; after it, the present."""

    def __init__(self, begins: datetime) -> None:
        self._at: datetime | None = begins

    def now(self) -> datetime:
        """The story's present instant, UTC."""
        return self._at or datetime.now(UTC)

    def move_to(self, instant: datetime) -> None:
        """Lets the story go on at that instant; never back."""
        self._at = max(instant, self.now())


@dataclass(frozen=True)
class Player:
    """Somebody in the story, with what they sign in with."""

    id: UUID
    name: str
    email: str
    password: str
    token: str


class Stage:
    """The workspace while the story is played."""

    def __init__(self, concord: Concord, clock: StoryClock, organisation: Organisation, first: Player) -> None:
        self.concord = concord
        self.present = datetime.now(UTC).astimezone(organisation.zone).date()
        self.organisation = organisation
        self.players = [first]
        self._clock = clock
        self._planned: list[tuple[datetime, int, Action]] = []

    @classmethod
    async def open(cls, concord: Concord, clock: StoryClock, house: str, name: str, zone: str) -> Stage:
        """Founds the organisation; the first player is its steward."""
        email, password = _address(name), _password()
        command = FoundOrganisation(house, name, email, zone, password)
        founded = await found_organisation(concord.ledger, concord.identities, clock, concord.new_id, command)
        organisation = await concord.organisation(UUID(founded.organisation_id))
        assert organisation is not None
        return cls(concord, clock, organisation, Player(UUID(founded.person_id), name, email, password, founded.token))

    async def enter(self, name: str, leader: Player | None = None) -> Player:
        """Somebody is invited by the steward, and accepts."""
        identities = self.concord.identities
        email, password = _address(name), _password()
        command = self._command(self.players[0])
        added = await add_person(
            self._desk(self.players[0], command), identities, AddPerson(name, email, leader.id if leader else None)
        )
        invitation = AcceptInvitation(identities.secret_for(command.id, "invitation"), password)
        accepted = await accept_invitation(self.concord.ledger, identities, self._clock, invitation)
        player = Player(UUID(added.answer.ids["person_id"]), name, email, password, accepted.token or "")
        self.players.append(player)
        return player

    async def do(self, player: Player, deed: Callable[[Desk, C], Awaitable[Receipt]], command: C) -> Receipt:
        """Somebody does something, exactly as a request of theirs would."""
        return await deed(self._desk(player, self._command(player)), command)

    async def made(self, player: Player, deed: Callable[[Desk, C], Awaitable[Receipt]], command: C) -> UUID:
        """The same, and the id of what was made by it."""
        receipt = await self.do(player, deed, command)
        if receipt.answer.ids:
            return UUID(next(iter(receipt.answer.ids.values())))
        assert receipt.answer.location is not None
        return UUID(receipt.answer.location.rsplit("/", 1)[-1])

    async def load(self, kind: type[A], id: UUID) -> A:
        """An aggregate as it stands now in the story."""
        found = await self.concord.ledger.load(kind, id)
        assert found is not None
        return found

    def ago(self, working_days: int) -> date:
        """The working day so many before the present one; with a negative number as many after it."""
        return working_day(self.present, -working_days)

    def plan(self, day: date, at: str, action: Action) -> None:
        """Notes what is to happen then; `play` does it."""
        self._planned.append((self.moment(day, at), len(self._planned), action))

    async def play(self, until: date | None = None) -> None:
        """Does what is planned before that morning, else all of it, in its order in time; then it is that morning.

        Without a day it is the present at the end.
        """
        end = self.moment(until, "08:00") if until is not None else datetime.now(UTC)
        due = sorted((one for one in self._planned if one[0] < end), key=lambda one: one[:2])
        self._planned = [one for one in self._planned if one[0] >= end]
        for moment, _, action in due:
            await self._at(moment)
            await action()
        await self._at(end)

    def moment(self, day: date, at: str) -> datetime:
        """The instant of a local time of the story."""
        hour, minute = map(int, at.split(":"))
        return datetime.combine(day, time(hour, minute), self.organisation.zone).astimezone(UTC)

    async def _at(self, moment: datetime) -> None:
        self._clock.move_to(moment)
        acted = 1
        while acted:
            for follows in (self.concord.projector, self.concord.policies, self.concord.projector):
                await follows.caught_up(await self.concord.ledger.head(), 30.0)
            acted = await self.concord.clockwork.catch_up()

    def _command(self, player: Player) -> Command:
        return Command(secrets.token_hex(32), "", player.id, self.organisation.id)

    def _desk(self, player: Player, command: Command) -> Desk:
        actor = Actor(player.id, self.organisation, frozenset({"all"}))
        return Desk(self.concord.ledger, self._clock, self.concord.new_id, actor, command)


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)


def working_day(day: date, away: int) -> date:
    """The working day so many after that day, or before it: on weekends and holidays nobody in the story works."""
    step, left = days(1 if away > 0 else -1), abs(away)
    while left:
        day += step
        left -= day.weekday() < SATURDAY and not is_holiday(day)
    return day


def is_holiday(day: date) -> bool:
    """Whether the house is closed: from Christmas Eve to New Year's Day."""
    return (day.month, day.day) >= (12, 24) or (day.month, day.day) == (1, 1)


def _address(name: str) -> str:
    return f"{name.split(maxsplit=1)[0].lower()}@harbour.example"


def _password() -> str:
    return "-".join(secrets.choice(_WORDS) for _ in range(5))


_WORDS = (
    "anchor", "beacon", "cargo", "dock", "ebb", "ferry", "gull", "harbour", "inlet", "jetty", "keel", "lantern",
    "mast", "north", "oar", "pier", "quay", "rope", "sail", "tide", "upland", "vessel", "wharf", "yard",
)  # fmt: skip


__all__ = ["Player", "Stage", "StoryClock", "days", "is_holiday", "working_day"]
