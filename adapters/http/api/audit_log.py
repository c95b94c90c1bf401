"""The route for all that was recorded of an agreement, of a person, or of the organisation."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from adapters.http.api.agreements_answers import AGREEMENT
from adapters.http.api.agreements_bodies import BEN
from adapters.http.api.agreements_common import Cursor, Limit, described
from adapters.http.api.audit_answers import HistoryPage
from adapters.http.conventions import Shown
from adapters.http.deps import Asks
from adapters.http.routing import Routes
from services.audit.log import list_log

router = Routes(prefix="/audit", tags=["Audit"])


@router.get("/log", **described("read_log", "What was recorded?", answer=HistoryPage))
async def route_read_log(
    asks: Asks,
    agreement_id: Annotated[
        UUID | None, Query(description="Of this agreement: what happened, and who else read it.", examples=[AGREEMENT])
    ] = None,
    person_id: Annotated[
        UUID | None,
        Query(description="Of this person; with an agreement, only what they did in it.", examples=[BEN]),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """As far as it is for you, oldest first, in sentences; without either, what was recorded of the organisation.

    Of a person everything to themself; to stewards what stewards do; to those they share something with, whether
    who runs the installation reset their way in.
    """
    await asks.wait_for_position(())
    concord = asks.concord
    found = await list_log(
        concord.ledger,
        concord.clock,
        asks.actor,
        concord.identities.names,
        concord.identities.share_an_agreement,
        agreement_id=agreement_id,
        person_id=person_id,
        cursor=cursor,
        limit=limit,
    )
    return asks.show(Shown(0, found))
