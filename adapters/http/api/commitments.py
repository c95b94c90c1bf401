"""Routes for asking and offering, reading a commitment (also as of another day), and the talk until the promise."""

from __future__ import annotations

from fastapi import Response

from adapters.http.api.agreements_common import AsOf, Cursor, KnownAt, Limit, described, version_for
from adapters.http.api.commitments_answers import CommitmentHistoryPage, CommitmentShown
from adapters.http.api.commitments_bodies import CounterBody, MakeCommitmentBody, RevisionBody, WhyBody
from adapters.http.api.commitments_common import Bench, CommitmentId, command, document_of
from adapters.http.conventions import Shown, instant
from adapters.http.deps import Asks
from adapters.http.routing import Routes
from services.commitments.accept_commitment import AcceptCommitment, accept_commitment
from services.commitments.counter_commitment import CounterCommitment, counter_commitment
from services.commitments.decline_commitment import DeclineCommitment, decline_commitment
from services.commitments.give_promise import GivePromise, give_promise
from services.commitments.history import list_history
from services.commitments.make_commitment import MakeCommitment, make_commitment
from services.commitments.reading import read
from services.commitments.withdraw_commitment import WithdrawCommitment, withdraw_commitment

router = Routes(prefix="/commitments", tags=["Commitments"])


@router.post("", **command("make_commitment", "Ask for something, or offer it", status=201))
async def route_make_commitment(body: MakeCommitmentBody, bench: Bench) -> Response:
    """A request when you stand with whom it is owed to, an offer when with who owes it; nobody is bound by it yet."""
    return await bench.run(make_commitment, MakeCommitment(body.to_content(bench.zone), body.use))


@router.get(
    "/{commitment_id}",
    **described("read_commitment", "Read a commitment", answer=CommitmentShown, deed="commitment.read"),
)
async def route_read_commitment(
    commitment_id: CommitmentId, asks: Asks, as_of: AsOf = None, known_at: KnownAt = None
) -> Response:
    """Its text, all that was said, every due date that ever held, and what you may do now; for its two sides only.

    With `as_of` (or `known_at`) it is shown as it was then, and nothing can be done to that.
    """
    await asks.wait_for_position(())
    concord, now = asks.concord, asks.concord.clock.now()
    then, known = instant(as_of, "as_of", now), instant(known_at, "known_at", now)
    reading = await read(concord.ledger, concord.clock, asks.actor, commitment_id, as_of=then, known_at=known)
    document = document_of(reading)
    if then is not None or known is not None:
        document |= {"allowed_actions": [], "changes_to_propose": []}
    return asks.show(Shown(reading.version, document))


@router.get(
    "/{commitment_id}/history",
    **described(
        "list_commitment_history", "Everything that happened", answer=CommitmentHistoryPage, deed="commitment.read"
    ),
)
async def route_list_commitment_history(
    commitment_id: CommitmentId, asks: Asks, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """Every event in sentences, oldest first; it only ever grows at its end."""
    await asks.wait_for_position(())
    concord = asks.concord
    found = await list_history(
        concord.ledger, concord.clock, asks.actor, commitment_id, concord.identities.names, cursor=cursor, limit=limit
    )
    return asks.show(Shown(await version_for(asks, commitment_id), found))


@router.post("/{commitment_id}/promise", **command("give_promise", "Promise what is asked of you"))
async def route_give_promise(commitment_id: CommitmentId, body: RevisionBody, bench: Bench) -> Response:
    """A named debtor's yes to a request; it binds once every named debtor has promised."""
    return await bench.run(give_promise, GivePromise(commitment_id, body.revision))


@router.post("/{commitment_id}/accept", **command("accept_commitment", "Accept an offer or a counter"))
async def route_accept_commitment(commitment_id: CommitmentId, body: RevisionBody, bench: Bench) -> Response:
    """The yes of the side that is asked, to exactly this revision."""
    return await bench.run(accept_commitment, AcceptCommitment(commitment_id, body.revision))


@router.post("/{commitment_id}/counter", **command("counter_commitment", "Answer with another text"))
async def route_counter_commitment(commitment_id: CommitmentId, body: CounterBody, bench: Bench) -> Response:
    """The side that is asked puts it otherwise; every yes so far is void, and it is the other side's turn."""
    what = CounterCommitment(commitment_id, body.content.to_said(bench.zone), body.heard)
    return await bench.run(counter_commitment, what)


@router.post("/{commitment_id}/decline", **command("decline_commitment", "Say no"))
async def route_decline_commitment(commitment_id: CommitmentId, body: WhyBody, bench: Bench) -> Response:
    """The side that is asked declines; no reason is needed, and it is never counted."""
    return await bench.run(decline_commitment, DeclineCommitment(commitment_id, body.reason))


@router.post("/{commitment_id}/withdraw", **command("withdraw_commitment", "Take a request, offer or counter back"))
async def route_withdraw_commitment(commitment_id: CommitmentId, body: WhyBody, bench: Bench) -> Response:
    """The side that spoke last takes it back; never counted."""
    return await bench.run(withdraw_commitment, WithdrawCommitment(commitment_id, body.reason))
