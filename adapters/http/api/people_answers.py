"""What the routes on people, tokens and absences answer, for the OpenAPI description."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

PERSON = "0197a2c0-0000-7000-8000-00000000000a"
OTHER = "0197a2c0-0000-7000-8000-00000000000b"
ORGANISATION = "0197a2c0-0000-7000-8000-00000000000f"
TOKEN = "0197a2c0-0000-7000-8000-0000000000c1"  # noqa: S105 - an id
ABSENCE = "0197a2c0-0000-7000-8000-0000000000d1"
_PERSON = {
    "id": OTHER, "name": "Ben Okri", "kind": "member", "leader_id": PERSON, "roles": [], "active": True,
    "erased": False,
}  # fmt: skip
_TOKEN = {
    "id": TOKEN,
    "name": "my editor",
    "scopes": ["agreements:read"],
    "created_at": "2027-01-04T09:00:00.000000Z",
    "expires_at": None,
    "last_used_on": "2027-01-05",
}
_ABSENCE = {"id": ABSENCE, "from_on": "2027-07-05", "until_on": "2027-07-23"}


class Answered(BaseModel):
    """Base of what is only described here: more fields may come, none goes away."""

    model_config = ConfigDict(extra="allow")


class SignInResetShown(Answered):
    """Somebody's password was reset, which ended all their sessions."""

    at: datetime = Field(description="When (UTC).", examples=["2027-01-04T09:00:00.000000Z"])
    by: str = Field(
        description="`link`: themselves, by mail; `operator`: who runs the installation.", examples=["link"]
    )


class ErasureShown(Answered):
    """An erasure that was asked for and has neither come nor been objected to."""

    asked_by: UUID = Field(description="Who asked for it: the person, or a steward.", examples=[PERSON])
    asked_at: datetime = Field(description="When (UTC).", examples=["2027-01-04T09:00:00.000000Z"])
    reason: str | None = Field(description="What was said why.", examples=["I have left."])
    approved_at: datetime | None = Field(
        description="When a second one agreed to it (UTC); null while nobody has.", examples=[None]
    )
    erases_at: datetime | None = Field(
        description="When it comes (UTC), a week after that; until then the person may object.", examples=[None]
    )


class PersonShown(Answered):
    """Somebody in the organisation."""

    id: UUID = Field(description="The person's id.", examples=[OTHER])
    name: str | None = Field(description="What they are called; null once they are erased.", examples=["Ben Okri"])
    kind: str = Field(
        description="`member`; `imported`: known from elsewhere, does not sign in; or `erased`.", examples=["member"]
    )
    leader_id: UUID | None = Field(description="Who leads them; null for nobody.", examples=[PERSON])
    roles: list[str] = Field(description="`steward`, or nothing.", examples=[[]])
    active: bool = Field(description="False once they have left the organisation.", examples=[True])
    erased: bool = Field(
        description="True once they are erased: their words cannot be read any more, and nobody knows who they were.",
        examples=[False],
    )
    erasure: ErasureShown | None = Field(
        None, description="For stewards and themselves only: an erasure that is on its way.", examples=[None]
    )
    handle: str | None = Field(None, description="Their public name in an imported history.", examples=["@benokri"])
    email: str | None = Field(None, description="For stewards and themselves only.", examples=["ben@example.org"])
    sign_in_resets: list[SignInResetShown] = Field(
        [],
        description="For themselves and those they share an agreement or a commitment with: when the way in was reset.",
        examples=[[]],
    )


class InvitedShown(PersonShown):
    """Somebody who has been invited."""

    invitation_url: str | None = Field(
        None,
        description="Pass it on to them: it works once, for 72 hours. Only where no mail is set up.",
        examples=["https://concord.example/api/v1/invitations/concord_Fv6Fc.../accept"],
    )


class PersonPage(Answered):
    """One page of people, by id."""

    items: list[PersonShown] = Field(description="The people of this page.", examples=[[_PERSON]])
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=[None]
    )


class OrganisationShown(Answered):
    """An organisation."""

    id: UUID = Field(description="Its id.", examples=[ORGANISATION])
    name: str = Field(description="What it is called.", examples=["Northwind"])
    time_zone: str = Field(description="The IANA zone that bare dates are days in.", examples=["Europe/Oslo"])


class MeShown(PersonShown):
    """You."""

    organisation: OrganisationShown = Field(description="The organisation that you are in.")
    time_zone: str | None = Field(
        description="The IANA zone in which pages tell you times; null for the organisation's.",
        examples=["Europe/Lisbon"],
    )
    scopes: list[str] = Field(description="What the token you sent covers.", examples=[["all"]])


class TokenShown(Answered):
    """A token, without its secret."""

    id: UUID = Field(description="The token's id.", examples=[TOKEN])
    name: str = Field(description="What you called it.", examples=["my editor"])
    scopes: list[str] = Field(description="What it covers.", examples=[["agreements:read"]])
    created_at: datetime = Field(description="When you made it (UTC).", examples=["2027-01-04T09:00:00.000000Z"])
    expires_at: datetime | None = Field(description="Until when it holds (UTC); null for ever.", examples=[None])
    last_used_on: date | None = Field(
        description="The day on which it was last used (UTC); null if never.", examples=["2027-01-05"]
    )


class TokenMade(TokenShown):
    """A new token."""

    token: str = Field(description="Its secret, shown here and never again.", examples=["concord_Fv6Fc..."])


class TokenPage(Answered):
    """Your tokens, oldest first."""

    items: list[TokenShown] = Field(description="All of them.", examples=[[_TOKEN]])
    next_cursor: str | None = Field(None, description="Always null: they fit one page.", examples=[None])


class AbsenceShown(Answered):
    """Days on which you are away."""

    id: UUID = Field(description="The absence's id.", examples=[ABSENCE])
    from_on: date = Field(description="The first day.", examples=["2027-07-05"])
    until_on: date = Field(description="The last day, included.", examples=["2027-07-23"])


class AbsencePage(Answered):
    """Your absences, by first day."""

    items: list[AbsenceShown] = Field(description="All that you have told.", examples=[[_ABSENCE]])
    next_cursor: str | None = Field(None, description="Always null: they fit one page.", examples=[None])
