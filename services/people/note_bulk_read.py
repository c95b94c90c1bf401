"""Keeping a record of a read of what many wrote, by whoever runs the installation: all concerned can see it."""

from __future__ import annotations

import secrets

from domain.base import Act
from domain.people.organisation import Organisation
from domain.refusals import NotThere
from services.ports import Actor, Answer, Clock, Command, Conflict, Ledger

MOST_TRIES = 10


async def note_bulk_read(ledger: Ledger, clock: Clock, actor: Actor, what: str) -> None:
    """Records it before anything is shown; `what` is `export`, `follow_through` or `backup`.

    It is nobody's of the organisation, whose steward need know nothing of it; `actor` says in which one.
    """
    command_id = secrets.token_hex(32)
    for attempt in range(MOST_TRIES):
        organisation = await ledger.load(Organisation, actor.organisation.id)
        if not isinstance(organisation, Organisation):
            raise NotThere
        act = Act(None, clock.now(), organisation.id, command_id, actor.organisation.zone)
        organisation.note_bulk_read(act, what)
        command = Command(command_id, "", None, organisation.id)
        try:
            await ledger.record(command, Answer(versions={str(organisation.id): organisation.version}), organisation)
            return
        except Conflict:
            if attempt == MOST_TRIES - 1:
                raise
