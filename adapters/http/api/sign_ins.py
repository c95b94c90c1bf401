"""Who signed in as me, and who tried."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from starlette.responses import Response

from adapters.http.api.agreements_common import Cursor, Limit
from adapters.http.conventions import Shown, cursor, from_cursor
from adapters.http.deps import Asks
from adapters.http.form import invalid
from adapters.http.routing import Routes
from services.agreements.view import at
from services.people.sign_ins import SignInNote

router = Routes(prefix="/me", tags=["Sessions"])


class SignInShown(BaseModel):
    """What happened at one of your doors."""

    at: datetime = Field(description="When (UTC); of several tries the last.", examples=["2027-01-04T09:00:00.000000Z"])
    outcome: str = Field(
        description="`signed_in`; `refused`; `signed_out`: somebody else ended every session of yours.",
        examples=["signed_in"],
    )
    how: str = Field(
        description="The way in, as in a session; of `signed_out` who did it, `steward` or `operator`.",
        examples=["password"],
    )
    device: str = Field(description="The browser and system, as they called themselves.", examples=["Firefox on Linux"])
    times: int = Field(description="How many tries were refused within a quarter of an hour.", examples=[1])


class SignInPage(BaseModel):
    """Who signed in as you, newest first."""

    items: list[SignInShown] = Field(description="What happened.", examples=[[]])
    next_cursor: str | None = Field(description="Send it as `cursor` for what was before.", examples=[None])


@router.get(
    "/sign-ins",
    operation_id="list_sign_ins",
    summary="Who signed in as me?",
    responses={200: {"model": SignInPage, "description": "Sign-ins and refused tries of 90 days, newest first."}},
)
async def route_list_sign_ins(asks: Asks, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """For your own eyes; where on the network it came from is not kept."""
    await asks.allow("list_sign_ins")
    await asks.wait_for_position(())
    found = await asks.concord.identities.sign_ins.page(asks.actor.person_id, before=_place(cursor), limit=limit + 1)
    page = found[:limit]
    after = _cursor(page[-1]) if len(found) > limit else None
    return asks.show(Shown(0, {"items": [_shown(note) for note in page], "next_cursor": after}))


def _cursor(note: SignInNote) -> str:
    return cursor([int(note.at.timestamp() * 1000), str(note.note_id)])


def _place(given: str | None) -> tuple[datetime, UUID] | None:
    values = from_cursor(given, 2)
    if values is None:
        return None
    try:
        return datetime.fromtimestamp(values[0] / 1000, UTC), UUID(values[1])
    except (ValueError, TypeError, AttributeError, OverflowError, OSError):
        raise invalid({"cursor": "This is not a cursor that a list gave."}) from None


def _shown(note: SignInNote) -> dict[str, Any]:
    return {
        "at": at(note.at),
        "outcome": note.outcome,
        "how": note.how,
        "device": note.device,
        "times": note.times,
    }
