"""What is refused, with which status and code: one line of the table a refusal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.http.agreements import stories
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import MONDAYS, Pair

Shown = dict[str, Any]
Telling = Callable[[Pair], Awaitable[Shown]]


async def nothing(pair: Pair) -> Shown:
    return {"id": "none", "proposal": None, "terms": []}


async def one_sided(pair: Pair) -> Shown:
    """Shared; both wrote, and only Ben owes something."""
    draft = await stories.drafted(pair)
    await pair.ada.does(f"/agreements/{draft['id']}/share")
    return await pair.ben.makes(f"/agreements/{draft['id']}/terms", pair.escalation())


async def spoken_for(pair: Pair) -> Shown:
    """Both owe something, and Ben never said a word."""
    draft = await stories.drafted(pair)
    await pair.ada.makes(f"/agreements/{draft['id']}/terms", pair.support())
    await pair.ada.does(f"/agreements/{draft['id']}/share")
    return await pair.ada.sees(f"/agreements/{draft['id']}")


async def with_a_given(pair: Pair) -> Shown:
    draft = await stories.shared(pair)
    return await pair.ada.makes(f"/agreements/{draft['id']}/terms", pair.given())


def a_head(**other: Any) -> Callable[[Pair, Shown], Shown]:
    return lambda pair, _: pair.head(**{k: v(pair) if callable(v) else v for k, v in other.items()})


def an_update(**cadence: str) -> Callable[[Pair, Shown], Shown]:
    return lambda pair, _: pair.update(cadence={**MONDAYS, **cadence})


def a_consent(**other: Any) -> Callable[[Pair, Shown], Shown]:
    def body(_: Pair, shown: Shown) -> Shown:
        proposal = shown["proposal"]
        return {"revision": proposal["revision"], "content_hash": proposal["content_hash"], **other}

    return body


def plainly(**body: Any) -> Callable[[Pair, Shown], Shown]:
    return lambda pair, _: {k: v(pair) if callable(v) else v for k, v in body.items()}


def in_days(days: int) -> Callable[[Pair], str]:
    return lambda pair: pair.ada.day(days)


HALF = "\ud800"
TABLE: list[Any] = [
    # who, is told, sends, with, gets
    ("ada", nothing, "POST /agreements", a_head(effective_on=in_days(-1)), 409, "date-past"),
    ("ada", nothing, "POST /agreements", a_head(ends_on=in_days(-1)), 409, "date-past"),
    ("ada", nothing, "POST /agreements", a_head(title="  "), 422, "invalid"),
    ("ada", nothing, "POST /agreements", a_head(title="x" * 201), 422, "invalid"),
    ("ada", nothing, "POST /agreements", a_head(purpose_text="x" * 20_001), 422, "invalid"),
    ("ada", nothing, "POST /agreements", a_head(purpose_text="nul \x00"), 422, "invalid"),
    ("ada", nothing, "POST /agreements", a_head(use="gossip"), 422, "invalid"),
    ("ada", nothing, "POST /agreements", a_head(notice_period="two weeks"), 422, "invalid"),
    ("ada", nothing, "POST /agreements", a_head(notice_period="P91D"), 422, "invalid"),
    ("ada", nothing, "POST /agreements", a_head(parties=[]), 422, "invalid"),
    ("ada", nothing, "POST /agreements", a_head(mood="sunny"), 422, "invalid"),
    ("ada", nothing, "POST /agreements", a_head(effective_on="tomorrow"), 422, "invalid"),
    ("ada", nothing, "POST /agreements", a_head(title=7), 422, "invalid"),
    ("steward", nothing, "POST /agreements", a_head(), 422, "invalid"),
    ("ada", stories.shared, "POST terms", an_update(rrule="FREQ=SOMETIMES"), 422, "invalid"),
    ("ada", stories.shared, "POST terms", an_update(rrule="FREQ=HOURLY"), 422, "invalid"),
    ("ada", stories.shared, "POST terms", an_update(rrule=""), 422, "invalid"),
    ("ada", stories.shared, "POST terms", an_update(time_zone="Mars/Olympus"), 422, "invalid"),
    ("ada", stories.shared, "POST terms", an_update(first_due="2027-02-30T10:00"), 422, "invalid"),
    ("ada", stories.shared, "POST terms", an_update(first_due="2027-03-28T02:30"), 422, "invalid"),
    ("ada", stories.shared, "POST terms", plainly(kind="promise", text="x"), 422, "invalid"),
    ("ada", stories.shared, "POST terms", plainly(kind="norm", text="x", topic="y"), 422, "invalid"),
    ("ada", stories.shared, "POST terms", plainly(kind="expectation", text="x", owed_by=[]), 422, "invalid"),
    ("ada", stories.shared, "POST terms/{term_id}/comments", plainly(text=""), 422, "invalid"),
    ("ada", stories.shared, "POST terms/{term_id}/comments", plainly(text="x" * 20_001), 422, "invalid"),
    ("ada", stories.shared, "POST terms/{term_id}/comments", plainly(text="\x00"), 422, "invalid"),
    ("ada", stories.drafted, "POST consents", a_consent(), 409, "wrong-state"),
    ("ben", stories.shared, "POST consents", a_consent(revision=1), 409, "stale-consent"),
    ("ben", stories.shared, "POST consents", a_consent(content_hash="0" * 64), 409, "stale-consent"),
    ("ben", stories.shared, "POST consents", a_consent(content_hash="0"), 422, "invalid"),
    ("ben", stories.shared, "POST consents", a_consent(revision="3"), 422, "invalid"),
    ("ada", stories.consented_by_ada, "POST consents", a_consent(), 409, "wrong-state"),
    ("ada", one_sided, "POST consents", a_consent(), 409, "one-sided"),
    ("ben", spoken_for, "POST consents", a_consent(), 409, "one-sided"),
    ("cy", stories.shared, "POST consents", a_consent(), 404, "not-found"),
    ("ben", stories.drafted, "POST share", None, 403, "not-your-act"),
    ("ada", stories.shared, "POST share", None, 409, "wrong-state"),
    ("ada", stories.in_force, "POST terms", lambda pair, _: pair.given(), 409, "amendment-none"),
    ("ada", stories.in_force, "POST amendments/open/retract", None, 409, "amendment-none"),
    ("ada", stories.amending, "POST amendments", plainly(reason="Again"), 409, "amendment-open"),
    ("ben", stories.amending, "POST amendments/open/retract", None, 403, "not-your-act"),
    ("ada", stories.amending, "POST amendments/open/decline", plainly(reason="No"), 403, "not-your-act"),
    ("ada", stories.drafted, "POST amendments", plainly(reason="Early"), 409, "wrong-state"),
    ("ben", with_a_given, "PATCH terms/{given_id}", plainly(text="More budget"), 409, "cannot-edit-given"),
    ("ben", with_a_given, "DELETE terms/{given_id}", None, 409, "cannot-edit-given"),
    ("ben", stories.in_force, "POST notice", plainly(ends_on=in_days(13)), 409, "notice-too-short"),
    ("ben", stories.shared, "POST notice", plainly(ends_on=in_days(30)), 409, "wrong-state"),
    ("ben", stories.ending, "POST notice/rescind", None, 403, "not-your-act"),
    ("ada", stories.moved_to_pause, "POST motions", plainly(kind="pause", until=in_days(9)), 409, "motion-open"),
    ("ada", stories.moved_to_pause, "POST motions/{mid}/agree", None, 403, "not-your-act"),
    ("ben", stories.moved_to_pause, "POST motions/{mid}/retract", None, 403, "not-your-act"),
    ("ada", stories.in_force, "POST motions", plainly(kind="pause"), 422, "invalid"),
    ("ada", stories.in_force, "POST motions", plainly(kind="pause", until=in_days(-2)), 409, "date-past"),
    ("ada", stories.in_force, "POST resume", None, 409, "wrong-state"),
    ("ada", stories.ended, "POST terms", lambda pair, _: pair.given(), 409, "wrong-state"),
    ("ada", stories.abandoned, "POST consents", plainly(revision=3, content_hash="0" * 64), 409, "wrong-state"),
    ("ben", stories.reviewing, "POST reviews", None, 409, "wrong-state"),
    ("ada", stories.reviewing, "POST reviews/{rid}/answers", plainly(what_works="x"), 422, "invalid"),
    ("ada", stories.reviewing, "POST reviews/{rid}/answers/mine/withdraw", None, 403, "not-your-act"),
    ("ada", stories.in_force, "POST grants/{cy}", None, 403, "not-your-act"),
    ("ada", stories.in_force, "POST prompts/weather/answer", plainly(text="Fine"), 404, "not-found"),
]


@pytest.mark.parametrize(
    ("who", "told", "request_line", "body", "status", "code"),
    [pytest.param(*row, id=f"{row[2]} {row[5]} {n}") for n, row in enumerate(TABLE)],
)
async def test_it_is_refused_with_a_sentence_and_nothing_is_recorded(
    people: dict[str, Someone],
    pair: Pair,
    who: str,
    told: Telling,
    request_line: str,
    body: Callable[[Pair, Shown], Shown] | None,
    status: int,
    code: str,
) -> None:
    shown = await told(pair)
    someone = people[who]
    method, path = request_line.split(" ")
    if not path.startswith("/"):
        path = f"/agreements/{shown['id']}/{path.format(**names(shown), cy=people['cy'].id)}"
    headers = {} if method == "POST" else {"If_Match": await pair.ada.version_of(path)}
    before = await pair.ada.sees("/me") if told is nothing else await pair.ada.sees(f"/agreements/{shown['id']}")
    answer = await someone.sends(method, path, body(pair, shown) if body else None, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"].endswith((".", "!", "?"))
    if status == 422:
        assert answer.json()["errors"]
    if told is not nothing:
        assert await pair.ada.sees(f"/agreements/{shown['id']}") == before


def names(shown: Shown) -> dict[str, str]:
    terms = (shown.get("proposal") or {}).get("terms") or shown["terms"]
    return {
        "term_id": terms[0]["id"] if terms else "",
        "given_id": next((t["id"] for t in terms if t["kind"] == "given"), ""),
        "mid": shown["motions"][-1]["id"] if shown.get("motions") else "",
        "rid": shown["reviews"][-1]["id"] if shown.get("reviews") else "",
    }


async def test_half_a_character_is_refused(pair: Pair) -> None:
    raw = b'{"title": "\\ud800", "purpose_text": "x", "use": "coaching", "parties": []}'
    answer = await pair.ada.client.post(
        "/api/v1/agreements",
        content=raw,
        headers={"Authorization": f"Bearer {pair.ada.token}", "Content-Type": "application/json"},
    )
    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_refusal_of_stale_consent_says_what_changed_since(pair: Pair) -> None:
    draft = await stories.shared(pair)
    here = f"/agreements/{draft['id']}"
    await pair.ada.makes(f"{here}/terms", pair.given())
    proposal = draft["proposal"]
    read = {"revision": proposal["revision"], "content_hash": proposal["content_hash"]}
    answer = await pair.ben.sends("POST", f"{here}/consents", read)
    assert answer.json()["code"] == "stale-consent"
    assert "Ada" in answer.json()["detail"]
    assert "added a term" in answer.json()["detail"]


async def test_a_one_sided_refusal_names_who_still_owes_nothing(pair: Pair) -> None:
    draft = await one_sided(pair)
    proposal = draft["proposal"]
    body = {"revision": proposal["revision"], "content_hash": proposal["content_hash"]}
    answer = await pair.ben.sends("POST", f"/agreements/{draft['id']}/consents", body)
    assert answer.json()["code"] == "one-sided"
    assert "Ada" in answer.json()["detail"]


async def test_a_time_that_the_clocks_skip_is_named_with_its_day(pair: Pair) -> None:
    draft = await stories.shared(pair)
    cadence = {"rrule": "FREQ=DAILY", "time_zone": "Europe/Oslo", "first_due": "2027-03-28T02:30"}
    answer = await pair.ada.sends("POST", f"/agreements/{draft['id']}/terms", pair.update(cadence=cadence))
    assert answer.json()["errors"][0]["field"] == "cadence.first_due"
    assert "the clocks skip it" in answer.json()["errors"][0]["message"]
