"""What the organisation has decided for everybody: reading it, and deciding otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from domain.people.organisation import Organisation
from domain.people.policy import OrganisationPolicy
from domain.refusals import NotThere
from services.desk import Desk
from services.ports import Ledger, Receipt

_remembered: WeakKeyDictionary[Ledger, dict[UUID, tuple[int, OrganisationPolicy]]] = WeakKeyDictionary()
"""By ledger and organisation: the version at which it was looked at last, and what held then."""


@dataclass(frozen=True)
class ChangePolicy:
    """The settings that are to be otherwise, by name; all others stay."""

    settings: Mapping[str, Any] = field(default_factory=dict)


async def change_policy(desk: Desk, command: ChangePolicy) -> Receipt:
    """A steward decides; it holds from now on, and every member sees what it was before."""
    await desk.allow("change_policy")
    organisation = await organisation_at(desk.ledger, desk.actor.organisation.id)
    desk.check_seen(organisation.policy_version)
    organisation.change_policy(desk.act(), replace(organisation.policy, **command.settings))
    return await desk.record(organisation)


async def policy_of(ledger: Ledger, organisation_id: UUID) -> OrganisationPolicy:
    """What holds in this organisation now, in whichever process it was decided.

    It is remembered until something else is recorded of the organisation: that of a large one is long.
    """
    version = await ledger.version(organisation_id)
    remembered = _remembered.setdefault(ledger, {})
    known = remembered.get(organisation_id)
    if known is None or known[0] != version:
        found = await organisation_at(ledger, organisation_id)
        known = remembered[organisation_id] = found.version, found.policy
    return known[1]


async def organisation_at(ledger: Ledger, organisation_id: UUID, *, up_to: int | None = None) -> Organisation:
    """The organisation, as it was at that version where one is given."""
    found = await ledger.load(Organisation, organisation_id, up_to=up_to)
    if not isinstance(found, Organisation):
        raise NotThere
    return found
