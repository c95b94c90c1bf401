"""The route that lists commitments, and the address of the list behind a count."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from adapters.http.api.agreements_answers import AGREEMENT
from adapters.http.api.agreements_bodies import ADA, BEN
from adapters.http.api.agreements_common import Cursor, Limit, MinPosition, described
from adapters.http.api.people_answers import Answered
from adapters.http.conventions import API, Shown
from adapters.http.deps import Asking, Asks
from adapters.http.form import invalid
from adapters.http.routing import Routes
from domain.commitments.classes import CLASSES
from services.queries import (
    NONE,
    CommitmentFilter,
    CommitmentItem,
    Counted,
    SideShown,
    Viewer,
    Waiting,
)

router = Routes(prefix="/commitments", tags=["Commitments"])

COMMITMENT = "0197a2c0-0000-7000-8000-000000000031"
_STATES = (
    "noted", "requested", "offered", "countered", "promised", "suspended", "reported", "kept", "released", "cancelled",
    "reneged", "lapsed", "declined", "withdrawn", "expired",
)  # fmt: skip
State = Literal[_STATES]  # type: ignore[valid-type]
Use = Literal["coaching", "reviewable"]
Direction = Literal["owed_by", "owed_to"]
OutcomeClass = Literal[CLASSES]  # type: ignore[valid-type]
ID = r"^(none|[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})$"
"""An id, or `none` for those that have no such thing."""
Include = Annotated[
    Literal["proposed"] | None,
    Query(description="`proposed`: count what nobody promised as well.", examples=["proposed"]),
]
FirstDay = Annotated[
    date | None,
    Query(alias="from", description="Only what was first due on this day or later.", examples=["2027-01-01"]),
]
LastDay = Annotated[
    date | None,
    Query(alias="to", description="Only what was first due on this day or earlier.", examples=["2027-12-31"]),
]


def _counted(which: str, example: str, **form: Any) -> Any:
    return Query(description=f"With `counted_for`: only what is {which}", examples=[example], **form)


class WhoShown(Answered):
    """Somebody on a side: a person, a team, or a name that only an imported record knows."""

    person_id: UUID | None = Field(None, description="A person.", examples=[ADA])
    team_id: UUID | None = Field(None, description="A team.", examples=[None])
    name: str | None = Field(None, description="As an imported record names them.", examples=[None])


class CommitmentListed(Answered):
    """A commitment in a list."""

    id: UUID = Field(description="Which.", examples=[COMMITMENT])
    state: str = Field(description="Where it stands.", examples=["promised"])
    outcome: str = Field(description="What is to be brought about.", examples=["The invoices of May are out"])
    level: str = Field(description="`task`, `result` or `impact`.", examples=["task"])
    use: str = Field(description="`coaching` or `reviewable`.", examples=["reviewable"])
    revision: int = Field(description="How often its content was written.", examples=[1])
    owed_by: list[WhoShown] = Field(description="Who owes it.", examples=[[{"person_id": BEN}]])
    owed_to: list[WhoShown] = Field(description="To whom.", examples=[[{"person_id": ADA}]])
    due_at: str | None = Field(description="A day (YYYY-MM-DD) or an instant; null without.", examples=["2027-06-05"])
    agreement_id: UUID | None = Field(description="The agreement that it lives under.", examples=[AGREEMENT])
    waiting_on: list[dict[str, Any]] = Field(
        description="Who must move, and for what: promise, accept, change or confirm.",
        examples=[[{"person_id": BEN, "what": "promise"}]],
    )
    outcome_class: str = Field(description="What became of it by now, as it is counted.", examples=["open"])
    promised: bool = Field(description="False while it is only asked for or offered.", examples=[True])
    first_due: date | None = Field(
        description="The day that it is counted on: its first due date.", examples=["2027-06-05"]
    )
    external_id: str | None = Field(description="Its name in the history that it came from.", examples=[None])
    imported: bool = Field(description="Whether it came from elsewhere.", examples=[False])


class CommitmentPage(Answered):
    """One page of commitments."""

    items: list[CommitmentListed] = Field(description="The commitments of this page.", examples=[[]])
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=[None]
    )


@router.get("", **described("list_commitments", "List the commitments that you may see", answer=CommitmentPage))
async def route_list_commitments(
    asks: Asks,
    owed_by: Annotated[UUID | None, Query(description="Only what this person or team owes.", examples=[BEN])] = None,
    owed_to: Annotated[UUID | None, Query(description="Only what is owed to them.", examples=[ADA])] = None,
    state: Annotated[State | None, Query(description="Only those in this state.", examples=["promised"])] = None,
    due_before: Annotated[
        str | None,
        Query(
            description="Only those due before this day (YYYY-MM-DD) or instant (RFC 3339).", examples=["2027-07-01"]
        ),
    ] = None,
    agreement_id: Annotated[
        str | None,
        Query(description="Only those under this agreement; `none`: under none.", examples=[AGREEMENT], pattern=ID),
    ] = None,
    waiting_on_me: Annotated[
        bool, Query(description="True: only those in which you, or a team of yours, are waited for.", examples=[False])
    ] = False,
    serves: Annotated[
        UUID | None,
        Query(description="Only what contributes to this one, where you may see it.", examples=[COMMITMENT]),
    ] = None,
    external_id: Annotated[
        str | None, Query(description="Only the imported one with this name in its source.", max_length=500)
    ] = None,
    sort: Annotated[
        Literal["newest", "due"],
        Query(
            description="`due`, with `owed_by` or `owed_to`: what is due soonest first, what has no due date last, and "
            "nothing that you handed on.",
            examples=["due"],
        ),
    ] = "newest",
    counted_for: Annotated[
        UUID | None,
        Query(description="Only what the follow-through of this person or team counts.", examples=[BEN]),
    ] = None,
    direction: Annotated[
        Direction | None, Query(description="With `counted_for`: on which side they stand.", examples=["owed_by"])
    ] = None,
    include: Include = None,
    from_: FirstDay = None,
    to: LastDay = None,
    level: Annotated[str | None, _counted("of this level.", "task", max_length=200)] = None,
    use: Annotated[Use | None, _counted("for this use.", "reviewable")] = None,
    counterpart: Annotated[str | None, _counted("with this person or team on the other side.", ADA, pattern=ID)] = None,
    month: Annotated[
        str | None, _counted("first due in this month.", "2027-06", pattern=r"^(none|\d{4}-\d{2})$")
    ] = None,
    year: Annotated[str | None, _counted("first due in this year.", "2027", pattern=r"^(none|\d{4})$")] = None,
    imbalance: Annotated[
        Literal["inside", "outside"] | None,
        _counted("first due while a debtor was in an active imbalance period, or not.", "inside"),
    ] = None,
    outcome_class: Annotated[OutcomeClass | None, _counted("of this class.", "kept_late")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
    min_position: MinPosition = None,
) -> Response:
    """Newest first, or by due date; you see what you or a team of yours stand in, and histories opened to you.

    With `counted_for` and `direction` it is the list behind a count: the follow-through gives its address.
    """
    await asks.allow("list_commitments")
    await asks.wait_for_position()
    narrowed = {
        "include": include, "from": from_, "to": to, "level": level, "use": use, "counterpart": counterpart,
        "month": month, "year": year, "imbalance": imbalance, "outcome_class": outcome_class, "direction": direction,
    }  # fmt: skip
    counted = None
    if counted_for is not None:
        if direction is None:
            raise invalid({"direction": "Say on which side they stand: owed_by or owed_to."})
        counted = Counted(
            counted_for, direction, include is not None, from_, to, level, use, _id(counterpart), _id(agreement_id),
            month, year, imbalance, outcome_class,
        )  # fmt: skip
    elif given := [name for name, value in narrowed.items() if value is not None]:
        raise invalid(dict.fromkeys(given, "This narrows what a follow-through counts: say whose with counted_for."))
    if sort == "due" and (counted is not None or waiting_on_me or (owed_by is None and owed_to is None)):
        raise invalid({"sort": "By due date there is what somebody owes or is owed: say who, and nothing is counted."})
    filters = CommitmentFilter(
        owed_by, owed_to, state, _instant(due_before, asks), None if counted else _id(agreement_id), waiting_on_me,
        external_id, counted, serves, sort == "due",
    )  # fmt: skip
    page = await asks.concord.commitments.list_commitments(
        await viewer_of(asks), asks.concord.clock.now(), filters, cursor=cursor, limit=limit
    )
    return asks.show(Shown(0, {"items": [_listed(item) for item in page.items], "next_cursor": page.next_cursor}))


async def viewer_of(asks: Asking) -> Viewer:
    """Who looks, with their teams."""
    actor, zone = asks.actor, asks.actor.organisation.zone
    return Viewer(
        actor.person_id,
        actor.organisation.id,
        asks.concord.clock.now().astimezone(zone).date(),
        steward="steward" in asks.standing.roles,
        teams=await asks.concord.ledger.teams_of(actor.person_id),
        zone=zone,
    )


def address_of(counted: Counted) -> str:
    """The address of the list that holds exactly what was counted."""
    values = {
        "counted_for": counted.of,
        "direction": counted.direction,
        "include": "proposed" if counted.proposed else None,
        "from": counted.from_on,
        "to": counted.to_on,
        "level": counted.level,
        "use": counted.use,
        "counterpart": counted.counterpart,
        "agreement_id": counted.agreement,
        "month": counted.month,
        "year": counted.year,
        "imbalance": counted.imbalance,
        "outcome_class": counted.outcome_class,
    }
    return f"{API}/commitments?{urlencode({name: str(v) for name, v in values.items() if v is not None})}"


def _id(given: str | None) -> str | None:
    """An id as it is kept, in lower case, or "none"."""
    return given if given is None or given == NONE else str(UUID(given))


def _instant(given: str | None, asks: Asking) -> datetime | None:
    if given is None:
        return None
    try:
        if len(given) == len("2027-07-01"):
            return datetime.combine(date.fromisoformat(given), time(), asks.actor.organisation.zone)
        found = datetime.fromisoformat(given.replace(" ", "+"))
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise invalid({"due_before": "Write a day like 2027-07-01, or an instant like 2027-07-01T09:00:00Z."})


def _listed(item: CommitmentItem) -> dict[str, Any]:
    due = item.due_on or item.due_at
    teams = {w.id for w in (*item.owed_by, *item.owed_to) if w.kind == "team"}
    return {
        "id": str(item.id),
        "state": item.state,
        "outcome": item.outcome,
        "level": item.level,
        "use": item.use,
        "revision": item.revision,
        "owed_by": [_who(w) for w in item.owed_by],
        "owed_to": [_who(w) for w in item.owed_to],
        "due_at": None if due is None else due.isoformat().replace("+00:00", "Z"),
        "agreement_id": None if item.agreement_id is None else str(item.agreement_id),
        "waiting_on": [_waiting(w, teams) for w in item.waiting_on],
        "outcome_class": item.outcome_class,
        "promised": item.promised,
        "first_due": None if item.first_due is None else item.first_due.isoformat(),
        "external_id": item.external_id,
        "imported": item.external_id is not None,
    }


def _who(who: SideShown) -> dict[str, Any]:
    shown = {"team_id" if who.kind == "team" else "person_id": str(who.id)}
    return shown if who.name is None else shown | {"name": who.name}


def _waiting(waiting: Waiting, teams: set[UUID]) -> dict[str, str]:
    return {"team_id" if waiting.person_id in teams else "person_id": str(waiting.person_id), "what": waiting.what}
