"""People of the organisation: adding, listing, leaders, leaving."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import Response

from adapters.http.conventions import MOST_ITEMS, USUAL_ITEMS, Body, Shown, cursor, from_cursor
from adapters.http.deps import Asking, Asks
from adapters.http.routing import Routes
from domain.people.person import Person
from domain.refusals import NotThere
from services.people.add_person import AddPerson, add_person
from services.people.assign_leader import AssignLeader, assign_leader
from services.people.deactivate_person import DeactivatePerson, deactivate_person
from services.people.ports import Identity
from services.ports import Receipt, Standing

router = Routes(tags=["People"])

_EXAMPLE = "0197a2c0-0000-7000-8000-00000000000a"
PersonId = Annotated[UUID, Path(description="The person's id.", examples=[_EXAMPLE])]


class AddPersonBody(Body):
    """Somebody to add."""

    name: str = Field(description="What they are called.", examples=["Ben Okri"])
    email: str = Field(description="Where they are reached, and what they sign in with.", examples=["ben@example.org"])
    leader_id: UUID | None = Field(None, description="Who leads them; nobody when absent.", examples=[_EXAMPLE])
    roles: list[str] = Field([], description="`steward`, or nothing.", examples=[["steward"]])


class LeaderBody(Body):
    """Who leads from now on."""

    leader_id: UUID | None = Field(description="The new leader; null for nobody.", examples=[_EXAMPLE])


@router.post(
    "/people", status_code=201, operation_id="add_person", summary="Add somebody to the organisation",
    responses={201: {"description": "The person, with `invitation_url` where no mail is set up."}},
)  # fmt: skip
async def route_add_person(body: AddPersonBody, asks: Asks) -> Response:
    """Stewards only. The invitation holds for 72 hours, once; agreements with the person can begin at once."""
    concord = asks.concord
    command = AddPerson(body.name, body.email, body.leader_id, tuple(body.roles))

    async def show(receipt: Receipt) -> Shown:
        shown = await show_person(asks, UUID(receipt.answer.ids["person_id"]), receipt)
        secret = concord.identities.secret_for(receipt.command_id, "invitation")
        base = concord.settings.public_url or str(asks.request.base_url).rstrip("/")
        url = f"{base}/api/v1/invitations/{secret}/accept"
        return Shown(shown.version, {**shown.document, "invitation_url": url})

    return await asks.run(lambda desk: add_person(desk, concord.identities, command), show)


@router.get(
    "/people", operation_id="list_people", summary="List the people of the organisation",
    responses={200: {"description": "A page of people, by id."}},
)  # fmt: skip
async def route_list_people(
    asks: Asks,
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS, description="How many, 1 to 200.")] = USUAL_ITEMS,
    after: Annotated[str | None, Query(alias="cursor", description="`next_cursor` of the page before.")] = None,
) -> Response:
    """Names, leaders and roles; addresses only for stewards. People of an imported history have `kind` `imported`."""
    await asks.allow("list_people")
    await asks.wait_for_position()
    begun = from_cursor(after, 1)
    mine = await asks.concord.ledger.standing(asks.actor.person_id)
    standings = {s.person_id: s for s in await asks.concord.ledger.standings(asks.actor.organisation.id)}
    identities = {i.person_id: i for i in await asks.concord.identities.identities(asks.actor.organisation.id)}
    ids = sorted((p for p in standings if begun is None or str(p) > str(begun[0])), key=str)
    page = ids[:limit]
    document = {
        "items": [_person(standings[p], identities.get(p), _sees_address(mine, p)) for p in page],
        "next_cursor": cursor([str(page[-1])]) if len(ids) > limit else None,
    }
    return asks.show(Shown(0, document))


@router.get(
    "/people/{person_id}", operation_id="read_person", summary="Look at one person",
    responses={200: {"description": "The person."}},
)  # fmt: skip
async def route_get_person(person_id: PersonId, asks: Asks) -> Response:
    """Who they are here; people of other organisations are not there."""
    await asks.allow("read_person")
    return asks.show(await show_person(asks, person_id))


@router.put(
    "/people/{person_id}/leader", operation_id="assign_leader", summary="Give somebody a leader",
    responses={200: {"description": "The person."}},
)  # fmt: skip
async def route_assign_leader(person_id: PersonId, body: LeaderBody, asks: Asks) -> Response:
    """Stewards only. Agreements between the two before end in 14 days; taking it back undoes that."""
    command = AssignLeader(person_id, body.leader_id)
    return await asks.run(
        lambda desk: assign_leader(desk, command), _shows(asks, person_id), on=person_id, conditional=True
    )


@router.post(
    "/people/{person_id}/deactivate", operation_id="deactivate_person", summary="Somebody leaves the organisation",
    responses={200: {"description": "The person."}},
)  # fmt: skip
async def route_deactivate_person(person_id: PersonId, asks: Asks) -> Response:
    """Stewards only. Their tokens open nothing any more, agreements end or go on with who is left."""
    identities = asks.concord.identities
    return await asks.run(
        lambda desk: deactivate_person(desk, identities, DeactivatePerson(person_id)),
        _shows(asks, person_id),
        on=person_id,
    )


async def show_person(asks: Asking, person_id: UUID, receipt: Receipt | None = None) -> Shown:
    """The person as this viewer sees them; as they were right after a command, when its receipt is given."""
    ledger = asks.concord.ledger
    standing = await ledger.standing(person_id)
    if standing is None or standing.organisation_id != asks.actor.organisation.id:
        raise NotThere
    version = receipt.answer.versions.get(str(person_id)) if receipt is not None else None
    person = await ledger.load(Person, person_id, up_to=version)
    if person is None:
        raise NotThere
    then = Standing(person_id, standing.organisation_id, standing.kind, person.leader_id, person.roles, person.active)
    mine = await ledger.standing(asks.actor.person_id)
    document = _person(then, await asks.concord.identities.identity(person_id), _sees_address(mine, person_id))
    return Shown(person.version, document)


def _shows(asks: Asking, person_id: UUID) -> Any:
    async def show(receipt: Receipt) -> Shown:
        return await show_person(asks, person_id, receipt)

    return show


def _sees_address(viewer: Standing | None, person_id: UUID) -> bool:
    return viewer is not None and ("steward" in viewer.roles or viewer.person_id == person_id)


def _person(standing: Standing, identity: Identity | None, with_address: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": str(standing.person_id),
        "name": identity.name if identity is not None else "[erased]",
        "kind": standing.kind,
        "leader_id": str(standing.leader_id) if standing.leader_id else None,
        "roles": list(standing.roles),
        "active": standing.active,
    }
    if identity is not None and identity.handle is not None:
        shown["handle"] = identity.handle
    if with_address:
        shown["email"] = identity.email if identity is not None else None
    return shown
