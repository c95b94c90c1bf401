"""Routes for how expectations evolved: versions, word diff, lineage, history, and what was expected on a day."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from adapters.http.api.agreements_bodies import BEN
from adapters.http.api.agreements_common import (
    AgreementId,
    AsOf,
    Cursor,
    KnownAt,
    Limit,
    TermId,
    described,
    version_for,
)
from adapters.http.api.audit_answers import (
    DiffShown,
    ExpectationsShown,
    HistoryPage,
    LineageShown,
    VersionPage,
    VersionShown,
)
from adapters.http.conventions import Shown, instant
from adapters.http.deps import Asking, Asks
from adapters.http.routing import Routes
from services.audit.expectations import get_expectations
from services.audit.history import list_history
from services.audit.lineage import get_lineage
from services.audit.text_diff import PROPOSAL, get_diff
from services.audit.versions import get_version, list_versions

router = Routes(tags=["Audit"])

AUDIT = "agreement.audit"
VersionNumber = Annotated[int, Path(description="The version's number, from 1.", examples=[1], ge=1, le=1_000_000)]


@router.get(
    "/agreements/{agreement_id}/versions",
    **described("list_versions", "List the agreed texts", answer=VersionPage, deed=AUDIT),
)
async def route_list_versions(
    agreement_id: AgreementId,
    asks: Asks,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Oldest first, each with who consented to which hash when."""
    await asks.wait_for_position(())
    concord, now = asks.concord, asks.concord.clock.now()
    found = await list_versions(
        concord.ledger,
        concord.clock,
        asks.actor,
        agreement_id,
        as_of=instant(as_of, "as_of", now),
        known_at=instant(known_at, "known_at", now),
        cursor=cursor,
        limit=limit,
    )
    return await _answer(asks, agreement_id, found)


@router.get(
    "/agreements/{agreement_id}/versions/{number}",
    **described("read_version", "Read an agreed text", answer=VersionShown, deed=AUDIT),
)
async def route_read_version(
    agreement_id: AgreementId, number: VersionNumber, asks: Asks, as_of: AsOf = None, known_at: KnownAt = None
) -> Response:
    """The whole text, word for word as everybody consented to it."""
    await asks.wait_for_position(())
    concord, now = asks.concord, asks.concord.clock.now()
    found = await get_version(
        concord.ledger,
        concord.clock,
        asks.actor,
        agreement_id,
        number,
        as_of=instant(as_of, "as_of", now),
        known_at=instant(known_at, "known_at", now),
    )
    return await _answer(asks, agreement_id, found)


@router.get(
    "/agreements/{agreement_id}/diff",
    **described("get_diff", "Compare two texts, word by word", answer=DiffShown, deed=AUDIT, also=(409,)),
)
async def route_get_diff(
    agreement_id: AgreementId,
    asks: Asks,
    from_: Annotated[
        str,
        Query(
            alias="from",
            description="A version's number, an instant (RFC 3339), or `r7` for that revision of the open proposal.",
            examples=["1"],
        ),
    ],
    to: Annotated[
        str, Query(description="A version's number, an instant, or `proposal` (the open one).", examples=["2"])
    ] = PROPOSAL,
) -> Response:
    """Term by term: added, removed, changed, with word-level hunks."""
    await asks.wait_for_position(())
    concord = asks.concord
    found = await get_diff(concord.ledger, concord.clock, asks.actor, agreement_id, from_, to)
    return await _answer(asks, agreement_id, found)


@router.get(
    "/agreements/{agreement_id}/terms/{term_id}/lineage",
    **described("get_lineage", "How a term came to be", answer=LineageShown, deed=AUDIT),
)
async def route_get_lineage(agreement_id: AgreementId, term_id: TermId, asks: Asks) -> Response:
    """Who wrote it, who changed it, when, why, from what to what, and which version brought it into force."""
    await asks.wait_for_position(())
    concord = asks.concord
    found = await get_lineage(concord.ledger, concord.clock, asks.actor, agreement_id, term_id)
    return await _answer(asks, agreement_id, found)


@router.get(
    "/agreements/{agreement_id}/history",
    **described("list_history", "Everything that happened", answer=HistoryPage, deed=AUDIT),
)
async def route_list_history(
    agreement_id: AgreementId, asks: Asks, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """Every event that is for you, in sentences, oldest first; it only ever grows at its end."""
    await asks.wait_for_position(())
    concord = asks.concord
    found = await list_history(
        concord.ledger, concord.clock, asks.actor, agreement_id, concord.identities.names, cursor=cursor, limit=limit
    )
    return await _answer(asks, agreement_id, found)


@router.get(
    "/people/{person_id}/expectations",
    **described(
        "get_expectations", "What was expected of somebody on a day", answer=ExpectationsShown, deed="read_expectations"
    ),
)
async def route_get_expectations(
    person_id: Annotated[
        UUID,
        Path(description="Yourself, or somebody with whom you share an agreement or a commitment.", examples=[BEN]),
    ],
    asks: Asks,
    on: Annotated[
        date | None, Query(description="The day (YYYY-MM-DD); today unless said.", examples=["2027-01-04"])
    ] = None,
) -> Response:
    """What was expected of them, and what they expected, across every agreement and commitment that you may see."""
    await asks.wait_for_position(["holding"])
    concord = asks.concord
    found = await get_expectations(concord.ledger, concord.clock, concord.holding, asks.actor, person_id, on=on)
    return asks.show(Shown(0, found))


async def _answer(asks: Asking, agreement_id: UUID, document: dict[str, object]) -> Response:
    return asks.show(Shown(await version_for(asks, agreement_id), document))
