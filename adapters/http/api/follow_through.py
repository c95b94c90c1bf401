"""Routes for what was kept of what was promised: counts, each with the list that it counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Response
from pydantic import Field

from adapters.http.api.agreements_bodies import BEN
from adapters.http.api.agreements_common import MinPosition, described
from adapters.http.api.commitments_list import Direction, FirstDay, Include, LastDay, address_of, viewer_of
from adapters.http.api.people_answers import Answered
from adapters.http.conventions import Shown
from adapters.http.deps import Asking, Asks
from adapters.http.routing import Routes
from services.follow_through.counting import must_count
from services.follow_through.get_follow_through import (
    GROUPINGS,
    CountedGroup,
    FollowThrough,
    GetFollowThrough,
    get_follow_through,
    show_creditors,
)

router = Routes(tags=["Follow-through"])

_LINK = f"/api/v1/commitments?counted_for={BEN}&direction=owed_by"
_COUNTS = {
    "kept_on_time": 6, "kept_renegotiated": 2, "kept_late": 1, "reneged_warned": 0, "reneged": 0, "lapsed": 0,
    "open": 1, "open_overdue": 0, "not_counted": 1,
}  # fmt: skip
GroupBy = Annotated[
    str | None,
    Query(
        description=f"What to group by, with commas between: {', '.join(GROUPINGS)}.",
        examples=["level,month"],
        max_length=200,
    ),
]


class GroupShown(Answered):
    """How many of each class there are under one key."""

    key: dict[str, str | None] = Field(
        description="The direction, and a value for each thing that it is grouped by; null where there is none.",
        examples=[{"direction": "owed_by", "level": "task"}],
    )
    all: int = Field(description="How many commitments there are in it.", examples=[11])
    counts: dict[str, int] = Field(description="How many of each class.", examples=[_COUNTS])
    n: int = Field(description="How many were kept, reneged or lapsed: what shares are taken of.", examples=[9])
    impacts: dict[str, int] = Field(
        description="Impacts without a due date, outside the classes.", examples=[{"ongoing": 0, "concluded": 0}]
    )
    shares: dict[str, float] | None = Field(
        None, description="Share of n, 0 to 1; only from n = 5 on.", examples=[{"kept_on_time": 0.6667}]
    )
    interval_95: dict[str, list[float]] | None = Field(
        None,
        description="The 95 % score interval of each share (Wilson 1927): lower and upper bound.",
        examples=[{"kept_on_time": [0.3542, 0.8794]}],
    )
    commitments: str = Field(description="The list that it counts.", examples=[_LINK])
    lists: dict[str, str] = Field(
        description="The list behind each count that is not 0.",
        examples=[{"kept_late": f"{_LINK}&outcome_class=kept_late"}],
    )


class CreditorsShown(Answered):
    """How those acted to whom it is owed."""

    answered: int = Field(description="How often they answered an offer, a counter or a change.", examples=[4])
    median_time_to_answer: str | None = Field(description="ISO 8601 duration.", examples=["P1DT2H"])
    confirmed_or_returned: int = Field(description="How often they answered that it is done.", examples=[8])
    median_time_to_confirm: str | None = Field(description="ISO 8601 duration.", examples=["PT5H"])
    left_unanswered: int = Field(description="How often they said nothing for seven days: kept.", examples=[1])
    changes_asked: int = Field(description="How many changes they proposed after the promise.", examples=[2])
    cancelled: int = Field(description="How many they cancelled.", examples=[1])
    attested: dict[str, dict[str, int]] = Field(
        description="Periods of impacts by who attested them: kept, partly, not.",
        examples=[{"debtors": {"kept": 3}, "creditors": {"kept": 2, "partly": 1}}],
    )


class TotalShown(GroupShown):
    """Everything of one direction."""

    creditors: CreditorsShown | None = Field(
        description="How those acted to whom it is owed.", examples=[{"answered": 4, "median_time_to_answer": "P1DT2H"}]
    )


class FollowThroughShown(Answered):
    """What was kept of what was promised."""

    of: UUID = Field(description="Whose.", examples=[BEN])
    group_by: list[str] = Field(description="What it is grouped by.", examples=[["level"]])
    totals: list[TotalShown] = Field(
        description="One for each direction; a joint commitment counts once in it.", examples=[[]]
    )
    groups: list[GroupShown] = Field(
        description="In the order of their keys, never of an outcome; with two counterparts one counts for each.",
        examples=[[]],
    )


@router.get(
    "/people/{person_id}/follow-through",
    **described(
        "get_follow_through",
        "What was kept of what a person promised, and was promised",
        answer=FollowThroughShown,
        deed="read_follow_through",
    ),
)
async def route_get_follow_through(
    person_id: Annotated[
        UUID, Path(description="Yourself, or somebody with whom you share a commitment.", examples=[BEN])
    ],
    asks: Asks,
    from_: FirstDay = None,
    to: LastDay = None,
    direction: Annotated[Direction | None, Query(description="Only this side.", examples=["owed_by"])] = None,
    group_by: GroupBy = None,
    include: Include = None,
    min_position: MinPosition = None,
) -> Response:
    """Counts by class over the commitments that you may see, each with its list; no score, no ranking."""
    what = GetFollowThrough(person_id, from_, to, direction, _names(group_by), include is not None)
    return await _answer(asks, what)


@router.get(
    "/teams/{team_id}/follow-through",
    **described(
        "get_team_follow_through",
        "What was kept of what a team promised, and was promised",
        answer=FollowThroughShown,
        deed="read_follow_through",
    ),
)
async def route_get_team_follow_through(
    team_id: Annotated[
        UUID, Path(description="A team of yours, or one with whom you share a commitment.", examples=[BEN])
    ],
    asks: Asks,
    from_: FirstDay = None,
    to: LastDay = None,
    direction: Annotated[Direction | None, Query(description="Only this side.", examples=["owed_by"])] = None,
    group_by: GroupBy = None,
    include: Include = None,
    min_position: MinPosition = None,
) -> Response:
    """What the team as such owes and is owed; what its members owe in person is theirs."""
    what = GetFollowThrough(team_id, from_, to, direction, _names(group_by), include is not None)
    return await _answer(asks, what)


def _names(group_by: str | None) -> tuple[str, ...]:
    return tuple(group_by.split(",")) if group_by else ()


async def _answer(asks: Asking, what: GetFollowThrough) -> Response:
    await asks.allow("read_follow_through")
    await asks.wait_for_position()
    concord = asks.concord
    found = await get_follow_through(concord.commitments_count, await viewer_of(asks), concord.clock.now(), what)
    await must_count(concord.ledger, asks.actor.organisation.id)
    return asks.show(Shown(0, _shown(what, found)))


def _shown(what: GetFollowThrough, found: FollowThrough) -> dict[str, Any]:
    return {
        "of": str(what.of),
        "group_by": list(what.group_by),
        "totals": [_group(t.counted) | {"creditors": show_creditors(t.creditors)} for t in found.totals],
        "groups": [_group(g) for g in found.groups],
    }


def _group(counted: CountedGroup) -> dict[str, Any]:
    behind = counted.counted
    return {
        "key": counted.key,
        **counted.group.plain(),
        "commitments": address_of(behind),
        "lists": {
            outcome_class: address_of(replace(behind, outcome_class=outcome_class))
            for outcome_class, number in counted.group.counts.items()
            if number
        },
    }
