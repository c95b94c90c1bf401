"""Somebody is erased: by two words and after a week; their words are gone everywhere, and others keep theirs."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from adapters.bootstrap import Concord
from adapters.eventlog.merkle import leaf_hash, root
from adapters.eventlog.streams import streams_of
from adapters.proofs.audit import audit, what_was_signed
from services.exports.export_history import ExportDesk, export_history
from services.ports import Actor
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair, drafted, in_force
from tests.http.conftest import MovableClock, member
from tests.postgres import OwnPostgres

CANARY = "zq7erasedcanary"


@pytest.fixture
def store_url(request: pytest.FixtureRequest, sqlite_url: str) -> str:
    """A store of the test's own; on PostgreSQL a server whose files the test looks into."""
    if getattr(request.node, "callspec", None) is None or request.node.callspec.params["store"] == "sqlite":
        return sqlite_url
    server: OwnPostgres = request.getfixturevalue("own_postgres")
    return server.url


@pytest.fixture
async def sue(concord: Concord, steward: Someone) -> Someone:
    """A second steward."""
    return await member(concord, steward, "Sue", roles=["steward"])


async def erased(concord: Concord, clock: MovableClock, steward: Someone, person: Someone) -> None:
    """The way there: their own word, a steward's, a week."""
    await person.does(f"/people/{person.id}/erase", {"reason": f"I have left, {CANARY}."})
    await steward.does(f"/people/{person.id}/erase/approve")
    clock.move(days=7, seconds=1)
    await caught_up(concord)


async def caught_up(concord: Concord) -> None:
    """Whatever falls due by now is done."""
    assert await concord.projector.caught_up(await concord.ledger.head(), 10)
    await concord.clockwork.catch_up()
    assert await concord.projector.caught_up(await concord.ledger.head(), 10)


async def test_it_takes_two_words_and_a_week(
    concord: Concord, clock: MovableClock, steward: Someone, sue: Someone, pair: Pair, cy: Someone
) -> None:
    ben, path = pair.ben, f"/people/{pair.ben.id}/erase"
    for who, wanted in ((pair.ada, 403), (cy, 403)):
        assert (await who.sends("POST", path)).status_code == wanted
    assert (await ben.sends("POST", f"{path}/object")).json()["code"] == "wrong-state"
    assert (await sue.sends("POST", f"{path}/approve")).json()["code"] == "wrong-state"
    shown = await steward.does(path, {"reason": "He asked me to."})
    assert (shown["erasure"]["asked_by"], shown["erasure"]["erases_at"]) == (steward.id, None)
    assert (await ben.sends("POST", path)).json()["code"] == "wrong-state"
    assert (await ben.sends("POST", f"{path}/approve")).status_code == 403
    assert (await steward.sends("POST", f"{path}/approve")).status_code == 403
    assert "erasure" not in await pair.ada.sees(f"/people/{ben.id}")
    sue.seen_position = steward.seen_position
    (waits,) = [one for one in (await sue.sees("/me/inbox"))["items"] if one["what"] == "erasure_asked"]
    assert (waits["resource"]["id"], waits["allowed_actions"]) == (ben.id, ["POST erase/approve"])
    assert [one for one in (await steward.sees("/me/inbox"))["items"] if one["what"] == "erasure_asked"] == []
    shown = await sue.does(f"{path}/approve")
    ben.seen_position = sue.seen_position
    (told,) = (await ben.sees("/me/inbox"))["items"]
    assert (told["what"], told["allowed_actions"]) == ("erasure_comes", ["POST erase/object"])
    assert told["due_at"] == shown["erasure"]["erases_at"]
    assert (await ben.sees("/me"))["erasure"]["reason"] == "He asked me to."
    clock.move(days=6)
    await caught_up(concord)
    assert (await ben.does(f"{path}/object", {"reason": "I stay."})).get("erasure") is None
    clock.move(days=2)
    await caught_up(concord)
    assert (await ben.sees("/me"))["active"]
    await erased(concord, clock, sue, ben)
    assert (await ben.sends("GET", "/me")).status_code == 401
    assert (await steward.sees(f"/people/{ben.id}"))["erased"]
    for act in ("", "/approve"):
        assert (await sue.sends("POST", f"{path}{act}")).json()["code"] == "wrong-state"


async def test_the_last_steward_stays(concord: Concord, steward: Someone, sue: Someone, clock: MovableClock) -> None:
    await steward.does(f"/people/{sue.id}/erase")
    # Sue cannot agree to her own, and nobody else is left: that is for who runs the installation.
    assert (await sue.sends("POST", f"/people/{sue.id}/erase/approve")).status_code == 403
    await sue.does(f"/people/{sue.id}/erase/object")
    await erased(concord, clock, sue, steward)
    assert (await sue.sees(f"/people/{steward.id}"))["name"] is None
    assert (await sue.sends("POST", f"/people/{sue.id}/erase")).json()["code"] == "last-steward"


async def test_what_was_agreed_on_goes_when_its_time_is_over(
    concord: Concord, clock: MovableClock, steward: Someone, pair: Pair
) -> None:
    ada, agreement = pair.ada, await in_force(pair)
    kept = await in_force(Pair(ada, await member(concord, steward, "Cy", leader_id=ada.id)))
    path = f"/agreements/{agreement['id']}"
    promise = f"/commitments/{await kept_promise(pair)}"
    await erased(concord, clock, steward, pair.ben)
    assert (await ada.sees(path))["state"] == "ended"
    clock.move(days=722)
    await caught_up(concord)
    assert (await ada.sees(promise))["outcome"] == "A report"
    clock.move(days=7)
    await caught_up(concord)
    assert (await ada.sees(path))["head"]["title"] == "Ada and Ben"
    assert (await ada.sees(promise))["outcome"] == "[erased]"  # it was kept a week before the agreement ended
    clock.move(days=3)
    await caught_up(concord)
    gone = await ada.sees(path)
    assert (gone["head"]["title"], gone["terms"], gone["head"]["purpose_text"]) == ("[erased]", [], "[erased]")
    assert "[erased]" in [one["title"] for one in (await ada.sees("/agreements"))["items"]]
    assert (await ada.sees(f"{path}/history?limit=200"))["items"][-1]["what"] == "agreement.words_erased"
    assert (await ada.sees(f"/agreements/{kept['id']}"))["head"]["title"] == "Ada and Ben"
    assert [one["outcome"] for one in (await ada.sees("/commitments"))["items"]] == ["[erased]"]
    assert [line.why for line in concord.eraser.written.lines()] == ["person", "retention", "retention"]
    assert (await audit(concord.ledger, concord.database, what_was_signed(concord.checkpoints.signer))).in_order == []


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
async def test_no_word_of_theirs_is_left_anywhere(
    concord: Concord, clock: MovableClock, steward: Someone, store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    ada = await member(concord, steward, "Ada")
    ben = await member(concord, steward, f"Ben-{CANARY}", leader_id=ada.id)
    pair = Pair(ada, ben)
    agreement = await in_force(pair)
    path = f"/agreements/{agreement['id']}"
    await said_by_both(pair, path)
    note = await concord.checkpoints.make()
    assert hits(tmp_path if store == "sqlite" else request.getfixturevalue("own_postgres").folder) != []
    mine = await ben.sends("GET", "/me/data")
    assert mine.text.count(CANARY) > 8, mine.text
    assert mine.headers["content-disposition"].startswith("attachment")
    before = (await ada.sees(path))["terms"]
    assert CANARY in str(await ada.sees(f"{path}/updates"))

    await erased(concord, clock, steward, ben)

    seen = [await ada.sees(one) for one in (path, f"{path}/updates", f"{path}/history", f"{path}/versions/1")]
    seen += [await ada.sees(one) for one in ("/agreements", "/commitments", "/me/inbox", "/people", "/me/data")]
    seen += [await steward.sees(f"/people/{ben.id}"), await steward.sees("/people")]
    assert [one for one in seen if CANARY in str(one)] == []
    assert seen[0]["terms"] == before  # joint text stays readable to who is left
    assert [update["text"] for update in seen[1]["items"]] == ["[erased]"]
    assert {"Ada's own words"} <= {answer["text"] for answer in seen[1]["items"][0]["answers"]}
    assert seen[9]["erased"]
    assert (seen[9]["name"], seen[9]["email"]) == (None, None)
    assert (await audit(concord.ledger, concord.database, what_was_signed(concord.checkpoints.signer))).in_order == []
    assert await old_root(concord, int(note.split("\n")[1])) == note.split("\n")[2]
    assert CANARY.encode() not in await exported(concord, steward)

    await concord.close()
    if store == "postgresql":
        server: OwnPostgres = request.getfixturevalue("own_postgres")
        forget_old_wal(server)
        assert hits(server.folder) == []
    assert hits(tmp_path) == []


async def said_by_both(pair: Pair, path: str) -> None:
    """Words of Ben's in every place that takes some, and some of Ada's."""
    ada, ben = pair.ada, pair.ben
    words = f"{CANARY} in words of mine"
    term = next(one for one in (await ben.sees(path))["terms"] if one["kind"] == "update")
    update = await ben.makes(f"{path}/updates", {"term_id": term["id"], "text": words})
    await ada.makes(f"{path}/updates/{update['id']}/answer", {"text": "Ada's own words"})
    await ben.makes(f"{path}/amendments", {"reason": words})
    own = await drafted(Pair(ben, ada), title=words, purpose_text=words)
    await ben.does(f"/agreements/{own['id']}/share")
    promise = {"outcome": words, "use": "reviewable", "due_at": f"{ben.day(20)}T12:00:00Z"}
    sides = {"owed_by": [{"person_id": ben.id}], "owed_to": [{"person_id": ada.id}]}
    offered = await ben.makes("/commitments", {**sides, **promise})
    assert offered["outcome"] == words
    accepted = await ben.makes("/commitments", {**sides, **promise, "outcome": "What both agreed on"})
    await ada.does(f"/commitments/{accepted['id']}/accept", {"revision": accepted["revision"]})
    await ben.makes(f"/commitments/{accepted['id']}/progress", {"text": words})
    await ben.makes("/tokens", {"name": words, "scopes": ["all"]})


async def kept_promise(pair: Pair) -> str:
    """What Ben promised Ada, and did."""
    sides = {"owed_by": [{"person_id": pair.ben.id}], "owed_to": [{"person_id": pair.ada.id}]}
    body = {**sides, "outcome": "A report", "due_at": f"{pair.ben.day(5)}T12:00:00Z"}
    offered = await pair.ben.makes("/commitments", body)
    path = f"/commitments/{offered['id']}"
    await pair.ada.does(f"{path}/accept", {"revision": offered["revision"]})
    await pair.ben.does(f"{path}/done", {})
    await pair.ada.does(f"{path}/confirm", {})
    return str(offered["id"])


async def exported(concord: Concord, steward: Someone) -> bytes:
    """What `concord export` writes."""
    standing = await concord.ledger.standing(UUID(steward.id))
    assert standing is not None
    organisation = await concord.organisation(standing.organisation_id)
    assert organisation is not None
    actor = Actor(standing.person_id, organisation, frozenset({"all"}))
    lines: list[bytes] = []

    def streams(topics: tuple[str, ...]) -> Any:
        return streams_of(concord.ledger, topics)

    await export_history(ExportDesk(concord.ledger, streams, concord.identities, concord.clock, actor), lines.append)
    assert len(lines) > 5
    return b"".join(lines)


async def old_root(concord: Concord, size: int) -> str:
    """The root of the first so many events, from the events as they are now."""
    records = await concord.ledger.log.read_after(0, size, up_to=size)
    return base64.b64encode(root([leaf_hash(r.header, r.body) for r in records])).decode()


def forget_old_wal(server: OwnPostgres) -> None:
    """What an operator's checkpoints do in time: old segments of the WAL go."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET wal_recycle = off")
        connection.execute("SELECT pg_reload_conf()")
        for _ in range(2):
            connection.execute("SELECT pg_switch_wal()")
            connection.execute("CHECKPOINT")


def hits(folder: Path) -> list[str]:
    """The files in which a word of theirs stands."""
    found = subprocess.run(["grep", "-rlai", CANARY, str(folder)], capture_output=True, text=True, check=False)
    return found.stdout.split()


def test_the_canary_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\x00\xff" + CANARY.upper().encode() + b"\x00")
    assert len(hits(tmp_path)) == 1
