"""A team: a name and the people who belong to it, any one of whom may speak for it."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from domain.base import Act, Aggregate
from domain.people import team_events as e
from domain.refusals import Invalid, NotThere, NotYourAct, WrongState

MOST_MEMBERS = 500


class Team(Aggregate):
    """People who can owe something together, or be owed it; the stream's id is the team's id.

    Whoever belongs to it sees what it owes and is owed, so who comes in is for those who belong to it to
    say. A steward may let others in and take people out, but not let themself in: nobody gets to read
    what two sides have written by their role.
    """

    TOPIC = "concord.team"

    def __init__(self) -> None:
        """Prepares the empty state; the first fact's applier fills it."""
        self.organisation_id: UUID
        self.name = ""
        self.members: tuple[UUID, ...] = ()

    @classmethod
    def make(cls, act: Act, id: UUID, name: str, members: tuple[UUID, ...], *, steward: bool = False) -> Self:
        """Makes a team that one belongs to; a steward may make one of others."""
        members = tuple(dict.fromkeys(members))
        if act.person not in members and not steward:
            raise Invalid("You make a team that you belong to: name yourself as well.", field="members")
        if not members:
            raise Invalid("A team has at least one member.", field="members")
        if len(members) > MOST_MEMBERS:
            raise Invalid(f"At most {MOST_MEMBERS} people in a team, please.", field="members")
        return cls.begin(e.TeamMade, act, id, name=name, members=members)

    def may_add(self, act: Act, *, steward: bool = False) -> None:
        """Passes for who belongs to the team, and for a steward."""
        if act.person not in self.members and not steward:
            raise NotYourAct("Only who belongs to this team, or a steward, says who else does.")

    def add(self, act: Act, person_id: UUID, *, steward: bool = False) -> None:
        """Lets somebody in; who belongs to it already stays as they are."""
        self.may_add(act, steward=steward)
        if person_id in self.members:
            return
        if person_id == act.person and self.members:
            raise NotYourAct("Nobody lets themself into a team: ask somebody who belongs to it.")
        if len(self.members) >= MOST_MEMBERS:
            raise WrongState(f"At most {MOST_MEMBERS} people in a team, please.")
        self.record(e.MemberAdded, act, person_id=person_id)

    def may_remove(self, act: Act, *, steward: bool = False) -> None:
        """Passes where somebody can go and somebody is left."""
        self.may_add(act, steward=steward)
        if len(self.members) == 1:
            raise WrongState("This is the last who belongs to the team; let somebody else in first.")

    def remove(self, act: Act, person_id: UUID, *, steward: bool = False) -> None:
        """Takes somebody out, oneself perhaps; somebody always stays."""
        self.may_add(act, steward=steward)
        if person_id not in self.members:
            raise NotThere
        self.may_remove(act, steward=steward)
        self.record(e.MemberRemoved, act, person_id=person_id)

    def part_with(self, act: Act, person_id: UUID) -> None:
        """Goes on without somebody who left the organisation, were they the last."""
        if person_id in self.members:
            self.record(e.MemberRemoved, act, person_id=person_id)

    def sights(self) -> dict[UUID, str]:
        """Who belongs to it, and that everybody in the organisation may know of it."""
        return {**dict.fromkeys(self.members, "member"), self.organisation_id: "team"}

    def _team_made(self, fact: e.TeamMade) -> None:
        self.organisation_id = fact.organisation_id
        self.name = fact.name
        self.members = fact.members

    def _member_added(self, fact: e.MemberAdded) -> None:
        self.members = (*self.members, fact.person_id)

    def _member_removed(self, fact: e.MemberRemoved) -> None:
        self.members = tuple(member for member in self.members if member != fact.person_id)
