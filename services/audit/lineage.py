"""How one term came to be: who wrote it, who changed it and why, and which version brought each change into force.

An entry is one change of the term's wording. Before the first share the text is its opener's own, so
to everybody else the term begins at the share, as it then was. Who sees only the agreed versions is
told what changed from version to version.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.agreements import events as e
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.imported import Change, ImportedAgreement
from domain.agreements.state import Proposal
from domain.agreements.terms import Term, plain
from domain.base import Fact
from domain.refusals import NotThere
from services.agreements.view import at
from services.audit.audience import GRANT, JOINING, Audience, audience_of
from services.audit.text_diff import term_changes
from services.audit.versions import MOST, checked_limit, made_cursor, read_cursor
from services.ports import Actor, Clock, Ledger

Shown = dict[str, Any]

ADDED, REVISED, REMOVED, CARRIED_OVER = "added", "revised", "removed", "carried_over"
AGREED, OPEN, RETRACTED, DECLINED, ABANDONED, CLOSED = (
    "agreed",
    "open",
    "retracted",
    "declined",
    "abandoned",
    "closed",
)
"""What became of the proposal that a change was part of; `closed` is one that the agreement's ending closed."""
LEFT = "Somebody who owed it is no longer a party."

_OUTCOMES: dict[type[Fact], str] = {
    e.AmendmentRetracted: RETRACTED,
    e.AmendmentDeclined: DECLINED,
    e.AgreementAbandoned: ABANDONED,
}


@dataclass(frozen=True)
class Entry:
    """One change of the term.

    `at` is when it was recorded; `amendment` is the proposal's number, 0 for the first draft (None where
    only the versions are told); `outcome` says what became of that proposal, and `version` is the one
    that the change first came into force with, None when it never did.
    """

    act: str
    by: UUID | None
    at: datetime
    effective_at: datetime
    why: str | None
    old: Term | None
    new: Term | None
    amendment: int | None = None
    version: int | None = None
    outcome: str = OPEN
    external_id: str | None = None

    def shown(self) -> Shown:
        """The same as plain values."""
        return {
            "act": self.act,
            "by": None if self.by is None else str(self.by),
            "at": at(self.at),
            "effective_at": at(self.effective_at),
            "why": self.why,
            "fields": term_changes(self.old, self.new),
            "amendment": self.amendment,
            "version": self.version,
            "outcome": self.outcome,
            "external_id": self.external_id,
        }


async def get_lineage(
    ledger: Ledger,
    clock: Clock,
    actor: Actor,
    agreement_id: UUID,
    term_id: UUID,
    *,
    cursor: str | None = None,
    limit: int = MOST,
) -> Shown:
    """The lineage of one term, oldest first; NotThere for a term that this viewer has never been shown."""
    checked_limit(limit)
    after = read_cursor(cursor) if cursor is not None else 0
    audience = await audience_of(ledger, clock, actor, agreement_id)
    entries = list(lineage(audience, term_id))
    if not entries:
        raise NotThere
    last = next(term for entry in reversed(entries) for term in (entry.new, entry.old) if term is not None)
    versions = [v.number for v in audience.versions() if term_id in v.terms]
    page = entries[after : after + limit]
    return {
        "agreement_id": str(agreement_id),
        "term_id": str(term_id),
        "kind": last.kind,
        "name": last.name,
        "entries": await asyncio.to_thread(lambda: [entry.shown() for entry in page]),
        "next_cursor": made_cursor(after + limit) if len(entries) > after + limit else None,
        "in_versions": versions,
        "term": _as_it_stands(audience, term_id),
    }


def lineage(audience: Audience, term_id: UUID) -> Iterator[Entry]:
    """The changes of one term that are for this viewer, oldest first."""
    if isinstance(audience.today, ImportedAgreement):
        yield from _from_elsewhere(audience.today, term_id)
    elif audience.sight in (GRANT, JOINING):
        yield from _from_versions(audience, term_id)
    else:
        yield from _from_facts(audience, term_id)


def _as_it_stands(audience: Audience, term_id: UUID) -> Shown | None:
    """The wording of the newest agreed version, or of the first draft; None where it holds no such term."""
    versions = audience.versions()
    if versions:
        terms = versions[-1].terms
    else:
        draft = audience.today.proposal if isinstance(audience.today, AccountabilityAgreement) else None
        terms = draft.terms if draft is not None else {}
    return plain(terms[term_id]) if term_id in terms else None


def _from_facts(audience: Audience, term_id: UUID) -> list[Entry]:
    entries: list[Entry] = []
    open_from = 0
    was: Term | None = None
    carried = False
    agreement: AccountabilityAgreement | None = None
    for fact in audience.facts:
        before = agreement.proposal if agreement is not None else None
        agreement = fact.mutate(agreement)
        if agreement is None:
            return []
        carried = carried or (isinstance(fact, e.TermAdded) and fact.term_id == term_id and fact.carried_from_term)
        after = agreement.proposal
        if after is not None:
            if before is None:
                open_from = len(entries)
                was = agreement.versions[-1].terms.get(term_id) if agreement.versions else None
            if agreement.shared or audience.opened_it:
                now = after.terms.get(term_id)
                if now != was:
                    entries.append(_entry(fact, after, was, now, carried=carried))
                was = now
        elif before is not None:
            entries[open_from:] = [_settled(entry, fact) for entry in entries[open_from:]]
    return entries


def _entry(fact: Fact, proposal: Proposal, was: Term | None, now: Term | None, *, carried: bool) -> Entry:
    by_hand = isinstance(fact, e.TermAdded | e.TermRevised | e.TermRemoved | e.AgreementShared)
    why = (getattr(fact, "reason", None) or proposal.reason) if by_hand else LEFT
    by = fact.actor_id if by_hand else None
    act = CARRIED_OVER if carried and was is None else _act(was, now)
    return Entry(act, by, fact.timestamp, fact.effective_at, why, was, now, amendment=proposal.number)


def _act(was: Term | None, now: Term | None) -> str:
    if was is None:
        return ADDED
    return REMOVED if now is None else REVISED


def _settled(entry: Entry, fact: Fact) -> Entry:
    if isinstance(fact, e.VersionMade):
        return replace(entry, version=fact.number, outcome=AGREED)
    return replace(entry, outcome=_OUTCOMES.get(type(fact), CLOSED))


def _from_versions(audience: Audience, term_id: UUID) -> Iterator[Entry]:
    was: Term | None = None
    for version in audience.versions():
        now = version.terms.get(term_id)
        if now != was:
            yield Entry(
                _act(was, now),
                None,
                version.made_at,
                version.made_at,
                None,
                was,
                now,
                version=version.number,
                outcome=AGREED,
            )
        was = now


def _from_elsewhere(agreement: ImportedAgreement, term_id: UUID) -> Iterator[Entry]:
    was: Term | None = None
    for version in agreement.versions:
        now = version.terms.get(term_id)
        if now != was:
            said = _said(agreement, term_id, version.made_at)
            yield Entry(
                _act(was, now),
                said.by if said else version.opened_by,
                said.recorded_at if said else version.made_at,
                version.made_at,
                None,
                was,
                now,
                version=version.number,
                outcome=AGREED,
                external_id=said.line_id if said else None,
            )
        was = now


def _said(agreement: ImportedAgreement, term_id: UUID, when: datetime) -> Change | None:
    """The record that changed the field at that time: the last one that speaks of it."""
    saying = [c for c in agreement.changes if c.effective_at == when and (c.whole or term_id in dict(c.terms))]
    return saying[-1] if saying else None
