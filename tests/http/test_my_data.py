"""What is held about me: everything in one file, and nothing in it that is not for my eyes."""

from __future__ import annotations

from adapters.bootstrap import Concord
from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair, drafted, in_force
from tests.http.commitments.asking import wish


async def test_what_is_held_about_me_is_one_download(concord: Concord, pair: Pair, cy: Someone) -> None:
    agreement = await in_force(pair)
    said = {"term_id": _update(agreement), "text": "All fine"}
    await pair.ben.makes(f"/agreements/{agreement['id']}/updates", said)
    await pair.ada.makes("/commitments", wish(pair.ben, pair.ada, outcome="The import runs by itself"))
    unshared = await drafted(pair)
    await pair.ada.makes(f"/agreements/{unshared['id']}/terms", pair.support(text="Words that are not shared yet"))
    answer = await pair.ben.sends("GET", "/me/data")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    held = answer.json()
    assert (held["person_id"], held["organisation"]["name"]) == (pair.ben.id, "Northwind")
    kept = str(held["kept"])
    assert "Ben" in kept
    assert "Ben@" in kept, "his address"
    assert "a test" in kept, "the name of his token"
    for secret in (pair.ben.token, "argon2", "secret_hash", "password_hash"):
        assert str(secret) not in answer.text
    assert {each["id"] for each in held["agreements"]} == {agreement["id"], unshared["id"]}
    for words in ("To know what to expect.", "30 minutes each week", "All fine", "The import runs by itself"):
        assert words in answer.text, words
    assert "Words that are not shared yet" not in answer.text
    assert any("All fine" in str(act) for act in held["acts"]), "his acts, with his words"
    assert held["place"]["leader_id"] == pair.ada.id
    assert cy.id not in answer.text
    others = (await cy.sends("GET", "/me/data")).text
    assert agreement["id"] not in others
    assert "All fine" not in others


def _update(agreement: dict[str, object]) -> str:
    terms = agreement["terms"]
    assert isinstance(terms, list)
    return next(term["id"] for term in terms if term["kind"] == "update")
