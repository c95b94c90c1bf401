"""A person's place in an organisation: their leader and roles, their tokens, and when they are away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self
from uuid import UUID

from domain.base import Act
from domain.people import erasing_events
from domain.people import events as e
from domain.people.erasing import Erasing
from domain.refusals import DatePast, Invalid, NotThere, WrongState

ROLES = ("steward",)
SCOPES = (
    "agreements:read",
    "agreements:write",
    "commitments:read",
    "commitments:write",
    "people:write",
    "import",
    "audit:read",
)
"""What a token may be narrowed to; `all` is everything that its owner may do."""

LONGEST_BACK = timedelta(days=14)
LONGEST_ABSENCE = timedelta(days=366)


@dataclass(frozen=True)
class Absence:
    """Days on which a person is away, first and last included."""

    id: UUID
    from_on: date
    until_on: date


@dataclass(frozen=True)
class Token:
    """An API token, without its secret."""

    id: UUID
    scopes: tuple[str, ...]
    expires_at: datetime | None


class Person(Erasing):
    """Somebody in an organisation; the stream's id is the person's id."""

    TOPIC = "concord.person"

    def __init__(self) -> None:
        """Prepares the empty state; the first fact's applier fills it."""
        super().__init__()
        self.organisation_id: UUID
        self.kind = "member"
        self.leader_id: UUID | None = None
        self.roles: tuple[str, ...] = ()
        self.tokens: dict[UUID, Token] = {}
        self.invitations: dict[UUID, datetime] = {}
        self.absences_by_id: dict[UUID, Absence] = {}
        self.sign_in_resets: list[tuple[datetime, str]] = []

    @classmethod
    def join(
        cls, act: Act, id: UUID, *, kind: str = "member", leader_id: UUID | None = None, roles: tuple[str, ...] = ()
    ) -> Self:
        """Adds somebody to the organisation."""
        if leader_id == id:
            raise Invalid("Nobody leads themselves.", field="leader_id")
        return cls.begin(e.PersonJoined, act, id, kind=kind, leader_id=leader_id, roles=_known(roles))

    @property
    def absences(self) -> list[Absence]:
        """When the person is or was away, by first day."""
        return sorted(self.absences_by_id.values(), key=lambda a: (a.from_on, a.until_on))

    def assign_leader(self, act: Act, leader_id: UUID | None) -> None:
        """Gives the person another leader, or none; the same one again changes nothing."""
        self._must_be_active()
        if leader_id == self.id:
            raise Invalid("Nobody leads themselves.", field="leader_id")
        if leader_id != self.leader_id:
            self.record(e.LeaderAssigned, act, old_leader_id=self.leader_id, leader_id=leader_id)

    def change_roles(self, act: Act, roles: tuple[str, ...]) -> None:
        """Gives the person these roles and no others; the same ones again change nothing."""
        self._must_be_active()
        if set(_known(roles)) != set(self.roles):
            self.record(e.RolesChanged, act, roles=_known(roles))

    def deactivate(self, act: Act) -> None:
        """Takes the person out of the organisation; effective at once."""
        self._must_be_active()
        self.record(e.PersonDeactivated, act)

    def invite(self, act: Act, invitation_id: UUID, expires_at: datetime) -> None:
        """Notes that an invitation was made."""
        self._must_be_active()
        self.record(e.InvitationIssued, act, invitation_id=invitation_id, expires_at=expires_at)

    def accept_invitation(self, act: Act, invitation_id: UUID) -> None:
        """Accepts an invitation, once, before it expires."""
        self._must_be_active()
        expires_at = self.invitations.get(invitation_id)
        if expires_at is None or expires_at <= act.at:
            raise NotThere
        self.record(e.InvitationAccepted, act, invitation_id=invitation_id)

    def issue_token(
        self, act: Act, token_id: UUID, scopes: tuple[str, ...], expires_at: datetime | None = None
    ) -> None:
        """Makes a token with these scopes; `all` stands alone."""
        self._must_be_active()
        if not scopes or (set(scopes) != {"all"} and not set(scopes) <= set(SCOPES)):
            raise Invalid(f"Scopes are `all`, or some of {', '.join(SCOPES)}.", field="scopes")
        if expires_at is not None and expires_at <= act.at:
            raise Invalid("The token would have expired already.", field="expires_at")
        self.record(e.TokenIssued, act, token_id=token_id, scopes=tuple(dict.fromkeys(scopes)), expires_at=expires_at)

    def revoke_token(self, act: Act, token_id: UUID) -> None:
        """Takes a token back; effective at once."""
        if token_id not in self.tokens:
            raise NotThere
        self.record(e.TokenRevoked, act, token_id=token_id)

    def reset_sign_in(self, act: Act, by: str) -> None:
        """Keeps on record that the way in was reset, by a `link` or by the `operator`: nobody enters unseen."""
        self._must_be_active()
        self.record(e.SignInReset, act, by=by)

    def sign_out(self, act: Act) -> None:
        """Keeps on record that somebody else ended every session of this person."""
        self._must_be_active()
        self.record(e.SignedOut, act)

    def declare_absence(self, act: Act, absence_id: UUID, from_on: date, until_on: date) -> None:
        """Says when one is away; it may begin up to 14 days ago."""
        self._must_be_active()
        if until_on < from_on:
            raise Invalid("The last day lies before the first.", field="until_on")
        if from_on < act.today - LONGEST_BACK:
            raise DatePast("An absence can be told up to 14 days after its first day.")
        if until_on - from_on > LONGEST_ABSENCE:
            raise Invalid("An absence is told for at most a year at a time.", field="until_on")
        self.record(e.AbsenceDeclared, act, absence_id=absence_id, from_on=from_on, until_on=until_on)

    def withdraw_absence(self, act: Act, absence_id: UUID) -> None:
        """Takes an absence back."""
        if absence_id not in self.absences_by_id:
            raise NotThere
        self.record(e.AbsenceWithdrawn, act, absence_id=absence_id)

    def _must_be_active(self) -> None:
        if not self.active:
            raise WrongState("This person has left the organisation.")
        if self.kind != "member":
            raise WrongState("This person is known from elsewhere and does not sign in here.")

    def _person_joined(self, fact: e.PersonJoined) -> None:
        self.organisation_id = fact.organisation_id
        self.kind = fact.kind
        self.leader_id = fact.leader_id
        self.roles = fact.roles

    def _leader_assigned(self, fact: e.LeaderAssigned) -> None:
        self.leader_id = fact.leader_id

    def _roles_changed(self, fact: e.RolesChanged) -> None:
        self.roles = fact.roles

    def _person_deactivated(self, _: e.PersonDeactivated) -> None:
        self.active = False
        self.tokens.clear()
        self.invitations.clear()

    def _person_erased(self, fact: erasing_events.PersonErased) -> None:
        super()._person_erased(fact)
        self.leader_id, self.roles = None, ()
        for held in (self.tokens, self.invitations, self.absences_by_id, self.sign_in_resets):
            held.clear()

    def _invitation_issued(self, fact: e.InvitationIssued) -> None:
        self.invitations[fact.invitation_id] = fact.expires_at

    def _invitation_accepted(self, fact: e.InvitationAccepted) -> None:
        self.invitations.pop(fact.invitation_id, None)

    def _token_issued(self, fact: e.TokenIssued) -> None:
        self.tokens[fact.token_id] = Token(fact.token_id, fact.scopes, fact.expires_at)

    def _token_revoked(self, fact: e.TokenRevoked) -> None:
        self.tokens.pop(fact.token_id, None)

    def _sign_in_reset(self, fact: e.SignInReset) -> None:
        self.sign_in_resets.append((fact.effective_at, fact.by))

    def _signed_out(self, _: e.SignedOut) -> None:
        """Nothing to remember: the sessions are kept elsewhere."""

    def _absence_declared(self, fact: e.AbsenceDeclared) -> None:
        self.absences_by_id[fact.absence_id] = Absence(fact.absence_id, fact.from_on, fact.until_on)

    def _absence_withdrawn(self, fact: e.AbsenceWithdrawn) -> None:
        self.absences_by_id.pop(fact.absence_id, None)


def _known(roles: tuple[str, ...]) -> tuple[str, ...]:
    if not set(roles) <= set(ROLES):
        raise Invalid(f"A role is one of {', '.join(ROLES)}.", field="roles")
    return tuple(dict.fromkeys(roles))
