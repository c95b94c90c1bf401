"""What an imported agreement's record says was reported under it, as an update log to be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.agreements.imported import ImportedAgreement, ImportedProgress, ImportedUpdate
from domain.base import Act
from domain.updates.entries import Elsewhere, Progress, Update
from domain.updates.update_log import UpdateLog


def log_from_elsewhere(act: Act, agreement: ImportedAgreement) -> UpdateLog:
    """The updates and the progress that stand in the agreement's own stream; nothing can be added to them."""
    return UpdateLog.told_elsewhere(
        act, agreement.id, (_update(u, agreement.use) for u in agreement.updates), map(_progress, agreement.progress)
    )


def _update(update: ImportedUpdate, use: str) -> Update:
    return Update(
        id=update.id,
        by=update.by,
        at=update.effective_at,
        text=update.text,
        use=use,
        term_id=None,
        occurrence_on=None,
        confidence=None,
        text_format=update.text_format or "markdown",
        elsewhere=_elsewhere(update.line_id, update.kind, update.says),
    )


def _progress(progress: ImportedProgress) -> Progress:
    elsewhere = _elsewhere(progress.line_id, None, progress.says)
    return Progress(progress.id, progress.by, progress.effective_at, progress.steps, progress.of_steps, elsewhere)


def _elsewhere(line_id: str, kind: str | None, says: Mapping[str, Any]) -> Elsewhere:
    source = says.get("source")
    return Elsewhere(
        external_id=line_id,
        kind=kind,
        day_only=says.get("precision") == "day",
        source=source if isinstance(source, dict) else {},
        also_said={name: said for name, said in says.items() if name != "source" or not isinstance(said, dict)},
    )
