"""Who sees what: each kind of word is written once, and everybody reads every address there is."""

from __future__ import annotations

from typing import Any

from adapters.bootstrap import Concord
from tests.http.agreements import stories
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair
from tests.http.commitments.asking import promised
from tests.http.conftest import member, token_of
from tests.http.imbalance.weeks import PERIODS, weeks

WORDS = {
    "text": "Quillwort",
    "comment": "Rowanberry",
    "update": "Saxifrage",
    "commitment": "Tamarisk",
    "unshared term": "Umbellifer",
    "unrevealed answer": "Valerian",
    "self-check": "Woodruff",
    "stakes": "Yarrow",
    "milestone": "Eyebright",
    "gives up": "Feverfew",
    "support": "Dittany",
    "asked for": "Zinnia",
    "objection": "Bryony",
    "set aside": "Campion",
}
SAYS_WHY = frozenset({"stakes", "milestone", "gives up", "support"})
"""What everybody sees of a period who sees that it is there."""


async def test_every_word_is_seen_by_those_whose_it_is_and_by_nobody_else(
    concord: Concord, pair: Pair, steward: Someone, foreigner: Someone
) -> None:
    ada, ben = pair.ada, pair.ben
    named = ("Cy", "Di", "Ed", "Flo", "Gus")
    above, inside, contributor, granted, stranger = [await member(concord, steward, name) for name in named]
    opener = await member(concord, steward, "Sue", roles=["steward"])
    await steward.does(f"/people/{ada.id}/leader", {"leader_id": above.id}, method="PUT")
    await steward.does(f"/people/{inside.id}/leader", {"leader_id": ada.id}, method="PUT")
    things = await _written(pair, inside, contributor, granted)
    await opener.does(f"{things['agreement']}/break-glass", {"reason": "A complaint"})
    paths = _addresses(things, pair)

    async def seen(who: Someone) -> set[str]:
        answers = [await who.sends("GET", path) for path in paths]
        assert {answer.status_code for answer in answers} <= {200, 403, 404}
        read = "\n".join(answer.text for answer in answers)
        return {what for what, word in WORDS.items() if word in read}

    assert await seen(ada) == set(WORDS)
    between_two = {"text", "comment", "update", "commitment"}
    assert await seen(ben) == between_two | SAYS_WHY | {"asked for", "set aside"}
    assert await seen(inside) == SAYS_WHY | {"set aside", "objection"}
    assert await seen(contributor) == {"text", "comment"}
    assert await seen(granted) == {"text", "update"}
    assert await seen(above) == SAYS_WHY
    assert await seen(steward) == SAYS_WHY
    assert await seen(opener) == SAYS_WHY | {"text"}
    assert await seen(stranger) == await seen(foreigner) == set()

    # A token sees what its owner sees, as far as its scopes go.
    for scope, covered in (
        ("agreements:read", {"text", "comment", "update"}),
        ("commitments:read", {"commitment", "asked for", "set aside"} | SAYS_WHY),
        ("people:write", set[str]()),
    ):
        assert await seen(Someone(ben.client, ben.clock, ben.id, await token_of(concord, ben.id, scope))) == covered

    # Follow-through is the person's, and theirs with whom they share what is counted.
    counts = f"/people/{ben.id}/follow-through"
    for who in (ben, ada):
        assert (await who.sends("GET", counts)).status_code == 200
    for who in (above, steward, opener, contributor, stranger):
        assert (await who.sends("GET", counts)).status_code == 404

    # A steward sees that an agreement exists: between whom, in which state, reviewed when; and nothing else.
    card = await steward.sees(things["agreement"])
    assert card.keys() == {"id", "state", "parties", "next_review_on", "withheld", "allowed_actions"}
    (listed,) = [i for i in (await steward.sees("/agreements"))["items"] if i["id"] == card["id"]]
    assert listed.keys() == {"id", "state", "parties", "next_review_on", "withheld"}


async def _written(pair: Pair, inside: Someone, contributor: Someone, granted: Someone) -> dict[str, str]:
    """An agreement, a draft, a promise and a period, with each word said once, and where they are."""
    ada, ben = pair.ada, pair.ben
    agreement = await stories.in_force(pair, purpose_text=WORDS["text"])
    here = f"/agreements/{agreement['id']}"
    term = next(t["id"] for t in agreement["terms"] if t["kind"] == "update")
    await ada.makes(f"{here}/terms/{term}/comments", {"text": WORDS["comment"]})
    await ben.makes(f"{here}/updates", {"term_id": term, "text": WORDS["update"]})
    motion = {"kind": "invite_contributor", "person_id": contributor.id}
    moved = (await ada.makes(f"{here}/motions", motion))["motions"][-1]
    await ben.does(f"{here}/motions/{moved['id']}/agree")
    await ben.does(f"{here}/grants/{granted.id}")
    draft = await stories.drafted(pair)
    there = f"/agreements/{draft['id']}"
    await ada.makes(f"{there}/terms", {**pair.support(), "text": WORDS["unshared term"]})
    await ada.does(f"{there}/prompts/hopes_and_worries/answer", {"text": WORDS["unrevealed answer"]})
    promise = await promised(pair, outcome=WORDS["commitment"])
    asked = [{"person_id": ben.id, "asked_for": WORDS["asked for"]}, {"person_id": inside.id}]
    said = {"stakes": WORDS["stakes"], "milestone": WORDS["milestone"], "gives_up": WORDS["gives up"]}
    aside = [{"text": WORDS["set aside"]}, {"term_id": term}, {"commitment_id": promise.rpartition("/")[2]}]
    period = await ada.makes(PERIODS, weeks(pair, people=asked, set_aside=aside, support=WORDS["support"], **said))
    when = f"{PERIODS}/{period['id']}"
    answers = dict.fromkeys(period["self_check"]["questions"], WORDS["self-check"])
    await ada.does(f"{when}/self-check", {"answers": answers})
    await ada.does(f"{when}/declare")
    await inside.does(f"{when}/object", {"reason": WORDS["objection"]})
    return {"agreement": here, "draft": there, "promise": promise, "period": when, "term": term}


def _addresses(things: dict[str, str], pair: Pair) -> list[str]:
    """Everything that can be asked of these things, and every list in which they could stand."""
    here, agreement_id = things["agreement"], things["agreement"].rpartition("/")[2]
    days = f"from={pair.ada.day(-7)}&to={pair.ada.day(7)}"
    of_an_agreement = [
        "",
        "?version=1",
        "/history",
        "/versions",
        "/versions/1",
        "/diff?from=1&to=1",
        "/updates",
        "/reads",
    ]
    of_an_agreement += [f"/expected-updates?{days}", f"/adherence?{days}", f"/terms/{things['term']}/lineage"]
    people: list[Any] = [pair.ada.id, pair.ben.id]
    return [
        *(here + path for path in of_an_agreement),
        *(things["draft"] + path for path in ("", "/history", "/versions", "/reads")),
        *(things["promise"] + path for path in ("", "/history", "/reads")),
        *(things["period"] + path for path in ("", "/reads")),
        *("/agreements", "/commitments", PERIODS, "/me/inbox", "/people", "/teams", "/events"),
        *("/audit/reads", "/audit/log", f"/audit/log?agreement_id={agreement_id}"),
        *(f"/audit/log?person_id={person}" for person in people),
        *(f"/people/{person}/expectations" for person in people),
        *(f"/people/{person}/follow-through?group_by=agreement,counterpart" for person in people),
    ]
