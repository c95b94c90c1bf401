"""Routes for drafting an imbalance period, listing periods, and reading one, also as of another day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from adapters.http.api.agreements_bodies import BEN
from adapters.http.api.agreements_common import AsOf, Cursor, KnownAt, Limit, MinPosition, described
from adapters.http.api.imbalance_answers import BesideLimits, PeriodPage, PeriodShown, State
from adapters.http.api.imbalance_bodies import DraftPeriodBody, EditDraftBody
from adapters.http.api.imbalance_common import Bench, PeriodId, command
from adapters.http.conventions import Shown, instant
from adapters.http.deps import LONGEST_WAIT, Asking, Asks
from adapters.http.problems import unavailable
from adapters.http.routing import Routes
from services.audit.note_listed import note_listed_periods
from services.desk import Desk
from services.imbalance.draft_period import DraftPeriod, draft_period
from services.imbalance.drop_imbalance_draft import DropImbalanceDraft, drop_imbalance_draft
from services.imbalance.edit_draft import EditDraft, edit_draft
from services.imbalance.limits import figures_of_draft
from services.imbalance.reading import read_period
from services.imbalance.things import Named
from services.imbalance.view import show
from services.ports import Receipt
from services.queries import ImbalanceFilter, ImbalanceItem, Viewer

router = Routes(prefix="/imbalance-periods", tags=["Imbalance periods"])


@router.post("", **command("draft_imbalance_period", "Draft an imbalance period", status=201))
async def route_draft_imbalance_period(body: DraftPeriodBody, asks: Asks, bench: Bench) -> Response:
    """For yourself to declare, or for somebody who leads you; only you two see the draft."""
    what = DraftPeriod(body.declarer_id, body.to_content(), [thing.to_named() for thing in body.set_aside])

    async def deed(desk: Desk, what: DraftPeriod) -> Receipt:
        return await draft_period(desk, asks.concord.agreements, what)

    await _agreements_are_there(asks, what.set_aside)
    return await bench.run(deed, what)


@router.get("", **described("list_imbalance_periods", "List the imbalance periods that you may see", answer=PeriodPage))
async def route_list_imbalance_periods(
    asks: Asks,
    state: Annotated[State | None, Query(description="Only those in this state.", examples=["active"])] = None,
    person: Annotated[UUID | None, Query(description="Only those that this person is in.", examples=[BEN])] = None,
    waiting_on_me: Annotated[
        bool, Query(description="True: only those in which you are waited for.", examples=[False])
    ] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
    min_position: MinPosition = None,
) -> Response:
    """Newest first: those for you or by you, those declared by whom you lead, and to stewards all that are declared."""
    await asks.allow("list_imbalance_periods")
    await asks.wait_for_position()
    concord, actor = asks.concord, asks.actor
    today = concord.clock.now().astimezone(actor.organisation.zone).date()
    viewer = Viewer(actor.person_id, actor.organisation.id, today, steward="steward" in asks.standing.roles)
    page = await concord.imbalances.list_periods(
        viewer, ImbalanceFilter(state, person, waiting_on_me), cursor=cursor, limit=limit
    )
    await note_listed_periods(concord.ledger, concord.clock, actor, page.items)
    return asks.show(Shown(0, {"items": [_listed(item) for item in page.items], "next_cursor": page.next_cursor}))


@router.get(
    "/{period_id}",
    **described("read_imbalance_period", "Read an imbalance period", answer=PeriodShown, deed="imbalance.read"),
)
async def route_read_imbalance_period(
    period_id: PeriodId, asks: Asks, as_of: AsOf = None, known_at: KnownAt = None
) -> Response:
    """What it is for you, and what you may do now; with `as_of` or `known_at`, as it was then."""
    await asks.wait_for_position(())
    concord, now = asks.concord, asks.concord.clock.now()
    reading = await read_period(
        concord.ledger,
        concord.clock,
        asks.actor,
        period_id,
        as_of=instant(as_of, "as_of", now),
        known_at=instant(known_at, "known_at", now),
    )
    return asks.show(Shown(reading.version, show(reading)))


@router.get(
    "/{period_id}/limits",
    **described("read_limits_of_draft", "What a draft comes to", answer=BesideLimits, deed="imbalance.read"),
)
async def route_read_limits_of_draft(period_id: PeriodId, asks: Asks) -> Response:
    """How it stands beside the organisation's limits for each person named, for who may declare it."""
    await asks.wait_for_position(())
    concord = asks.concord
    limits, people = await figures_of_draft(concord.ledger, concord.clock, asks.actor, period_id)
    return asks.show(
        Shown(
            0,
            {
                "days": max(figures.days for figures in people.values()),
                "most_days": limits.longest,
                "most_share": limits.most_share,
                "share_of": limits.budget_window,
                "people": [
                    {
                        "person_id": str(person),
                        "gap": figures.gap,
                        "gap_needed": figures.gap_needed,
                        "share": figures.share,
                        "beyond": list(figures.beyond),
                    }
                    for person, figures in people.items()
                ],
            },
        )
    )


@router.patch("/{period_id}", **command("edit_imbalance_draft", "Edit a draft"))
async def route_edit_imbalance_draft(period_id: PeriodId, body: EditDraftBody, asks: Asks, bench: Bench) -> Response:
    """What is left out stays as it is; lists are given whole."""
    what = EditDraft(period_id, body.to_changed(), body.to_named())

    async def deed(desk: Desk, what: EditDraft) -> Receipt:
        return await edit_draft(desk, asks.concord.agreements, what)

    await _agreements_are_there(asks, what.set_aside or ())
    return await bench.run(deed, what)


@router.delete("/{period_id}", **command("drop_imbalance_draft", "Give a draft up"))
async def route_drop_imbalance_draft(period_id: PeriodId, bench: Bench) -> Response:
    """The draft is not declared any more; who drafted it and who would have declared it still see it."""
    return await bench.run(drop_imbalance_draft, DropImbalanceDraft(period_id))


async def _agreements_are_there(asks: Asking, named: Sequence[Named]) -> None:
    """Waits until the list in which a term's agreement is found has taken in all that was said up to now."""
    concord = asks.concord
    if any(thing.term_id is not None for thing in named) and not await concord.projector.caught_up(
        await concord.ledger.head(), LONGEST_WAIT, ["agreements"]
    ):
        raise unavailable("The agreements cannot be looked through just now; please try again in a moment.")


def _listed(item: ImbalanceItem) -> dict[str, object]:
    return {
        "id": str(item.id),
        "state": item.state,
        "focus": item.focus,
        "declarer_id": str(item.declarer_id),
        "starts_on": item.starts_on.isoformat(),
        "ends_on": item.ends_on.isoformat(),
        "people": [str(person) for person in item.people],
        "waiting_on": [{"person_id": str(w.person_id), "what": w.what} for w in item.waiting_on],
    }
