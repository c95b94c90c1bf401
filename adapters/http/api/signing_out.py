"""A steward makes somebody sign in anew."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path
from starlette.responses import Response

from adapters.http.api.people import show_person
from adapters.http.api.people_answers import OTHER, PersonShown
from adapters.http.conventions import Shown
from adapters.http.deps import Asks
from adapters.http.routing import Routes
from adapters.identity.letters import PlainLetters
from services.people.sign_out_person import SignOutPerson, sign_out_person
from services.ports import Receipt

router = Routes(tags=["People"])


@router.post(
    "/people/{person_id}/sign-out",
    operation_id="sign_out_person",
    summary="Make somebody sign in anew",
    responses={200: {"model": PersonShown, "description": "The person; none of their sessions opens anything."}},
)
async def route_sign_out_person(
    person_id: Annotated[UUID, Path(description="The person.", examples=[OTHER])], asks: Asks
) -> Response:
    """Stewards only. Passwords, passkeys and tokens stay as they are; they are told, and see it among sign-ins."""
    identities, letters = asks.concord.identities, PlainLetters(asks.concord.settings)
    command = SignOutPerson(person_id)

    async def show(receipt: Receipt) -> Shown:
        return await show_person(asks, person_id, receipt)

    return await asks.run(
        lambda desk: sign_out_person(desk, identities, identities.sessions, letters, command), show, on=person_id
    )
