"""An organisation with one of everything in it, and everybody who could come to it: told over HTTP only.

Every free text holds the word that nobody may read for whom it is not; what has an id of its own is kept here.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.bootstrap import Concord
from tests.http.agreements import stories
from tests.http.agreements.people import API, Someone
from tests.http.agreements.stories import REVIEW_ANSWER, Pair
from tests.http.agreements.test_imports import send
from tests.http.browsers import OURS
from tests.http.commitments.asking import wish
from tests.http.conftest import MovableClock, founder, member
from tests.http.imbalance.weeks import PERIODS, weeks
from tests.http.test_passkeys import HERE
from tests.identity.authenticator import Authenticator

Shown = dict[str, Any]
WORD = "quokka"
"""In every text that is not for everybody in the organisation."""
ADDRESS = "ada@northwind.example"
PASSWORD = "nobody else would think of this"

PARTY, OTHER_PARTY, FORMER_PARTY, CONTRIBUTOR = "party", "other party", "former party", "contributor"
GRANTED, STRANGER, LEADER, STEWARD = "granted", "stranger", "leader above", "steward"
ELSEWHERE, ANONYMOUS, GONE = "steward elsewhere", "anonymous", "gone"
PRINCIPALS = (
    ANONYMOUS, GONE, ELSEWHERE, STRANGER, LEADER, STEWARD, CONTRIBUTOR, GRANTED, FORMER_PARTY, OTHER_PARTY, PARTY,
)  # fmt: skip
"""Everybody, in the order in which they ask: who may do something comes after all who may not."""

_SHARING = {
    OTHER_PARTY: "in a promise", FORMER_PARTY: "in an agreement", CONTRIBUTOR: "in an agreement",
    GRANTED: "in an agreement",
}  # fmt: skip
"""What they have with Ada."""


@dataclass(frozen=True)
class Thing:
    """Something with an id: what each principal is to it, and what else its paths name.

    Who stands in no relation is a stranger to it. `gaps` are the ids by the name of the path's parameter;
    where that is not enough, by the name of the operation and the parameter.
    """

    kind: str
    id: str
    gap: str
    relations: Mapping[str, str]
    gaps: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Company:
    """Everybody, and everything that there is."""

    concord: Concord
    clock: MovableClock
    people: Mapping[str, Someone]
    things: tuple[Thing, ...]

    def of(self, kind: str) -> tuple[Thing, ...]:
        """The things of a kind."""
        return tuple(thing for thing in self.things if thing.kind == kind)


async def a_company(concord: Concord, nobody: Someone, clock: MovableClock) -> Company:
    """Two organisations; in one of them Ada leads Ben, and there is one of everything between them."""
    client = nobody.client
    sol = await founder(concord, client, clock, "Northwind", "sol@northwind.example")
    eve = await founder(concord, client, clock, "Elsewhere", "eve@elsewhere.example")
    lee = await member(concord, sol, "Lee")
    invited = await sol.makes("/people", {"name": "Ada", "email": ADDRESS, "leader_id": lee.id})
    secret = invited["invitation_url"].rsplit("/", 2)[1]
    entered = (await client.post(f"/api/v1/invitations/{secret}/accept", json={"password": PASSWORD})).json()
    client.cookies.clear()
    ada = Someone(client, clock, invited["id"], entered["token"])
    ben = await member(concord, sol, "Ben", leader_id=ada.id)
    fay, con, gil, cy, dan = [await member(concord, sol, name) for name in ("Fay", "Con", "Gil", "Cy", "Dan")]
    pair = Pair(ada, ben)
    people = {
        PARTY: ada, OTHER_PARTY: ben, FORMER_PARTY: fay, CONTRIBUTOR: con, GRANTED: gil, STRANGER: cy, LEADER: lee,
        STEWARD: sol, ELSEWHERE: eve, ANONYMOUS: nobody, GONE: dan,
    }  # fmt: skip
    await sol.does(f"/people/{dan.id}/deactivate")
    things = [
        await _agreement(pair, fay, con, gil, clock),
        await _draft(pair),
        await _history_from_elsewhere(ada),
        await _commitment(pair, fay),
        await _promise_from_elsewhere(ada),
        await _period(pair),
        await _draft_of_a_period(pair),
        await _team(ben, con),
        Thing("person", ada.id, "person_id", _SHARING | {PARTY: "self", STEWARD: "steward"}),
        *await _own(ada),
    ]
    for one in people.values():
        one.seen_position = ada.seen_position
    return Company(concord, clock, people, tuple(things))


async def _agreement(pair: Pair, fay: Someone, con: Someone, gil: Someone, clock: MovableClock) -> Thing:
    """In force, with everything on it that a path can name; Fay was a party of it."""
    ada, ben = pair.ada, pair.ben
    parties = [*pair.head()["parties"], {"person_id": fay.id, "role": "peer"}]
    made = await ada.makes("/agreements", pair.head(title=f"The {WORD}", purpose_text=WORD, parties=parties))
    here = f"/agreements/{made['id']}"
    await ada.makes(f"{here}/terms", pair.update(topic=f"Every {WORD}"))
    await ada.does(f"{here}/share")
    await ben.makes(f"{here}/terms", pair.support(text=WORD, heard=f"You want a {WORD}"))
    await ada.makes(f"{here}/terms", pair.escalation())
    await fay.makes(f"{here}/terms", {"kind": "expectation", "owed_by": [fay.id], "text": f"I feed the {WORD}"})
    await ben.does(f"{here}/prompts/how_to_update/answer", {"text": f"By {WORD}", "show_now": True})
    for one in (ada, ben, fay):
        await stories.consents(one, made["id"])
    await fay.does(f"{here}/notice", {"ends_on": fay.day(20), "reason": WORD})
    clock.move(days=22)
    term = {t["kind"]: t["id"] for t in (await ada.sees(here))["terms"]}
    moved = await ada.makes(f"{here}/motions", {"kind": "invite_contributor", "person_id": con.id})
    await ben.does(f"{here}/motions/{moved['motions'][-1]['id']}/agree")
    await ben.does(f"{here}/grants/{gil.id}")
    moved = await ada.makes(f"{here}/motions", {"kind": "end", "reason": WORD})
    said = await ada.makes(f"{here}/terms/{term['update']}/comments", {"text": WORD})
    await con.makes(f"{here}/terms/{term['update']}/comments", {"text": WORD})
    review = (await ada.makes(f"{here}/reviews"))["reviews"][-1]["id"]
    await ben.does(f"{here}/reviews/{review}/answers", {**REVIEW_ANSWER, "what_works": WORD})
    heard = (await ada.sees(here))["heard"][0]["id"]
    gaps = {
        "term_id": term["update"], "comment_id": said["comments"][0]["id"], "heard_id": heard, "review_id": review,
        "motion_id": moved["motions"][-1]["id"], "support_id": term["support"], "dismiss_contributor person_id": con.id,
        "grant_earlier_versions person_id": gil.id, "revoke_grant person_id": gil.id,
    }  # fmt: skip
    update = await ben.makes(f"{here}/updates", {"term_id": term["update"], "text": WORD})
    answered = await ada.makes(f"{here}/updates/{update['id']}/answer", {"text": WORD})
    asked = await ada.makes(f"{here}/updates/ask", {"term_id": term["update"], "text": WORD})
    slipped = {"term_id": term["escalation"], "happened_at": ben.instant(), "text": WORD}
    raised = await ben.makes(f"{here}/escalations", slipped)
    helped = await ada.makes(f"{here}/escalations/{raised['id']}/answer", {"text": WORD})
    note = await ben.makes(f"{here}/notes", {"term_id": term["support"], "on": ben.day(), "kept": True, "text": WORD})
    seen = await ada.makes(f"{here}/notes/{note['id']}/answer", {"text": WORD})
    for family, entry, answer in (
        ("update", update["id"], answered["answers"][0]["id"]),
        ("escalation", raised["id"], helped["answers"][0]["id"]),
        ("note", note["id"], seen["answers"][0]["id"]),
        ("ask", asked["id"], ""),
    ):
        gaps |= {f"{family} entry_id": entry, f"{family} answer_id": answer}
    relations = {
        PARTY: "party", OTHER_PARTY: "party", FORMER_PARTY: "former_party", CONTRIBUTOR: "contributor",
        GRANTED: "grant", STEWARD: "steward",
    }  # fmt: skip
    return Thing("agreement", made["id"], "agreement_id", relations, gaps)


async def _draft(pair: Pair) -> Thing:
    """Ada's draft that Ben has not been shown yet."""
    made = await pair.ada.makes("/agreements", pair.head(title=f"A {WORD} to come"))
    term = await pair.ada.makes(f"/agreements/{made['id']}/terms", pair.update(topic=WORD))
    relations = {PARTY: "party", OTHER_PARTY: "party", STEWARD: "steward"}
    return Thing("agreement", made["id"], "agreement_id", relations, {"term_id": term["term"]["id"]})


async def _history_from_elsewhere(ada: Someone) -> Thing:
    """An agreement that Ada took in for herself."""
    line = {
        "id": f"{WORD}-1", "type": "agreement.proposed", "at": "2024-01-01T00:00:00Z", "actor": "@al",
        "agreement_id": f"{WORD}-goal", "title": f"Ship the {WORD}", "parties": {"debtors": ["@al"]}, "status": WORD,
        "terms": {"sections": {"Motivation": WORD}},
    }  # fmt: skip
    report = await send(ada, [line])
    assert report.json()["applied"] == 1, report.text
    ada.seen_position = int(report.headers["Concord-Position"])
    (item,) = (await ada.sees(f"/agreements?external_id={WORD}-goal"))["items"]
    return Thing("agreement", item["id"], "agreement_id", {PARTY: "reader", STEWARD: "steward"})


async def _commitment(pair: Pair, fay: Someone) -> Thing:
    """Fay promised it to Ada and handed it on to Ben."""
    ada, ben = pair.ada, pair.ben
    asked = await ada.makes("/commitments", wish(fay, ada, outcome=f"The {WORD} copes", conditions=[WORD]))
    here = f"/commitments/{asked['id']}"
    await fay.does(f"{here}/promise", {"revision": 1})
    handing = {"kind": "delegate", "person_id": ben.id, "reason": f"Ben knows the {WORD}"}
    await fay.makes(f"{here}/changes", handing)
    await ada.does(f"{here}/changes/open/accept", {"revision": 1})
    await ben.does(f"{here}/changes/open/accept", {"revision": 1})
    noted = await ben.makes(f"{here}/progress", {"text": f"After Fay left: {WORD}"})
    relations = {PARTY: "party", OTHER_PARTY: "party", FORMER_PARTY: "former_party"}
    return Thing("commitment", asked["id"], "commitment_id", relations, {"note_id": noted["notes"][0]["id"]})


async def _promise_from_elsewhere(ada: Someone) -> Thing:
    """A promise that Ada took in for herself."""
    line = {
        "id": f"{WORD}-2", "type": "commitment.proposed", "at": "2024-01-01T00:00:00Z", "actor": "@al",
        "commitment_id": f"{WORD}-task", "text": f"Dig for the {WORD}.", "level": "task", "debtors": ["@al"],
    }  # fmt: skip
    report = await send(ada, [line])
    assert report.json()["applied"] == 1, report.text
    ada.seen_position = int(report.headers["Concord-Position"])
    (item,) = (await ada.sees(f"/commitments?external_id={WORD}-task"))["items"]
    return Thing("commitment", item["id"], "commitment_id", {PARTY: "reader"})


async def _period(pair: Pair) -> Thing:
    """Ada's weeks for results, with Ben in them; all inside it is not for who only sees that it is."""
    ada, ben = pair.ada, pair.ben
    asked = [{"person_id": ben.id, "asked_for": WORD}]
    made = await ada.makes(PERIODS, weeks(pair, people=asked, set_aside=[{"text": WORD}], safe_to_fail=WORD))
    here = f"{PERIODS}/{made['id']}"
    await ada.does(f"{here}/declare")
    await ben.does(f"{here}/object", {"reason": WORD})
    asking = await ben.does(f"{here}/ask", {"text": WORD})
    relations = {PARTY: "declarer", OTHER_PARTY: "named", LEADER: "line", STEWARD: "steward"}
    return Thing("period", made["id"], "period_id", relations, {"ask_id": asking["questions"][0]["id"]})


async def _draft_of_a_period(pair: Pair) -> Thing:
    made = await pair.ada.makes(PERIODS, weeks(pair, 40, 45, stakes=WORD))
    return Thing("period", made["id"], "period_id", {PARTY: "declarer"})


async def _team(ben: Someone, con: Someone) -> Thing:
    """Everybody in the organisation sees it; Ben and Con belong to it."""
    made = await ben.makes("/teams", {"name": "Platform", "members": [ben.id, con.id]})
    relations = {OTHER_PARTY: "member", CONTRIBUTOR: "member", STEWARD: "steward"}
    return Thing("team", made["id"], "team_id", relations)


async def _own(ada: Someone) -> list[Thing]:
    """What is Ada's alone: a token, an absence, a session, a passkey."""
    absence = await ada.makes("/me/absences", {"from_on": ada.day(30), "until_on": ada.day(31)})
    token = await ada.makes("/tokens", {"name": f"for the {WORD}", "scopes": ["agreements:read"]})
    await _in_a_browser(ada, "/sessions", {"email": ADDRESS, "password": PASSWORD})
    options = await _in_a_browser(ada, "/passkeys/options")
    credential = Authenticator().makes(options["options"], HERE)
    passkey = await _in_a_browser(
        ada, "/passkeys", {"name": "a key", "ceremony": options["ceremony"], "credential": credential}
    )
    ada.client.cookies.clear()
    (session,) = (await ada.sees("/sessions"))["items"]
    owned = (("token", token["id"]), ("absence", absence["id"]), ("session", session["id"]), ("passkey", passkey["id"]))
    return [Thing("own", id, f"{name}_id", {PARTY: "self"}) for name, id in owned]


async def _in_a_browser(who: Someone, path: str, body: Any = None) -> Shown:
    """A command of somebody who has signed in, or does by it; what the client keeps of that is theirs to clear."""
    answer = await who.client.post(API + path, json=body, headers=OURS)
    assert answer.is_success, answer.text
    return dict(answer.json())


def unknown() -> str:
    """An id that nobody has."""
    return str(uuid.uuid4())
