"""What Mira and Aisha agreed on: her first months, which are over, and a draft that waits for her."""

from __future__ import annotations

from adapters.demo import said, weeks
from adapters.demo.pact import Pact
from adapters.demo.stage import Player, Stage
from adapters.demo.weeks import Weeks

JOINED = 136
"""The working day on which Aisha came, counted back."""


def plan(stage: Stage, mira: Player, aisha: Player) -> None:
    """Plans both."""
    _first_months(stage, mira, aisha)
    _draft(stage, mira, aisha)


def _first_months(stage: Stage, mira: Player, aisha: Player) -> None:
    pact = Pact(stage, mira, aisha)
    ends = stage.ago(70)
    weekly = pact.cadence("FREQ=WEEKLY;BYDAY=TU", stage.ago(130))
    pact.open(134, "10:00", "Aisha's first months", "coaching", "You arrive well, and say early what is missing.",
              ends_on=ends)  # fmt: skip
    pact.add(134, "10:10", mira, "weeks", "update", owed_by=(aisha.id,), topic="How I arrive", channel="in person",
             cadence=weekly)  # fmt: skip
    pact.add(
        134,
        "10:20",
        mira,
        "guide",
        "support",
        owed_by=(mira.id,),
        text="Somebody of the team has time for you each day",
    )
    pact.share(134, "10:30")
    pact.answer(133, "09:00", aisha, "how_to_update", "In person at first. Later I can write.")
    pact.add(133, "09:20", aisha, "questions", "expectation", owed_by=(aisha.id,),
             text="Stuck for half an hour, I ask", good_looks_like="Nobody is stuck in the evening")  # fmt: skip
    pact.consent(133, "10:00", aisha)
    pact.consent(133, "11:00", mira)
    weeks.plan(pact, "weeks", Weeks(weekly, stage.ago(130), ends, late={6}, confidence="2334"), said.AISHA_FIRST_WEEKS)
    pact.note(121, aisha, "guide", True, "Jonas, each morning.")
    pact.note(
        104, aisha, "guide", False, "Everybody was at the shut-down.", "They were. Leo has time from tomorrow on."
    )
    pact.note(82, aisha, "guide", True)


def _draft(stage: Stage, mira: Player, aisha: Player) -> None:
    pact = Pact(stage, mira, aisha)
    pact.open(
        5, "11:00", "What Aisha and I expect of each other", "coaching", "The first months are over; what is next?"
    )
    friday = pact.cadence("FREQ=WEEKLY;BYDAY=FR", stage.ago(-3), "09:30")
    pact.add(5, "11:10", mira, "call", "update", owed_by=(aisha.id,), topic="The week", channel="call", cadence=friday)
    pact.answer(5, "11:20", mira, "work_for_both", "Tell me when I talk only about work.")
    pact.share(5, "11:30")
    pact.answer(4, "10:00", aisha, "how_to_update", "A call on Fridays; I say it better than I write it.")
    pact.add(4, "10:10", aisha, "answers", "support", owed_by=(mira.id,), text="An answer within a working day")
    pact.consent(3, "09:00", mira)
