"""Routes for what anybody can check without trusting whoever runs this: checkpoints of the log, and proofs."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from adapters.http.api.agreements_common import described
from adapters.http.api.people_answers import Answered
from adapters.http.conventions import Shown, position
from adapters.http.deps import Asks
from adapters.http.form import invalid
from adapters.http.routing import Routes
from adapters.proofs.proof import proof_text, written
from domain.refusals import NotThere
from services.audit.proofs import allow_proof

router = Routes(prefix="/audit", tags=["Audit"])

_KEY = "concord.0197a2c0-0000-7000-8000-00000000000a/log+8e32046d+ARLJxUAdIuwZ2lGbnoRwitMZGs4N6zDtC3C8NTV9xfWw"
_ROOT = "i+SE3+LPG9RFYJbobJcRNmUU8Ut+/OVgl/k1dWWfRRs="
_NOTE = f"concord.0197a2c0-0000-7000-8000-00000000000a/log\n116\n{_ROOT}\n\n— concord.0197a2c0-0000-7000-8000-..."
_LARGEST = 2**53


class CheckpointShown(Answered):
    """What the log came to, signed."""

    size: int = Field(description="How many events it is of.", examples=[116])
    checkpoint: str = Field(description="The signed note (c2sp.org/tlog-checkpoint), as it is.", examples=[_NOTE])
    key: str = Field(description="The public key, as c2sp.org/signed-note writes one.", examples=[_KEY])
    since: int | None = Field(description="The size of the checkpoint that you hold.", examples=[100])
    consistency: list[str] = Field(
        description="Hashes (base64) which prove that the log of that size is the beginning of this one.",
        examples=[[_ROOT]],
    )


class ProofShown(Answered):
    """That one event is in the log."""

    event_id: int = Field(description="The event's position in the log.", examples=[12])
    key: str = Field(description="The public key, as c2sp.org/signed-note writes one.", examples=[_KEY])
    proof: str = Field(
        description="The proof (c2sp.org/tlog-proof), with header and checkpoint, as it is.",
        examples=["c2sp.org/tlog-proof@v1\nextra AAAA...\nindex 11\n..."],
    )


@router.get("/checkpoint", **described("read_checkpoint", "What does the log come to?", answer=CheckpointShown))
async def route_read_checkpoint(
    asks: Asks,
    since: Annotated[
        int | None,
        Query(description="The size of a checkpoint that you hold.", examples=[100], ge=0, le=_LARGEST),
    ] = None,
) -> Response:
    """Keep it: whoever holds one can show, at any later time, whether what was recorded until then was changed."""
    await asks.allow("read_checkpoint")
    await asks.wait_for_position(())
    checkpoints = asks.concord.checkpoints
    note = await checkpoints.current(position(asks.request) or 0)
    size = checkpoints.verifier.checked(note).size
    if since is not None and since > size:
        sentence = f"This log has {size} events: if you hold a checkpoint of more, an older copy of it came back."
        raise invalid({"since": sentence})
    hashes = [] if since is None else await checkpoints.tree.consistency(since, size)
    document = {
        "size": size,
        "checkpoint": note,
        "key": str(checkpoints.verifier),
        "since": since,
        "consistency": [written(one) for one in hashes],
    }
    return asks.show(Shown(size, document))


@router.get("/proofs", **described("read_proof", "Prove that it was recorded", answer=ProofShown))
async def route_read_proof(
    asks: Asks,
    event_id: Annotated[
        int, Query(description="The event's position, as histories give it.", examples=[12], ge=1, le=_LARGEST)
    ],
) -> Response:
    """For events that are in your own histories. It shows the event's header and a hash of its content, no more."""
    await asks.allow("read_proof")
    await asks.wait_for_position(())
    concord = asks.concord
    found = await concord.ledger.log.read_after(event_id - 1, 1, up_to=event_id)
    if not found:
        raise NotThere
    record = found[0]
    await allow_proof(
        concord.ledger,
        concord.clock,
        asks.actor,
        topic=record.topic,
        stream_id=record.stream_id,
        position=record.position,
    )
    checkpoints = concord.checkpoints
    note = await checkpoints.current(record.position)
    size = checkpoints.verifier.checked(note).size
    hashes = await checkpoints.tree.inclusion(record.position - 1, size)
    document = {
        "event_id": record.position,
        "key": str(checkpoints.verifier),
        "proof": proof_text(record, hashes, note),
    }
    return asks.show(Shown(size, document))
