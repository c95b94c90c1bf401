"""Each read by somebody who is no party is on record for those whose it is, before it is answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from adapters.bootstrap import Concord
from adapters.identity.letters import PlainLetters
from domain.reads.access_log import access_log_id
from services.people.note_bulk_read import note_bulk_read
from services.people.password_resets import reset_for_operator
from services.ports import Actor, Unavailable
from tests.contract.tally import tables_of
from tests.http.agreements import stories
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair
from tests.http.commitments.asking import promised
from tests.http.conftest import token_of
from tests.http.imbalance.weeks import PERIODS, declared

ABOUT_ME = "/audit/reads?about=me"


async def told(who: Someone, path: str = ABOUT_ME) -> list[tuple[str | None, str, str]]:
    """What somebody is told of reads, newest first: by whom, as what, of what."""
    return [(item["by"], item["seen_as"], item["what"]) for item in (await who.sees(path))["items"]]


async def test_a_steward_who_gave_a_reason_is_seen_reading(
    concord: Concord, pair: Pair, steward: Someone, cy: Someone, clock: Any
) -> None:
    agreement = await stories.in_force(pair)
    here = f"/agreements/{agreement['id']}"
    before = await pair.ada.version_of(here)
    assert (await steward.sees(here))["withheld"] is True
    assert any(item["withheld"] for item in (await steward.sees("/agreements"))["items"])
    assert await told(pair.ada) == []
    assert await told(pair.ada, f"{here}/reads") == []

    await steward.does(f"{here}/break-glass", {"reason": "A complaint of the 3rd"})
    for _ in range(3):
        await steward.sees(here)
    for path in (ABOUT_ME, f"{here}/reads"):
        for party in (pair.ada, pair.ben):
            (read,) = (await party.sees(path))["items"]
            assert (read["by"], read["seen_as"], read["what"]) == (steward.id, "glass", "text")
            assert read["reason"] == "A complaint of the 3rd"
            assert read["resource"] == {"kind": "agreement", "id": agreement["id"], "path": here}
            assert read["sentence"] == "Sol read the text, as a steward who gave a reason."
            assert read["people"] == [steward.id]

    clock.move(minutes=16)
    await steward.sees(here)
    assert await told(pair.ben) == [(steward.id, "glass", "text")] * 2
    assert await told(steward) == await told(cy) == []
    for who, status in ((steward, 404), (cy, 404)):
        assert (await who.sends("GET", f"{here}/reads")).status_code == status
    # Readers get in nobody's way: the agreement's version is what its parties made it.
    opened = (await concord.ledger.version(UUID(agreement["id"])), int(before.strip('"').split(".")[0]))
    assert opened[0] == opened[1] + 1

    # That somebody read is proved to whom they are told of, and to nobody else.
    (newest, _) = (await pair.ada.sees(ABOUT_ME))["items"]
    proof = f"/audit/proofs?event_id={newest['position']}"
    assert (await pair.ada.sees(proof))["event_id"] == newest["position"]
    narrow = Someone(pair.ada.client, pair.ada.clock, pair.ada.id, await token_of(concord, pair.ada.id, "audit:read"))
    for who in (steward, cy, narrow):
        assert (await who.sends("GET", proof)).status_code == 404

    # A page at a time, newest first.
    first = await pair.ada.sees(f"{ABOUT_ME}&limit=1")
    rest = await pair.ada.sees(f"{ABOUT_ME}&limit=1&cursor={first['next_cursor']}")
    assert [first["items"][0]["position"] > rest["items"][0]["position"], rest["next_cursor"]] == [True, None]


async def test_what_cannot_be_kept_is_not_shown(
    concord: Concord, pair: Pair, steward: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = f"/agreements/{(await stories.in_force(pair))['id']}"
    await steward.does(f"{here}/break-glass", {"reason": "A complaint"})
    stream = access_log_id(UUID(here.rpartition("/")[2]))
    await pair.ben.does(f"{here}/grants/{steward.id}")  # from here on they read as somebody with leave
    kept = await concord.ledger.version(stream)

    async def lost(*_: object, **__: object) -> None:
        raise Unavailable("the store is away")

    with monkeypatch.context() as away:
        away.setattr(concord.ledger, "record", lost)
        answer = await steward.sends("GET", here)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert (await pair.ada.sends("GET", here)).status_code == 200
    assert await concord.ledger.version(stream) == kept
    await steward.sees(here)
    assert (await told(pair.ada, f"{here}/reads"))[0] == (steward.id, "grant", "text")


async def test_whom_a_report_let_read_is_seen_wherever_they_read(
    concord: Concord, pair: Pair, cy: Someone, clock: Any
) -> None:
    agreement = await stories.in_force(pair)
    here = f"/agreements/{agreement['id']}"
    await pair.ben.does(f"{here}/grants/{cy.id}")
    reading = {
        "text": ["", "?version=1"],
        "history": ["/versions", "/history", f"/terms/{agreement['terms'][0]['id']}/lineage", "/versions/1"],
        "updates": ["/updates"],
    }
    expected: list[tuple[str | None, str, str]] = []
    for what, paths in reading.items():
        for path in paths:
            await cy.sees(here + path)
        expected.insert(0, (cy.id, "grant", what))
        assert await told(pair.ada) == expected
    assert [item["title"] for item in (await cy.sees("/agreements"))["items"]] == ["Ada and Ben"]
    expected.insert(0, (cy.id, "grant", "listed"))
    assert await told(pair.ada, f"{here}/reads") == expected
    (leave,) = {item["leave_from"] for item in (await pair.ada.sees(f"{here}/reads"))["items"]}
    assert leave == pair.ben.id
    clock.move(hours=1)
    await cy.sees(f"/people/{pair.ben.id}/expectations")
    assert (await told(pair.ben))[0] == (cy.id, "grant", "history")

    # Built anew from the log the record is the same.
    rows = sorted(await tables_of(concord.database, "reads"))
    assert len(rows) == 5
    await concord.projector.rebuild("reads")
    assert sorted(await tables_of(concord.database, "reads")) == rows

    # They read the text, and are not told who else does.
    answer = await cy.sends("GET", f"{here}/reads")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-act")


async def test_a_period_says_who_looked_at_it_from_outside(
    concord: Concord, pair: Pair, steward: Someone, cy: Someone
) -> None:
    await steward.does(f"/people/{pair.ada.id}/leader", {"leader_id": cy.id}, method="PUT")
    period = await declared(pair)
    here = f"{PERIODS}/{period['id']}"
    for inside in (pair.ada, pair.ben):
        await inside.sees(here)
        await inside.sees(PERIODS)
    assert await told(pair.ben) == []
    assert [item["id"] for item in (await steward.sees(PERIODS))["items"]] == [period["id"]]
    await cy.sees(here)
    await steward.sees(here)
    expected = [(steward.id, "steward", "period"), (cy.id, "line", "period"), (steward.id, "steward", "listed")]
    for inside in (pair.ada, pair.ben):
        assert await told(inside) == await told(inside, f"{here}/reads") == expected
    assert await told(cy) == []
    for outside in (cy, steward):
        assert (await outside.sends("GET", f"{here}/reads")).status_code == 403
    # A narrowed token is told of what its scopes cover.
    narrow = Someone(pair.ben.client, pair.ben.clock, pair.ben.id, await token_of(concord, pair.ben.id, "audit:read"))
    assert await told(narrow) == []


async def test_what_the_operator_does_is_seen_by_all_whom_it_concerns(
    concord: Concord, pair: Pair, steward: Someone, foreigner: Someone, cy: Someone
) -> None:
    agreement = await stories.in_force(pair)
    coaching = await stories.in_force(pair, use="coaching")
    here = f"/agreements/{agreement['id']}"
    coached, counted = await promised(pair), await promised(pair, use="reviewable")
    organisation = await concord.identities.organisation_named("Northwind")
    assert organisation is not None
    actor = Actor(UUID(steward.id), organisation, frozenset({"all"}))
    for what in ("export", "follow_through", "backup"):
        await note_bulk_read(concord.ledger, concord.clock, actor, what)
    identities = concord.identities
    ben = await identities.identity(UUID(pair.ben.id))
    assert ben is not None
    assert ben.email is not None
    letters = PlainLetters(concord.settings)
    await reset_for_operator(concord.ledger, identities, identities.resets, letters, concord.clock, ben.email)

    bulk = [(None, "operator", "backup"), (None, "operator", "follow_through"), (None, "operator", "export")]
    reset = [(None, "operator", "sign_in_reset")]
    assert await told(pair.ada) == await told(pair.ben) == reset + bulk
    assert await told(cy) == await told(steward) == bulk
    assert await told(foreigner) == []
    assert await told(pair.ada, f"{here}/reads") == [*reset, bulk[0], bulk[2]]
    # What is for coaching is in no export.
    assert await told(pair.ada, f"/agreements/{coaching['id']}/reads") == [*reset, bulk[0]]
    assert await told(pair.ada, f"{counted}/reads") == await told(pair.ben, f"{counted}/reads") == bulk
    assert await told(pair.ada, f"{coached}/reads") == bulk[:2]
    assert (await cy.sends("GET", f"{counted}/reads")).status_code == 404
    (item,) = [i for i in (await pair.ada.sees(ABOUT_ME))["items"] if i["what"] == "sign_in_reset"]
    assert item["sentence"] == "Who runs the installation reset the way in of Ben; all their sessions ended."
    assert item["resource"]["path"] == f"/people/{pair.ben.id}"
