"""Which requests a viewer may make of a commitment now, as "METHOD path-after-the-resource"."""

from __future__ import annotations

from domain.base import Act
from domain.commitments.away import Away
from domain.commitments.commitment import Commitment
from domain.refusals import Refusal

REQUESTS = {
    "promise": "POST promise",
    "accept": "POST accept",
    "counter": "POST counter",
    "decline": "POST decline",
    "withdraw": "POST withdraw",
    "report_progress": "POST progress",
    "flag_at_risk": "POST at-risk",
    "correct_note": "POST progress/{note_id}/correct",
    "withdraw_note": "POST progress/{note_id}/withdraw",
    "propose_change": "POST changes",
    "accept_change": "POST changes/open/accept",
    "refuse_change": "POST changes/open/refuse",
    "counter_change": "POST changes/open/counter",
    "retract_change": "POST changes/open/retract",
    "resume": "POST resume",
    "release": "POST release",
    "cancel": "POST cancel",
    "renege": "POST renege",
    "done": "POST done",
    "retract_done": "POST done/retract",
    "confirm": "POST confirm",
    "return": "POST return",
    "reopen": "POST reopen",
    "refuse_reopening": "POST reopen/refuse",
    "attest": "POST attest",
    "annotate": "POST annotate",
    "contest": "POST contest",
}
"""What each act of a commitment is called over HTTP; a note's own acts stand for one that fits."""


def allowed_actions(commitment: Commitment, act: Act, away: Away, *, creditors_left: bool = False) -> list[str]:
    """The requests of the acting person at that moment, in a steady order; the guards are those that refuse.

    `creditors_left` where nobody whom it is owed to can act any more: a debtor may then release it.
    """
    acts = {name.partition(":")[0] for name in commitment.allowed_acts(act, away)}
    if creditors_left and _may_be_released(commitment, act):
        acts.add("release")
    return sorted(REQUESTS[name] for name in acts)


def kinds_of_change(commitment: Commitment, act: Act, away: Away) -> list[str]:
    """Which kinds of change the acting person may propose now."""
    names = (name.partition(":") for name in commitment.allowed_acts(act, away))
    return [kind for name, _, kind in names if name == "propose_change"]


def _may_be_released(commitment: Commitment, act: Act) -> bool:
    try:
        commitment.may_release(act, nobody_left=True)
    except Refusal:
        return False
    return True
