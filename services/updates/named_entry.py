"""An entry of an update log as a path names it: by its kind, its id, and what it answers."""

from __future__ import annotations

from uuid import UUID

from domain.refusals import NotThere
from domain.updates.entries import Answer, Entry, Escalation, Note, Update
from domain.updates.update_log import UpdateLog

KINDS: dict[str, type[Entry]] = {"update": Update, "escalation": Escalation, "note": Note, "answer": Answer}
"""The kinds whose authors may correct or withdraw them."""


def must_be_there(log: UpdateLog, entry_id: UUID, kind: str, answer_to: UUID | None) -> type[Entry]:
    """The entry's class; raises NotThere when there is none of that kind, or it answers something else."""
    entry = log.entry(entry_id, KINDS[kind])
    if answer_to is not None and (not isinstance(entry, Answer) or entry.to != answer_to):
        raise NotThere
    return KINDS[kind]
