"""Editing the draft of an imbalance period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.desk import Desk
from services.imbalance.draft_period import must_lead_all, with_things
from services.imbalance.period_at import period_at, record_period
from services.imbalance.things import Named
from services.ports import Receipt
from services.queries import AgreementList


@dataclass(frozen=True)
class EditDraft:
    """The fields that change (those of a period's text), and the things as they are named, where these change."""

    period_id: UUID
    changed: Mapping[str, Any]
    set_aside: Sequence[Named] | None = None


async def edit_draft(desk: Desk, agreements: AgreementList, command: EditDraft) -> Receipt:
    """Who drafted it, or declares it, puts another text in its place."""
    at = await period_at(desk, command.period_id, deed="edit_imbalance_draft")
    period = at.period
    period.may_edit(desk.act())
    content = replace(period.content, **command.changed)
    await must_lead_all(desk, period.declarer_id, content.people)
    if command.set_aside is not None:
        content = await with_things(desk, agreements, content, command.set_aside)
    period.edit(desk.act(), content)
    return await record_period(desk, at)
