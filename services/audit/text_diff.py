"""What changed between two texts of an agreement: its head field by field, its terms one by one.

Terms are matched by id, the sections of an imported document by name. Text fields carry word hunks
beside what they were and are; everything else is shown as it was and is.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import Version
from domain.agreements.terms import HEAD_FIELDS, Head, Term, content_hash, in_reading_order, plain
from domain.refusals import AmendmentNone, Invalid, NotThere
from services.agreements.view import at
from services.audit.audience import Audience, Text, audience_of, must_not_be_future
from services.audit.word_diff import word_hunks
from services.ports import Actor, Clock, Ledger

Shown = dict[str, Any]

PROPOSAL = "proposal"
TEXT_FIELDS = frozenset(
    {"title", "purpose_text", "topic", "channel", "good_looks_like", "trigger", "text", "limits", "reason"}
)
"""Fields that are compared word by word."""
LIST_FIELDS = frozenset({"parties", "owed_by", "decides", "consulted", "triggers"})
"""Fields that hold several things, of which it is said what came and what went."""
TERM_FIELDS = tuple(f.name for f in fields(Term) if f.name != "id")

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)")
_NUMBER = re.compile(r"[0-9]{1,9}")
_REVISION = re.compile(r"r([0-9]{1,9})")


async def get_diff(
    ledger: Ledger, clock: Clock, actor: Actor, agreement_id: UUID, from_: str, to: str = PROPOSAL
) -> Shown:
    """The diff between two texts, each named by its version, an instant (the text as of then), or `proposal`.

    `r7` names revision 7 of the open proposal.

    Raises NotThere for a version that is not, and for a time at which there was nothing to read yet;
    Invalid for an instant in the future and for what is neither.
    """
    audience = await audience_of(ledger, clock, actor, agreement_id)
    (old, old_named), (new, new_named) = (
        _text(audience, clock, value, field) for value, field in ((from_, "from"), (to, "to"))
    )
    # Long texts take some tenths of a second; others are answered meanwhile.
    found = await asyncio.to_thread(diff, old, new)
    return {"agreement_id": str(agreement_id), "from": old_named, "to": new_named, **found}


def diff(old: Text, new: Text) -> Shown:
    """`head` (changed fields), terms `added`, `removed` and `changed`, and how many are `unchanged`."""
    was, now = _by_key(old.terms.values()), _by_key(new.terms.values())
    both = [(was[key], term) for key, term in now.items() if key in was]
    changed = [(a, b) for a, b in both if _content(a) != _content(b)]
    return {
        "head": head_changes(old.head, new.head),
        "added": [plain(term) for key, term in now.items() if key not in was],
        "removed": [plain(term) for key, term in was.items() if key not in now],
        "changed": [
            {"term_id": str(b.id), "kind": b.kind, "name": b.name, "fields": term_changes(a, b)} for a, b in changed
        ],
        "unchanged": len(both) - len(changed),
    }


def head_changes(old: Head, new: Head) -> Shown:
    """Each field of the head that differs."""
    return _changes({n: getattr(old, n) for n in HEAD_FIELDS}, {n: getattr(new, n) for n in HEAD_FIELDS})


def term_changes(old: Term | None, new: Term | None) -> Shown:
    """Each field of the term that differs; None stands for a term that is not there."""
    return _changes(_content(old), _content(new))


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Shown:
    return {name: _change(name, old.get(name), new.get(name)) for name in new if old.get(name) != new.get(name)}


def _change(name: str, old: Any, new: Any) -> Shown:
    change: Shown = {"from": plain(old), "to": plain(new)}
    if name in TEXT_FIELDS:
        change["hunks"] = [hunk.shown() for hunk in word_hunks(old or "", new or "")]
    elif name in LIST_FIELDS:
        was, now = old or (), new or ()
        change["added"] = [plain(item) for item in now if item not in was]
        change["removed"] = [plain(item) for item in was if item not in now]
    return change


def _content(term: Term | None) -> dict[str, Any]:
    # An empty list and an absent one say the same.
    return {name: (getattr(term, name) or None) if term is not None else None for name in TERM_FIELDS}


def _by_key(terms: Iterable[Term]) -> dict[Hashable, Term]:
    terms = list(terms)
    if not any(t.kind == "section" for t in terms):
        terms = in_reading_order({t.id: t for t in terms})
    return {(t.name if t.kind == "section" and t.name else t.id): t for t in terms}


def _text(audience: Audience, clock: Clock, value: str, field: str) -> tuple[Text, Shown]:
    if _NUMBER.fullmatch(value):
        version = audience.version(int(value))
        return Text(version.head, version.terms, version.number), _named(version)
    if value == PROPOSAL:
        return _proposal(audience)
    if revision := _REVISION.fullmatch(value):
        return _revision(audience, int(revision[1]))
    instant = _instant(value, field)
    must_not_be_future(clock, **{field: instant})
    text = audience.text_at(instant)
    return text, {"at": at(instant), "version": text.version, "content_hash": content_hash(text.head, text.terms)}


def _revision(audience: Audience, revision: int) -> tuple[Text, Shown]:
    """The open proposal as it was at that revision; what went before the share is its opener's."""
    _, named = _proposal(audience)
    agreement: Any = audience.today
    begun = agreement.proposal.opened_at if agreement.versions else agreement.shared_at or agreement.proposal.opened_at
    made = {1: begun} | {change.revision: change.at for change in agreement.proposal.changes}
    if revision not in made:
        raise NotThere(f"The open proposal has had no revision {revision}.")
    then: Any = audience.as_of(made[revision])
    return Text(then.proposal.head, then.proposal.terms), {
        "proposal": named["proposal"],
        "revision": revision,
        "content_hash": then.proposal.content_hash,
    }


def _proposal(audience: Audience) -> tuple[Text, Shown]:
    agreement = audience.today
    if not isinstance(agreement, AccountabilityAgreement) or audience.sight == "grant":
        raise NotThere
    proposal = agreement.proposal
    if proposal is None:
        raise AmendmentNone("No amendment is open.")
    if not (agreement.shared or audience.opened_it):
        raise NotThere
    named = {"proposal": proposal.number, "revision": proposal.revision, "content_hash": proposal.content_hash}
    return Text(proposal.head, proposal.terms), named


def _named(version: Version) -> Shown:
    return {"version": version.number, "at": at(version.made_at), "content_hash": version.content_hash}


def _instant(value: str, field: str) -> datetime:
    if _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise Invalid(
        "Name a version by its number, an instant like 2026-03-01T09:00:00Z, r7 for a revision of the open one, "
        "or that as proposal.",
        field=field,
    )
