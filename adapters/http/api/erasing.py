"""Being erased: asking for it, agreeing to it, objecting."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field
from starlette.responses import Response

from adapters.erasure.letter import notice
from adapters.http.api.people import shows_person
from adapters.http.api.people_answers import OTHER, PersonShown
from adapters.http.conventions import Body, Shown
from adapters.http.deps import Asking, Asks
from adapters.http.routing import Routes
from domain.people.person import Person
from services.people.approve_erasure import ApproveErasure, approve_erasure
from services.people.ask_for_erasure import AskForErasure, ask_for_erasure
from services.people.object_to_erasure import ObjectToErasure, object_to_erasure
from services.ports import Receipt

router = Routes(prefix="/people", tags=["People"])

PersonId = Annotated[UUID, Path(description="The person.", examples=[OTHER])]


class WhyBody(Body):
    """Why, if one wants to say so."""

    reason: str | None = Field(
        None, description="Why; kept in one's own words, as long as they are.", examples=["I have left."]
    )


@router.post(
    "/{person_id}/erase",
    operation_id="ask_for_erasure",
    summary="Ask that somebody be erased",
    responses={200: {"model": PersonShown, "description": "The person, with what was asked for."}},
)
async def route_ask_for_erasure(person_id: PersonId, asks: Asks, body: WhyBody | None = None) -> Response:
    """Yourself, or as a steward anybody. A steward agrees to it, another one to a steward's; a week later it comes."""
    command = AskForErasure(person_id, body.reason if body is not None else None)
    return await asks.run(lambda desk: ask_for_erasure(desk, command), shows_person(asks, person_id), on=person_id)


@router.post(
    "/{person_id}/erase/approve",
    operation_id="approve_erasure",
    summary="Agree that somebody be erased",
    responses={200: {"model": PersonShown, "description": "The person, with the day on which it comes."}},
)
async def route_approve_erasure(person_id: PersonId, asks: Asks) -> Response:
    """Stewards only, and not who asked for it nor whom it is about. The person is told, and a week later it comes."""

    async def show(receipt: Receipt) -> Shown:
        shown: Shown = await shows_person(asks, person_id)(receipt)
        await _tell(asks, person_id, receipt)
        return shown

    return await asks.run(lambda desk: approve_erasure(desk, ApproveErasure(person_id)), show, on=person_id)


@router.post(
    "/{person_id}/erase/object",
    operation_id="object_to_erasure",
    summary="Object to your own erasure",
    responses={200: {"model": PersonShown, "description": "You, with nothing on its way any more."}},
)
async def route_object_to_erasure(person_id: PersonId, asks: Asks, body: WhyBody | None = None) -> Response:
    """It does not come, whoever asked for it."""
    command = ObjectToErasure(person_id, body.reason if body is not None else None)
    return await asks.run(lambda desk: object_to_erasure(desk, command), shows_person(asks, person_id), on=person_id)


async def _tell(asks: Asking, person_id: UUID, receipt: Receipt) -> None:
    """The letter is the same however often the command is answered, and is sent once."""
    concord = asks.concord
    person = await concord.ledger.load(Person, person_id, up_to=receipt.answer.versions[str(person_id)])
    identity = await concord.identities.identity(person_id)
    if person is None or person.erasure is None or identity is None:
        return
    zone = asks.actor.organisation.zone
    letter = notice(concord.settings, identity, person.erasure, zone, concord.clock.now())
    if letter is not None:
        await concord.identities.outbox.put(letter)
