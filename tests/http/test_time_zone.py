"""The zone that somebody is told times in: theirs to choose, and for their eyes only."""

from __future__ import annotations

import pytest

from tests.http.agreements.people import Someone

HERE = "/me/time-zone"


async def test_one_chooses_a_zone_and_goes_back_to_the_organisations(steward: Someone, cy: Someone) -> None:
    before = await cy.sees("/me")
    assert (before["time_zone"], before["organisation"]["time_zone"]) == (None, "Europe/Oslo")
    chosen = await cy.sends("PUT", HERE, {"time_zone": "Pacific/Auckland"}, If_Match="*")
    assert (chosen.status_code, chosen.json()["time_zone"]) == (200, "Pacific/Auckland")
    assert await cy.sees("/me") == before | {"time_zone": "Pacific/Auckland"}
    held = (await cy.sends("GET", "/me/data")).text
    assert "Pacific/Auckland" in held
    for path in (f"/people/{cy.id}", "/people", "/me"):
        assert "Auckland" not in str(await steward.sees(path)), path
    again = await cy.sends("PUT", HERE, {"time_zone": None}, If_Match="*")
    assert (again.status_code, await cy.sees("/me")) == (200, before)


@pytest.mark.parametrize("written", ["Mars/Olympus", "Europe", "../../etc/passwd", "", "Europe/Oslo\x00"])
async def test_what_is_no_zone_is_told_so_and_changes_nothing(cy: Someone, written: str) -> None:
    refused = await cy.sends("PUT", HERE, {"time_zone": written}, If_Match="*")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "time_zone")
    assert (await cy.sees("/me"))["time_zone"] is None
