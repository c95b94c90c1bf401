"""Who I am, what waits for me, and when I am away."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from pydantic import Field
from starlette.responses import Response

from adapters.http.api.agreements_common import Cursor, Limit
from adapters.http.api.inbox_answers import InboxShown
from adapters.http.api.people import show_person
from adapters.http.api.people_answers import ABSENCE, AbsencePage, AbsenceShown, MeShown
from adapters.http.conventions import Body, Shown, from_cursor
from adapters.http.conventions import cursor as written_cursor
from adapters.http.deps import Asking, Asks
from adapters.http.form import invalid
from adapters.http.routing import Routes
from domain.people.person import Person
from domain.refusals import NotThere
from services.inbox.get_inbox import get_inbox
from services.inbox.in_erasures import erasures_that_wait
from services.inbox.wait import Place
from services.people.absences import DeclareAbsence, declare_absence, withdraw_absence
from services.ports import Receipt

router = Routes(prefix="/me", tags=["Me"])


class AbsenceBody(Body):
    """Days on which you are away."""

    from_on: date = Field(description="The first day; up to 14 days back.", examples=["2027-07-05"])
    until_on: date = Field(description="The last day, included; at most a year later.", examples=["2027-07-23"])


@router.get(
    "",
    operation_id="read_me",
    summary="Who am I?",
    responses={200: {"model": MeShown, "description": "You, your organisation, and what your token covers."}},
)
async def route_get_me(asks: Asks) -> Response:
    """You as your organisation knows you, the organisation with its zone, and what your token covers."""
    await asks.allow("read_me")
    await asks.wait_for_position(())
    own_zone = asks.actor.own_zone
    return asks.show(await show_me(asks, own_zone.key if own_zone is not None else None))


@router.get(
    "/inbox",
    operation_id="read_inbox",
    summary="What waits for me?",
    responses={200: {"model": InboxShown, "description": "What waits for you, the most pressing first."}},
)
async def route_get_inbox(asks: Asks, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """Across agreements, updates, commitments and imbalance periods: what happened, what you may do, and by when.

    What waits for a team of yours waits for you. A narrowed token is told of what its scopes cover.
    """
    await asks.allow("read_inbox")
    await asks.wait_for_position(["inbox", "erasures"])
    concord = asks.concord
    given = from_cursor(cursor, len(Place._fields))
    if given is not None and not all(isinstance(value, str) for value in given):
        raise invalid({"cursor": "This is not a cursor that a list gave."})
    after = Place(*given) if given is not None else None
    ledger, actor = concord.ledger, asks.actor
    first = await erasures_that_wait(ledger, concord.erasures, concord.identities.names, actor)
    page = await get_inbox(ledger, concord.clock, concord.inbox, actor, first=first, after=after, limit=limit)
    next_cursor = None if page.next_place is None else written_cursor(list(page.next_place))
    return asks.show(Shown(0, {"items": page.items, "next_cursor": next_cursor}))


@router.post(
    "/absences",
    status_code=201,
    operation_id="declare_absence",
    summary="Say when you are away",
    responses={201: {"model": AbsenceShown, "description": "The absence."}},
)
async def route_declare_absence(body: AbsenceBody, asks: Asks) -> Response:
    """Updates that you owe in those days are excused; no reason is asked, and due dates do not move."""
    command = DeclareAbsence(body.from_on, body.until_on)

    async def show(receipt: Receipt) -> Shown:
        person = await _me(asks, receipt)
        absence = person.absences_by_id[UUID(receipt.answer.ids["absence_id"])]
        return Shown(person.version, _absence(absence))

    return await asks.run(lambda desk: declare_absence(desk, command), show, on=asks.actor.person_id, checked=False)


@router.get(
    "/absences",
    operation_id="list_absences",
    summary="When am I away?",
    responses={200: {"model": AbsencePage, "description": "Your absences, by first day."}},
)
async def route_list_absences(asks: Asks) -> Response:
    """All that you have told, past ones too."""
    await asks.allow("list_absences")
    await asks.wait_for_position(())
    return asks.show(await _absences(asks))


@router.delete(
    "/absences/{absence_id}",
    operation_id="withdraw_absence",
    summary="Take an absence back",
    responses={200: {"model": AbsencePage, "description": "Your absences that are left."}},
)
async def route_withdraw_absence(
    absence_id: Annotated[UUID, Path(description="The absence.", examples=[ABSENCE])],
    asks: Asks,
) -> Response:
    """What was excused by it is expected again. The version is that of your absences as a whole."""

    async def show(receipt: Receipt) -> Shown:
        return await _absences(asks, receipt)

    return await asks.run(lambda desk: withdraw_absence(desk, absence_id), show, on=asks.actor.person_id)


async def show_me(asks: Asking, time_zone: str | None) -> Shown:
    """You, told times in that zone."""
    me = await show_person(asks, asks.actor.person_id)
    organisation = asks.actor.organisation
    more = {
        "organisation": {
            "id": str(organisation.id), "name": organisation.name, "time_zone": organisation.zone.key,
        },
        "time_zone": time_zone,
        "scopes": sorted(asks.actor.scopes),
    }  # fmt: skip
    return Shown(me.version, {**me.document, **more})


async def _me(asks: Asking, receipt: Receipt | None = None) -> Person:
    me = asks.actor.person_id
    version = receipt.answer.versions[str(me)] if receipt is not None else None
    person = await asks.concord.ledger.load(Person, me, up_to=version)
    if person is None:
        raise NotThere
    return person


async def _absences(asks: Asking, receipt: Receipt | None = None) -> Shown:
    person = await _me(asks, receipt)
    return Shown(person.version, {"items": [_absence(a) for a in person.absences], "next_cursor": None})


def _absence(absence: Any) -> dict[str, Any]:
    return {
        "id": str(absence.id),
        "from_on": absence.from_on.isoformat(),
        "until_on": absence.until_on.isoformat(),
    }
