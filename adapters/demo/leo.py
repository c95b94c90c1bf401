"""What Mira and Leo agreed on: a difficult beginning, silence, and a renegotiation after which it carries."""

from __future__ import annotations

from adapters.demo import said, weeks
from adapters.demo.jonas import CRUNCH
from adapters.demo.pact import Pact
from adapters.demo.stage import Player, Stage
from adapters.demo.weeks import Weeks


def plan(stage: Stage, mira: Player, leo: Player) -> Pact:
    """Plans the year of their agreement."""
    pact = Pact(stage, mira, leo)
    _draft(pact, mira, leo)
    _hard_months(pact, mira, leo)
    _renegotiate(pact, mira, leo)
    _better_months(pact, mira, leo)
    return pact


def _draft(pact: Pact, mira: Player, leo: Player) -> None:
    first = pact.stage.ago(235)
    weekly = pact.cadence("FREQ=WEEKLY;BYDAY=FR", first, "12:00")
    pact.open(
        249, "13:00", "What Leo and I owe each other", "reviewable", "We talk past each other. Let us write it down."
    )
    pact.add(249, "13:20", mira, "exports", "update", owed_by=(leo.id,), topic="Where billing stands", channel="chat",
             cadence=weekly)  # fmt: skip
    pact.add(249, "13:30", mira, "answers", "expectation", owed_by=(leo.id,), text="Reviews are answered within a day")
    pact.add(249, "13:40", mira, "closing", "given", text="The month closes on its last working day",
             reason="The auditors set it; it is the same for every company of the group")  # fmt: skip
    pact.share(249, "14:00")
    pact.answer(249, "14:10", mira, "work_for_both", "I need to know what is going on without asking three times.")
    pact.answer(245, "16:50", leo, "how_to_update", "Rarely. What matters you will hear.")
    pact.answer(245, "16:55", leo, "work_for_both", "That what I write is not rewritten once I have sent it.")
    pact.comment(245, "17:00", leo, "answers", "And within what time do you answer mine?")
    pact.ask_for_changes(244, "09:00", leo, "So far only I owe something here.")
    pact.add(243, "10:00", mira, "before", "support", "You learn what I want when it is too late.", owed_by=(mira.id,),
             text="I say what I want before the work starts, and not after it")  # fmt: skip
    pact.was_heard(242, "09:30", leo)
    pact.add(242, "09:40", leo, "letters", "hands_off", owed_by=(mira.id,), text="I do not rewrite Leo's texts",
             triggers=("it is legally wrong",))  # fmt: skip
    pact.revise(240, "11:00", mira, "answers", {"owed_by": (leo.id, mira.id)}, "It is fair that it holds for both")
    pact.add(240, "11:10", mira, "to each other", "norm", text="Criticism is said to each other, not about each other")
    pact.consent(240, "11:30", mira)
    pact.consent(237, "17:20", leo)


def _hard_months(pact: Pact, mira: Player, leo: Player) -> None:
    weekly = pact.cadence("FREQ=WEEKLY;BYDAY=FR", pact.stage.ago(235), "12:00")
    span = Weeks(weekly, pact.stage.ago(235), pact.stage.ago(168), late={1, 6, 7}, missed={3, 8, 9, 12},
                 asked_for={3, 9, 12}, confidence="332")  # fmt: skip
    weeks.plan(pact, "exports", span, said.LEO_WEEKLY)
    pact.note(222, leo, "before", False, "I heard of the other format when mine was done.",
              "True. I had it in my head and nowhere else.")  # fmt: skip
    pact.note(211, mira, "answers", False, "Six days for the review of the letter.")
    pact.note(204, leo, "letters", False, "The letter to the large customers was rewritten overnight.",
              "It was wrong of me, and the deadline is no excuse.")  # fmt: skip
    pact.note(192, leo, "before", False)
    pact.note(187, mira, "to each other", False, "I heard from sales what you think of the format.",
              "Because here it changes nothing.")  # fmt: skip
    pact.review(
        172,
        ("We say it openly now, even if it hurts.", "I control what I do not understand. That cannot go on."),
        ("The month closes. That is mine.", "I spend Fridays guarding myself instead of working."),
        {"exports": (2, 1), "answers": (2, 2), "before": (2, 1), "letters": (2, 1), "to each other": (1, 2)},
        "needs_change",
    )


def _renegotiate(pact: Pact, mira: Player, leo: Player) -> None:
    """What they had did not hold: fewer updates and better ones, and a hand that is really taken off."""
    stage = pact.stage
    pact.amend(170, "10:00", leo, "I report every week to somebody who then asks me anyway")
    fortnight = pact.cadence("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", stage.ago(160), "12:00")
    pact.revise(170, "10:15", leo, "exports",
                {"cadence": fortnight, "good_looks_like": "Done, open, and what I need from you"},
                "Every second week there is news", "You ask because you are afraid of the auditors.")  # fmt: skip
    pact.was_heard(169, "08:50", mira)
    pact.comment(169, "09:00", mira, "exports", "Afraid of the auditors is right. I had not seen it like that.")
    pact.revise(168, "13:00", mira, "before", {"text": "I say what I want before the work starts; later it is a wish"},
                "So that you can say no to it", "You want to know what is an order and what is a thought.")  # fmt: skip
    pact.was_heard(167, "10:00", leo)
    pact.consent(167, "10:10", leo)
    pact.revise(166, "09:00", mira, "letters", {"triggers": ("it is legally wrong", "Leo asks")},
                "Legally wrong is for the lawyer to say, and you may ask me too")  # fmt: skip
    pact.add(
        166,
        "09:10",
        mira,
        "lawyer",
        "support",
        owed_by=(mira.id,),
        text="Whether a text is wrong says the lawyer, not I",
    )
    pact.consent(166, "09:20", mira)
    pact.comment(165, "16:00", leo, "lawyer", "That I did not expect. Good.")
    pact.consent(164, "09:00", leo)


def _better_months(pact: Pact, mira: Player, leo: Player) -> None:
    stage = pact.stage
    fortnight = pact.cadence("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", stage.ago(160), "12:00")
    begins, ends = (stage.ago(n) for n in CRUNCH)
    span = Weeks(fortnight, stage.ago(160), stage.present, late={5}, missed={8}, but_not=((begins, ends),),
                 confidence="344")  # fmt: skip
    weeks.plan(pact, "exports", span, said.LEO_FORTNIGHTLY)
    pact.note(150, leo, "before", True, "You said it on Monday, and it was a wish.")
    pact.note(132, leo, "letters", True)
    pact.note(118, mira, "answers", True)
    pact.note(80, leo, "letters", True, "The letter on the shut-down went out in my words.")
    pact.note(52, mira, "to each other", True, "You told me first.")
    pact.note(33, leo, "before", False, "The board's date came after my plan.", "I had it a day earlier. Sorry.")
    pact.review(
        95,
        ("I read every second Friday something that I can use.", "I still write too late in the evening."),
        ("The letters are mine.", "Say it when something was good. I do not guess it."),
        {"exports": (4, 4), "answers": (3, 3), "before": (4, 3), "letters": (4, 5), "to each other": (3, 4)},
    )
    pact.review(
        34,
        ("Refunds were yours from end to end.", "More of that."),
        ("You decided little, and in time.", "Tell the others that refunds are mine."),
        {"exports": (5, 4), "answers": (4, 4), "before": (4, 4), "letters": (5, 5), "to each other": (4, 4)},
        entrust_next="All rules for refunds",
    )
