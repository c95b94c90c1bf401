"""People of the organisation: adding, inviting, listing, leaders, leaving."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import Response

from adapters.http.api.people_answers import OTHER, PERSON, InvitedShown, PersonPage, PersonShown
from adapters.http.conventions import A_LINE, API, MOST_ITEMS, USUAL_ITEMS, Body, Shown, cursor, id_in_cursor
from adapters.http.deps import Asking, Asks
from adapters.http.routing import Routes
from adapters.http.security import own_origin
from adapters.identity.letters import PlainLetters
from domain.people.erasing import Erasure
from domain.people.person import Person
from domain.refusals import NotThere
from services.agreements.view import at
from services.people.add_person import AddPerson, add_person
from services.people.assign_leader import AssignLeader, assign_leader
from services.people.change_roles import ChangeRoles, change_roles
from services.people.deactivate_person import DeactivatePerson, deactivate_person
from services.people.invite_person import InvitePerson, invite_person
from services.people.ports import Identity
from services.ports import ERASED, Receipt, Standing

router = Routes(tags=["People"])

PersonId = Annotated[UUID, Path(description="The person.", examples=[OTHER])]


class AddPersonBody(Body):
    """Somebody to add."""

    name: str = Field(
        description="What they are called, at most 200 characters.",
        examples=["Ben Okri"],
        json_schema_extra=A_LINE,
    )
    email: str = Field(
        description="Where they are reached, and what they sign in with.",
        examples=["ben@example.org"],
        json_schema_extra={"format": "email", "maxLength": 320},
    )
    leader_id: UUID | None = Field(None, description="Who leads them; nobody when absent.", examples=[PERSON])
    roles: list[str] = Field(
        [],
        description="`steward`, or nothing.",
        examples=[["steward"]],
        json_schema_extra={"items": {"type": "string", "enum": ["steward"]}},
    )


class RolesBody(Body):
    """Which roles somebody has from now on."""

    roles: list[str] = Field(
        description="All of them: `steward`, or nothing.",
        examples=[["steward"]],
        json_schema_extra={"items": {"type": "string", "enum": ["steward"]}},
    )


class LeaderBody(Body):
    """Who leads from now on."""

    leader_id: UUID | None = Field(description="The new leader; null for nobody.", examples=[PERSON])


@router.post(
    "/people",
    status_code=201,
    operation_id="add_person",
    summary="Add somebody to the organisation",
    responses={201: {"model": InvitedShown, "description": "The person, and the address to invite them with."}},
)
async def route_add_person(body: AddPersonBody, asks: Asks) -> Response:
    """Stewards only. The invitation works once, for 72 hours; agreements with the person can begin at once."""
    command = AddPerson(body.name, body.email, body.leader_id, tuple(body.roles))
    identities = asks.concord.identities
    return await asks.run(lambda desk: add_person(desk, identities, command), _shows_invited(asks))


@router.post(
    "/people/{person_id}/invitations",
    status_code=201,
    operation_id="invite_person",
    summary="Invite somebody again",
    responses={201: {"model": InvitedShown, "description": "The person, and the new address to invite them with."}},
)
async def route_invite_person(person_id: PersonId, asks: Asks) -> Response:
    """Stewards only, and only for who has never signed in. Earlier invitations work no more."""
    identities = asks.concord.identities
    return await asks.run(
        lambda desk: invite_person(desk, identities, InvitePerson(person_id)), _shows_invited(asks), on=person_id
    )


@router.get(
    "/people",
    operation_id="list_people",
    summary="List the people of the organisation",
    responses={200: {"model": PersonPage, "description": "A page of people, by id."}},
)
async def route_list_people(
    asks: Asks,
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS, description="How many at most.", examples=[50])] = USUAL_ITEMS,
    after: Annotated[
        str | None, Query(alias="cursor", description="`next_cursor` of the page before.", max_length=1_000)
    ] = None,
) -> Response:
    """Names, leaders and roles; addresses only for stewards. People of an imported history have `kind` `imported`."""
    await asks.allow("list_people")
    await asks.wait_for_position(())
    found = await asks.concord.identities.page(asks.actor.organisation.id, after=id_in_cursor(after), limit=limit + 1)
    page = found[:limit]
    document = {
        "items": [_person(standing, who, _sees_address(asks.standing, standing.person_id)) for standing, who in page],
        "next_cursor": cursor([str(page[-1][0].person_id)]) if len(found) > limit else None,
    }
    return asks.show(Shown(0, document))


@router.get(
    "/people/{person_id}",
    operation_id="read_person",
    summary="Look at one person",
    responses={200: {"model": PersonShown, "description": "The person."}},
)
async def route_read_person(person_id: PersonId, asks: Asks) -> Response:
    """Who they are here; people of other organisations are not there."""
    await asks.allow("read_person")
    await asks.wait_for_position(())
    return asks.show(await show_person(asks, person_id))


@router.put(
    "/people/{person_id}/leader",
    operation_id="assign_leader",
    summary="Give somebody a leader",
    responses={200: {"model": PersonShown, "description": "The person."}},
)
async def route_assign_leader(person_id: PersonId, body: LeaderBody, asks: Asks) -> Response:
    """Stewards only. Agreements between the two before end in 14 days; taking it back undoes that."""
    command = AssignLeader(person_id, body.leader_id)
    return await asks.run(lambda desk: assign_leader(desk, command), shows_person(asks, person_id), on=person_id)


@router.put(
    "/people/{person_id}/roles",
    operation_id="change_roles",
    summary="Say which roles somebody has",
    responses={200: {"model": PersonShown, "description": "The person."}},
)
async def route_change_roles(person_id: PersonId, body: RolesBody, asks: Asks) -> Response:
    """Stewards only. Somebody always stays steward."""
    command = ChangeRoles(person_id, tuple(body.roles))
    return await asks.run(lambda desk: change_roles(desk, command), shows_person(asks, person_id), on=person_id)


@router.post(
    "/people/{person_id}/deactivate",
    operation_id="deactivate_person",
    summary="Somebody leaves the organisation",
    responses={200: {"model": PersonShown, "description": "The person."}},
)
async def route_deactivate_person(person_id: PersonId, asks: Asks) -> Response:
    """Stewards only. Their tokens open nothing any more, agreements end or go on with who is left."""
    identities = asks.concord.identities
    return await asks.run(
        lambda desk: deactivate_person(desk, identities, DeactivatePerson(person_id)),
        shows_person(asks, person_id),
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
    if not isinstance(person, Person):
        raise NotThere
    then = Standing(person_id, standing.organisation_id, standing.kind, person.leader_id, person.roles, person.active)
    identity = await asks.concord.identities.identity(person_id)
    if person.erased_at is not None:
        then, identity = replace(then, kind=ERASED), None
    document = _person(then, identity, _sees_address(asks.standing, person_id))
    me = asks.actor.person_id
    if person.erasure is not None and _sees_address(asks.standing, person_id):
        document["erasure"] = _erasure(person.erasure)
    if person.sign_in_resets and (person_id == me or await asks.concord.identities.share_an_agreement(me, person_id)):
        document["sign_in_resets"] = [{"at": at(when), "by": by} for when, by in person.sign_in_resets]
    # It counts what they do about their ways in, too: that is for them, and for who may have to change something.
    return Shown(person.version if _sees_address(asks.standing, person_id) else 0, document)


def _erasure(erasure: Erasure) -> dict[str, Any]:
    return {
        "asked_by": str(erasure.asked_by),
        "asked_at": at(erasure.asked_at),
        "reason": erasure.reason,
        "approved_at": at(erasure.approved_at) if erasure.approved_at is not None else None,
        "erases_at": at(erasure.erases_at) if erasure.erases_at is not None else None,
    }


def shows_person(asks: Asking, person_id: UUID) -> Any:
    """How a command on a person is answered: with the person as they are for the sender right after it."""

    async def show(receipt: Receipt) -> Shown:
        return await show_person(asks, person_id, receipt)

    return show


def _shows_invited(asks: Asking) -> Any:
    async def show(receipt: Receipt) -> Shown:
        shown = await show_person(asks, UUID(receipt.answer.ids["person_id"]), receipt)
        secret = asks.concord.identities.secret_for(receipt.command_id, "invitation")
        settings, letters = asks.concord.settings, PlainLetters(asks.concord.settings)
        if not letters.are_sent:
            link = f"{own_origin(asks.request, settings)}{API}/invitations/{secret}/accept"
            return Shown(shown.version, {**shown.document, "invitation_url": link})
        # Nobody but who is invited is to hold the link.
        identity = await asks.concord.identities.identity(UUID(receipt.answer.ids["person_id"]))
        letter = letters.invitation(identity, secret, asks.concord.clock.now()) if identity is not None else None
        if letter is not None:
            await asks.concord.identities.outbox.put(letter)
        return shown

    return show


def _sees_address(viewer: Standing, person_id: UUID) -> bool:
    return "steward" in viewer.roles or viewer.person_id == person_id


def _person(standing: Standing, identity: Identity | None, with_address: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": str(standing.person_id),
        "name": identity.name if identity is not None and not standing.erased else None,
        "kind": standing.kind,
        "leader_id": str(standing.leader_id) if standing.leader_id else None,
        "roles": list(standing.roles),
        "active": standing.active,
        "erased": standing.erased,
    }
    if identity is not None and identity.handle is not None:
        shown["handle"] = identity.handle
    if with_address:
        shown["email"] = identity.email if identity is not None else None
    return shown
