from __future__ import annotations

from typing import Any

from tests.http.agreements import stories
from tests.http.agreements.stories import REVIEW_ANSWER, Pair


async def test_answers_are_shown_when_all_are_in(pair: Pair) -> None:
    agreement = await stories.reviewing(pair)
    here, review = f"/agreements/{agreement['id']}", agreement["reviews"][-1]["id"]
    assert "The Mondays" not in str(await pair.ada.sees(here))
    assert "The Mondays" not in str(await pair.ada.sees(f"{here}/history"))
    fits = {agreement["terms"][0]["id"]: 4}
    body = {**REVIEW_ANSWER, "fits": fits, "outcome": "needs_change", "next_review_on": pair.ada.day(20)}
    concluded = await pair.ada.does(f"{here}/reviews/{review}/answers", body)
    (shown,) = concluded["reviews"]
    assert (shown["outcome"], shown["next_review_on"]) == ("needs_change", pair.ada.day(20))
    assert {a["person_id"] for a in shown["answers"]} == {pair.ada.id, pair.ben.id}
    assert concluded["next_review_on"] == pair.ada.day(20)
    assert "The Mondays" in str(await pair.ada.sees(here))


async def test_answers_are_shown_after_fourteen_days(pair: Pair, clock: Any) -> None:
    agreement = await stories.reviewing(pair)
    here, review = f"/agreements/{agreement['id']}", agreement["reviews"][-1]["id"]
    clock.move(days=15)
    assert "The Mondays" in str(await pair.ada.sees(here))
    late = await pair.ada.sends("POST", f"{here}/reviews/{review}/answers", REVIEW_ANSWER)
    assert (late.status_code, late.json()["code"]) == (409, "wrong-state")


async def test_ones_own_answer_can_be_put_right_and_taken_back(pair: Pair) -> None:
    agreement = await stories.reviewing(pair)
    here, review = f"/agreements/{agreement['id']}", agreement["reviews"][-1]["id"]
    await pair.ada.does(f"{here}/reviews/{review}/answers", REVIEW_ANSWER)
    mine = f"{here}/reviews/{review}/answers/mine"
    corrected = await pair.ben.does(f"{mine}/correct", {**REVIEW_ANSWER, "what_works": "The phone calls"})
    assert "The phone calls" in str(corrected["reviews"])
    withdrawn = await pair.ben.does(f"{mine}/withdraw", {"reason": "Too harsh"})
    assert "The phone calls" not in str(withdrawn["reviews"])
    assert "The phone calls" in str(await pair.ben.sees(f"{here}/history"))


async def test_a_fit_is_from_one_to_five_and_of_a_term_that_is_there(pair: Pair) -> None:
    agreement = await stories.reviewing(pair)
    path = f"/agreements/{agreement['id']}/reviews/{agreement['reviews'][-1]['id']}/answers"
    for fits in ({agreement["terms"][0]["id"]: 6}, {agreement["id"]: 3}, {"not-an-id": 3}, {agreement["id"]: "3"}):
        answer = await pair.ada.sends("POST", path, {**REVIEW_ANSWER, "fits": fits})
        assert answer.status_code == 422, fits
