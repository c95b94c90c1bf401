"""What the organisation has decided for everybody in it: every member sees it, stewards change it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from starlette.responses import Response

from adapters.http.api.people_answers import PERSON, Answered
from adapters.http.conventions import Body, Shown
from adapters.http.deps import Asking, Asks
from adapters.http.routing import Routes
from domain.people.organisation import Organisation, PolicyChange
from domain.refusals import NotYourAct
from services.agreements.view import at
from services.people.policy import ChangePolicy, change_policy, organisation_at
from services.ports import Receipt

router = Routes(prefix="/organisation", tags=["Organisation"])

MOST_CHANGES = 100
_CHANGE = {
    "at": "2027-01-04T09:00:00.000000Z", "by": PERSON, "settings": {"statistics": {"old": True, "new": False}},
}  # fmt: skip

Prompt = Literal["work_for_both", "how_to_update", "hopes_and_worries"]
LongestDays = Annotated[
    int,
    Field(description="How many days an imbalance period lasts at most, 1 to 365.", examples=[60], ge=1, le=365),
]
GapPercent = Annotated[
    int,
    Field(
        description="How much of its length has to lie between a period for results and the next one for the same "
        "person, 0 to 200 (percent).",
        examples=[50],
        ge=0,
        le=200,
    ),
]
SharePercent = Annotated[
    int,
    Field(
        description="How much of any 365 days somebody is in periods for results at most, 1 to 100 (percent).",
        examples=[25],
        ge=1,
        le=100,
    ),
]
Prompts = Annotated[
    list[Prompt],
    Field(description="What is asked when an agreement is opened.", examples=[["work_for_both", "how_to_update"]]),
]
Grace = Annotated[
    str,
    Field(
        description="What an update gets, after it is due, that is written without a grace: ISO 8601, at most P30D. "
        "Terms that are there already keep what they say.",
        examples=["PT48H"],
        max_length=50,
    ),
]
Statistics = Annotated[
    bool, Field(description="Whether it is counted what was kept of what was promised.", examples=[True])
]
SecondFactor = Annotated[
    bool, Field(description="Whether a password alone is not enough to sign in.", examples=[False])
]
FromProvider = Annotated[
    bool,
    Field(
        description="Whether somebody with an address of `provider_domains` comes in, uninvited, by signing in with "
        "the provider.",
        examples=[False],
    ),
]
ProviderDomains = Annotated[
    list[str], Field(description="Mail domains, without the @; at most 50.", examples=[["example.org"]], max_length=50)
]
Retention = Annotated[
    str,
    Field(
        description="How long after its end an agreement or a promise stays readable once somebody in it was erased: "
        "ISO 8601, P1D to P30Y.",
        examples=["P2Y"],
        max_length=50,
    ),
]


class PolicyBody(Body):
    """What is to be otherwise; what is not said stays as it is."""

    imbalance_longest_days: LongestDays = 90
    imbalance_gap_percent: GapPercent = 50
    imbalance_share_percent: SharePercent = 25
    prompts: Prompts = Field([])
    grace: Grace = "PT24H"
    statistics: Statistics = True
    require_second_factor: SecondFactor = False
    create_people_from_provider: FromProvider = False
    provider_domains: ProviderDomains = Field([])
    retention: Retention = "P2Y"

    def settings(self) -> dict[str, Any]:
        """Those that were sent, as the domain says them."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        return {name: tuple(value) if isinstance(value, list) else value for name, value in sent.items()}


class SettingChanged(Answered):
    """One setting that was changed."""

    old: Any = Field(description="What it was.", examples=[True])
    new: Any = Field(description="What it is since.", examples=[False])


class PolicyChangeShown(Answered):
    """A change of the policy."""

    at: datetime = Field(description="When (UTC).", examples=["2027-01-04T09:00:00.000000Z"])
    by: UUID | None = Field(description="Which steward.", examples=[PERSON])
    settings: dict[str, SettingChanged] = Field(
        description="What was changed, by name.", examples=[{"statistics": {"old": True, "new": False}}]
    )


class PolicyShown(Answered):
    """The organisation's policy."""

    imbalance_longest_days: LongestDays
    imbalance_gap_percent: GapPercent
    imbalance_share_percent: SharePercent
    prompts: Prompts
    grace: Grace
    statistics: Statistics
    require_second_factor: SecondFactor
    create_people_from_provider: FromProvider
    provider_domains: ProviderDomains
    retention: Retention
    changes: list[PolicyChangeShown] = Field(
        description=f"What was changed, newest first, at most {MOST_CHANGES}.", examples=[[_CHANGE]]
    )
    allowed_actions: list[str] = Field(description="What you may do here.", examples=[["PATCH"]])


@router.get(
    "/policy",
    operation_id="read_policy",
    summary="What has the organisation decided for everybody?",
    responses={200: {"model": PolicyShown, "description": "The settings, and who changed what when."}},
)
async def route_read_policy(asks: Asks) -> Response:
    """For every member, with every change that was made: what was, what is, when and by whom."""
    await asks.allow("read_policy")
    await asks.wait_for_position(())
    return asks.show(await _policy(asks))


@router.patch(
    "/policy",
    operation_id="change_policy",
    summary="Decide otherwise for everybody",
    responses={200: {"model": PolicyShown, "description": "The settings as they are now."}},
)
async def route_change_policy(body: PolicyBody, asks: Asks) -> Response:
    """Stewards only. It holds from now on: what was agreed, declared or recorded before stays as it was."""

    async def show(receipt: Receipt) -> Shown:
        return await _policy(asks, receipt)

    command = ChangePolicy(body.settings())
    return await asks.run(lambda desk: change_policy(desk, command), show, on=asks.actor.organisation.id)


async def _policy(asks: Asking, receipt: Receipt | None = None) -> Shown:
    organisation_id = asks.actor.organisation.id
    version = receipt.answer.versions[str(organisation_id)] if receipt is not None else None
    found = await organisation_at(asks.concord.ledger, organisation_id, up_to=version)
    return Shown(found.policy_version, _shown(found) | {"allowed_actions": await _actions(asks)})


def _shown(organisation: Organisation) -> dict[str, Any]:
    newest = organisation.policy_changes[: -MOST_CHANGES - 1 : -1]
    return {**asdict(organisation.policy), "changes": [_change(one) for one in newest]}


def _change(one: PolicyChange) -> dict[str, Any]:
    return {
        "at": at(one.at),
        "by": str(one.by) if one.by is not None else None,
        "settings": {
            name: {"old": getattr(one.old, name), "new": getattr(one.new, name)}
            for name in one.old.differences(one.new)
        },
    }


async def _actions(asks: Asking) -> list[str]:
    try:
        await asks.allow("change_policy")
    except NotYourAct:
        return []
    return ["PATCH"]
