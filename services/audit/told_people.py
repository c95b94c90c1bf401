"""What was recorded of a person's place here, and of the organisation as a whole, told to one viewer."""

from __future__ import annotations

from uuid import UUID

from domain.base import Fact
from domain.people import erasing_events as g
from domain.people import events as e
from services.agreements.view import at
from services.audit.kept_reads import OPERATOR, kept_read
from services.audit.telling import Part, Told, say, who
from services.audit.told_reads import parts_of

TO_STEWARDS: frozenset[type[Fact]] = frozenset(
    {
        e.PersonJoined,
        e.LeaderAssigned,
        e.RolesChanged,
        e.PersonDeactivated,
        e.InvitationIssued,
        e.InvitationAccepted,
        e.SignedOut,
        g.ErasureAsked,
        g.ErasureApproved,
        g.ErasureObjected,
        g.PersonErased,
        g.ErasureCompleted,
    }
)
"""What a steward is told of others: what stewards do, and not when somebody is away or which tokens they have."""

_TOKEN = "an API token"  # noqa: S105 - a word of a sentence


def tell_person(fact: Fact, *, own: bool, steward: bool, shares: bool) -> Told | None:
    """A fact of a person's stream; None where it is not for this viewer.

    One's own is told whole. Whoever shares something with them is told when the operator reset their way in.
    """
    by_operator = isinstance(fact, e.SignInReset) and fact.by == OPERATOR
    if not (own or (steward and type(fact) in TO_STEWARDS) or (shares and by_operator)):
        return None
    return _place(fact) or _way_in(fact) or _gone(fact)


def tell_organisation(fact: Fact, *, steward: bool) -> Told | None:
    """A fact of the organisation's stream: all members are told of it; who leads whom, stewards."""
    if (read := kept_read(0, fact)) is not None:
        return Told(parts_of(read), {"read": read.what}, unsaid_by=True)
    match fact:
        case e.OrganisationFounded():
            return say("The organisation was founded.", time_zone=fact.time_zone)
        case e.StewardLeft():
            return say(fact.person_id, " is no steward any more.", person_id=str(fact.person_id))
        case e.PolicyChanged():
            names = fact.new.differences(fact.old)
            changed = {name: {"from": getattr(fact.old, name), "to": getattr(fact.new, name)} for name in names}
            return say(who(fact), " changed what holds for all.", fields=changed)
        case e.LogRestored():
            return say(
                f"Everything was put back as a backup had it, with {fact.events} events.",
                events=fact.events,
                signed=fact.signed,
            )
        case e.LineChanged() if steward:
            return say(fact.person_id, *_led(fact.leader_id), person_id=str(fact.person_id))
    return None


def _place(fact: Fact) -> Told | None:
    by, person = who(fact), fact.originator_id
    match fact:
        case e.PersonJoined():
            return say(person, " was added.", kind=fact.kind, roles=list(fact.roles))
        case e.LeaderAssigned():
            return say(person, *_led(fact.leader_id))
        case e.RolesChanged():
            return say(by, " changed the roles of ", person, ".", roles=list(fact.roles))
        case e.PersonDeactivated():
            return say(person, " left the organisation.")
        case e.AbsenceDeclared():
            days = {"from_on": fact.from_on.isoformat(), "until_on": fact.until_on.isoformat()}
            return say(by, " said when they are away.", **days)
        case e.AbsenceWithdrawn():
            return say(by, " took an absence back.", absence_id=str(fact.absence_id))
    return None


def _way_in(fact: Fact) -> Told | None:
    by = who(fact)
    match fact:
        case e.InvitationIssued():
            return say(by, " invited ", fact.originator_id, ".", expires_at=at(fact.expires_at))
        case e.InvitationAccepted():
            return say(by, " accepted the invitation.")
        case e.TokenIssued():
            return say(by, f" made {_TOKEN}.", token_id=str(fact.token_id), scopes=list(fact.scopes))
        case e.TokenRevoked():
            return say(by, f" took {_TOKEN} back.", token_id=str(fact.token_id))
        case e.SignInReset():
            if (read := kept_read(0, fact)) is not None:
                return Told(parts_of(read))
            return say(by, " set a new password by a link from their mail; all their sessions ended.")
        case e.SignedOut():
            return say(by, " ended all sessions of ", fact.originator_id, ".")
    return None


def _gone(fact: Fact) -> Told | None:
    by, person = who(fact), fact.originator_id
    match fact:
        case g.ErasureAsked():
            return say(by, " asked for the erasure of ", person, ".", reason=fact.reason)
        case g.ErasureApproved():
            return say(by, " approved the erasure of ", person, ".", erases_at=at(fact.erases_at))
        case g.ErasureObjected():
            return say(by, " objected to the erasure of ", person, ".", reason=fact.reason)
        case g.PersonErased():
            return say(person, " was erased.", cause=fact.cause)
        case g.ErasureCompleted():
            return say("Every key and row of ", person, " is gone.", keys=list(fact.keys))
    return None


def _led(leader_id: UUID | None) -> tuple[Part, ...]:
    return (" has no leader any more.",) if leader_id is None else (" was given a leader: ", leader_id, ".")
