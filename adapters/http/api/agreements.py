"""Routes for opening an agreement, listing agreements, and reading one, also as of another day."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from adapters.http.api.agreements_answers import AgreementPage, AgreementShown
from adapters.http.api.agreements_bodies import ADA, OpenAgreementBody
from adapters.http.api.agreements_common import (
    AgreementId,
    AsOf,
    Bench,
    Cursor,
    KnownAt,
    Limit,
    MinPosition,
    command,
    described,
)
from adapters.http.conventions import Shown, instant
from adapters.http.deps import Asks
from adapters.http.routing import Routes
from services.agreements.imported_view import show_imported
from services.agreements.open_agreement import OpenAgreement, open_agreement
from services.agreements.reading import read
from services.agreements.view import show
from services.audit.note_listed import note_listed_agreements
from services.queries import AgreementFilter, AgreementItem, Viewer

router = Routes(prefix="/agreements", tags=["Agreements"])

State = Literal["noted", "drafting", "in_force", "paused", "ending", "ended", "expired", "abandoned"]


@router.post("", **command("open_agreement", "Open an agreement", status=201))
async def route_open_agreement(body: OpenAgreementBody, bench: Bench) -> Response:
    """Begins a draft; the other parties see its title, use, parties and opening questions at once."""
    return await bench.run(open_agreement, OpenAgreement(body.to_head()))


@router.get("", **described("list_agreements", "List the agreements that you may see", answer=AgreementPage))
async def route_list_agreements(
    asks: Asks,
    state: Annotated[State | None, Query(description="Only those in this state.", examples=["in_force"])] = None,
    party: Annotated[UUID | None, Query(description="Only those with this person as a party.", examples=[ADA])] = None,
    waiting_on_me: Annotated[
        bool, Query(description="True: only those in which you are waited for.", examples=[False])
    ] = False,
    external_id: Annotated[
        str | None, Query(description="Only the imported one with this name in its source.", max_length=500)
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
    min_position: MinPosition = None,
) -> Response:
    """Newest first; stewards also see that the organisation's other agreements exist, with their content withheld."""
    await asks.allow("list_agreements")
    await asks.wait_for_position()
    concord, actor = asks.concord, asks.actor
    viewer = Viewer(
        actor.person_id,
        actor.organisation.id,
        concord.clock.now().astimezone(actor.organisation.zone).date(),
        steward="steward" in asks.standing.roles,
    )
    page = await concord.agreements.list_agreements(
        viewer, AgreementFilter(state, party, waiting_on_me, external_id), cursor=cursor, limit=limit
    )
    await note_listed_agreements(concord.ledger, concord.clock, actor, page.items)
    return asks.show(Shown(0, {"items": [_listed(item) for item in page.items], "next_cursor": page.next_cursor}))


@router.get(
    "/{agreement_id}", **described("read_agreement", "Read an agreement", answer=AgreementShown, deed="agreement.read")
)
async def route_read_agreement(
    agreement_id: AgreementId,
    asks: Asks,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    version: Annotated[
        int | None, Query(description="Show the text of this version.", ge=1, le=1_000_000, examples=[1])
    ] = None,
) -> Response:
    """What it is for you: its text in force, the proposal, and what you may do now.

    With `as_of` (or `known_at`) it is shown as it was then, and nothing can be done to that.
    """
    await asks.wait_for_position(())
    concord, now = asks.concord, asks.concord.clock.now()
    then, known = instant(as_of, "as_of", now), instant(known_at, "known_at", now)
    reading = await read(
        concord.ledger, concord.clock, asks.actor, agreement_id, as_of=then, known_at=known, version=version
    )
    if reading.imported is not None:
        document = show_imported(reading, version=version)
    else:
        document = show(reading, asks.actor.organisation.zone, version=version)
    if then is not None or known is not None:
        document["allowed_actions"] = []
    return asks.show(Shown(reading.version, document))


def _listed(item: AgreementItem) -> dict[str, object]:
    shown: dict[str, object] = {
        "id": str(item.id),
        "state": item.state,
        "parties": [{"person_id": str(p.person_id), "role": p.role} for p in item.parties],
        "next_review_on": None if item.next_review_on is None else item.next_review_on.isoformat(),
    }
    if item.withheld:
        return shown | {"withheld": True}
    return shown | {
        "withheld": False,
        "title": item.title,
        "use": item.use,
        "version": item.version,
        "waiting_on": [{"person_id": str(w.person_id), "what": w.what} for w in item.waiting_on],
        "external_id": item.external_id,
        "imported": item.imported,
    }
