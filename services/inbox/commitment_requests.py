"""Which requests on a commitment an act of the aggregate stands for, where something waits for one."""

from __future__ import annotations

from domain.base import Act
from domain.commitments.away import Away
from domain.commitments.commitment import Commitment

_REQUESTS = {
    "report_progress": "POST progress",
    "flag_at_risk": "POST at-risk",
    "accept_change": "POST changes/open/accept",
    "refuse_change": "POST changes/open/refuse",
    "counter_change": "POST changes/open/counter",
    "refuse_reopening": "POST reopen/refuse",
}


def commitment_requests(commitment: Commitment, act: Act, away: Away) -> set[str]:
    """The requests that the acting person may make of it now; the guards are those that refuse."""
    acts = {name.split(":", maxsplit=1)[0] for name in commitment.allowed_acts(act, away)}
    return {_REQUESTS.get(name, "POST changes" if name == "propose_change" else f"POST {name}") for name in acts}
