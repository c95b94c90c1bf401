"""How the read models fold: which facts they read, and which of those they unseal."""

from __future__ import annotations

from adapters.eventlog.ledger import EventLedger
from adapters.projection.folder import Folder

_OPENED = frozenset(
    {
        "concord.agreement.opened",  # titles, and the terms that came into force
        "concord.agreement.head_changed",
        "concord.agreement.version_made",
        "concord.commitment.requested",
        "concord.commitment.offered",
        "concord.commitment.countered",
        "concord.commitment.made",
        "concord.commitment.change_made",
    }
)
_OPENED_KINDS = ("concord.imported_agreement.", "concord.imported_commitment.")

SKIPPED = frozenset(
    {
        "concord.agreement.commented",
        "concord.agreement.comment_corrected",
        "concord.agreement.comment_withdrawn",
        "concord.agreement.heard_right",
        "concord.agreement.changes_asked",
        "concord.imported_agreement.update_given",
        "concord.imported_agreement.progress_reported",
        "concord.imported_agreement.relocated",
        "concord.imported_agreement.carried_over",
        "concord.imported_commitment.approval_given",
        "concord.imported_commitment.approver_changed",
        "concord.imported_commitment.extension_requested",
        "concord.imported_commitment.extension_decided",
        "concord.imported_commitment.update_given",
        "concord.imported_commitment.progress_reported",
        "concord.commitment.annotated",
        "concord.commitment.contested",
        "concord.updates.acknowledged",
        "concord.updates.answered",
        "concord.updates.asked_for",
        "concord.updates.escalation_raised",
        "concord.updates.escalation_answered",
        "concord.updates.note_made",
        "concord.updates.note_answered",
        "concord.updates.entry_corrected",
        "concord.updates.entry_withdrawn",
    }
)
"""Facts that change neither what a list shows nor what falls due."""


def read_model_folder(ledger: EventLedger) -> Folder:
    """The folder that the read models of one process share."""
    return Folder(ledger, opened=lambda t: t in _OPENED or t.startswith(_OPENED_KINDS), skipped=SKIPPED)


def inbox_folder(ledger: EventLedger) -> Folder:
    """A folder for what waits for somebody: there, what was said under an agreement matters as well."""
    skipped = frozenset(topic for topic in SKIPPED if not topic.startswith("concord.updates."))
    return Folder(ledger, opened=lambda t: t in _OPENED, skipped=skipped)
