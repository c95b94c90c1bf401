"""Examples to begin with, so that nobody sits before a blank box: terms of every kind, and what an agreement is for.

They are words of a form, to be kept or said better; `by` is whose they usually are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

LEADING = ("leader", "mentor")
"""Who usually gives support; in a pair without one, whoever writes."""

RHYTHMS = (
    ("FREQ=WEEKLY;BYDAY=MO", "every Monday"),
    ("FREQ=WEEKLY;BYDAY=TU", "every Tuesday"),
    ("FREQ=WEEKLY;BYDAY=WE", "every Wednesday"),
    ("FREQ=WEEKLY;BYDAY=TH", "every Thursday"),
    ("FREQ=WEEKLY;BYDAY=FR", "every Friday"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every working day"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "every second Monday"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "every second Friday"),
    ("FREQ=MONTHLY;BYMONTHDAY=1", "on the first day of each month"),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "on the last day of each month"),
)
"""The rhythms to choose from; a term may have been given another one elsewhere."""

SOON = (
    ("PT1H", "within an hour"),
    ("PT4H", "within four hours"),
    ("PT8H", "the same day (8 hours)"),
    ("PT24H", "within a day"),
    ("P2D", "within two days"),
)
GRACE = (
    ("", "a day, as usual"),
    ("PT1H", "an hour"),
    ("PT4H", "four hours"),
    ("P2D", "two days"),
)


@dataclass(frozen=True)
class Example:
    """A term to begin with: what it is called in the row of examples, whose it is, and what it says."""

    called: str
    by: str
    says: dict[str, Any] = field(default_factory=dict)


EXAMPLES: dict[str, tuple[Example, ...]] = {
    "update": (
        Example(
            "Three lines a week",
            "report",
            {
                "topic": "Progress, risk, and what I need",
                "channel": "chat",
                "rrule": "FREQ=WEEKLY;BYDAY=MO",
                "at": "10:00",
                "good_looks_like": "Three lines: what moved, what might slip, what I need from you.",
            },
        ),
        Example(
            "A line at the end of each day",
            "report",
            {
                "topic": "Where the day left me",
                "channel": "chat",
                "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
                "at": "16:30",
                "good_looks_like": "One line. Nothing new is a good answer.",
            },
        ),
        Example(
            "What I hear from above",
            "leader",
            {
                "topic": "What I heard that touches your work",
                "channel": "our weekly talk",
                "rrule": "FREQ=WEEKLY;BYDAY=TH",
                "at": "15:00",
                "good_looks_like": "Also when it is not settled yet; I say what is certain and what is not.",
            },
        ),
    ),
    "escalation": (
        Example(
            "A date slips",
            "report",
            {"trigger": "A date slips by more than two days", "within": "PT8H", "channel": "phone"},
        ),
        Example(
            "Priorities change",
            "leader",
            {"trigger": "A priority of yours changes", "within": "PT24H", "channel": "a talk, not a mail"},
        ),
        Example(
            "I am stuck",
            "report",
            {"trigger": "I have been stuck on the same thing for a day", "within": "PT4H", "channel": "chat"},
        ),
    ),
    "expectation": (
        Example(
            "Doubts come early",
            "report",
            {
                "text": "I raise doubts about scope before work starts.",
                "good_looks_like": "A question in the first two days, not a surprise in the last two.",
            },
        ),
        Example(
            "Answers in a day",
            "leader",
            {
                "text": "I answer questions that block you within a day, even if the answer is: not yet.",
                "good_looks_like": "You never wait without knowing for how long.",
            },
        ),
        Example("I say when I was wrong", "leader", {"text": "When I was wrong, I say so where I had said it."}),
    ),
    "support": (
        Example(
            "Half an hour a week",
            "leader",
            {
                "text": "30 minutes each week that are not about status.",
                "rrule": "FREQ=WEEKLY;BYDAY=WE",
                "at": "14:00",
            },
        ),
        Example("I clear the way", "leader", {"text": "I take up what other teams owe you, when you ask me to."}),
        Example(
            "Time to learn",
            "leader",
            {"text": "Half a day every second week is yours for learning; I keep meetings out of it."},
        ),
    ),
    "hands_off": (
        Example(
            "Out of the pot",
            "leader",
            {
                "text": "How you get there is yours: I stay out of it.",
                "triggers": ["The release is at risk", "You ask me in"],
            },
        ),
        Example(
            "Quiet mornings",
            "leader",
            {"text": "I do not interrupt you before noon.", "triggers": ["Customers cannot work"]},
        ),
    ),
    "decision": (
        Example(
            "The design is yours",
            "report",
            {"text": "How the platform is built.", "limits": "Above 10,000 we decide together."},
        ),
        Example("Who joins the team", "leader", {"text": "Who joins the team.", "consult": True}),
    ),
    "given": (
        Example(
            "The budget",
            "leader",
            {"text": "The budget is fixed until June.", "reason": "The board decided it in January."},
        ),
        Example(
            "The date",
            "leader",
            {"text": "We deliver on the last Friday of the quarter.", "reason": "Customers were told so."},
        ),
    ),
    "norm": (
        Example("We repair", "", {"text": "When something went wrong between us, we talk about it within two days."}),
        Example("We ask first", "", {"text": "We ask before we assume."}),
        Example("No news in the evening", "", {"text": "We write nothing in the evening that needs an answer."}),
    ),
}

PURPOSES = {
    "usual": (
        "We have worked together for a while",
        "So that both of us know what to expect of each other, and say early when something does not fit.",
    ),
    "new": (
        "We are new to each other",
        "So that we begin well: what each of us needs, what each can rely on, and how we tell each other when it "
        "goes differently.",
    ),
    "peers": (
        "We were peers before",
        "Until now we were peers. So that what was easy between us stays so, and what changes is said instead of "
        "guessed.",
    ),
    "project": (
        "A project begins",
        "So that we know who does what while this project lasts, what each needs for it, and what is told at once.",
    ),
}
"""Why now: how that is called, and what an agreement is then for."""


def as_term(example: Example, kind: str, parties: Sequence[dict[str, str]], me: str, today: date) -> dict[str, Any]:
    """The example as a term of this agreement, between these people, beginning next week."""
    by = _whose(example, parties, me)
    says = {name: value for name, value in example.says.items() if name not in ("rrule", "at", "consult")}
    term: dict[str, Any] = {"kind": kind, **says}
    if kind == "decision":
        term["decides"] = [by]
        others = [party["person_id"] for party in parties if party["person_id"] != by]
        term["consulted"] = others if example.says.get("consult") else []
    elif kind not in ("given", "norm"):
        term["owed_by"] = [by]
    if "rrule" in example.says:
        first = today + timedelta(days=7 - today.weekday())
        term["cadence"] = {"rrule": example.says["rrule"], "first_due": f"{first.isoformat()}T{example.says['at']}"}
    return term


def _whose(example: Example, parties: Sequence[dict[str, str]], me: str) -> str:
    leads = {party["person_id"]: party["role"] in LEADING for party in parties}
    if len(set(leads.values())) == 1:
        return me
    fits = [person for person, leading in leads.items() if leading == (example.by == "leader")]
    return me if me in fits else fits[0]
