"""What was recorded can be proved to whoever was told of it, and checked without Concord; others learn nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.bootstrap import Concord
from tests.http.agreements.people import Shown, Someone
from tests.http.agreements.stories import Pair, in_force, shared
from tests.http.conftest import token_of

VERIFIER = Path(__file__).parents[2] / "docs/verify_proof.py"


def checked(tmp_path: Path, what: str, key: str, *texts: str) -> tuple[int, str]:
    """The stand-alone verifier's exit code and answer, run as anybody would: without Concord's environment."""
    paths = []
    for n, text in enumerate(texts):
        paths.append(tmp_path / f"{what}-{n}")
        paths[-1].write_text(text)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), what, key, *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout or done.stderr


async def history_of(who: Someone, agreement_id: str) -> list[Shown]:
    items: list[Shown] = (await who.sees(f"/agreements/{agreement_id}/history?limit=200"))["items"]
    return items


async def test_a_party_proves_that_a_consent_was_given(pair: Pair, tmp_path: Path) -> None:
    agreement = await in_force(pair)
    given = [e for e in await history_of(pair.ada, agreement["id"]) if e["what"] == "agreement.consent_given"]
    before = await pair.ada.sees("/audit/checkpoint")
    shown = await pair.ada.sees(f"/audit/proofs?event_id={given[0]['position']}")
    code, said = checked(tmp_path, "proof", shown["key"], json.dumps(shown))
    assert code == 0, said
    header = json.loads(said)["header"]
    assert (header["type"], header["actor"]) == ("concord.agreement.consent_given", given[0]["by"])
    assert header["stream"] == agreement["id"]
    for text in (pair.head()["purpose_text"], pair.update()["topic"], "Ada"):
        assert text not in shown["proof"]

    wrong = shown["proof"].replace(f"index {given[0]['position'] - 1}", f"index {given[0]['position']}")
    assert checked(tmp_path, "proof", shown["key"], wrong)[0] == 1
    lines = shown["proof"].split("\n")
    assert checked(tmp_path, "proof", shown["key"], shown["proof"].replace(lines[3], lines[4]))[0] == 1
    extra = lines[1][:60] + ("A" if lines[1][60] != "A" else "B") + lines[1][61:]
    assert checked(tmp_path, "proof", shown["key"], shown["proof"].replace(lines[1], extra))[0] == 1

    # Later, whoever kept a checkpoint sees that what it was of is still the beginning.
    await pair.ben.does(f"/agreements/{agreement['id']}/notice", {"ends_on": pair.ben.day(30)})
    after = await pair.ben.sees(f"/audit/checkpoint?since={before['size']}")
    assert after["size"] > before["size"]
    code, said = checked(tmp_path, "continues", after["key"], before["checkpoint"], json.dumps(after))
    assert (code, json.loads(said)["new"]) == (0, after["size"])
    forged = {**after, "consistency": after["consistency"][::-1] + after["consistency"]}
    assert checked(tmp_path, "continues", after["key"], before["checkpoint"], json.dumps(forged))[0] == 1
    assert checked(tmp_path, "checkpoint", after["key"], after["checkpoint"])[0] == 0
    assert checked(tmp_path, "checkpoint", after["key"], after["checkpoint"].replace("\n", "\n1", 1))[0] == 1
    longer = await pair.ben.sends("GET", f"/audit/checkpoint?since={after['size'] + 1}")
    assert (longer.status_code, longer.json()["errors"][0]["field"]) == (422, "since")


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_nobody_has_a_proof_of_what_they_are_not_told(
    pair: Pair, cy: Someone, steward: Someone, foreigner: Someone, concord: Concord
) -> None:
    draft = await shared(pair)
    positions = {e["position"] for e in await history_of(pair.ada, draft["id"])}
    his = {e["position"] for e in await history_of(pair.ben, draft["id"])}
    wish = {"owed_by": [{"person_id": pair.ben.id}], "owed_to": [{"person_id": pair.ada.id}], "outcome": "It is quiet"}
    await pair.ada.makes("/commitments", {**wish, "due_at": pair.ada.day(9)})
    both = {r.position for r in await concord.ledger.log.read_after(0, 999, topics=("concord.commitment.requested",))}
    assert both
    positions, his = positions | both, his | both
    assert his < positions  # her own edits before the share are hers
    nothing = await cy.sends("GET", "/audit/proofs?event_id=9999999")
    assert nothing.status_code == 404
    for position in range(1, await concord.ledger.head() + 1):
        for somebody, told in (
            (pair.ada, positions),
            (pair.ben, his),
            (cy, set()),
            (steward, set()),
            (foreigner, set()),
        ):
            answer = await somebody.sends("GET", f"/audit/proofs?event_id={position}")
            topic, stream = (await concord.ledger.log.read_after(position - 1, 1))[0][3:0:-2]
            own = topic.startswith("concord.person.") and str(stream) == somebody.id
            assert answer.status_code == (200 if position in told or own else 404), (topic, somebody.id)
            if answer.status_code == 404:
                assert answer.content == nothing.content
    narrow = Someone(cy.client, cy.clock, pair.ada.id, await token_of(concord, pair.ada.id, "agreements:read"))
    assert (await narrow.sends("GET", f"/audit/proofs?event_id={min(his)}")).status_code == 403
    # What a token does not cover answers as what is not there: else it would tell the kinds of all events apart.
    narrow.token = await token_of(concord, pair.ada.id, "audit:read")
    assert (await narrow.sends("GET", f"/audit/proofs?event_id={min(his)}")).content == nothing.content


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_a_log_that_is_not_the_signed_one_is_read_and_not_written(pair: Pair, concord: Concord) -> None:
    draft = await shared(pair)
    concord.ledger.withheld = "An older copy came back."
    refused = await pair.ada.sends("POST", "/agreements", pair.head())
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert "restored" in refused.json()["detail"]
    assert (await pair.ada.sees(f"/agreements/{draft['id']}"))["id"] == draft["id"]
