"""What Mira and Jonas agreed on: drafted together, kept alive, amended three times; and two texts that wait now."""

from __future__ import annotations

from adapters.demo import said, weeks
from adapters.demo.pact import Pact
from adapters.demo.stage import Player, Stage, days
from adapters.demo.weeks import Weeks
from services.people.absences import DeclareAbsence, declare_absence

CRUNCH = (112, 98)
"""The three critical weeks of the year: the working days on which they begin and end, counted back."""


def plan(stage: Stage, mira: Player, jonas: Player) -> Pact:
    """Plans the year of their agreement."""
    pact = Pact(stage, mira, jonas)
    _draft(pact, mira, jonas)
    _first_weeks(pact, mira, jonas)
    _once_a_week(pact, mira, jonas)
    _decisions(pact, mira, jonas)
    _without_blame(pact, mira, jonas)
    _fridays(pact, mira, jonas)
    return pact


def _draft(pact: Pact, mira: Player, jonas: Player) -> None:
    pact.open(257, "09:10", "How Jonas and I work together", "reviewable",
              "So that both of us know what to expect, and can change our minds openly.")  # fmt: skip
    first = pact.stage.ago(252)
    twice = pact.cadence("FREQ=WEEKLY;BYDAY=MO,TH", first)
    pact.add(257, "09:25", mira, "report", "update", owed_by=(jonas.id,), topic="How the move to the new system goes",
             channel="chat", cadence=twice, good_looks_like="Three lines: progress, risk, what I need")  # fmt: skip
    pact.answer(257, "09:40", mira, "work_for_both", "I need to hear of slips early. You need to be left in peace.")
    pact.share(257, "11:30")
    pact.answer(256, "10:00", jonas, "how_to_update", "In writing, so that I can think. Mondays suit me best.")
    pact.answer(256, "10:05", jonas, "work_for_both", "Fewer questions in passing, a straight answer when I ask.")
    pact.answer(256, "10:10", jonas, "hopes_and_worries",
                "I hope for trust. I worry that this becomes a list of what I did wrong.")  # fmt: skip
    pact.comment(256, "10:20", jonas, "report", "Twice a week is a lot. What are you afraid of missing?")
    pact.comment(
        256, "13:45", mira, "report", "A slip that I hear of in the board meeting. Shall we try it for a while?"
    )
    pact.answer(256, "14:00", mira, "hopes_and_worries",
                "I hope that you call before it burns. I worry that I ask much and hear little.")  # fmt: skip
    pact.add(255, "09:30", jonas, "slips", "escalation", "You would rather be woken than surprised.",
             owed_by=(jonas.id,), channel="phone", within="PT8H",
             trigger="A date slips by more than two days")  # fmt: skip
    pact.was_heard(255, "09:50", mira)
    pact.add(255, "10:00", jonas, "half hour", "support", owed_by=(mira.id,),
             text="Half an hour each week that is not about status")  # fmt: skip
    pact.add(255, "13:00", mira, "reviews", "hands_off", owed_by=(mira.id,), text="I stay out of the code reviews",
             triggers=("the release is at risk", "Jonas asks"))  # fmt: skip
    pact.consent(254, "09:00", mira)
    pact.ask_for_changes(
        254, "11:00", jonas, "The fixed budget shapes everything I promise here. Please write it down."
    )
    pact.add(254, "13:30", mira, "budget", "given", text="The budget is fixed until the end of the fiscal year",
             reason="The board decided it; I argued against it and could not move it")  # fmt: skip
    pact.revise(254, "14:10", jonas, "report", {"good_looks_like": "Three lines: progress, risk, need. No slides"},
                "I would rather write three honest lines", "You want no surprises, not more reports.")  # fmt: skip
    pact.was_heard(254, "14:30", mira)
    pact.consent(254, "15:00", mira)
    pact.consent(253, "09:20", jonas)


def _first_weeks(pact: Pact, mira: Player, jonas: Player) -> None:
    stage = pact.stage
    twice = pact.cadence("FREQ=WEEKLY;BYDAY=MO,TH", stage.ago(252))
    span = Weeks(twice, stage.ago(252), stage.ago(218), late={3, 8}, missed={11}, confidence="43432")
    weeks.plan(pact, "report", span, said.JONAS_TWICE_A_WEEK)
    pact.escalate(238, "13:20", "slips", "The export of the old system breaks on umlauts. Four days, I think.",
                  "14:05", "Thank you for the early word. I move the demo; take the four days.")  # fmt: skip
    pact.note(244, jonas, "half hour", True)
    pact.note(234, jonas, "half hour", True, "We talked about my studies. It did me good.")
    pact.note(229, jonas, "half hour", False, "Moved twice, then dropped.",
              "You are right. I block the Thursday for it now.")  # fmt: skip


def _once_a_week(pact: Pact, mira: Player, jonas: Player) -> None:
    """After six weeks they look back, and twice a week becomes once."""
    stage = pact.stage
    pact.review(
        219,
        ("Slips reach me in time.", "I could ask less between the updates."),
        ("The half hour is the best of my week.", "Thursdays I write the same as on Mondays."),
        {"report": (3, 2), "half hour": (4, 5), "slips": (5, 4)},
        "needs_change",
    )
    pact.amend(218, "09:00", jonas, "Once a week is enough, and then it is read")
    once = pact.cadence("FREQ=WEEKLY;BYDAY=MO", stage.ago(217))
    pact.revise(218, "09:05", jonas, "report", {"cadence": once}, "Thursdays brought nothing new",
                "You want no surprises; three good lines on Monday do that.")  # fmt: skip
    pact.was_heard(218, "10:30", mira)
    pact.consent(218, "11:00", jonas)
    pact.consent(217, "08:30", mira)
    away = (stage.ago(195), stage.ago(186))
    pact.does(202, "10:00", jonas, declare_absence, lambda: DeclareAbsence(*away))
    begins, ends = (stage.ago(n) for n in CRUNCH)
    span = Weeks(
        once, stage.ago(217), stage.present, late={6, 22, 31}, missed={9, 27}, but_not=(away, (begins, ends)),
        confidence="3344234",
    )  # fmt: skip
    weeks.plan(pact, "report", span, said.JONAS_WEEKLY)
    for ago, kept in ((210, True), (200, True), (178, True), (166, True), (150, False), (139, True), (126, True),
                      (84, True), (70, True), (56, True), (41, True), (27, True), (11, True)):  # fmt: skip
        pact.note(ago, jonas, "half hour", kept)
    pact.note(144, jonas, "reviews", False, "You commented on nine lines of the queue.",
              "I did, and nobody had asked me. Deleted; it is yours.")  # fmt: skip


def _decisions(pact: Pact, mira: Player, jonas: Player) -> None:
    """Half a year on he is entrusted with decisions that were hers."""
    pact.review(
        160,
        ("I have stopped being afraid of Mondays.", "Some decisions wait for me and need not."),
        ("I am asked once and then left alone.", "I wait for your yes on things that only I know."),
        {"report": (5, 4), "half hour": (4, 5), "slips": (5, 5), "reviews": (3, 3)},
        "needs_change",
        "The choice of tools, and the order in which customers move",
    )
    pact.amend(158, "09:30", mira, "Jonas decides what only Jonas knows")
    pact.add(158, "09:40", mira, "tools", "decision", "You wait for me where nobody needs me.",
             text="Which tools the team uses, and in which order customers move", decides=(jonas.id,),
             consulted=(mira.id,), limits="Within the budget")  # fmt: skip
    pact.was_heard(158, "10:10", jonas)
    pact.consent(158, "10:30", mira)
    pact.comment(
        157, "09:00", jonas, "tools", "Consulted means that I ask before. It does not mean that I wait a week."
    )
    pact.revise(157, "09:10", jonas, "tools", {"limits": "Within the budget; silence for two working days is a yes"},
                "So that being consulted costs days and not weeks")  # fmt: skip
    pact.consent(157, "09:15", jonas)
    pact.consent(156, "08:45", mira)


def _without_blame(pact: Pact, mira: Player, jonas: Player) -> None:
    """A slip is told two days late, out of fear; what they change is not the deadline alone."""
    pact.review(
        88,
        ("The three weeks worked because it was clear what gave way.", "Next time I ask for help a week earlier."),
        ("It ended when you had said that it would end.", "The nights. I do not want to get used to them."),
        {"report": (4, 4), "half hour": (5, 5), "slips": (4, 4), "tools": (5, 5)},
    )
    pact.escalate(61, "16:10", "slips", "The queue needs a second week. I have known it since Monday and hoped.",
                  "16:25", "I wish that I had known on Monday. Let us talk tomorrow, calmly.", since=2)  # fmt: skip
    pact.amend(59, "10:00", jonas, "I was afraid of the answer, and so the early word came late")
    pact.add(59, "10:10", jonas, "no blame", "support", "You can bear bad news; you cannot bear old news.",
             owed_by=(mira.id,), text="To bad news I first ask what you need; why comes a day later")  # fmt: skip
    pact.was_heard(59, "11:00", mira)
    pact.revise(59, "11:15", mira, "slips", {"within": "PT4H", "trigger": "A date is likely to slip by a day or more"},
                "Early and unsure is better than late and certain",
                "You would speak sooner if the first answer were help.")  # fmt: skip
    pact.was_heard(59, "13:00", jonas)
    pact.consent(59, "13:10", jonas)
    pact.consent(59, "15:30", mira)
    pact.escalate(37, "11:00", "slips", "North may not send its figures in time. Likely, not certain.",
                  "11:10", "What do you need? I know their head of finance.")  # fmt: skip
    pact.note(36, jonas, "no blame", True, "One question, and it was the right one.")
    pact.review(
        24,
        ("Bad news come early now, and small.", "Monday mornings are full; I read you late."),
        ("I say likely and nobody panics.", "Nothing big. Perhaps the day."),
        {"report": (3, 4), "half hour": (5, 5), "slips": (5, 5), "tools": (5, 5), "no blame": (4, 5)},
    )


def _fridays(pact: Pact, mira: Player, jonas: Player) -> None:
    """An amendment that he has opened and consented to; it waits for her."""
    friday = pact.cadence("FREQ=WEEKLY;BYDAY=FR", pact.stage.present + days(1))
    pact.amend(2, "13:00", jonas, "On Mondays you read me late; on Fridays it would close the week for both")
    pact.revise(2, "13:05", jonas, "report", {"cadence": friday}, "You said that Mondays are full",
                "You want to read it, not only to have it.")  # fmt: skip
    pact.consent(2, "13:10", jonas)


def plan_standing_in(stage: Stage, mira: Player, jonas: Player) -> None:
    """A draft for the weeks in which he stands in for her: a question waits for her, the text for him."""
    pact = Pact(stage, mira, jonas)
    begins = stage.ago(-15)
    pact.open(6, "09:00", "Jonas leads the team while I am away", "coaching",
              "Six weeks in which the team has one leader and not two.",
              effective_on=begins, ends_on=stage.ago(-45))  # fmt: skip
    friday = pact.cadence("FREQ=WEEKLY;BYDAY=FR", begins, "15:00")
    pact.add(6, "09:20", mira, "calls", "update", owed_by=(jonas.id,), topic="How the team is", channel="call",
             cadence=friday, good_looks_like="What you decided, and what you would like to hear from me")  # fmt: skip
    pact.add(6, "09:30", mira, "silence", "hands_off", owed_by=(mira.id,), text="Not a word from me to the team",
             triggers=("somebody is unwell", "Jonas calls me"))  # fmt: skip
    pact.answer(6, "09:40", mira, "work_for_both", "It works if you lead as you would, and not as I would.")
    pact.share(6, "10:00")
    pact.answer(5, "16:00", jonas, "how_to_update", "A call. In writing I would ask you for permission.")
    pact.answer(5, "16:05", jonas, "hopes_and_worries", "I hope to find out whether I like it. I worry about Leo.")
    pact.comment(4, "10:00", jonas, "calls", "Each week? I would learn more if you trusted me for two.")
    fortnight = pact.cadence("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", begins, "15:00")
    pact.revise(3, "09:00", mira, "calls", {"cadence": fortnight},
                "Two weeks it is", "You want room to be wrong without being caught.")  # fmt: skip
    pact.add(2, "15:00", jonas, "backing", "support", owed_by=(mira.id,),
             text="What I decide while you are away you do not undo within a month")  # fmt: skip
    pact.comment(1, "09:30", mira, "backing", "Agreed. Money is the exception: say when it is more than the budget.")
    pact.consent(1, "09:45", mira)
