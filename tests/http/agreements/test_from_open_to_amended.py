from __future__ import annotations

import hashlib
import json

from tests.http.agreements import stories
from tests.http.agreements.stories import Pair


async def test_two_people_go_from_a_first_draft_to_an_amended_agreement_and_its_diff(pair: Pair) -> None:
    ada, ben = pair.ada, pair.ben
    draft = await ada.makes("/agreements", pair.head())
    here = f"/agreements/{draft['id']}"
    assert (draft["state"], draft["version"], draft["proposal"]["revision"]) == ("drafting", None, 1)

    # Before the share, Ben sees title, use, parties and the opening questions, and may answer these.
    added = await ada.makes(f"{here}/terms", pair.update())
    term = added["term"]
    assert term["owed_by"] == [ben.id]
    seen = await ben.sees(here)
    assert seen["proposal"] is None
    assert seen["head"]["title"] == "Ada and Ben"
    assert {"POST prompts/{key}/answer", "POST abandon"} == set(seen["allowed_actions"])
    await ben.does(f"{here}/prompts/how_to_update/answer", {"text": "Short, written, before lunch"})
    assert ben_answers(await ben.sees(here)) == ["Short, written, before lunch"]

    await ada.does(f"{here}/share")
    seen = await ben.sees(here)
    assert [t["id"] for t in seen["proposal"]["terms"]] == [term["id"]]

    # Ben writes too; what Ada heard goes with her edit, and he marks it right.
    await ben.makes(f"{here}/terms", pair.support())
    revised = await ada.does(
        f"{here}/terms/{term['id']}",
        {"topic": "Progress, risk, ask", "reason": "You asked for it", "heard": "You want to be short"},
        method="PATCH",
    )
    heard = revised["heard"][-1]
    right = await ben.does(f"{here}/heard/{heard['id']}/right")
    assert right["heard"][-1]["right_by"] == [ben.id]
    commented = await ben.makes(f"{here}/terms/{term['id']}/comments", {"text": "Is Monday fixed?"})
    assert commented["comments"][-1]["text"] == "Is Monday fixed?"

    # The hash is one that anybody can compute.
    proposal = (await ben.sees(here))["proposal"]
    text = {"head": proposal["head"], "terms": sorted(proposal["terms"], key=lambda t: t["id"])}
    canonical = json.dumps(text, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(canonical.encode()).hexdigest() == proposal["content_hash"]

    first = await stories.consents(ada, draft["id"])
    assert (first["state"], first["proposal"]["waiting_on"]) == ("drafting", [ben.id])
    agreed = await stories.consents(ben, draft["id"])
    assert (agreed["state"], agreed["version"], agreed["proposal"]) == ("in_force", 1, None)
    assert [t["topic"] for t in agreed["terms"] if t["kind"] == "update"] == ["Progress, risk, ask"]

    # An amendment leaves the version in force alone until both have said yes.
    opened = await ben.makes(f"{here}/amendments", {"reason": "Mondays are full"})
    assert (opened["version"], opened["proposal"]["number"]) == (1, 1)
    await ben.does(f"{here}/terms/{term['id']}", {"topic": "Progress and asks"}, method="PATCH")
    assert (await ada.sees(here))["terms"][0]["topic"] == "Progress, risk, ask"
    await stories.consents(ben, draft["id"])
    amended = await stories.consents(ada, draft["id"])
    assert (amended["version"], amended["terms"][0]["topic"]) == (2, "Progress and asks")
    assert (await ada.sees(f"{here}?version=1"))["terms"][0]["topic"] == "Progress, risk, ask"

    diff = await ada.sees(f"{here}/diff?from=1&to=2")
    assert "Progress and asks" in json.dumps(diff) or "and asks" in json.dumps(diff)


def ben_answers(seen: dict[str, object]) -> list[str]:
    prompts = seen["prompts"]
    assert isinstance(prompts, list)
    return [a["text"] for p in prompts for a in p["answers"]]
