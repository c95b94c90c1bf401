"""Who may have a proof that something was recorded: whoever is told of it.

A proof names the event and shows nothing of any other. So it is given for what stands in the asker's own
history of a thing, and answers everybody else as if there were no such event.
"""

from __future__ import annotations

from uuid import UUID

from domain.refusals import NotThere, NotYourAct
from domain.updates.update_log import UpdateLog
from services.access import may
from services.audit.audience import audience_of
from services.audit.history import history, said_under_it
from services.audit.kept_reads import kept_read
from services.audit.reads import is_told_of
from services.commitments.reading import read
from services.ports import Actor, Clock, Ledger

AGREEMENTS = ("concord.agreement.", "concord.imported_agreement.")
UPDATES = "concord.updates."
COMMITMENTS = ("concord.commitment.", "concord.imported_commitment.")
PERSON = "concord.person."
READS = "concord.access."


async def allow_proof(
    ledger: Ledger, clock: Clock, actor: Actor, *, topic: str, stream_id: UUID, position: int
) -> None:
    """Passes in silence where the actor may see the event at this position; raises NotThere or NotYourAct."""
    may(actor, await ledger.standing(actor.person_id), "read_proof")
    try:
        if topic.startswith(COMMITMENTS):
            await _in_its_history(ledger, clock, actor, stream_id, position)
        elif topic.startswith((*AGREEMENTS, UPDATES)):
            await _told_of(ledger, clock, actor, await _agreement_of(ledger, topic, stream_id), position)
        elif topic.startswith(READS):
            await _told_of_read(ledger, actor, stream_id, position)
        elif not topic.startswith(PERSON) or stream_id != actor.person_id:
            raise NotThere
    except NotYourAct:
        # Were a narrowed token told so, it would learn of any position in the log what kind of thing it is about.
        raise NotThere from None


async def _in_its_history(ledger: Ledger, clock: Clock, actor: Actor, commitment_id: UUID, position: int) -> None:
    reading = await read(ledger, clock, actor, commitment_id)
    if all(one.position != position for one in reading.recorded):
        raise NotThere


async def _told_of_read(ledger: Ledger, actor: Actor, stream_id: UUID, position: int) -> None:
    for one in await ledger.facts(stream_id):
        read = kept_read(one.position, one.fact)
        if one.position == position and read is not None and await is_told_of(ledger, actor, read):
            return
    raise NotThere


async def _agreement_of(ledger: Ledger, topic: str, stream_id: UUID) -> UUID:
    if not topic.startswith(UPDATES):
        return stream_id
    log = await ledger.load(UpdateLog, stream_id)
    if log is None:
        raise NotThere
    return log.agreement_id


async def _told_of(ledger: Ledger, clock: Clock, actor: Actor, agreement_id: UUID, position: int) -> None:
    audience = await audience_of(ledger, clock, actor, agreement_id)
    said = await said_under_it(ledger, audience, agreement_id)
    for entry in history(audience, said):
        # The header names what happened and who acted: who is not told that has no proof of it either.
        if entry.recorded.position == position and entry.told.what is None and not entry.told.unsaid_by:
            return
    raise NotThere
