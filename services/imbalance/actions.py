"""Which requests a viewer may make of an imbalance period now, as "METHOD path-after-the-resource"."""

from __future__ import annotations

from domain.base import Act
from domain.imbalance.period import ImbalancePeriod

REQUESTS = {
    "edit": "PATCH",
    "drop": "DELETE",
    "self_check": "POST self-check",
    "declare": "POST declare",
    "acknowledge": "POST acknowledge",
    "object": "POST object",
    "ask": "POST ask",
    "answer": "POST answer",
    "withdraw": "POST withdraw",
    "invite": "POST join",
    "join": "POST join",
    "leave": "POST leave",
    "extend": "POST extend",
    "ask_to_end": "POST ask-to-end",
    "refuse_to_end": "POST refuse-to-end",
    "end": "POST end",
    "milestone_met": "POST milestone-met",
    "closing_review": "POST closing-review",
    "close": "POST close",
}


def allowed_actions(period: ImbalancePeriod, act: Act) -> list[str]:
    """The requests of the acting person at that moment, in a steady order; the guards are those that refuse."""
    return sorted({REQUESTS[name] for name in period.allowed_acts(act)})
