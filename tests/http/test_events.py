"""What happened, page by page: each is told what their history tells them, and nothing of what was written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from adapters.bootstrap import Concord
from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.registry import Registry
from domain.agreements.events import NoticeGiven
from domain.base import FACTS
from services.audit.feed import FeedDesk, list_events
from services.ports import Actor
from tests.http.agreements import stories
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair
from tests.http.commitments.asking import promised
from tests.http.conftest import member, token_of
from tests.http.imbalance.weeks import PERIODS, weeks

WRITTEN = ("Progress", "meetings", "To know", "Ada and Ben", "import copes", "fair is on", "hours a day", "Too much")


async def pages(who: Someone, *, limit: int = 200, cursor: str = "") -> AsyncIterator[dict[str, Any]]:
    """Every page from there on; none of them says a word that somebody wrote."""
    while True:
        page = await who.sees(f"/events?limit={limit}{cursor}")
        assert not [word for word in WRITTEN if word in str(page)]
        yield page
        if page["next_cursor"] is None:
            return
        cursor = f"&cursor={page['next_cursor']}"


async def told(who: Someone, concord: Concord, *, limit: int = 200) -> list[dict[str, Any]]:
    """Everything that somebody is told, whoever did it."""
    who.seen_position = await concord.ledger.head()
    return [item async for page in pages(who, limit=limit) for item in page["items"]]


def about(events: list[dict[str, Any]], thing_id: str) -> list[str]:
    """What happened to one thing, in few words."""
    return [event["kind"].split(".", 1)[1] for event in events if event["resource"]["id"] == thing_id]


async def test_each_is_told_what_their_history_tells_them(
    concord: Concord, pair: Pair, steward: Someone, cy: Someone, foreigner: Someone
) -> None:
    draft = await stories.drafted(pair)
    here, id = f"/agreements/{draft['id']}", draft["id"]
    # Terms are their author's until the share, and an answer is nobody else's until both have given one. That
    # there is something else is in nothing: no page more, no cursor and no tag.
    assert about(await told(pair.ben, concord), id) == ["opened"]
    known = (await told(pair.ben, concord))[-1]["cursor"]
    before = [await pair.ben.sends("GET", f"/events?{query}") for query in ("limit=200", f"cursor={known}")]
    await pair.ada.makes(f"/agreements/{id}/terms", pair.given())
    pair.ben.seen_position = await concord.ledger.head()
    after = [await pair.ben.sends("GET", f"/events?{query}") for query in ("limit=200", f"cursor={known}")]
    assert [(a.content, a.headers["ETag"]) for a in before] == [(a.content, a.headers["ETag"]) for a in after]
    length = len(after[0].json()["items"])
    assert (await pair.ben.sees(f"/events?limit={length}"))["next_cursor"] is None
    assert about(await told(pair.ada, concord), id) == ["opened", "term_added", "term_added"]
    await pair.ada.does(f"{here}/share")
    await pair.ben.does(f"{here}/prompts/work_for_both/answer", {"text": "By fewer meetings"})
    await pair.ben.makes(f"{here}/terms", pair.support())
    await stories.consents(pair.ada, id)
    await stories.consents(pair.ben, id)
    update = (await pair.ben.sees(here))["terms"][0]["id"]
    await pair.ben.sends("POST", f"{here}/updates", {"term_id": update, "text": "Progress: fine"})
    commitment = await promised(pair)

    for who in (pair.ada, pair.ben):
        events = await told(who, concord)
        history = (await who.sees(f"{here}/history?limit=200"))["items"]
        mine = [e for e in events if e["resource"]["id"] == id]
        assert [(e["position"], e["at"], e["kind"], e["actor_id"]) for e in mine] == [
            (h["position"], h["at"], h["what"], h["by"]) for h in history
        ]
        assert mine[-1]["resource"] == {"kind": "agreement", "id": id, "path": here}
        assert "updates.given" in {e["kind"] for e in mine}
        assert about(events, commitment.split("/")[2]) == ["requested", "promise_given", "made"]
        positions = [e["position"] for e in events]
        assert positions == sorted(set(positions))
        # Small pages tell the very same, and one may go on after any event.
        assert await told(who, concord, limit=3) == events
        rest = await who.sees(f"/events?limit=200&cursor={events[4]['cursor']}")
        assert rest["items"] == events[5:]
        later = await who.sees(f"/events?cursor={rest['follow_from']}")
        assert (later["items"], later["next_cursor"]) == ([], None)
    # Built anew, it tells the very same.
    built = [await told(who, concord) for who in (pair.ada, pair.ben)]
    await concord.projector.rebuild("feed")
    assert [await told(who, concord) for who in (pair.ada, pair.ben)] == built
    assert "prompt_answered" not in about(await told(pair.ada, concord), id)
    assert "prompt_answered" in about(await told(pair.ben, concord), id)

    # Strangers hear of neither; stewards of people and of the organisation; nobody of other organisations.
    things = {id, commitment.split("/")[2]}
    for other in (cy, steward, foreigner):
        events = await told(other, concord)
        assert not things & {e["resource"]["id"] for e in events}
    assert about(await told(cy, concord), pair.ben.id) == []
    assert "joined" in about(await told(steward, concord), pair.ben.id)
    assert not {pair.ada.id, pair.ben.id, steward.id} & {e["resource"]["id"] for e in await told(foreigner, concord)}

    # With a reason a steward looks in: that is told, and they hear of what happens no more than before.
    await steward.does(f"{here}/break-glass", {"reason": "A complaint of the 3rd"})
    await steward.sees(here)
    assert id not in {e["resource"]["id"] for e in await told(steward, concord)}
    assert about(await told(pair.ben, concord), id)[-2:] == ["glass_broken", "content_read"]

    # Who is out hears nothing of what comes after; who leaves, nothing at all.
    for scopes, seen in (("agreements:read",), {"agreement"}), (("commitments:read",), {"commitment"}):
        narrow = Someone(pair.ben.client, pair.ben.clock, pair.ben.id, await token_of(concord, pair.ben.id, *scopes))
        assert {e["resource"]["kind"] for e in await told(narrow, concord)} - {"team"} == seen
    await steward.does(f"/people/{pair.ben.id}/deactivate")
    assert (await pair.ben.sends("GET", "/events")).status_code == 401


async def test_of_a_period_each_is_told_what_is_for_their_eyes(concord: Concord, pair: Pair, steward: Someone) -> None:
    di = await member(concord, steward, "Di", leader_id=pair.ada.id)
    people = [{"person_id": who.id, "asked_for": "Ten hours a day"} for who in (pair.ben, di)]
    period = await pair.ada.makes(PERIODS, weeks(pair, people=people))
    path, id = f"{PERIODS}/{period['id']}", period["id"]
    answers = dict.fromkeys((await pair.ada.sees(path))["self_check"]["questions"], "I think so")
    await pair.ada.does(f"{path}/self-check", {"answers": answers})
    assert about(await told(pair.ben, concord), id) == []
    await pair.ada.does(f"{path}/declare")
    await pair.ben.does(f"{path}/object", {"reason": "Too much"})
    asked = await pair.ben.does(f"{path}/ask", {"text": "Why me?"})
    await pair.ada.does(f"{path}/answer", {"ask_id": asked["questions"][0]["id"], "text": "You know the fair"})
    await di.does(f"{path}/acknowledge")
    between_two = ["objected", "question_asked", "question_answered"]
    drafting = ["drafted", "self_check_answered"]
    assert about(await told(pair.ada, concord), id) == [*drafting, "declared", *between_two, "acknowledged"]
    assert about(await told(pair.ben, concord), id) == ["declared", *between_two, "acknowledged"]
    assert about(await told(di, concord), id) == ["declared", "acknowledged"]
    await steward.sees(path)
    assert about(await told(steward, concord), id) == []
    assert about(await told(di, concord), id) == ["declared", "acknowledged", "content_read"]


async def test_what_cannot_be_read_of_one_thing_silences_nothing_else(concord: Concord, pair: Pair) -> None:
    ending, going_on = await stories.ending(pair), await stories.in_force(pair)
    everything = await told(pair.ben, concord)
    known = {topic: fact for topic, fact in FACTS.items() if topic != NoticeGiven.TOPIC}
    older = EventLedger(concord.ledger.log, concord.ledger.keyring, Registry(known))
    organisation = (await concord.identities.organisations())[0]
    actor = Actor(UUID(pair.ben.id), organisation, frozenset({"all"}))
    desk = FeedDesk(older, concord.clock, concord.feed, concord.identities.share_an_agreement, actor)
    page = await list_events(desk, after=0, limit=200)
    assert page.items == [item for item in everything if item["resource"]["id"] != ending["id"]]
    assert "opened" in about(page.items, going_on["id"])


async def test_a_cursor_that_none_of_ours_gave_is_refused(cy: Someone) -> None:
    for query in ("cursor=bm8", "cursor=%00", "limit=0", "limit=201", "after=3"):
        assert (await cy.sends("GET", f"/events?{query}")).status_code == 422, query
