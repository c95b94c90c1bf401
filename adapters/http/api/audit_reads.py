"""Routes for who read what is not theirs: asked about oneself, and of the very thing."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query, Response

from adapters.http.api.agreements_common import AgreementId, Cursor, Limit, described
from adapters.http.api.audit_reads_answers import ReadPage
from adapters.http.api.commitments_common import CommitmentId
from adapters.http.api.imbalance_common import PeriodId
from adapters.http.conventions import Shown
from adapters.http.deps import LONGEST_WAIT, Asking, Asks
from adapters.http.problems import unavailable
from adapters.http.routing import Routes
from services.audit.reads import (
    ReadsDesk,
    list_reads_about_me,
    list_reads_of_agreement,
    list_reads_of_commitment,
    list_reads_of_period,
)

router = Routes(tags=["Audit"])


@router.get("/audit/reads", **described("list_reads", "Who read what is mine?", answer=ReadPage))
async def route_list_reads(
    asks: Asks,
    about: Annotated[Literal["me"], Query(description="Whom the reads concern: you.", examples=["me"])] = "me",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Newest first: reads by who is no party of what was read, of everything at once, and ways in that were reset.

    The same person reading the same on within a quarter of an hour is one read.
    """
    desk = await _desk(asks)
    return asks.show(Shown(0, await list_reads_about_me(desk, cursor=cursor, limit=limit)))


@router.get(
    "/agreements/{agreement_id}/reads",
    **described("list_reads_of_agreement", "Who else read it?", answer=ReadPage, deed="agreement.reads"),
)
async def route_list_reads_of_agreement(
    agreement_id: AgreementId, asks: Asks, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """For its parties, newest first: stewards with a reason, whom a party let read it, who runs the installation."""
    desk = await _desk(asks)
    found = await list_reads_of_agreement(desk, agreement_id, cursor=cursor, limit=limit)
    return asks.show(Shown(0, found))


@router.get(
    "/commitments/{commitment_id}/reads",
    **described("list_reads_of_commitment", "Who else read it?", answer=ReadPage, deed="commitment.reads"),
)
async def route_list_reads_of_commitment(
    commitment_id: CommitmentId, asks: Asks, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """For its two sides, newest first: whoever runs the installation, who reads all at once; nobody else can."""
    desk = await _desk(asks)
    return asks.show(Shown(0, await list_reads_of_commitment(desk, commitment_id, cursor=cursor, limit=limit)))


@router.get(
    "/imbalance-periods/{period_id}/reads",
    **described("list_reads_of_period", "Who else read it?", answer=ReadPage, deed="imbalance.reads"),
)
async def route_list_reads_of_period(
    period_id: PeriodId, asks: Asks, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """For those whom it is for or by, newest first: stewards, the declarer's leader, who runs the installation."""
    desk = await _desk(asks)
    return asks.show(Shown(0, await list_reads_of_period(desk, period_id, cursor=cursor, limit=limit)))


async def _desk(asks: Asking) -> ReadsDesk:
    """Where the questions are asked, once everything that was read until now is there to be told."""
    concord = asks.concord
    await asks.wait_for_position(())
    if not await concord.projector.caught_up(await concord.ledger.head(), LONGEST_WAIT, ["reads"]):
        raise unavailable("What was read last is not there yet; please try again in a moment.")
    return ReadsDesk(concord.ledger, concord.clock, concord.reads, concord.identities.names, asks.actor)
