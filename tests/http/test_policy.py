"""What an organisation decides for everybody: stewards decide, all see it, and it holds from then on."""

from __future__ import annotations

import uuid

from adapters.bootstrap import Concord
from tests.http.agreements.people import Someone, a_key
from tests.http.agreements.stories import Pair
from tests.http.conftest import token_of
from tests.http.imbalance.weeks import PERIODS, refused, weeks
from tests.http.imbalance.weeks import drafted as period_drafted

POLICY = "/organisation/policy"


async def test_a_steward_decides_and_everybody_sees_what_was_and_what_is(
    concord: Concord, pair: Pair, steward: Someone, foreigner: Someone
) -> None:
    before = await pair.ben.sees(POLICY)
    assert (before["imbalance_longest_days"], before["grace"], before["changes"]) == (90, "PT24H", [])
    assert (before["allowed_actions"], (await steward.sees(POLICY))["allowed_actions"]) == ([], ["PATCH"])

    # Who may, and how it has to be asked for.
    seen = await steward.version_of(POLICY)
    answer = await pair.ben.sends("PATCH", POLICY, {"statistics": False}, If_Match=seen)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-act")
    assert (await steward.sends("PATCH", POLICY, {"statistics": False})).status_code == 428
    for body in ({"statistics": None}, {"mood": "good"}, {"imbalance_longest_days": 400}, {"grace": "P31D"}):
        answer = await steward.sends("PATCH", POLICY, body, If_Match=seen)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, next(iter(body))), body
    narrow = Someone(steward.client, steward.clock, steward.id, await token_of(concord, steward.id, "audit:read"))
    assert (await narrow.sees(POLICY))["allowed_actions"] == []
    assert (await narrow.sends("PATCH", POLICY, {"statistics": False}, If_Match=seen)).status_code == 403

    key, changes = a_key(), {"imbalance_longest_days": 30, "prompts": ["hopes_and_worries"], "grace": "PT48H"}
    first = await steward.sends("PATCH", POLICY, changes, If_Match=seen, Idempotency_Key=key)
    again = await steward.sends("PATCH", POLICY, changes, If_Match=seen, Idempotency_Key=key)
    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")
    assert (await steward.sends("PATCH", POLICY, {"statistics": False}, If_Match=seen)).status_code == 412
    # Other things that are recorded of the organisation leave the policy at its version.
    await steward.does(f"/people/{pair.ben.id}/leader", {"leader_id": None}, method="PUT")
    await steward.does(f"/people/{pair.ben.id}/leader", {"leader_id": pair.ada.id}, method="PUT")
    now_at = first.headers["ETag"]
    last = await steward.sends("PATCH", POLICY, {"statistics": False}, If_Match=now_at)
    assert last.status_code == 200, last.text

    shown = await pair.ben.sees(POLICY, Concord_Min_Position=last.headers["Concord-Position"])
    assert {name: shown[name] for name in changes} == changes
    newest, older = shown["changes"]
    assert newest["settings"] == {"statistics": {"old": True, "new": False}}
    assert (older["by"], older["settings"]["grace"]) == (steward.id, {"old": "PT24H", "new": "PT48H"})
    assert (await foreigner.sees(POLICY))["changes"] == []


async def test_what_is_decided_holds_from_then_on_and_changes_nothing_that_is_there(
    pair: Pair, steward: Someone
) -> None:
    old = await pair.ada.makes("/agreements", pair.head())
    old = await pair.ada.makes(f"/agreements/{old['id']}/terms", pair.update())
    too_long = await period_drafted(pair, last=40)
    settings = {
        "imbalance_longest_days": 30,
        "prompts": ["hopes_and_worries"],
        "grace": "PT48H",
        "statistics": False,
    }
    answer = await steward.sends("PATCH", POLICY, settings, If_Match="*")
    assert answer.status_code == 200, answer.text

    status, code, detail = await refused(pair.ada, f"{PERIODS}/{too_long['id']}/declare")
    assert (status, code) == (409, "imbalance-too-long")
    assert "at most 30 are allowed" in detail
    short = await pair.ada.makes(PERIODS, weeks(pair, last=20))
    assert (await pair.ada.does(f"{PERIODS}/{short['id']}/declare"))["state"] == "declared"

    new = await pair.ada.makes("/agreements", pair.head())
    assert [p["key"] for p in new["prompts"]] == ["hopes_and_worries"]
    assert len((await pair.ada.sees(f"/agreements/{old['id']}"))["prompts"]) == 3
    assert old["proposal"]["terms"][0].get("grace") is None
    for term in (pair.update(), pair.update(grace="PT1H")):
        new = await pair.ada.makes(f"/agreements/{new['id']}/terms", term)
    assert [term["grace"] for term in new["proposal"]["terms"]] == ["PT48H", "PT1H"]

    status, code, _ = await refused(pair.ben, f"/people/{pair.ben.id}/follow-through", method="GET")
    assert (status, code) == (409, "statistics-off")
    # A stranger still cannot tell whether there is anybody.
    for nobodys in (steward.id, str(uuid.uuid4())):
        assert (await pair.ben.sends("GET", f"/people/{nobodys}/follow-through")).status_code == 404
