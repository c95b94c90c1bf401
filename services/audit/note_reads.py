"""Keeping that somebody read what is not theirs, before they are answered: what cannot be kept is not shown."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from domain.base import Act
from domain.reads.access_log import AccessLog, Read, access_log_id
from services.ports import Actor, Answer, Clock, Command, Conflict, Ledger

MOST_TRIES = 12


async def note_reads(ledger: Ledger, clock: Clock, actor: Actor, reads: Sequence[Read]) -> None:
    """Records them in one append; what the same person read a moment ago is on record already, and costs no other."""
    organisation = actor.organisation
    for attempt in range(MOST_TRIES):
        command = Command(secrets.token_hex(32), "", actor.person_id, organisation.id)
        act = Act(actor.person_id, clock.now(), organisation.id, command.id, organisation.zone)
        logs = []
        for read in reads:
            known = await ledger.load(AccessLog, access_log_id(read.thing_id))
            log = AccessLog.keep(known, act, read)
            if log.pending_events:
                logs.append(log)
        if not logs:
            return
        try:
            await ledger.record(command, Answer(versions={str(log.id): log.version for log in logs}), *logs)
            return
        except Conflict:
            if attempt == MOST_TRIES - 1:
                raise
