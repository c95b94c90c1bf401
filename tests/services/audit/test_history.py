from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest

from domain.agreements.events import AgreementOpened
from domain.agreements.state import start_of
from domain.base import FACTS
from domain.refusals import Invalid, NotThere
from services.audit.history import list_history
from services.audit.told_agreements import BETWEEN_PARTIES, COMMENTS, TEXT
from services.updates.answer_update import AnswerUpdate, answer_update
from services.updates.correct_entry import CorrectEntry, correct_entry
from services.updates.give_update import GiveUpdate, give_update
from tests.domain.spec import OSLO
from tests.services.audit.stage import (
    ADA,
    BEN,
    CLEO,
    DORA,
    EXTRA,
    EXTRA_TERM,
    PAIR,
    PROGRESS,
    PROGRESS_TERM,
    STRANGER,
    SUPPORT_TERM,
    TRIO,
    Stage,
    a_head,
    adds,
    an_answer,
    names,
    opens_amendment,
    revises,
)

REVIEW = UUID("01900000-0000-7000-8000-0000000000d1")
MOTION = UUID("01900000-0000-7000-8000-0000000000d2")
COMMENT = UUID("01900000-0000-7000-8000-0000000000d3")
ANOTHER = UUID("01900000-0000-7000-8000-0000000000d4")


async def words(stage: Stage, who: UUID) -> str:
    """Everything that somebody's history says, as text."""
    return json.dumps(await stage.history(who), ensure_ascii=False)


def test_every_fact_of_an_agreement_is_for_somebody() -> None:
    known = {kind for kind in FACTS.values() if kind.__module__ == AgreementOpened.__module__}
    assert known == TEXT | COMMENTS | BETWEEN_PARTIES


async def test_the_whole_life_is_told_in_sentences_in_order(on_each_store: Stage) -> None:
    stage = on_each_store
    await stage.agreed()
    await stage.does(BEN, opens_amendment("Chat is noisy"), revises(PROGRESS, "I read mail first", channel="by mail"))
    await stage.does(ADA, lambda a, act: a.comment(act, COMMENT, PROGRESS, "Good"))
    await stage.all_consent()
    history = await stage.history(ADA)
    assert [entry["sentence"] for entry in history] == [
        "Ada opened this agreement.",
        "Ada added an update (“Progress”).",
        "Ada shared the draft with the other parties.",
        "Ben added a support (“30 minutes each week that are not about status”).",
        "Ada consented to revision 2.",
        "Ben consented to revision 2.",
        "All had consented: version 1 was made, in force from 2026-01-05.",
        "Ben opened an amendment.",
        "Ben revised an update (“Progress”): channel.",
        "Ada commented on an update (“Progress”).",
        "Ada consented to revision 2.",
        "Ben consented to revision 2.",
        "All had consented: version 2 was made, in force from 2026-01-05.",
    ]
    positions = [entry["position"] for entry in history]
    assert positions == sorted(set(positions))
    revised = history[8]
    assert (revised["what"], revised["by"], revised["people"]) == ("agreement.term_revised", str(BEN), [str(BEN)])
    assert revised["details"]["reason"] == "I read mail first"
    assert revised["details"]["fields"]["channel"]["hunks"] == [
        {"op": "replace", "old": "three lines in chat", "new": "by mail"}
    ]
    assert history[6]["by"] == str(BEN)
    assert {c["person_id"] for c in history[6]["details"]["consents"]} == {str(ADA), str(BEN)}
    assert all(entry["at"].endswith("Z") and entry["effective_at"] <= entry["at"] for entry in history)


async def test_the_pages_make_up_the_whole(stage: Stage) -> None:
    await stage.agreed()
    assert await stage.history(BEN, limit=2) == await stage.history(BEN)
    ask = (stage.ledger, stage.clock, stage.actor(BEN), stage.agreement_id, names)
    for wrong in ({"limit": 0}, {"cursor": "none of ours"}):
        with pytest.raises(Invalid):
            await list_history(*ask, **wrong)  # type: ignore[arg-type]


async def test_edits_before_the_share_stay_the_openers_for_ever(stage: Stage) -> None:
    await stage.opens(a_head(title="A first thought"))
    await stage.does(
        ADA,
        adds(PROGRESS_TERM),
        revises(PROGRESS, "A private reason", topic="Distrust"),
        lambda a, act: a.comment(act, ANOTHER, PROGRESS, "A remark that stands"),
        lambda a, act: a.comment(act, MOTION, PROGRESS, "A private doubt"),
        lambda a, act: a.withdraw_comment(act, MOTION, "A private regret"),
        adds(EXTRA_TERM, heard="A private hearing"),
        lambda a, act: a.comment(act, COMMENT, EXTRA, "A private remark"),
        lambda a, act: a.remove_term(act, EXTRA, reason="Too harsh"),
        revises(PROGRESS, topic="Progress"),
        lambda a, act: a.change_head(act, {"title": "How we work"}),
    )
    assert await stage.told(BEN) == ["opened"]
    await stage.does(ADA, lambda a, act: a.share(act))
    await stage.does(BEN, adds(SUPPORT_TERM))
    await stage.does(ADA, lambda a, act: a.correct_comment(act, COMMENT, "A private remark, again"))
    await stage.does(ADA, lambda a, act: a.correct_comment(act, ANOTHER, "A remark that is put right"))
    assert await stage.told(BEN) == ["opened", "shared", "term_added", "comment_corrected"]
    said = await words(stage, BEN)
    for private in ("first thought", "private", "Distrust", "Too harsh", EXTRA_TERM.text or "", str(EXTRA)):
        assert private not in said
    opened, shared, _, corrected = await stage.history(BEN)
    assert opened["details"] == {}
    assert shared["details"]["head"]["title"] == "How we work"
    assert [t["topic"] for t in shared["details"]["terms"]] == ["Progress"]
    assert [c["text"] for c in shared["details"]["comments"]] == ["A remark that stands"]
    assert corrected["details"]["fields"]["text"]["from"] == "A remark that stands"
    assert (await stage.told(ADA)).count("term_revised") == 2
    assert "private" in await words(stage, ADA)


async def test_an_answer_is_told_where_it_is_shown_and_not_before(stage: Stage) -> None:
    await stage.opens()
    answer = "work_for_both"
    await stage.does(
        ADA,
        lambda a, act: a.answer_prompt(act, answer, "A first answer"),
        lambda a, act: a.answer_prompt(act, answer, "A better answer"),
    )
    assert await stage.told(BEN) == ["opened"]
    assert (await stage.told(ADA)).count("prompt_answered") == 2
    await stage.does(BEN, lambda a, act: a.answer_prompt(act, answer, "Ben's answer"))
    for who in (ADA, BEN):
        last = (await stage.history(who))[-1]
        assert last["sentence"] == "Ben answered “How can we make this work for both of us?”."
        assert {a["text"] for a in last["details"]["answers"]} == {"A better answer", "Ben's answer"}
    assert "A first answer" not in await words(stage, BEN)
    assert await stage.told(BEN) == ["opened", "prompt_answered"]


async def test_an_answer_that_its_author_shows_is_told_at_once(stage: Stage) -> None:
    await stage.shared()
    await stage.does(BEN, lambda a, act: a.answer_prompt(act, "hopes_and_worries", "I worry", show_now=True))
    last = (await stage.history(ADA))[-1]
    assert (last["what"], last["by"]) == ("agreement.prompt_answered", str(BEN))
    assert [a["text"] for a in last["details"]["answers"]] == ["I worry"]


async def test_what_one_answered_is_not_told_to_who_is_asked_and_has_not_answered(stage: Stage) -> None:
    await stage.opens()
    for who in (ADA, BEN):
        await stage.does(who, lambda a, act, who=who: a.answer_prompt(act, "work_for_both", f"Answer of {who}"))
    await stage.does(ADA, lambda a, act: a.change_head(act, {"parties": TRIO}), lambda a, act: a.share(act))
    assert "Answer of" not in await words(stage, CLEO)
    assert f"Answer of {ADA}" in await words(stage, BEN)
    await stage.does(CLEO, lambda a, act: a.answer_prompt(act, "work_for_both", "Mine"))
    assert f"Answer of {ADA}" in await words(stage, CLEO)


async def test_an_answer_that_comes_to_be_shown_by_what_is_not_told_is_told_alone(stage: Stage) -> None:
    await stage.opens(a_head(parties=TRIO))
    for who in (ADA, BEN):
        await stage.does(who, lambda a, act, who=who: a.answer_prompt(act, "work_for_both", f"Answer of {who}"))
    await stage.does(ADA, lambda a, act: a.change_head(act, {"parties": PAIR}))
    last = (await stage.history(BEN))[-1]
    assert (last["what"], last["by"]) == ("agreement.answers_shown", None)
    assert str(CLEO) not in json.dumps(last)


async def test_review_answers_are_told_where_the_review_is_concluded(stage: Stage) -> None:
    await stage.agreed()
    await stage.does(ADA, lambda a, act: a.open_review(act, REVIEW))
    await stage.does(ADA, lambda a, act: a.answer_review(act, REVIEW, an_answer("First thought")))
    await stage.does(ADA, lambda a, act: a.answer_review(act, REVIEW, an_answer("Ada's view")))
    assert (await stage.told(BEN))[-1] == "review_opened"
    assert "thought" not in await words(stage, BEN)
    await stage.does(BEN, lambda a, act: a.answer_review(act, REVIEW, an_answer("Ben's view", outcome="needs_change")))
    concluded = (await stage.history(BEN))[-1]
    assert concluded["sentence"].startswith("The review was concluded: something has to change.")
    assert {a["what_works"] for a in concluded["details"]["answers"]} == {"Ada's view works", "Ben's view works"}
    assert "First thought" not in await words(stage, BEN)
    assert (await stage.told(ADA))[-3:] == ["review_answered", "review_answered", "review_concluded"]
    await stage.does(ADA, lambda a, act: a.correct_review_answer(act, REVIEW, an_answer("Ada's later view")))
    await stage.does(ADA, lambda a, act: a.withdraw_review_answer(act, REVIEW, "I was wrong"))
    assert (await stage.told(BEN))[-3:] == ["review_concluded", "review_answered", "review_answer_withdrawn"]
    assert (await stage.history(BEN))[-2]["sentence"] == "Ada put their review answer right."


async def test_an_answer_taken_back_before_the_end_is_never_told(stage: Stage) -> None:
    await stage.agreed()
    await stage.does(ADA, lambda a, act: a.open_review(act, REVIEW))
    await stage.does(ADA, lambda a, act: a.answer_review(act, REVIEW, an_answer("Regretted")))
    await stage.does(ADA, lambda a, act: a.withdraw_review_answer(act, REVIEW, "Regretted too"))
    stage.at("2026-01-25")
    await stage.does(BEN, opens_amendment())
    assert (await stage.told(BEN))[-2:] == ["review_concluded", "amendment_opened"]
    assert "Regretted" not in await words(stage, BEN)
    concluded = (await stage.history(BEN))[-2]
    assert (concluded["by"], concluded["details"]["answers"]) == (None, [])
    assert concluded["effective_at"] < concluded["at"]


async def test_slips_keep_the_old_text_in_the_history(stage: Stage) -> None:
    await stage.agreed()
    await stage.does(
        BEN,
        lambda a, act: a.comment(act, COMMENT, PROGRESS, "Mondays are fine"),
        lambda a, act: a.correct_comment(act, COMMENT, "Mondays are bad"),
        lambda a, act: a.withdraw_comment(act, COMMENT, "Wrong term"),
    )
    said, corrected, withdrawn = (await stage.history(ADA))[-3:]
    assert said["details"]["text"] == "Mondays are fine"
    assert corrected["details"]["fields"]["text"]["to"] == "Mondays are bad"
    assert withdrawn["details"]["reason"] == "Wrong term"


async def test_a_contributor_is_told_of_text_and_comments_only(stage: Stage) -> None:
    await stage.agreed()
    await stage.does(ADA, lambda a, act: a.answer_prompt(act, "work_for_both", "Secret one", show_now=True))
    await stage.does(ADA, lambda a, act: a.open_review(act, REVIEW))
    await stage.does(ADA, lambda a, act: a.answer_review(act, REVIEW, an_answer("Secret two")))
    await stage.does(BEN, lambda a, act: a.answer_review(act, REVIEW, an_answer("Secret three")))
    await stage.does(
        ADA, lambda a, act: a.propose_motion(act, MOTION, "invite_contributor", person_id=CLEO, reason="Secret four")
    )
    await stage.does(BEN, lambda a, act: a.agree_to_motion(act, MOTION))
    await stage.does(CLEO, lambda a, act: a.comment(act, COMMENT, PROGRESS, "From outside"))
    await stage.does(CLEO, lambda a, act: a.answer_prompt(act, "work_for_both", "My own"))
    update = await give_update(stage.desk(BEN), GiveUpdate(stage.agreement_id, PROGRESS, "Secret five", None))
    assert update.answer.status == 201
    told = await stage.told(CLEO)
    assert set(told) == {
        "opened",
        "shared",
        "term_added",
        "consent_given",
        "version_made",
        "contributor_invited",
        "commented",
        "prompt_answered",
    }
    said = await words(stage, CLEO)
    assert "Secret" not in said
    assert "My own" in said
    assert "My own" not in await words(stage, BEN)
    await stage.does(BEN, lambda a, act: a.dismiss_contributor(act, CLEO))
    with pytest.raises(NotThere):
        await stage.history(CLEO)


async def test_who_left_is_told_what_was_recorded_until_then(stage: Stage) -> None:
    await stage.shared(a_head(parties=TRIO))
    await stage.does(CLEO, adds(EXTRA_TERM), revises(EXTRA, owed_by=(CLEO,)))
    await stage.all_consent()
    await stage.does(CLEO, lambda a, act: a.give_notice(act, act.today + timedelta(days=20)))
    agreement = await stage.load()
    left_at = start_of(agreement.leaving[CLEO].ends_on + timedelta(days=1), OSLO)
    stage.clock.at = left_at - timedelta(hours=1)
    await stage.does(BEN, lambda a, act: a.comment(act, COMMENT, PROGRESS, "While she was there"))
    stage.clock.at = left_at + timedelta(hours=1)
    await stage.does(BEN, lambda a, act: a.comment(act, ANOTHER, PROGRESS, "After she left"))
    assert (await stage.told(CLEO))[-2:] == ["notice_given", "commented"]
    assert "After she left" not in await words(stage, CLEO)
    assert (await stage.told(BEN))[-3:] == ["commented", "part_left", "commented"]
    assert "Cleo is no longer a party: the notice ran out." in await words(stage, BEN)


async def test_whom_the_report_lets_read_is_told_of_versions_and_the_reports_own_words(stage: Stage) -> None:
    await stage.agreed()
    await stage.does(ADA, lambda a, act: a.comment(act, COMMENT, PROGRESS, "Leader's comment"))
    await stage.does(BEN, lambda a, act: a.comment(act, ANOTHER, PROGRESS, "Report's comment"))
    await stage.does(BEN, lambda a, act: a.answer_prompt(act, "work_for_both", "Report's answer"))
    await stage.does(BEN, lambda a, act: a.answer_prompt(act, "hopes_and_worries", "Report's hope"))
    await stage.does(ADA, lambda a, act: a.answer_prompt(act, "hopes_and_worries", "Leader's hope"))
    await stage.does(ADA, lambda a, act: a.open_review(act, REVIEW))
    await stage.does(BEN, lambda a, act: a.answer_review(act, REVIEW, an_answer("Report's view")))
    await stage.does(
        ADA, lambda a, act: a.answer_review(act, REVIEW, an_answer("Leader's view", outcome="needs_change"))
    )
    given = await give_update(stage.desk(BEN), GiveUpdate(stage.agreement_id, PROGRESS, "Report's update", None))
    update_id = UUID(given.answer.ids["update_id"])
    await answer_update(stage.desk(ADA), AnswerUpdate(stage.agreement_id, update_id, "Leader's reply"))
    await stage.does(ADA, opens_amendment("Leader's reason"), lambda a, act: a.retract_amendment(act))
    await stage.does(BEN, lambda a, act: a.grant_earlier_versions(act, DORA))
    assert [entry["what"] for entry in await stage.history(DORA)] == [
        "agreement.version_made",
        "agreement.commented",
        "agreement.answers_shown",
        "agreement.review_concluded",
        "updates.given",
        "agreement.earlier_versions_granted",
    ]
    said = await words(stage, DORA)
    assert "Leader's" not in said
    assert "needs_change" not in said
    for own in ("Report's comment", "Report's hope", "Report's view", "Report's update"):
        assert own in said
    # Nobody else has answered yet, so it is shown to nobody.
    assert "Report's answer" not in said
    await stage.does(BEN, lambda a, act: a.revoke_grant(act, DORA))
    with pytest.raises(NotThere):
        await stage.history(DORA)


async def test_who_an_amendment_would_bring_in_is_told_of_the_newest_text_and_what_was_said_since(stage: Stage) -> None:
    await stage.agreed()
    await stage.does(BEN, lambda a, act: a.comment(act, COMMENT, PROGRESS, "Between us two"))
    await stage.does(BEN, opens_amendment("Cleo joins"), lambda a, act: a.change_head(act, {"parties": TRIO}))
    await stage.does(ADA, lambda a, act: a.comment(act, ANOTHER, PROGRESS, "For all three"))
    assert await stage.told(CLEO) == ["version_made", "amendment_opened", "head_changed", "commented"]
    assert "Between us" not in await words(stage, CLEO)
    await stage.does(ADA, lambda a, act: a.decline_amendment(act))
    with pytest.raises(NotThere):
        await stage.history(CLEO)


async def test_updates_stand_in_the_history_where_they_were_given(stage: Stage) -> None:
    await stage.agreed()
    stage.at("2026-01-12", 9)
    day = stage.clock.at.date()
    given = await give_update(stage.desk(BEN), GiveUpdate(stage.agreement_id, PROGRESS, "Two of three", day))
    update_id = UUID(given.answer.ids["update_id"])
    stage.at("2026-01-12", 11)
    corrected = CorrectEntry(stage.agreement_id, update_id, "update", "Three of three")
    await correct_entry(stage.desk(BEN), corrected)
    await stage.does(ADA, lambda a, act: a.comment(act, COMMENT, PROGRESS, "Well done"))
    told, put_right, comment = (await stage.history(ADA))[-3:]
    assert (told["what"], told["details"]["text"]) == ("updates.given", "Two of three")
    assert told["sentence"] == "Ben gave an update for 2026-01-12."
    assert put_right["details"]["fields"]["text"]["hunks"][0] == {"op": "replace", "old": "Two", "new": "Three"}
    assert comment["what"] == "agreement.commented"


async def test_a_new_leader_and_its_being_taken_back_are_told(stage: Stage) -> None:
    await stage.agreed()
    await stage.does(ADA, lambda a, act: a.change_leader(act, BEN, ADA, DORA))
    await stage.does(ADA, lambda a, act: a.take_back_leader_change(act, BEN, ADA))
    changed, back = (await stage.history(BEN))[-2:]
    assert changed["sentence"].startswith("Ben has another leader than Ada; the agreement ends on 2026-01-19")
    assert back["sentence"] == "The change of Ben’s leader was taken back."


async def test_strangers_find_nothing(stage: Stage) -> None:
    await stage.agreed()
    for who in (STRANGER, CLEO):
        with pytest.raises(NotThere):
            await stage.history(who)
