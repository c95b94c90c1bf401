"""What may be a password, on every way on which one is set: not what many have, nor little more than who one is."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

import pytest

from adapters.bootstrap import Concord
from adapters.identity.common import CommonPasswordList
from adapters.identity.letters import PlainLetters
from domain.refusals import Invalid
from services.people.found_organisation import FoundOrganisation, found_organisation
from services.people.password_resets import reset_for_operator
from services.people.passwords import must_be_hard_to_guess
from services.people.ports import Identity
from services.ports import Organisation
from tests.http.agreements.people import API, Someone
from tests.http.conftest import BEGINNING, MovableClock

pytestmark = pytest.mark.usefixtures("quick_passwords")
GOOD = "nobody else would think of this"
COMMON = "Password12345"
NEAR = "Northwind-2027!"


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One store is enough: nothing of this is kept."""
    return sqlite_url


async def test_every_way_to_set_a_password_refuses_what_is_guessed_first(
    steward: Someone, nobody: Someone, concord: Concord, clock: MovableClock
) -> None:
    invited = await steward.makes("/people", {"name": "Dee Ferreira", "email": "dee.ferreira@example.org"})
    invitation = urlsplit(invited["invitation_url"]).path.removeprefix(API)
    identities = concord.identities
    link = await reset_for_operator(
        concord.ledger, identities, identities.resets, PlainLetters(concord.settings), clock, "sol@northwind.example"
    )
    await identities.set_password(UUID(steward.id), GOOD)
    for password in (COMMON, NEAR):
        ways = [
            await nobody.sends("POST", invitation, {"password": password}),
            await nobody.sends("POST", f"/password-resets/{link.secret}/accept", {"password": password}),
            await steward.sends("PUT", "/me/password", {"current": GOOD, "password": password}, If_Match="*"),
        ]
        for refused in ways:
            assert (refused.status_code, refused.json()["code"]) == (422, "invalid"), refused.text
            assert [error["field"] for error in refused.json()["errors"]] == ["password"]
        command = FoundOrganisation("Northwind too", "Sol", "sol@too.example", password=password)
        with pytest.raises(Invalid):
            await found_organisation(concord.ledger, identities, clock, concord.new_id, command)
    # Nothing was used up by that.
    assert (await nobody.sends("POST", invitation, {"password": GOOD})).status_code == 201
    assert (await nobody.sends("POST", f"/password-resets/{link.secret}/accept", {"password": GOOD})).status_code == 201


SOMEBODY = Identity(UUID(int=1), UUID(int=2), "Zoë Ångström-Lee", "z.lee@fabrikam.example", created_at=BEGINNING)


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("qwertyuiop67", False),
        ("QWERTYUIOP123", False),
        ("zoëångström1!", False),
        ("ZOE\u0308 A\u030angstro\u0308m 27", False),
        ("fabrikam-fabrikam", False),
        ("Concord2027!!", False),
        ("northwind&co 12", False),
        ("z.lee@fabrikam.example", False),
        ("lee sits by the northwind sea", True),
        ("many hands make tea", True),
        ("ein Satz über nichts", True),
    ],
)
async def test_what_stands_too_near_to_somebody_is_refused(password: str, good: bool) -> None:
    organisation = Organisation(UUID(int=2), "Northwind & Co", BEGINNING.tzinfo)  # type: ignore[arg-type]
    refused = False
    try:
        await must_be_hard_to_guess(CommonPasswordList(), password, SOMEBODY, organisation)
    except Invalid:
        refused = True
    assert refused is not good
