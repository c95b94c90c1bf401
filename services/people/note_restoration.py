"""Keeping a record that the log was put back from a backup: all concerned can see it."""

from __future__ import annotations

import secrets

from domain.base import Act
from domain.people.organisation import Organisation
from domain.refusals import NotThere
from services import ports
from services.ports import Answer, Clock, Command, Ledger


async def note_restoration(
    ledger: Ledger, clock: Clock, organisation: ports.Organisation, *, events: int, signed: int
) -> None:
    """Records it in one organisation; nobody acts but whoever runs the installation."""
    found = await ledger.load(Organisation, organisation.id)
    if not isinstance(found, Organisation):
        raise NotThere
    command = Command(secrets.token_hex(32), "", None, organisation.id)
    act = Act(None, clock.now(), organisation.id, command.id, organisation.zone)
    found.note_restoration(act, events, signed)
    await ledger.record(command, Answer(versions={str(found.id): found.version}), found)
