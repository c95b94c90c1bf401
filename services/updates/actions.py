"""Which requests about updates a viewer may make of an agreement now, as "METHOD path-after-the-resource"."""

from __future__ import annotations

from domain.agreements.agreement import AccountabilityAgreement
from domain.base import Act
from domain.updates.update_log import UpdateLog
from services.updates.footing import footing_of

REQUESTS = {
    "give_update": "POST updates",
    "ask_for_update": "POST updates/ask",
    "raise_escalation": "POST escalations",
    "note": "POST notes",
}


def requests_on_updates(agreement: AccountabilityAgreement, act: Act, log: UpdateLog | None = None) -> list[str]:
    """The requests that begin something, in a steady order; the guards are the very ones that refuse.

    Without the log, a last update that was given already may still be offered in the hours after an end.
    """
    of = log or UpdateLog.begin_for(act, agreement.id)
    return sorted(REQUESTS[name] for name in of.allowed_acts(footing_of(agreement, act.zone, act.today), act))
