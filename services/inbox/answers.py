"""What each kind of thing that waits says to whom it waits for, and which requests answer it.

| what | for whom | answered by |
|---|---|---|
| consent, prompt, motion, review, review_due | parties of an agreement | consents, answers, decisions |
| glass_broken | parties of an agreement that a steward opened | nothing: they are told |
| update_due, update_missed, update_asked | who owes the update | giving it |
| update_given, escalation | the other parties | reading, answering |
| promise, accept | the side of a commitment that is asked | a yes, a counter, a no |
| change | the other side, and who would come in | a yes, a no, a counter |
| confirm, reopened | whom it is owed to; who owed it | confirming or returning; refusing |
| due, returned | who owes it | doing it, or saying early that it will not be done |
| overdue, at_risk | whom it is owed to | a change, a release, a cancel |
| erasure_comes | who is to be erased | objecting |
| erasure_asked | the stewards who can agree to it | agreeing |
| attest | both sides | saying how a period went |
| declare, answer, end | the declarer of an imbalance period | declaring, answering, deciding |
| acknowledge, join, closing_review | those whom it is for | acknowledging or objecting, joining, looking back |
"""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """A sentence, and the requests on the resource that answer it."""

    sentence: str
    requests: tuple[str, ...]


_LETTING_GO = ("POST changes", "POST release", "POST cancel")
_YES_OR_NO = ("POST counter", "POST decline")

KINDS = {
    "consent": Kind(
        "A text waits for your consent.",
        ("POST consents", "POST changes-asked", "PATCH proposal", "POST amendments/open/decline"),
    ),
    "prompt": Kind("An opening question waits for your answer.", ("POST prompts/{key}/answer",)),
    "motion": Kind("A motion waits for your decision.", ("POST motions/{mid}/agree", "POST motions/{mid}/refuse")),
    "review": Kind("A review waits for your answer.", ("POST reviews/{rid}/answers",)),
    "review_due": Kind("The day of the next review has come: open it.", ("POST reviews",)),
    "glass_broken": Kind("A steward opened it to read the text for an hour; the reason is written there.", ()),
    "update_due": Kind("An update is expected of you.", ("POST updates",)),
    "update_missed": Kind("An update was missed; late is better than never.", ("POST updates",)),
    "update_asked": Kind("You are asked for an update outside the cadence.", ("POST updates",)),
    "update_given": Kind(
        "An update was given that you have neither read nor answered.",
        ("POST updates/{uid}/acknowledge", "POST updates/{uid}/answer"),
    ),
    "escalation": Kind("An escalation waits for an answer.", ("POST escalations/{eid}/answer",)),
    "promise": Kind("You are asked for a promise.", ("POST promise", "POST accept", *_YES_OR_NO)),
    "accept": Kind("Something is offered to you, or put differently: it waits for your yes.",
                   ("POST accept", *_YES_OR_NO)),
    "change": Kind(
        "A change of what was promised waits for your decision.",
        ("POST changes/open/accept", "POST changes/open/refuse", "POST changes/open/counter"),
    ),
    "confirm": Kind("It is reported done: confirm it, or say what is missing.", ("POST confirm", "POST return")),
    "reopened": Kind("It was kept, and was reopened.", ("POST reopen/refuse",)),
    "returned": Kind(
        "It came back: something is missing.",
        ("POST done", "POST progress", "POST at-risk", "POST changes", "POST release"),
    ),
    "due": Kind(
        "A promise of yours falls due.",
        ("POST done", "POST progress", "POST at-risk", "POST changes", "POST renege", "POST release"),
    ),
    "overdue": Kind("A promise to you is overdue.", _LETTING_GO),
    "at_risk": Kind("You were told early that a promise to you is at risk.", _LETTING_GO),
    "declare": Kind(
        "A draft of an imbalance period waits for you to declare it.",
        ("POST declare", "POST self-check", "PATCH", "DELETE"),
    ),
    "acknowledge": Kind(
        "An imbalance period that you are in waits for your answer; to acknowledge is not to agree.",
        ("POST acknowledge", "POST object", "POST ask"),
    ),
    "join": Kind("You are asked whether you join an imbalance period.", ("POST join",)),
    "answer": Kind("A question about your imbalance period waits for an answer.", ("POST answer",)),
    "end": Kind(
        "A majority asks for an early end; it comes unless you refuse in writing.", ("POST end", "POST refuse-to-end")
    ),
    "closing_review": Kind(
        "An imbalance period is over: was it kept, was everything restored, what did it cost?",
        ("POST closing-review", "POST close"),
    ),
    "erasure_comes": Kind(
        "You will be erased: your name goes, and what you wrote becomes unreadable, unless you object.",
        ("POST erase/object",),
    ),
    "erasure_asked": Kind(
        "It was asked that somebody be erased; a second word makes it so, a week later.", ("POST erase/approve",)
    ),
    "attest": Kind("A period of an impact is over: say how it went.", ("POST attest",)),
}  # fmt: skip
