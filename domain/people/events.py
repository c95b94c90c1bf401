"""What can happen to a person's place in an organisation. No fact here holds a name or an address."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from domain.base import Fact, FirstFact
from domain.people.policy import OrganisationPolicy


class PersonJoined(FirstFact):
    """Somebody was added: a `member` (who can sign in once invited) or `imported` (a handle from elsewhere)."""

    TOPIC = "concord.person.joined"

    kind: str
    leader_id: UUID | None
    roles: tuple[str, ...]


class LeaderAssigned(Fact):
    """The organisation gave this person a leader, another one, or none."""

    TOPIC = "concord.person.leader_assigned"

    old_leader_id: UUID | None
    leader_id: UUID | None


class RolesChanged(Fact):
    """The person was given other roles; these are all that they have from now on."""

    TOPIC = "concord.person.roles_changed"

    roles: tuple[str, ...]


class PersonDeactivated(Fact):
    """The person left the organisation; nothing they hold opens anything any more."""

    TOPIC = "concord.person.deactivated"


class InvitationIssued(Fact):
    """A single-use invitation was made."""

    TOPIC = "concord.person.invitation_issued"

    invitation_id: UUID
    expires_at: datetime


class InvitationAccepted(Fact):
    """The person accepted an invitation and set a password."""

    TOPIC = "concord.person.invitation_accepted"

    invitation_id: UUID


class TokenIssued(Fact):
    """The person made an API token."""

    TOPIC = "concord.person.token_issued"

    token_id: UUID
    scopes: tuple[str, ...]
    expires_at: datetime | None


class TokenRevoked(Fact):
    """An API token was taken back."""

    TOPIC = "concord.person.token_revoked"

    token_id: UUID


class SignInReset(Fact):
    """The password was reset: by the person with a `link` from their mail, or by the installation's `operator`."""

    TOPIC = "concord.person.sign_in_reset"

    by: str


class SignedOut(Fact):
    """A steward ended every session of this person, who has to sign in anew."""

    TOPIC = "concord.person.signed_out"


class AbsenceDeclared(Fact):
    """The person said from when until when they are away, both days included; no reason is asked."""

    TOPIC = "concord.person.absence_declared"

    absence_id: UUID
    from_on: date
    until_on: date


class AbsenceWithdrawn(Fact):
    """The person took an absence back."""

    TOPIC = "concord.person.absence_withdrawn"

    absence_id: UUID


class OrganisationFounded(FirstFact):
    """An organisation was made; bare dates are days in its zone. Its name is kept where it can be erased."""

    TOPIC = "concord.organisation.founded"

    time_zone: str


class LineChanged(Fact):
    """Somebody in the organisation was given a leader, another one, or none."""

    TOPIC = "concord.organisation.line_changed"

    person_id: UUID
    leader_id: UUID | None


class ReadInBulk(Fact):
    """Who runs the installation read what many wrote at once; `what` is `export`, `follow_through` or `backup`."""

    TOPIC = "concord.organisation.read_in_bulk"

    what: str


class LogRestored(Fact):
    """Everything was put back as a backup had it: its first `events` events, where `signed` had been signed."""

    TOPIC = "concord.organisation.log_restored"

    events: int
    signed: int


class StewardLeft(Fact):
    """A steward left the organisation or is none any more; at least one other was there."""

    TOPIC = "concord.organisation.steward_left"

    person_id: UUID


class PolicyChanged(Fact):
    """A steward decided otherwise for the whole organisation; everybody in it can see what was and what is."""

    TOPIC = "concord.organisation.policy_changed"

    old: OrganisationPolicy
    new: OrganisationPolicy
